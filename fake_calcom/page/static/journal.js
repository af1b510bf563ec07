// The journal: newest first, filtered as the reader types.

import { act, ask } from "./api.js";
import { byId, el, empty, refill } from "./dom.js";
import { showEntry } from "./detail.js";
import { utc } from "./zone.js";

export class JournalList {
  constructor() {
    this.entries = [];
    byId("filter-path").addEventListener("input", () => this.fill());
    byId("filter-status").addEventListener("change", () => this.fill());
    byId("journal-clear").addEventListener("click", () => act(() => ask("DELETE", "/journal"), "The journal is empty."));
  }

  draw(entries) {
    this.entries = entries;
    this.fill();
  }

  fill() {
    const text = byId("filter-path").value.trim().toLowerCase();
    const status = byId("filter-status").value;
    const kept = this.entries.filter((entry) => `${entry.target} ${entry.operation}`.toLowerCase().includes(text) && hasStatus(entry, status));
    refill(byId("entries"), kept.length ? kept.map(line) : [this.entries.length ? empty("Nothing matches the filter.")
      : empty("No request yet. Point a client's base URL at ", el("code", {}, location.origin), ".")]);
  }
}

function hasStatus(entry, wanted) {
  if (wanted === "") return true;
  if (wanted === "fault") return Boolean(entry.fault);
  return wanted === "0" ? entry.status === 0 : Math.floor(entry.status / 100) === Number(wanted);
}

export function tone(status) {
  if (status >= 200 && status < 300) return "good";
  return status >= 400 && status < 500 ? "odd" : "bad";
}

function line(entry) {
  return el("li", {}, el("button", { class: "line", type: "button", "data-key": entry.number, onclick: () => showEntry(entry.number) },
    el("span", { class: `chip ${entry.fault ? "bad" : tone(entry.status)}` }, entry.status ? String(entry.status) : "—"),
    el("span", { class: "what" }, entry.operation || "no such route", entry.fault ? el("span", { class: "tag" }, entry.fault.replaceAll("_", " ")) : null),
    el("span", { class: "at" }, utc(entry.at).slice(11)),
    el("span", { class: "more" }, `${entry.method} ${entry.target}`)));
}
