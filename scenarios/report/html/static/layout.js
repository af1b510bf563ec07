// Where everything stands: steps become items with a place and lines of text. Nothing is drawn here.
import { dayOf, lengthOf, linesOf, timeOf } from "./words.js";

export const GUTTER = 104; // room for the two clocks
export const FONT = "12px system-ui, sans-serif";
export const SMALL = "11px ui-monospace, monospace";
const NAME = "620 13px system-ui, sans-serif";
const LINE = 15;
const GAP_MS = 1000; // a longer pause is told instead of drawn
const LANE_MIN = 92;
const LABEL_MIN = 190; // a label may reach over the next lane: nobody else speaks in its row

/**
 * `{width, height, lanes: [{x, …}], items: [{step, y, height, lines, details}], marks: [{y, height, text}], instants}`.
 * `instants` says how high each instant is, from milliseconds to pixels; give it what `tallest` makes of two plans,
 * and the same instant stands at the same height in both.
 */
export function layOut(run, width, shown, instants = new Map()) {
  const lanes = run.lanes.filter((lane) => shown.lane(lane.id));
  const room = Math.max(width - GUTTER - 8, lanes.length * LANE_MIN);
  const span = room / Math.max(lanes.length, 1);
  const placed = lanes.map((lane, number) => ({ ...lane, x: GUTTER + (number + 0.5) * span, lines: linesOf(lane.name, span - 4, NAME, 2) }));
  const place = new Map(placed.map((lane) => [lane.id, lane.x]));
  const plan = { width: GUTTER + room + 8, span, lanes: placed, items: [], marks: [], height: 8, instants: new Map() };
  let before = null;
  let top = plan.height;
  run.steps.forEach((step, number) => {
    if (!shown.kind(step.kind) || !isPlaced(step, place)) return;
    const isNewInstant = before === null || instantOf(step) !== instantOf(before);
    if (isNewInstant) {
      plan.height = Math.max(plan.height, top + (before === null ? 0 : instants.get(instantOf(before)) ?? 0));
      top = plan.height;
      markTime(plan, before, step);
    }
    plan.items.push(itemOf(plan, step, number, place, isNewInstant));
    plan.instants.set(instantOf(step), plan.height - top);
    before = step;
  });
  plan.height += 12;
  return plan;
}

const instantOf = (step) => Math.round(step.at_ms);

/** For two plans: the greater height of each instant. */
export function tallest(one, other) {
  const all = new Map(one.instants);
  other.instants.forEach((height, instant) => all.set(instant, Math.max(height, all.get(instant) ?? 0)));
  return all;
}

const isPlaced = (step, place) => step.kind === "order" || (place.has(step.source) && (!step.target || place.has(step.target)));

function markTime(plan, before, step) {
  const pause = before === null ? 0 : step.at_ms - before.at_ms;
  if (pause >= GAP_MS) addMark(plan, "gap", `${lengthOf(pause)} later`, 30);
  if (before === null || dayOf(before.at_ms) !== dayOf(step.at_ms)) addMark(plan, "day", dayOf(step.at_ms), 24);
}

function addMark(plan, kind, text, height) {
  plan.marks.push({ kind, text, y: plan.height, height });
  plan.height += height;
}

function itemOf(plan, step, number, place, isNewInstant) {
  const item = { step, number, y: plan.height, time: isNewInstant ? timeOf(step.at_ms) : null, ...SHAPES[shapeOf(step)](plan, step, place) };
  item.height = Math.max(item.height, isNewInstant ? 30 : 0);
  plan.height += item.height;
  return item;
}

const shapeOf = (step) => (step.kind === "verdict" || step.kind === "order" ? step.kind : step.target ? "message" : "note");

const SHAPES = {
  message(plan, step, place) {
    const [from, to] = [place.get(step.source), place.get(step.target)];
    const width = Math.max(Math.abs(to - from) - 22, LABEL_MIN);
    const lines = linesOf(step.label, width, FONT, 7);
    const details = step.detail && step.tone !== "quiet" ? linesOf(step.detail, width, SMALL, 8) : [];
    return { shape: "message", from, to, lines, details, height: (lines.length + details.length) * LINE + 14 };
  },
  note(plan, step, place) {
    const lines = linesOf(step.label, Math.max(plan.span - 18, LABEL_MIN), FONT, 4);
    const details = step.detail ? linesOf(step.detail, Math.max(plan.span - 18, LABEL_MIN), SMALL, 3) : [];
    return { shape: "note", from: place.get(step.source), lines, details, height: (lines.length + details.length) * LINE + 10 };
  },
  verdict(plan, step, place) {
    const width = Math.min(Math.max(plan.span * 1.5, 236), 330);
    const lines = linesOf(step.label, width - 20, `600 ${FONT}`, 2);
    const details = step.detail.split(/[;,] (?=received|appointment|threshold)/).flatMap((part) => linesOf(part, width - 20, SMALL, 3));
    return { shape: "verdict", from: place.get(step.source), width, lines, details, height: (lines.length + details.length) * LINE + 20 };
  },
  order(plan, step) {
    const lines = linesOf(step.label, plan.width - GUTTER - 40, `600 ${FONT}`, 4);
    return { shape: "order", lines, details: [], height: lines.length * LINE + 18 };
  },
};

export const lineHeight = LINE;
