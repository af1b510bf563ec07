// The control door. Every answer is {"data": …}; a mistake is {"error": {"message", "where"}} and becomes an Error.

import { say } from "./dom.js";

export async function ask(method, path, body) {
  const answer = await fetch(`/__fake__${path}`, {
    method,
    body: body === undefined ? undefined : typeof body === "string" ? body : JSON.stringify(body),
    headers: body === undefined ? {} : { "Content-Type": "application/json" },
  });
  const told = await answer.json();
  if (told.error) throw new Error(told.error.where ? `${told.error.where}: ${told.error.message}` : told.error.message);
  return told.data;
}

/** Do what the reader asked for, tell them how it ended, and look again at once. */
export async function act(deed, done) {
  try {
    await deed();
    if (done) say(done);
  } catch (problem) {
    say(problem.message, true);
  }
  document.dispatchEvent(new Event("look-again"));
}
