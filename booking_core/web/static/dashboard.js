// The page's flow: ask the gateway every few seconds, draw what it says.
import { outcomesOverTime, SPANS, STATUSES } from "./chart.js";
import { samplesOf, sum, values } from "./metrics.js";

const EVERY_MS = 5000;
const LAYERS = { 1: "freshness", 2: "call identity", 3: "existing appointment", 4: "unique booking" };
const byId = (id) => document.getElementById(id);
let span = SPANS[0];
let known = null;

function el(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== null) element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

async function refresh() {
  try {
    const [metrics, recent] = await Promise.all([fetch("/metrics"), fetch("/dashboard/recent.json")]);
    known = { samples: samplesOf(await metrics.text()), recent: await recent.json() };
    draw();
    byId("notice").hidden = true;
  } catch (problem) {
    byId("notice").textContent = `The gateway does not answer (${problem.message}); what is shown may be old.`;
    byId("notice").hidden = false;
  }
  setTimeout(refresh, EVERY_MS);
}

function draw() {
  const { samples, recent } = known;
  byId("updated").textContent = `since ${instant(recent.since)}, seen ${instant(recent.now)}`;
  drawBreaker(samples);
  byId("tiles").replaceChildren(...tiles(samples).map(tile));
  byId("spans").replaceChildren(...SPANS.map((each) => el("button", { type: "button", "aria-pressed": String(each === span), onclick: () => { span = each; draw(); } }, each.name)));
  byId("legend").replaceChildren(...STATUSES.map((status) => el("li", { class: status }, status)));
  byId("outcomes").replaceChildren(outcomesOverTime(recent, span, byId("outcomes").clientWidth));
  byId("layers").replaceChildren(layerTable(samples));
  byId("calcom").replaceChildren(calcomTable(samples));
  byId("alerts").replaceChildren(...alertLines(recent.alerts));
}

function drawBreaker(samples) {
  const state = values(samples, "slotproof_breaker_state", "state").find((each) => sum(samples, "slotproof_breaker_state", { state: each }) === 1);
  byId("breaker").textContent = `circuit breaker ${(state ?? "unknown").replace("_", " ")}`;
  byId("breaker").className = `chip ${state === "closed" ? "good" : "bad"}`;
}

/** A figure, what it counts, a word about it, and whether somebody must look. */
function tiles(samples) {
  const count = (name, labels) => sum(samples, `slotproof_${name}`, labels);
  const answers = count("calcom_bookings_total");
  const repeats = count("calcom_repeats_total");
  const unsettled = count("attempts_unsettled");
  const share = answers ? `${((100 * repeats) / answers).toFixed(1)} % of ${answers} bookings it answered with` : "Cal.com has answered with no booking yet";
  return [
    ["requests", count("booking_requests_total"), `${count("booking_outcomes_total", { status: "booked" })} of them booked`, ""],
    ["upstream repeats", repeats, share, repeats ? "odd" : ""],
    ["rejections", count("layer_rejections_total"), "answers turned down by a layer", ""],
    ["false rejections", count("false_rejections_total"), "turned down, yet the call's own: check the clocks", "alarm"],
    ["unique violations", count("constraint_violations_total"), "a second row reached the database", "alarm"],
    ["ghosts", count("ghosts_total"), `booked there, not here; ${count("orphans_total")} orphans the other way round`, "odd"],
    ["pending", unsettled, unsettled ? `the oldest for ${duration(count("attempts_oldest_age_seconds"))}` : "every attempt has its outcome", "odd"],
  ].map(([name, figure, said, tone]) => ({ name, figure, said, tone: figure ? tone : "" }));
}

function tile({ name, figure, said, tone }) {
  return el("div", { class: `card tile ${tone}`, role: "group", "aria-label": name }, el("h2", {}, name), el("p", { class: "figure" }, figure.toLocaleString("en-GB")), el("p", { class: "soft" }, said));
}

function layerTable(samples) {
  const counts = Object.keys(LAYERS).map((layer) => sum(samples, "slotproof_layer_rejections_total", { layer }));
  const most = Math.max(1, ...counts);
  return table(["layer", "rejections", "", "mean time"], Object.entries(LAYERS).map(([layer, name], place) => [
    `${layer} ${name}`, String(counts[place]), el("meter", { value: counts[place], max: most, "aria-label": `rejections of layer ${layer}` }), mean(samples, "slotproof_layer_seconds", { layer }),
  ]));
}

function calcomTable(samples) {
  const name = "slotproof_calcom_requests_total";
  const operations = values(samples, name, "operation");
  if (!operations.length) return el("p", { class: "empty soft" }, "Cal.com has not been asked yet.");
  const rows = operations.flatMap((operation) => values(samples, name, "result").map((result) => [operation, result, sum(samples, name, { operation, result })])).filter(([, , count]) => count);
  return table(["operation", "result", "requests", "operation takes"], rows.map(([operation, result, count]) => [operation, result, String(count), mean(samples, "slotproof_calcom_seconds", { operation })]));
}

function table(heads, rows) {
  return el("table", {}, el("thead", {}, el("tr", {}, ...heads.map((text) => el("th", { scope: "col" }, text)))),
    el("tbody", {}, ...rows.map(([first, ...rest]) => el("tr", {}, el("th", { scope: "row" }, first), ...rest.map((cell) => el("td", {}, cell))))));
}

function alertLines(alerts) {
  if (!alerts.length) return [el("li", { class: "empty soft" }, "No alert since the gateway started.")];
  return alerts.map((alert) => el("li", {}, el("span", { class: `chip ${alert.severity === "critical" ? "bad" : "odd"}` }, alert.severity),
    el("b", {}, alert.alert.replaceAll("_", " ")), el("span", { class: "soft" }, `${alert.count} in ${alert.window_hours} h, more than ${alert.more_than} · ${instant(alert.at)}`)));
}

function mean(samples, name, labels) {
  const count = sum(samples, `${name}_count`, labels);
  if (!count) return "–";
  const ms = (1000 * sum(samples, `${name}_sum`, labels)) / count;
  return ms < 1 ? `${Math.round(ms * 1000)} µs` : `${ms.toFixed(1)} ms`;
}

const duration = (seconds) => (seconds < 120 ? `${Math.round(seconds)} s` : seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`);
const instant = (text) => new Date(text).toLocaleString("en-GB", { day: "2-digit", month: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit" });

addEventListener("resize", () => { if (known) draw(); });
refresh();
