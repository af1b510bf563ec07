"""Slots, version 2024-04-15: `/available`, `/reserve` and `/selected-slot`, which public clients still use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fake_calcom.booking.request import EventTypeName
from fake_calcom.booking.reservations import Wish
from fake_calcom.booking.reservations import release as release_slot
from fake_calcom.booking.reservations import reserve as reserve_slot
from fake_calcom.booking.slots import SlotQuery, open_slots
from fake_calcom.dto.old import AVAILABLE_SLOTS, RESERVE_SLOT_OLD, available_slots_values
from fake_calcom.dto.shape import refuse_listed
from fake_calcom.handlers.slots import event_type_of_slots, instant_text, remembered, span
from fake_calcom.handlers.views import object_body
from fake_calcom.times import MS_PER_MINUTE, parse_iso
from fake_calcom.wire import Answer, encode, success

if TYPE_CHECKING:
    from fake_calcom.routing import Request
    from fake_calcom.universe import Universe


async def available(request: Request) -> Answer:
    """GET /v2/slots/available: `data.slots`, by day, each with `time`."""
    values = available_slots_values(request.query)
    refuse_listed(AVAILABLE_SLOTS, values)
    key = "old:" + encode(sorted(values.items(), key=lambda item: item[0])).decode()
    return Answer(200, remembered(request.universe, key, lambda: _answer(request.universe, values)))


async def reserve(request: Request) -> Answer:
    """POST /v2/slots/reserve: 201 with the reservation's uid alone."""
    body = object_body(request)
    refuse_listed(RESERVE_SLOT_OLD, body)
    start_ms = parse_iso(body["slotUtcStartDate"])
    assert start_ms is not None, "the shape was checked before"
    if body.get("_isDryRun"):
        return _created(request.universe.outside.ids.uuid())
    reservation = reserve_slot(request.universe, Wish(int(body["eventTypeId"]), start_ms), request.caller)
    return _created(reservation.uid)


async def release(request: Request) -> Answer:
    """DELETE /v2/slots/selected-slot?uid=…: success, also when there is none."""
    release_slot(request.universe, request.query.one("uid") or "")
    return Answer(200, encode({"status": "success"}))


def _created(uid: str) -> Answer:
    answer = success(uid)
    answer.status = 201
    return answer


def _answer(universe: Universe, values: dict[str, Any]) -> bytes:
    usernames = values.get("usernameList") or [None]
    name = EventTypeName(values.get("eventTypeId"), values.get("eventTypeSlug"), usernames[0])
    event_type = event_type_of_slots(universe, name)
    start_ms, end_ms = span(values["startTime"], values["endTime"])
    moved = universe.bookings.by_uid(values["rescheduleUid"]) if values.get("rescheduleUid") else None
    length = values.get("duration") or event_type.length_minutes
    zone, as_range = values.get("timeZone"), values.get("slotFormat") == "range"
    query = SlotQuery(event_type, start_ms, end_ms, length, zone or "UTC", moved.number if moved else None)
    days: dict[str, list[dict[str, str]]] = {}
    for slot in open_slots(universe, query):
        start = instant_text(slot.start_ms, zone)
        end = instant_text(slot.start_ms + length * MS_PER_MINUTE, zone)
        days.setdefault(start[:10], []).append({"startTime": start, "endTime": end} if as_range else {"time": start})
    return encode({"status": "success", "data": {"slots": days}})
