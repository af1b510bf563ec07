// Dates in a time zone, by the browser's own tables. A day is "2025-10-06"; arithmetic on days is done in UTC.

const DAY_MS = 86_400_000;
const formats = new Map();

function format(zone, options) {
  const key = zone + JSON.stringify(options);
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat("en-GB", { timeZone: zone, ...options }));
  return formats.get(key);
}

/** The day and the minute of the day that an instant has in a zone. */
export function local(instant, zone) {
  const parts = format(zone, {
    year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23",
  }).formatToParts(new Date(instant));
  const part = Object.fromEntries(parts.map(({ type, value }) => [type, value]));
  return { day: `${part.year}-${part.month}-${part.day}`, minute: Number(part.hour) * 60 + Number(part.minute) };
}

export function addDays(day, count) {
  return new Date(Date.parse(`${day}T00:00:00Z`) + count * DAY_MS).toISOString().slice(0, 10);
}

/** The Monday of a day's week. */
export function mondayOf(day) {
  return addDays(day, -((new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7));
}

/** A day as text, e.g. {weekday: "Mon", day: "6"}. */
export function named(day, options) {
  return format("UTC", options).format(new Date(`${day}T00:00:00Z`));
}

/** Hours and minutes, e.g. "09:30". */
export function clockTime(instant, zone) {
  return format(zone, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(new Date(instant));
}

/** An instant in UTC without its milliseconds' noise, e.g. "2025-10-06 08:00:00". */
export function utc(instant) {
  return instant.replace("T", " ").replace(/(\.\d+)?Z$/, "");
}
