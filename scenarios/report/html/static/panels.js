// Everything beside the diagrams: the runs to choose from, the picked step, the rows at the end.
import { el, toggle } from "./dom.js";
import { dayOf, timeOf } from "./words.js";

/** The table of runs: before and after at a glance, and which two are looked at. */
export function runTable(runs, chosen, choose) {
  const promises = runs[0].promises ?? [];
  const head = ["shown", "run", ...promises.map(({ name }) => name), "last told", "turned down by", "lesson"];
  const many = new Set(runs.map((run) => run.scenario)).size > 1;
  return [
    el("thead", {}, el("tr", {}, ...head.map((text) => el("th", { scope: "col" }, text)))),
    el("tbody", {}, ...runs.map((run, number) => el("tr", { class: chosen.includes(number) ? "on" : null },
      el("td", {}, el("span", { class: "group", role: "group", "aria-label": `Show ${run.name}` },
        toggle("left", chosen[0] === number, () => choose(0, number)), toggle("right", chosen[1] === number, () => choose(1, number)))),
      el("th", { scope: "row" }, many ? `${run.scenario} · ${run.name}` : run.name, without(run), verdict(run)),
      ...(run.promises ?? []).map(({ broken }) => el("td", {}, chip(broken.length ? "broken" : "held", broken.length ? "bad" : "good", broken.join("\n")))),
      el("td", {}, run.lastTold ?? ""), el("td", {}, ...(run.turnedDown ?? []).map((text) => chip(text, "odd"))), el("td", { class: "lesson" }, run.lesson ?? "")))),
  ];
}

const chip = (text, tone, title = null) => el("span", { class: `chip ${tone}`, title: title || null }, text);
const without = (run) => (run.without?.length ? ` without ${run.without.join(", ")}` : null);
const verdict = (run) => (run.asExpected ? null : chip("not as expected", "bad", run.objections.join("\n")));

/** What is known of the picked step. */
export function stepDetail(run, step) {
  const name = (id) => run.lanes.find((lane) => lane.id === id)?.name ?? "the run";
  const facts = [
    ["run", run.name],
    ["gateway's clock", `${dayOf(step.at_ms)} ${timeOf(step.at_ms)}`],
    ["Cal.com's clock", run.skew ? timeOf(step.at_ms + run.skew * 1000) : "the same"],
    [step.target ? "from" : "at", name(step.source)],
    ["to", step.target && `${name(step.target)}${step.is_lost ? ", and never arrives" : ""}`],
    ["on the wire", step.wire],
    ...(step.detail ?? "").split(/; |, (?=received|threshold)/).map((part) => ["said", part]),
  ];
  return [
    el("h2", { class: step.tone ?? "plain" }, step.label),
    el("dl", {}, ...facts.filter(([, fact]) => fact).map(([term, fact]) => el("div", {}, el("dt", {}, term), el("dd", {}, fact)))),
    step.body ? el("pre", { tabindex: "0", "aria-label": "What went over the wire" }, step.body) : null,
  ].filter(Boolean);
}

/** A run's end: what it came to, and its tables. */
export function endOf(run) {
  const broken = (run.promises ?? []).flatMap(({ name, broken }) => broken.map((line) => `${name} is broken: ${line}`));
  return el("section", { class: "card end", "aria-label": `The end of ${run.name}` },
    el("h2", {}, run.name, " ", chip(run.asExpected ? "as expected" : "does not hold", run.asExpected ? "good" : "bad")),
    run.lesson ? el("p", { class: "lead" }, run.lesson) : null,
    ...[...run.objections, ...broken].map((line) => el("p", { class: "objection" }, line)),
    ...run.tables.map((table) => tableOf(table)),
    el("p", { class: "again" }, "again: ", el("code", {}, run.command)));
}

function tableOf({ title, columns, rows }) {
  if (!rows.length) return el("p", { class: "none" }, `${title}: none`);
  const cell = (text) => el("td", { class: text === "NULL" ? "null" : null }, text);
  return el("div", { class: "scroll" }, el("table", {},
    el("caption", {}, title),
    el("thead", {}, el("tr", {}, ...columns.map((text) => el("th", { scope: "col" }, text)))),
    el("tbody", {}, ...rows.map((row) => el("tr", {}, ...row.map(cell))))));
}
