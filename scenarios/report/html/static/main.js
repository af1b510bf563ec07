// The report's state, and what keys and buttons do to it. Everything shown follows from `data` and `state`.
import { byId, toggle } from "./dom.js";
import { diagram } from "./draw.js";
import { layOut, tallest } from "./layout.js";
import { endOf, runTable, stepDetail } from "./panels.js";

const KINDS = { message: "Messages", verdict: "Verdicts", database: "Database", note: "Notes", mail: "Mails", order: "Order" };
const data = JSON.parse(byId("data").textContent);
const state = {
  chosen: [data.pair[0], data.pair[1] ?? data.pair[0]],
  beside: data.pair.length > 1,
  side: 0,
  picked: [null, null],
  zoom: 1,
  hiddenKinds: new Set(),
  hiddenLanes: new Set(),
};
const shown = { kind: (kind) => !state.hiddenKinds.has(kind), lane: (lane) => !state.hiddenLanes.has(lane) };
const sides = () => (state.beside ? [0, 1] : [0]);
const runAt = (side) => data.runs[state.chosen[side]];

function draw() {
  document.body.classList.toggle("beside", state.beside);
  const room = byId("diagrams");
  const width = (room.clientWidth - (state.beside ? 14 : 0)) / sides().length / state.zoom - 4;
  const loose = sides().map((side) => layOut(runAt(side), width, shown));
  const instants = loose.length > 1 ? tallest(...loose) : undefined;
  room.replaceChildren(...sides().map((side) => framed(side, layOut(runAt(side), width, shown, instants))));
  byId("runs").replaceChildren(...runTable(data.runs, state.beside ? state.chosen : [state.chosen[0]], choose));
  byId("ends").replaceChildren(...sides().map((side) => endOf(runAt(side))));
  byId("size").textContent = `${Math.round(state.zoom * 100)} %`;
  byId("compare").setAttribute("aria-pressed", String(state.beside));
  drawFilters();
  document.body.style.setProperty("--tools", `${byId("tools").offsetHeight}px`);
  if (data.kind === "failure") {
    for (const side of sides()) frameOf(side).querySelector(`[data-number="${partsAt(side)}"]`)?.classList.add("parts");
  }
  showPicked();
}

function framed(side, plan) {
  const frame = document.createElement("section");
  frame.className = "card frame";
  frame.setAttribute("aria-label", `Diagram of ${runAt(side).name}`);
  const title = document.createElement("h2");
  title.append(titleOf(runAt(side)));
  if (!runAt(side).asExpected) title.className = "bad";
  const body = diagram(runAt(side), plan, (number) => pick(side, number));
  body.style.zoom = state.zoom;
  frame.append(title, body);
  return frame;
}

const titleOf = ({ scenario, name }) => (scenario === data.title ? name : `${scenario} · ${name}`);

function drawFilters() {
  const used = new Set(sides().flatMap((side) => runAt(side).steps.map((step) => step.kind)));
  const lanes = new Map(sides().flatMap((side) => runAt(side).lanes.map((lane) => [lane.id, lane])));
  const isShared = ({ name }) => [...lanes.values()].filter((lane) => lane.name === name).length > 1;
  const flip = (set, name) => () => { set.has(name) ? set.delete(name) : set.add(name); draw(); };
  byId("kinds").replaceChildren(...Object.entries(KINDS).filter(([kind]) => used.has(kind))
    .map(([kind, name]) => toggle(name, shown.kind(kind), flip(state.hiddenKinds, kind))));
  byId("lanes").replaceChildren(...[...lanes].map(([id, lane]) => toggle(isShared(lane) ? `${lane.name}, ${lane.note}` : lane.name, shown.lane(id), flip(state.hiddenLanes, id))));
}

function showPicked() {
  document.querySelectorAll(".step.on").forEach((step) => step.classList.remove("on", "here"));
  for (const side of sides()) elementOf(side)?.classList.add("on", ...(side === state.side ? ["here"] : []));
  const numbers = visible();
  const place = numbers.indexOf(state.picked[state.side]);
  byId("counter").textContent = `${place + 1 || "–"} / ${numbers.length}`;
  const step = runAt(state.side).steps[state.picked[state.side]];
  byId("detail").replaceChildren(...(step ? stepDetail(runAt(state.side), step) : []));
}

