// Instants, lengths of time and lines of text, as a reader wants them.

const DAY = new Intl.DateTimeFormat("en-GB", { timeZone: "Europe/Berlin", weekday: "short", day: "2-digit", month: "2-digit", year: "numeric" });
const TIME = new Intl.DateTimeFormat("en-GB", { timeZone: "Europe/Berlin", hour: "2-digit", minute: "2-digit", second: "2-digit", fractionalSecondDigits: 3, hour12: false });

export const dayOf = (ms) => DAY.format(ms).replace(",", "").replaceAll("/", ".");
export const timeOf = (ms) => TIME.format(Math.round(ms));

/** `34 min 28 s`, `15 s`, `19 h 19 min`. */
export function lengthOf(ms) {
  const seconds = Math.round(ms / 1000);
  const parts = [[Math.floor(seconds / 3600), "h"], [Math.floor(seconds / 60) % 60, "min"], [seconds % 60, "s"]];
  return parts.filter(([amount]) => amount).slice(0, 2).map(([amount, unit]) => `${amount} ${unit}`).join(" ");
}

let ruler = null;

/** How many pixels wide a text is in that font. */
export function widthOf(text, font) {
  ruler ??= document.createElement("canvas").getContext("2d");
  ruler.font = font;
  return ruler.measureText(text).width;
}

/** Lines no wider than `width`; a word that is wider itself is cut into pieces; what is left over ends in `…`. */
export function linesOf(text, width, font, most = 9) {
  const lines = [];
  let line = "";
  for (const word of pieces(text, width, font)) {
    const longer = line ? `${line} ${word}` : word;
    if (line && widthOf(longer, font) > width) { lines.push(line); line = word; } else line = longer;
  }
  if (line) lines.push(line);
  if (lines.length <= most) return lines;
  return [...lines.slice(0, most - 1), `${lines[most - 1].slice(0, -1)}…`];
}

function* pieces(text, width, font) {
  for (let word of text.split(/\s+/)) {
    while (word.length > 4 && widthOf(word, font) > width) {
      let length = word.length - 1;
      while (length > 4 && widthOf(word.slice(0, length), font) > width) length -= 1;
      yield word.slice(0, length);
      word = word.slice(length);
    }
    if (word) yield word;
  }
}
