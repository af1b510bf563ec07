// The bookings of a week: columns of days, boxes as long as they last, side by side where they overlap.

import { byId, el, option, refill } from "./dom.js";
import { addDays, clockTime, local, mondayOf, named } from "./zone.js";
import { showBooking } from "./detail.js";

const HOUR_PX = 46; // calendar.css draws the lines by it
const DAY_MINUTES = 24 * 60;
const SHORTEST_SHOWN = 24; // minutes: less would not hold a line of text
const STATUSES = ["accepted", "pending", "cancelled", "rejected"];
const FIRST_HOUR_SEEN = 7;
const OVERHANG = 1.5; // a box reaches under its right neighbour, so that its name can be read

export class Calendar {
  constructor() {
    this.monday = null; // until the reader turns to a week, the week of the fake's now
    this.zone = "UTC";
    this.now = null;
    byId("earlier").addEventListener("click", () => this.turn(-7));
    byId("later").addEventListener("click", () => this.turn(7));
    byId("today").addEventListener("click", () => this.goTo(null));
    byId("zone").addEventListener("change", (event) => { this.zone = event.target.value; this.zoneIsChosen = true; this.goTo(this.monday); });
    byId("calendar").addEventListener("keydown", (event) => {
      if (event.target.closest("select, input")) return;
      if (event.key === "ArrowLeft") this.turn(-7);
      if (event.key === "ArrowRight") this.turn(7);
    });
  }

  /** The Monday shown. */
  get week() { return this.monday ?? mondayOf(this.now ? local(this.now, this.zone).day : new Date().toISOString().slice(0, 10)); }

  /** What to ask for: a day more on each side, since a zone's day is not UTC's. */
  get span() { return { from: `${addDays(this.week, -1)}T00:00:00Z`, to: `${addDays(this.week, 8)}T00:00:00Z` }; }

  turn(days) { this.goTo(addDays(this.week, days)); }

  goTo(monday) {
    this.monday = monday;
    document.dispatchEvent(new Event("look-again"));
  }

  draw({ clock, bookings, world }) {
    this.now = clock.now;
    this.offerZones(world.users.map((user) => user.timeZone));
    const days = [...Array(7).keys()].map((index) => addDays(this.week, index));
    const today = local(this.now, this.zone);
    byId("week").textContent = `${named(days[0], { day: "numeric", month: "short" })} – ${named(days[6], { day: "numeric", month: "short", year: "numeric" })}`;
    refill(byId("days"), [el("span"), ...days.map((day) => heading(day, day === today.day))]);
    const first = !byId("grid").childElementCount;
    refill(byId("grid"), [hours(), ...days.map((day) => this.column(day, bookings.shown, today))]);
    if (first) byId("grid").scrollTop = FIRST_HOUR_SEEN * HOUR_PX - 10;
    drawLegend(bookings.shown.filter((booking) => days.includes(local(booking.start, this.zone).day)));
    this.drawElsewhere(bookings);
  }

  offerZones(zones) {
    const wanted = [...new Set([...zones, Intl.DateTimeFormat().resolvedOptions().timeZone, "UTC"])];
    const select = byId("zone");
    if (!this.zoneIsChosen || !wanted.includes(this.zone)) this.zone = wanted[0];
    if ([...select.options].map((each) => each.value).join() !== wanted.join()) select.replaceChildren(...wanted.map((zone) => option(zone)));
    select.value = this.zone;
  }

  column(day, bookings, today) {
    const boxes = side(bookings.map((booking) => this.box(booking, day)).filter(Boolean));
    const column = el("div", { class: `day${[0, 6].includes(new Date(`${day}T00:00:00Z`).getUTCDay()) ? " is-weekend" : ""}` });
    column.append(...boxes.map((box) => this.button(box)));
    if (day === today.day) {
      const line = el("div", { class: "line-now", title: "the fake's now" });
      line.style.top = `${(today.minute / 60) * HOUR_PX}px`;
      column.append(line);
    }
    return column;
  }

  /** The part of a booking that falls on a day, in minutes; null when none does. */
  box(booking, day) {
    const start = local(booking.start, this.zone);
    const end = local(booking.end, this.zone);
    if (day < start.day || day > end.day || (day === end.day && end.minute === 0 && day !== start.day)) return null;
    const from = day === start.day ? start.minute : 0;
    const until = day === end.day ? end.minute : DAY_MINUTES;
    return { booking, from, until: Math.max(until, from + SHORTEST_SHOWN) };
  }

  button({ booking, from, until, lane, lanes }) {
    const times = `${clockTime(booking.start, this.zone)}–${clockTime(booking.end, this.zone)}`;
    const who = booking.attendees.join(", ") || "nobody";
    const left = (100 * lane) / lanes;
    const short = until - from < 40 ? " is-short" : "";
    const button = el("button", {
      type: "button", class: `booking is-${booking.status}${short}`, "data-key": booking.uid,
      title: `${times} ${who}\n${booking.eventType}, ${booking.host}\n${booking.status}`,
      "aria-label": `${booking.status}: ${who}, ${booking.eventType}, ${times}`, onclick: () => showBooking(booking.uid),
    }, el("b", {}, who), el("span", {}, `${times} ${booking.eventType}`));
    Object.assign(button.style, {
      top: `${(from / 60) * HOUR_PX}px`, height: `${((until - from) / 60) * HOUR_PX - 1}px`,
      left: `calc(${left}% + 1px)`, width: `calc(${Math.min(100 - left, (OVERHANG * 100) / lanes)}% - 4px)`,
    });
    return button;
  }

  drawElsewhere({ total, before, after }) {
    const jump = (instant, before, after) => el("button",
      { type: "button", "data-key": before + after, onclick: () => this.goTo(mondayOf(local(instant, this.zone).day)) },
      before + named(local(instant, this.zone).day, { day: "numeric", month: "short", year: "numeric" }) + after);
    const count = total === 1 ? "1 booking in all" : `${total.toLocaleString("en")} bookings in all`;
    refill(byId("elsewhere"), [count, before && jump(before, "‹ earlier: ", ""), after && jump(after, "later: ", " ›")].filter(Boolean));
  }
}

function heading(day, isToday) {
  return el("span", { class: isToday ? "is-today" : "" }, named(day, { weekday: "short" }), el("strong", {}, named(day, { day: "numeric" })));
}

function hours() {
  const column = el("div", { class: "hours" });
  for (let hour = 1; hour < 24; hour += 1) {
    const label = el("span", {}, `${String(hour).padStart(2, "0")}:00`);
    label.style.top = `${hour * HOUR_PX}px`;
    column.append(label);
  }
  return column;
}

/** Put boxes that overlap into lanes side by side. */
function side(boxes) {
  boxes.sort((a, b) => a.from - b.from || b.until - a.until);
  let cluster = [];
  let end = -1;
  const close = () => cluster.forEach((box) => { box.lanes = 1 + Math.max(...cluster.map((each) => each.lane)); });
  for (const box of boxes) {
    if (box.from >= end) { close(); cluster = []; end = -1; }
    const taken = new Set(cluster.filter((each) => each.until > box.from).map((each) => each.lane));
    box.lane = 0;
    while (taken.has(box.lane)) box.lane += 1;
    cluster.push(box);
    end = Math.max(end, box.until);
  }
  close();
  return boxes;
}

function drawLegend(bookings) {
  const counted = STATUSES.map((status) => [status, bookings.filter((booking) => booking.status === status).length]);
  refill(byId("legend"), counted.filter(([, count]) => count).map(([status, count]) =>
    el("li", { class: `is-${status}` }, el("i"), el("span", {}, `${count} ${status}`))));
}
