// The page: asks the control door once a second what there is, and draws what has changed.

import { ask } from "./api.js";
import { Calendar } from "./calendar.js";
import { drawClock, readyClock } from "./clock.js";
import { readyDetail } from "./detail.js";
import { byId, say, whenChanged } from "./dom.js";
import { FaultPanel, drawFaults } from "./faults.js";
import { JournalList } from "./journal.js";
import { drawDeliveries, drawMails } from "./outbox.js";
import { drawGeneration, drawWorld, readyWorld } from "./world.js";

const EVERY_MS = 1000;

async function start() {
  const choices = await ask("GET", "/page/choices");
  readyClock();
  readyDetail();
  readyTabs();
  readyWorld(choices.generations);
  new FaultPanel(choices);
  const calendar = new Calendar();
  const journal = new JournalList();
  follow(calendar, drawing(calendar, journal));
}

/** One function for a whole glance; each part is drawn only when its own data has changed. */
function drawing(calendar, journal) {
  const parts = [
    ["clock", whenChanged(drawClock)],
    ["generation", whenChanged(drawGeneration)],
    ["world", whenChanged(drawWorld)],
    ["journal", whenChanged((entries) => { count("journal", entries.length); journal.draw(entries); })],
    ["faults", whenChanged((faults) => { count("faults", faults.length); drawFaults(faults); })],
    ["emails", whenChanged((mails) => { count("mails", mails.length); drawMails(mails); })],
    ["deliveries", whenChanged((sent) => { count("webhooks", sent.length); drawDeliveries(sent); })],
  ];
  const week = whenChanged((seen) => calendar.draw(seen.glance));
  return (glance) => {
    parts.forEach(([name, draw]) => draw(glance[name]));
    week({ glance: { clock: { now: glance.clock.now.slice(0, 16) + "Z" }, bookings: glance.bookings, world: glance.world }, week: calendar.week, zone: calendar.zone });
  };
}

/** Look once a second while the page is seen, and at once when something was done. */
function follow(calendar, draw) {
  let timer, asked = 0, lost = false;
  const look = async () => {
    clearTimeout(timer);
    const mine = (asked += 1);
    try {
      const glance = await ask("GET", `/page/glance?${new URLSearchParams(calendar.span)}`);
      if (mine !== asked) return; // a later look is under way, and it alone draws
      draw(glance);
      if (lost) say("The fake answers again.");
      lost = false;
    } catch (problem) {
      if (!lost) say(problem instanceof TypeError ? "The fake does not answer. Is it still running?" : problem.message, true);
      lost = true;
    }
    if (mine === asked && !document.hidden) timer = setTimeout(look, EVERY_MS);
  };
  document.addEventListener("look-again", look);
  document.addEventListener("visibilitychange", look);
  look().then(look); // the first look tells the fake's week, the second shows it
}

function count(tab, number) { byId(`tab-${tab}`).querySelector("b").textContent = number || ""; }

function readyTabs() {
  const tabs = [...document.querySelectorAll("[role=tab]")];
  const choose = (tab) => tabs.forEach((each) => {
    each.setAttribute("aria-selected", String(each === tab));
    each.tabIndex = each === tab ? 0 : -1;
    byId(each.getAttribute("aria-controls")).hidden = each !== tab;
  });
  tabs.forEach((tab, index) => {
    tab.addEventListener("click", () => choose(tab));
    tab.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      const next = tabs[(index + step + tabs.length) % tabs.length];
      choose(next);
      next.focus();
    });
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") document.querySelectorAll("details[open]").forEach((menu) => { menu.open = false; });
    if (event.key !== "/" || event.target.closest("input, select, dialog")) return;
    event.preventDefault();
    choose(byId("tab-journal"));
    byId("filter-path").focus();
  });
  document.addEventListener("click", (event) => document.querySelectorAll("details[open]").forEach((menu) => {
    if (!menu.contains(event.target)) menu.open = false;
  }));
}

start().catch((problem) => say(problem.message, true));
