// What left the fake besides answers: mails that would have been sent, and webhooks with what came of them.

import { byId, el, empty, refill } from "./dom.js";
import { show, showBooking } from "./detail.js";
import { tone } from "./journal.js";
import { utc } from "./zone.js";

export function drawMails(mails) {
  refill(byId("mail-list"), mails.length ? mails.map((mail, index) => el("li", {}, el("button",
    { class: "line", type: "button", "data-key": `mail-${mails.length - index}`, onclick: () => showBooking(mail.bookingUid) },
    el("span", { class: "chip" }, "✉"), el("span", { class: "what" }, mail.kind), el("span", { class: "at" }, utc(mail.at).slice(11)),
    el("span", { class: "more" }, `to ${mail.to}`)))) : [empty("No mail would have been sent yet.")]);
}

export function drawDeliveries(deliveries) {
  refill(byId("delivery-list"), deliveries.length ? deliveries.map((delivery, index) => el("li", {}, el("button",
    { class: "line", type: "button", "data-key": `delivery-${deliveries.length - index}`, onclick: () => showDelivery(delivery) },
    el("span", { class: `chip ${delivery.status ? tone(delivery.status) : delivery.error ? "bad" : ""}` }, delivery.status ? String(delivery.status) : delivery.error ? "!" : "…"),
    el("span", { class: "what" }, delivery.trigger), el("span", { class: "at" }, utc(delivery.at).slice(11)),
    el("span", { class: "more" }, delivery.error ?? delivery.url)))) : [empty("No webhook was delivered. Subscribe one with ", el("code", {}, "POST /v2/webhooks"), ".")]);
}

function showDelivery(delivery) {
  let body = delivery.body;
  try { body = JSON.parse(body); } catch { /* a template may be any text */ }
  show(delivery.trigger,
    [["To", delivery.url], ["At", delivery.at], ["Came of it", delivery.error ?? (delivery.status ? `status ${delivery.status}` : "under way")]],
    [["Body", body], ["Headers", delivery.headers]]);
}
