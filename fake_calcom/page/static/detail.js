// The window at the side: one booking, or one request with its answer, as JSON.

import { ask } from "./api.js";
import { byId, el, say } from "./dom.js";

const pretty = (value) => (typeof value === "string" ? value : JSON.stringify(value, null, 2));

export function readyDetail() {
  byId("detail-close").addEventListener("click", () => byId("detail").close());
  byId("detail").addEventListener("click", (event) => { if (event.target === byId("detail")) byId("detail").close(); });
  byId("detail-copy").addEventListener("click", async () => {
    await navigator.clipboard.writeText([...byId("detail-body").querySelectorAll("pre")].map((each) => each.textContent).join("\n\n"));
    say("Copied.");
  });
}

/** Show facts in a line each, then titled pieces: [["Body", value], …]. What has no value is left out. */
export function show(title, facts, pieces) {
  byId("detail-title").textContent = title;
  byId("detail-body").replaceChildren(
    el("dl", {}, ...told(facts).flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, value)])),
    ...told(pieces).flatMap(([heading, value]) => [el("h3", {}, heading), el("pre", { tabindex: "0" }, pretty(value))]),
  );
  if (!byId("detail").open) byId("detail").showModal();
}

const told = (pairs) => pairs.filter(([, value]) => value !== undefined && value !== null && value !== "");

async function look(path, draw) {
  try {
    draw(await ask("GET", path));
  } catch (problem) {
    say(problem.message, true);
  }
}

export function showBooking(uid) {
  return look(`/page/booking?uid=${encodeURIComponent(uid)}`, (booking) => show(booking.title,
    [["Status", booking.status], ["Start", booking.start], ["Made", booking.createdAt]], [["As the API shows it", booking]]));
}

export function showEntry(number) {
  return look(`/page/entry?number=${number}`, (entry) => show(`${entry.request.method} ${entry.request.target}`, [
    ["Operation", entry.operation || "none: no route serves it"],
    ["Status", entry.response.status ? String(entry.response.status) : "never handled"],
    ["Asked", entry.invokedAt],
    ["Answered", entry.answeredAt],
    ["Fault", entry.fault && `${entry.fault.effect}, ${entry.fault.phase}`],
    ["Wrote", entry.commits?.map((commit) => `${commit.kind} ${commit.uid} (${commit.status})`).join(", ")],
  ], [
    ["Request", entry.request.body],
    ["Answer", entry.response.body],
    ["Request headers", entry.request.headers],
    ["Answer headers", entry.response.headers],
  ]));
}
