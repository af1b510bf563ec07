"""What the page asks for: one answer with all it shows at a glance, and one for each thing looked at closely.

The page asks every second, so an answer is bounded: the latest bookings, entries, mails and deliveries only.
"""

from __future__ import annotations

from dataclasses import asdict
from itertools import islice
from typing import TYPE_CHECKING, Any

from fake_calcom.clock import FakeClock
from fake_calcom.control.fields import instant, whole
from fake_calcom.errors import WorldError
from fake_calcom.faults.rule import PHASES_OF_EFFECT
from fake_calcom.generations import KNOWN
from fake_calcom.times import iso

if TYPE_CHECKING:
    from fake_calcom.app import FakeCalcom
    from fake_calcom.control.routes import ControlCall
    from fake_calcom.journal import Entry
    from fake_calcom.state.bookings import Row

BOOKINGS_SEARCHED_MAX = 20_000  # the latest ones; some 10 ms of work
BOOKINGS_SHOWN_MAX = 500
LINES_SHOWN_MAX = 200  # of the journal, of mails, of deliveries
DAY_MS = 86_400_000


async def get_glance(call: ControlCall) -> dict[str, Any]:
    """GET /__fake__/page/glance?from=&to=: everything shown at once; bookings that touch [from, to)."""
    fake = call.fake
    return {
        "data": {
            "clock": _clock(fake),
            "generation": fake.universe.generation.name,
            "bookings": _bookings(fake, *_span(call)),
            "journal": [_line(entry) for entry in _latest(fake.journal)],
            "faults": fake.faults.as_json(),
            "emails": [
                {"to": mail.to, "kind": mail.kind, "bookingUid": mail.booking_uid, "at": mail.at}
                for mail in _latest(fake.emails)
            ],
            "deliveries": [asdict(delivery) for delivery in _latest(fake.deliveries)],
            "world": _world(fake),
        }
    }


async def get_choices(call: ControlCall) -> dict[str, Any]:
    """GET /__fake__/page/choices: what the page's forms offer."""
    return {
        "data": {
            "generations": [generation.name for generation in KNOWN],
            "operations": [
                {"operation": r.operation, "method": r.method, "path": r.path}
                for r in sorted(call.fake.routes, key=lambda route: route.operation)
            ],
            "effects": {kind: list(phases) for kind, phases in PHASES_OF_EFFECT.items()},
        }
    }


async def get_booking(call: ControlCall) -> dict[str, Any]:
    """GET /__fake__/page/booking?uid=: the booking as the API shows it."""
    row = call.fake.universe.bookings.by_uid(call.query.one("uid") or "")
    if row is None:
        raise WorldError("no booking has this uid", "uid")
    return {"data": row.content()}


async def get_entry(call: ControlCall) -> dict[str, Any]:
    """GET /__fake__/page/entry?number=: one request and its answer, whole."""
    number = whole({"number": call.query.one("number")}, "number")
    found = next((entry for entry in call.fake.journal if entry.number == number), None)
    if found is None:
        raise WorldError("the journal holds no such entry (any more)", "number")
    return {"data": found.as_json()}


def _span(call: ControlCall) -> tuple[int, int]:
    asked = {name: call.query.one(name) for name in ("from", "to")}
    now_ms = call.fake.universe.now_ms()
    since, until = instant(asked, "from"), instant(asked, "to")
    return now_ms - 7 * DAY_MS if since is None else since, now_ms + 7 * DAY_MS if until is None else until


def _clock(fake: FakeCalcom) -> dict[str, str]:
    mode = fake.clock.mode if isinstance(fake.clock, FakeClock) else "given"
    return {"now": iso(fake.universe.now_ms()), "mode": mode}


def _bookings(fake: FakeCalcom, since_ms: int, until_ms: int) -> dict[str, Any]:
    """Return the bookings of a span, and where the nearest before and after it begin."""
    shown: list[Row] = []
    before = after = None
    for row in fake.universe.bookings.latest(BOOKINGS_SEARCHED_MAX):
        if row.end_ms <= since_ms:
            before = row.start_ms if before is None else max(before, row.start_ms)
        elif row.start_ms >= until_ms:
            after = row.start_ms if after is None else min(after, row.start_ms)
        elif len(shown) < BOOKINGS_SHOWN_MAX:
            shown.append(row)
    return {
        "total": len(fake.universe.bookings),
        "shown": [_card(fake, row) for row in shown],
        "before": None if before is None else iso(before),
        "after": None if after is None else iso(after),
    }


def _card(fake: FakeCalcom, row: Row) -> dict[str, Any]:
    event_type = fake.universe.directory.event_types.get(row.event_type_id)
    host = fake.universe.directory.users.get(row.host_id)
    return {
        "uid": row.uid,
        "start": iso(row.start_ms),
        "end": iso(row.end_ms),
        "status": row.status,
        "eventType": event_type.title if event_type else str(row.event_type_id),
        "host": host.name if host else str(row.host_id),
        "attendees": [attendee["name"] for attendee in row.content()["attendees"]],
    }


def _line(entry: Entry) -> dict[str, Any]:
    return {
        "number": entry.number,
        "at": iso(entry.invoked_ms),
        "operation": entry.operation,
        "method": entry.method,
        "target": entry.target,
        "status": entry.status,
        "fault": entry.fault,
        "commits": len(entry.commits),
    }


def _world(fake: FakeCalcom) -> dict[str, Any]:
    directory = fake.universe.directory
    return {
        "users": [
            {"name": user.name, "timeZone": user.time_zone, "apiKey": user.api_key} for user in directory.users.values()
        ],
        "eventTypes": [
            {"id": each.id, "title": each.title, "minutes": each.length_minutes}
            for each in directory.event_types.values()
        ],
    }


def _latest(items: Any) -> list[Any]:
    """Return the last items of a sequence, newest first."""
    return list(islice(reversed(list(items)), LINES_SHOWN_MAX))
