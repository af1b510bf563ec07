"""GET /v2/slots, version 2024-09-04, with the two seconds for which Cal.com remembers an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from fake_calcom.booking.find_event_type import find_owner
from fake_calcom.booking.request import EventTypeName, read_event_type_name
from fake_calcom.booking.slots import Slot, SlotQuery, open_slots
from fake_calcom.dto.shape import refuse_joined
from fake_calcom.dto.slots import slot_shape, slot_values
from fake_calcom.errors import bad_request, not_found
from fake_calcom.times import MS_PER_DAY, iso, parse_iso, to_datetime
from fake_calcom.wire import Answer, encode

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fake_calcom.routing import Request
    from fake_calcom.state.entities import EventType, Seats
    from fake_calcom.universe import Universe

REMEMBERED_MS = 2000  # SLOTS_CACHE_TTL's default
REMEMBERED_MAX = 1000
SPAN_MS_MAX = 3 * 366 * MS_PER_DAY  # what one answer may cover: the fake stays quick on absurd ranges
UTC_NAMES = frozenset(("UTC", "Etc/UTC", "utc", "GMT", "Etc/GMT"))


async def read(request: Request) -> Answer:
    """GET /v2/slots: free slots by day, as times or ranges."""
    values = slot_values(request.query)
    refuse_joined(slot_shape(values), values)
    key = encode(sorted(values.items(), key=lambda item: item[0])).decode()
    return Answer(200, remembered(request.universe, key, lambda: _answer(request.universe, values)))


def remembered(universe: Universe, key: str, make: Any) -> bytes:
    """Return the answer of the last two seconds to this input, or make one and remember it."""
    now_ms = universe.now_ms()
    held = universe.slot_answers.get(key)
    if held is not None and held[0] <= now_ms < held[1]:
        return held[2]
    if len(universe.slot_answers) >= REMEMBERED_MAX:
        universe.slot_answers.clear()
    body: bytes = make()
    universe.slot_answers[key] = (now_ms, now_ms + REMEMBERED_MS, body)
    return body


def _answer(universe: Universe, values: dict[str, Any]) -> bytes:
    if "usernames" in values:
        raise not_found(f"Organization with slug {values['organizationSlug']} not found")
    event_type = event_type_of_slots(universe, read_event_type_name(values))
    zone_name = values.get("timeZone")
    slots = open_slots(universe, _query(universe, event_type, values))
    days = by_day(slots, zone_name, event_type.seats, as_range=values.get("format") == "range")
    return encode({"data": days, "status": "success"})


def event_type_of_slots(universe: Universe, name: EventTypeName) -> EventType:
    """Return the event type whose slots are asked for; 404 in the slots' own words."""
    if name.id is not None:
        found = universe.directory.event_types.get(name.id)
    else:
        owner_id, team_id = find_owner(universe, name)
        found = universe.directory.event_type_of_slug(name.slug or "", owner_id=owner_id, team_id=team_id)
    if found is None:
        raise not_found("Event Type not found")
    return found


def _query(universe: Universe, event_type: EventType, values: dict[str, Any]) -> SlotQuery:
    start_ms, end_ms = span(values["start"], values["end"])
    moved = values.get("bookingUidToReschedule")
    row = universe.bookings.by_uid(moved) if moved else None
    return SlotQuery(
        event_type,
        start_ms,
        end_ms,
        values.get("duration") or event_type.length_minutes,
        values.get("timeZone") or "UTC",
        row.number if row else None,
    )


def span(start: str, end: str) -> tuple[int, int]:
    """Return the instants between which slots are asked for; an end at midnight means the end of its day."""
    start_ms, end_ms = parse_iso(start), parse_iso(end)
    if start_ms is None:
        raise bad_request("Invalid start date")
    if end_ms is None:
        raise bad_request("Invalid end date")
    if end_ms % MS_PER_DAY == 0:
        end_ms += MS_PER_DAY
    if end_ms < start_ms:
        raise bad_request("Invalid time range given - check the 'start' and 'end' query parameters.")
    return start_ms, min(end_ms, start_ms + SPAN_MS_MAX)


def by_day(
    slots: Iterable[Slot], zone_name: str | None, seats: Seats | None, *, as_range: bool = False
) -> dict[str, list[dict[str, Any]]]:
    """Return slots under their dates; in a zone the texts carry its offset, otherwise `Z`."""
    days: dict[str, list[dict[str, Any]]] = {}
    for slot in slots:
        start = instant_text(slot.start_ms, zone_name)
        shown: dict[str, Any] = {"start": start}
        if as_range:
            shown["end"] = instant_text(slot.end_ms, zone_name)
        if seats is not None and seats.shows_count:
            shown |= _seats(slot, seats)
        days.setdefault(start[:10], []).append(shown)
    return days


def instant_text(ms: int, zone_name: str | None) -> str:
    """Return an instant as Cal.com writes it for this zone."""
    if zone_name is None or zone_name in UTC_NAMES:
        return iso(ms)
    return to_datetime(ms).astimezone(ZoneInfo(zone_name)).isoformat(timespec="milliseconds")


def _seats(slot: Slot, seats: Seats) -> dict[str, Any]:
    booked = len(slot.booking.content()["attendees"]) if slot.booking else 0
    shown: dict[str, Any] = {
        "seatsBooked": booked,
        "seatsRemaining": seats.per_slot - booked,
        "seatsTotal": seats.per_slot,
    }
    if slot.booking is not None:
        shown["bookingUid"] = slot.booking.uid
    return shown
