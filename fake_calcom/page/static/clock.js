// The fake's clock: what it shows, and what moves it.

import { act, ask } from "./api.js";
import { byId } from "./dom.js";
import { utc } from "./zone.js";

export function readyClock() {
  for (const button of document.querySelectorAll(".advance")) {
    button.addEventListener("click", () => act(() => ask("POST", "/clock/advance", { seconds: Number(button.dataset.seconds) })));
  }
  byId("advance-by").addEventListener("click", () => act(() => ask("POST", "/clock/advance", { seconds: byId("seconds").valueAsNumber })));
  byId("mode").addEventListener("click", () => {
    const mode = byId("mode").getAttribute("aria-pressed") === "true" ? "frozen" : "ticking";
    act(() => ask("PUT", "/clock", { mode }));
  });
  byId("clock-form").addEventListener("submit", (event) => {
    event.preventDefault();
    act(() => ask("PUT", "/clock", { now: `${byId("instant").value}Z` }));
    byId("set-clock").open = false;
  });
  byId("set-clock").addEventListener("toggle", () => {
    if (byId("set-clock").open) byId("instant").value = byId("now").dataset.now.slice(0, 19);
  });
}

export function drawClock({ now, mode }) {
  byId("now").textContent = `${new Date(now).toLocaleDateString("en-GB", { weekday: "short", timeZone: "UTC" })} ${utc(now)} UTC`;
  byId("now").dataset.now = now;
  const button = byId("mode");
  button.textContent = mode;
  button.setAttribute("aria-pressed", String(mode === "ticking"));
  button.title = mode === "ticking" ? "Freeze it" : "Let it tick";
  for (const control of document.querySelectorAll(".clock button, .clock input")) control.disabled = mode === "given";
}
