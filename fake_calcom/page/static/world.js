// The world: loading one from a file, the sample, going back; and the generation of Cal.com.

import { act, ask } from "./api.js";
import { byId, el, option, refill } from "./dom.js";

export function readyWorld(generations) {
  const load = async (text) => { await ask("PUT", "/world", text); byId("world-menu").open = false; };
  byId("world-file").addEventListener("change", (event) => {
    const [file] = event.target.files;
    if (file) act(async () => load(await file.text()), `This is now the world of ${file.name}.`);
    event.target.value = "";
  });
  byId("world-sample").addEventListener("click", () =>
    act(async () => load(await (await fetch("/__fake__/page/sample_world.json")).text()), "This is now the sample clinic."));
  byId("world-reset").addEventListener("click", () => act(() => ask("POST", "/reset"), "Everything is as when the world was loaded."));
  byId("generation").replaceChildren(...generations.map((name) => option(name)));
  byId("generation").addEventListener("change", (event) => act(() => ask("PUT", "/generation", { generation: event.target.value }), `This is now Cal.com of ${event.target.value}.`));
}

export function drawGeneration(name) {
  const select = byId("generation");
  if (![...select.options].some((each) => each.value === name)) select.append(option(name)); // window:<seconds>
  select.value = name;
}

export function drawWorld({ users, eventTypes }) {
  const fact = (name, value) => el("div", { class: "fact" }, el("span", {}, name), el("code", { title: value }, value));
  refill(byId("world-facts"), [
    el("h3", {}, users.length ? "Users, and their API keys" : "No users yet: load a world to begin."),
    ...users.map((user) => fact(user.name, user.apiKey)),
    ...(eventTypes.length ? [el("h3", {}, "Event types, and their ids")] : []),
    ...eventTypes.map((each) => fact(`${each.title}, ${each.minutes} min`, String(each.id))),
  ]);
}
