// Stacked bars over time: how the wishes of each stretch ended.

const SVG = "http://www.w3.org/2000/svg";
const HEIGHT = 190;
const LEFT = 34;
const FOOT = 22;

export const STATUSES = ["booked", "recovered", "existing", "pending", "unavailable", "duplicate", "error"];

/** How far back can be looked: its name, all of it and one bar, in minutes. */
export const SPANS = [
  { name: "1 hour", minutes: 60, bar: 1 },
  { name: "6 hours", minutes: 360, bar: 6 },
  { name: "24 hours", minutes: 1440, bar: 24 },
];

function svg(tag, properties, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(properties)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** The chart of `recent` (see `/dashboard/recent.json`) over a span, `width` pixels wide. */
export function outcomesOverTime(recent, span, width) {
  const bars = barsOf(recent, span);
  const most = Math.max(4, ...bars.map(({ total }) => total));
  const step = (width - LEFT - 8) / bars.length;
  const up = (count) => (count / most) * (HEIGHT - FOOT - 12);
  const all = bars.reduce((total, bar) => total + bar.total, 0);
  const chart = svg("svg", { width, height: HEIGHT, role: "img", "aria-label": `${all} outcomes in the last ${span.name}` });
  for (const count of ticks(most)) {
    const y = HEIGHT - FOOT - up(count);
    chart.append(svg("line", { class: "grid", x1: LEFT, x2: width - 8, y1: y, y2: y }), svg("text", { class: "tick", x: LEFT - 8, y: y + 4, "text-anchor": "end" }, String(count)));
  }
  bars.forEach((bar, place) => {
    const x = LEFT + place * step;
    chart.append(stack(bar, x, Math.max(step - 2, 1), up));
    if (place % 10 === 0) chart.append(svg("text", { class: "tick", x, y: HEIGHT - 6 }, clock(bar.from)));
  });
  return chart;
}

function barsOf(recent, { minutes, bar }) {
  const end = Math.floor(Date.parse(recent.now) / 60000) + 1;
  const bars = Array.from({ length: minutes / bar }, (_, place) => ({ from: (end - minutes + place * bar) * 60000, counts: {}, total: 0 }));
  for (const { at, counts } of recent.minutes) {
    const place = Math.floor((Date.parse(at) / 60000 - (end - minutes)) / bar);
    if (!bars[place]) continue;
    for (const status of STATUSES) {
      bars[place].counts[status] = (bars[place].counts[status] ?? 0) + (counts[status] ?? 0);
      bars[place].total += counts[status] ?? 0;
    }
  }
  return bars;
}

function stack(bar, x, width, up) {
  const group = svg("g", {});
  let y = HEIGHT - FOOT;
  for (const status of STATUSES.filter((each) => bar.counts[each])) {
    const height = up(bar.counts[status]);
    y -= height;
    group.append(svg("rect", { class: status, x, y, width, height }));
  }
  const said = STATUSES.filter((each) => bar.counts[each]).map((each) => `${bar.counts[each]} ${each}`).join(", ");
  if (said) group.append(svg("title", {}, `${clock(bar.from)}: ${said}`));
  return group;
}

function ticks(most) {
  const step = Math.max(1, Math.ceil(most / 4));
  return Array.from({ length: Math.floor(most / step) + 1 }, (_, place) => place * step);
}

const clock = (ms) => new Date(ms).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
