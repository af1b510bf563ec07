// Elements from data. Text only ever becomes a text node, so nothing that a booking says can become markup.

export const byId = (id) => document.getElementById(id);

/** An element: `el("li", {class: "line", onclick: f}, "text", child)`. */
export function el(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "disabled") element.disabled = value;
    else if (value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** Fill a container anew; the reader's focus and place stay where they were. */
export function refill(container, children) {
  const held = container.contains(document.activeElement) ? document.activeElement.dataset.key : null;
  const top = container.scrollTop;
  container.replaceChildren(...children);
  container.scrollTop = top;
  if (held) container.querySelector(`[data-key="${CSS.escape(held)}"]`)?.focus({ preventScroll: true });
}

/** A function that calls `draw(data)` only when the data is not what it was. */
export function whenChanged(draw) {
  let before;
  return (data) => {
    const now = JSON.stringify(data);
    if (now === before) return;
    before = now;
    draw(data);
  };
}

/** An option of a select. */
export function option(value, text = value) {
  return el("option", { value }, text);
}

/** A line that says a list is empty, and what would fill it. */
export function empty(...said) {
  return el("li", { class: "empty" }, ...said);
}

/** Say something to the reader, once; a mistake stays until the next word. */
export function say(text, bad = false) {
  const notice = byId("notice");
  notice.textContent = text;
  notice.classList.toggle("bad", bad);
  notice.hidden = false;
  clearTimeout(say.timer);
  if (!bad) say.timer = setTimeout(() => { notice.hidden = true; }, 4000);
}