const frameOf = (side) => byId("diagrams").children[side];
const elementOf = (side) => frameOf(side)?.querySelector(`[data-number="${state.picked[side]}"]`);
const visible = () => [...(frameOf(state.side)?.querySelectorAll(".step") ?? [])].map((step) => Number(step.dataset.number));

function pick(side, number) {
  state.side = side;
  state.picked[side] = number;
  if (state.beside) state.picked[1 - side] = twin(side, number);
  showPicked();
}

/** The other run's step that is the same; null when that run took another way. */
function twin(side, number) {
  const step = runAt(side).steps[number];
  const same = (other) => other.at_ms === step.at_ms && ["kind", "source", "target", "label"].every((name) => other[name] === step[name]);
  const found = runAt(1 - side).steps.findIndex(same);
  return found < 0 ? null : found;
}

/** Where this side leaves the other: its first decision that the other has not, else its first such step, else -1. */
function partsAt(side) {
  if (!state.beside) return -1;
  const alone = runAt(side).steps.map((_, number) => number).filter((number) => twin(side, number) === null);
  return alone.find((number) => runAt(side).steps[number].tone === "mark") ?? alone[0] ?? -1;
}

function move(by) {
  const numbers = visible();
  const at = numbers.indexOf(state.picked[state.side]);
  const to = at < 0 ? (by > 0 ? 0 : numbers.length - 1) : Math.min(Math.max(at + by, 0), numbers.length - 1);
  pick(state.side, numbers[to]);
  sides().forEach((side) => elementOf(side)?.scrollIntoView({ block: "center", inline: "nearest" }));
}

function choose(side, number) {
  state.chosen[side] = number;
  state.beside ||= side === 1;
  state.picked = [null, null];
  draw();
  pickTelling();
}

function zoom(factor) {
  state.zoom = factor === 0 ? 1 : Math.min(Math.max(state.zoom * factor, 0.4), 3);
  draw();
}

function compare() {
  state.beside = !state.beside;
  state.side = 0;
  draw();
}

function otherSide() {
  if (!state.beside) return;
  state.side = 1 - state.side;
  if (state.picked[state.side] === null) move(1); else showPicked();
}

/** The step to begin with: where a failure leaves the run that passes, else the one that deviates,
 *  else the verdict that decides, else the first bad one. */
function pickTelling() {
  const side = sides().find((each) => telling(each) >= 0) ?? 0;
  pick(side, Math.max(telling(side), 0));
}

function telling(side) {
  const { steps } = runAt(side);
  const parts = data.kind === "failure" ? partsAt(side) : -1;
  if (parts >= 0) return parts;
  const first = [({ tone }) => tone === "mark", ({ label }) => label.includes("this decides"), ({ kind, tone }) => kind === "verdict" && tone === "bad"];
  return first.map((test) => steps.findIndex(test)).find((number) => number >= 0) ?? -1;
}

const KEYS = {
  ArrowRight: () => move(1), j: () => move(1), ArrowLeft: () => move(-1), k: () => move(-1),
  Home: () => move(-1e9), End: () => move(1e9), x: otherSide, c: compare,
  "+": () => zoom(1.2), "-": () => zoom(1 / 1.2), 0: () => zoom(0),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || !Object.hasOwn(KEYS, event.key)) return;
  event.preventDefault();
  KEYS[event.key]();
});
for (const [id, act] of Object.entries({ back: () => move(-1), next: () => move(1), compare, smaller: () => zoom(1 / 1.2), larger: () => zoom(1.2), size: () => zoom(0) })) {
  byId(id).addEventListener("click", act);
}
let resizing = 0;
addEventListener("resize", () => { cancelAnimationFrame(resizing); resizing = requestAnimationFrame(draw); });

byId("title").textContent = data.title;
byId("lead").textContent = data.lead;
byId("command").textContent = data.command;
byId("reason").textContent = data.reason ?? "";
byId("reason").hidden = !data.reason;
byId("choice").hidden = data.kind === "failure";
draw();
pickTelling();
