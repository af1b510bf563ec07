// The fault plan: a form for a new rule, and the rules in order with how often each was met and struck.

import { act, ask } from "./api.js";
import { byId, el, empty, option, refill } from "./dom.js";

const HELP = {
  status: "Answers with this status; the operation never happens, or has happened, according to the phase.",
  delay: "Waits before it answers.",
  drop_before: "The request is lost: never handled, the connection closes.",
  drop_after: "The answer is lost: it is handled and committed, and the connection closes. A retry then meets its own booking.",
  reset: "The connection is reset.",
  truncate: "The body breaks off in the middle.",
  malformed_json: "The body is not JSON.",
  slow_body: "The body drips over this many seconds.",
  duplicate: "The request is handled twice.",
  stale_read: "The answer is from before the last write.",
  hold: "Webhooks wait until they are flushed.",
  reorder: "Webhooks overtake each other.",
};

export class FaultPanel {
  constructor({ operations, effects }) {
    this.effects = effects;
    byId("fault-effect").replaceChildren(...Object.keys(effects).map((kind) => option(kind, kind.replaceAll("_", " "))));
    byId("fault-effect").value = "drop_after";
    byId("fault-operation").replaceChildren(option("", "every operation"),
      ...operations.map((each) => option(each.operation, each.operation)));
    byId("fault-operation").value = "createBooking";
    for (const id of ["fault-effect", "fault-when"]) byId(id).addEventListener("change", () => this.fit());
    byId("fault-form").addEventListener("submit", (event) => {
      event.preventDefault();
      act(() => ask("POST", "/faults", this.rule()), "The fault is in the plan.");
    });
    this.fit();
  }

  /** Show the fields that the chosen effect has. */
  fit() {
    const kind = byId("fault-effect").value;
    const phases = this.effects[kind];
    byId("fault-status-field").hidden = kind !== "status";
    byId("fault-seconds-field").hidden = !["delay", "slow_body"].includes(kind);
    byId("fault-count-field").hidden = !byId("fault-when").value;
    byId("fault-phase-field").hidden = phases.length < 2;
    byId("fault-phase").replaceChildren(...phases.map((phase) => option(phase, phase.replaceAll("_", " "))));
    byId("fault-help").textContent = HELP[kind] ?? "";
  }

  rule() {
    const kind = byId("fault-effect").value;
    const effect = { kind };
    if (kind === "status") effect.status = Number(byId("fault-status").value);
    if (["delay", "slow_body"].includes(kind)) effect.seconds = Number(byId("fault-seconds").value);
    const rule = { effect, phase: byId("fault-phase").value };
    if (byId("fault-operation").value) rule.operation = byId("fault-operation").value;
    if (byId("fault-when").value) rule[byId("fault-when").value] = Number(byId("fault-count").value);
    return rule;
  }
}

export function drawFaults(faults) {
  refill(byId("rules"), faults.length ? faults.map(line) : [empty("Nothing goes wrong. A lost answer on createBooking is the classic: the client retries what has happened already.")]);
}

function line(rule) {
  const struck = `${rule.hits} ${rule.hits === 1 ? "hit" : "hits"} of ${rule.met} met`;
  return el("li", { class: `rule${rule.over ? " over" : ""}` },
    el("span", { class: `chip ${rule.hits ? "bad" : ""}`, title: "how often it struck" }, String(rule.hits)),
    el("span", { class: "what" }, rule.name.replaceAll("_", " ")),
    el("span", { class: "more" }, [whenOf(rule), rule.phase.replaceAll("_", " "), struck, rule.over ? "over" : ""].filter(Boolean).join(" · ")),
    el("button", { type: "button", "data-key": `rule-${rule.id}`, "aria-label": `Delete the fault ${rule.name}`, onclick: () => act(() => ask("DELETE", `/faults?id=${rule.id}`), "The fault is gone.") }, "Delete"));
}

function whenOf(rule) {
  if (rule.nth) return `time ${rule.nth}`;
  if (rule.first) return `the first ${rule.first}`;
  return rule.every ? `every ${rule.every}` : "always";
}
