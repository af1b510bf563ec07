// A laid-out run as a drawing: lifelines, arrows, verdicts, pauses; each step can be picked.
import { el, svg } from "./dom.js";
import { GUTTER, lineHeight } from "./layout.js";
import { timeOf } from "./words.js";

/** The whole diagram of a laid-out run: the lanes' names, which stay in sight, above the drawing. */
export function diagram(run, plan, pick) {
  const drawing = svg("svg", { class: "drawing", width: plan.width, height: plan.height, role: "group", "aria-label": `Space-time diagram of ${run.name}` });
  drawing.append(...plan.lanes.map((lane) => svg("line", { class: `life ${kindOf(lane)}`, x1: lane.x, x2: lane.x, y1: 0, y2: plan.height })));
  drawing.append(...plan.marks.map((mark) => pauseOrDay(mark, plan)));
  drawing.append(...plan.items.map((item) => drawn(item, plan, run, pick)));
  return el("div", { class: "canvas" }, names(plan, run), drawing);
}

const kindOf = (lane) => (["gateway", "calcom", "database"].includes(lane.id) ? lane.id : "caller");

function names(plan, run) {
  const most = Math.max(1, ...plan.lanes.map((lane) => lane.lines.length));
  const head = svg("svg", { class: "names", width: plan.width, height: 29 + most * lineHeight, "aria-hidden": "true" });
  head.append(svg("text", { class: "clock", x: 10, y: 18 }, "our clock"));
  if (run.skew) head.append(svg("text", { class: "clock other", x: 10, y: 33 }, `Cal.com ${run.skew > 0 ? "+" : ""}${run.skew} s`));
  for (const lane of plan.lanes) {
    head.append(...text(lane.lines, lane.x, 19, `name ${kindOf(lane)}`));
    if (lane.note) head.append(...text([lane.note], lane.x, 20 + lane.lines.length * lineHeight, "under"));
  }
  return head;
}

function pauseOrDay(mark, plan) {
  const middle = mark.y + mark.height / 2;
  if (mark.kind === "day") return svg("text", { class: "day", x: 10, y: middle + 5 }, mark.text);
  return svg("g", { class: "pause" },
    svg("rect", { x: 0, y: mark.y + 5, width: plan.width, height: mark.height - 10 }),
    svg("text", { x: 10, y: middle + 4 }, `⋮ ${mark.text}`));
}

function drawn(item, plan, run, pick) {
  const { step } = item;
  const group = svg("g", {
    class: `step ${item.shape} ${step.kind} ${step.tone ?? "plain"}${step.is_lost ? " lost" : ""}${step.is_answer ? " answer" : ""}`,
    "data-number": item.number, role: "button", "aria-label": spoken(step, run), onclick: () => pick(item.number),
  });
  group.append(svg("rect", { class: "row", x: 0, y: item.y, width: plan.width, height: item.height }));
  if (item.time) group.append(...clocks(item, run));
  group.append(...DRAW[item.shape](item, plan));
  return group;
}

/** What a screen reader says of a step. */
export function spoken(step, run) {
  const name = (id) => run.lanes.find((lane) => lane.id === id)?.name ?? id;
  const who = step.kind === "order" ? "order of steps" : step.target ? `${name(step.source)} to ${name(step.target)}` : name(step.source);
  return `${timeOf(step.at_ms)}, ${who}: ${step.label}${step.detail ? `, ${step.detail}` : ""}`;
}

function clocks(item, run) {
  const own = svg("text", { class: "clock", x: 10, y: item.y + 14 }, item.time);
  return run.skew ? [own, svg("text", { class: "clock other", x: 10, y: item.y + 27 }, timeOf(item.step.at_ms + run.skew * 1000))] : [own];
}

const DRAW = {
  message(item) {
    const middle = (item.from + item.to) / 2;
    const y = item.y + item.lines.length * lineHeight + 8;
    return [...text(item.lines, middle, item.y + 14, "label"), ...arrow(item, y), ...text(item.details, middle, y + 14, "more")];
  },
  note(item) {
    const top = item.y + 15;
    return [svg("circle", { cx: item.from, cy: item.y + 3, r: 2.5 }),
      ...text(item.lines, item.from, top, "label"), ...text(item.details, item.from, top + item.lines.length * lineHeight, "more")];
  },
  verdict(item) {
    const box = { x: item.from - item.width / 2, y: item.y + 4, width: item.width, height: item.height - 8, rx: 8 };
    const top = item.y + 20;
    return [svg("rect", { class: "box", ...box }),
      ...text(item.lines, item.from, top, "label"), ...text(item.details, item.from, top + item.lines.length * lineHeight, "more")];
  },
  order(item, plan) {
    const box = { x: GUTTER, y: item.y + 3, width: plan.width - GUTTER - 8, height: item.height - 6, rx: 8 };
    return [svg("rect", { class: "box", ...box }), ...text(item.lines, GUTTER + box.width / 2, item.y + 19, "label")];
  },
};

function text(lines, x, y, kind) {
  return lines.map((line, number) => svg("text", { class: kind, x, y: y + number * lineHeight, "text-anchor": "middle" }, line));
}

/** From lane to lane; a lost message ends in a stub with a cross. */
function arrow(item, y) {
  const way = Math.sign(item.to - item.from);
  if (item.step.is_lost) {
    const end = item.from + (item.to - item.from) * 0.6;
    return [svg("line", { class: "wire", x1: item.from, x2: end, y1: y, y2: y }),
      svg("path", { class: "cross", d: `M${end - 5} ${y - 5}l10 10m0 -10l-10 10` })];
  }
  const tip = item.to - way * 2;
  return [svg("line", { class: "wire", x1: item.from, x2: tip - way * 6, y1: y, y2: y }),
    svg("path", { class: "head", d: `M${tip} ${y}l${-way * 8} -4v8z` }),
    svg("circle", { cx: item.from, cy: y, r: 2.5 })];
}
