"""Whatever is sent: one of the two shapes, no error of ours, and nothing changed by a refusal."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from urllib.parse import quote, urlencode

from hypothesis import given, settings
from hypothesis import strategies as st

from fake_calcom import Answer, Call, FakeCalcom
from fake_calcom.routes import ROUTES
from fake_calcom.versions import KNOWN
from tests.fake_calcom.worlds import TUESDAY_14, attendee, personal, team, world

KNOWN_500 = (b"Internal server error", b"Failed to update no-show status")
WORLD = world(
    personal("PLAIN", id=77),
    personal("SEATED", id=78, seats={"seatsPerTimeSlot": 2}),
    personal("SERIES", id=79, recurrence={"frequency": "weekly", "interval": 1, "occurrences": 3}),
    team("TURNS", "ROUND_ROBIN", id=80),
    team("ALL", "COLLECTIVE", id=81),
    bookings=[{"eventType": "PLAIN", "uid": "told", "start": TUESDAY_14, "attendee": attendee(), "id": 5}],
)
KEY = FakeCalcom().load_world(WORLD).users["HOST"]["api_key"]

ODD: st.SearchStrategy[Any] = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(max_size=5)
)
JSON = st.recursive(
    ODD, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
)
GOOD: dict[str, Any] = {
    "start": TUESDAY_14,
    "eventTypeId": 77,
    "attendee": attendee(),
    "metadata": {"a": "b"},
    "guests": ["guest@example.com"],
    "location": {"type": "attendeeAddress", "address": "x"},
    "lengthInMinutes": 30,
    "recurrenceCount": 2,
    "bookingFieldsResponses": {"notes": "x"},
    "slotStart": TUESDAY_14,
    "seatUid": "x",
    "host": True,
    "attendees": [{"email": "ada@example.com", "absent": True}],
    "active": True,
    "triggers": ["BOOKING_CREATED"],
    "subscriberUrl": "https://example.com",
    "title": "T",
    "slug": "t",
    "name": "N",
    "timeZone": "UTC",
    "isDefault": True,
    "availability": [{"days": ["Monday"], "startTime": "09:00", "endTime": "17:00"}],
    "responses": {"name": "x", "email": "x@example.com"},
    "language": "en",
    "cancelSubsequentBookings": True,
}
BODIES = st.one_of(
    JSON,
    st.dictionaries(st.sampled_from(sorted(GOOD)), JSON, max_size=4),
    st.builds(
        lambda names, odd: {name: GOOD[name] for name in names} | odd,
        st.sets(st.sampled_from(sorted(GOOD))),
        st.dictionaries(st.sampled_from(sorted(GOOD)), JSON, max_size=1),
    ),
)
QUERY_NAMES = (
    *("start", "end", "eventTypeId", "timeZone", "take", "skip", "status"),
    *("sortStart", "afterStart", "username", "uid", "format"),
)
QUERIES = st.dictionaries(
    st.sampled_from(QUERY_NAMES),
    st.one_of(
        st.sampled_from(["77", "80", "2025-10-07", "2025-10-08T00:00:00Z", "UTC", "upcoming"]), st.text(max_size=6)
    ),
    max_size=4,
)
VALUES = st.one_of(st.sampled_from(["told", "77", "80", "1", "nope"]), st.text(max_size=6))


@st.composite
def calls(draw: st.DrawFn) -> Call:
    """Draw any call to any route, often half right."""
    route = draw(st.sampled_from(ROUTES))
    segments = [quote(draw(VALUES), safe="") if s.startswith("{") else s for s in route.path.split("/")]
    query = urlencode(draw(QUERIES), errors="replace")
    headers = {"cal-api-version": draw(st.sampled_from((*KNOWN, "x"))), "Content-Type": "application/json"}
    if draw(st.booleans()):
        headers["cal-api-version"] = min(route.versions)
    if draw(st.booleans()):
        headers["Authorization"] = f"Bearer {KEY}"
    body = json.dumps(draw(BODIES)).encode()
    return Call(route.method, "/".join(segments) + (f"?{query}" if query else ""), headers, body)


def is_one_of_two_shapes(answer: Answer) -> bool:
    body: dict[str, Any] = json.loads(answer.body)
    envelope = body.keys() == {"status", "timestamp", "path", "error"} and {"code", "message"} <= body["error"].keys()
    return bool(envelope) or body.keys() == {"statusCode", "message"}


def business_state(fake: FakeCalcom) -> dict[str, Any]:
    """Return the snapshot without what every call moves."""
    passing = ("counters", "ids", "remembered_slots")
    return {name: value for name, value in fake.snapshot().items() if name not in passing}


@settings(max_examples=400)
@given(st.lists(calls(), min_size=1, max_size=4))
def test_any_sequence_of_requests_keeps_the_contract(sequence: list[Call]) -> None:
    async def play() -> None:
        fake = FakeCalcom(world=WORLD, calls_per_minute=None)
        for call in sequence:
            before = business_state(fake)
            answer = await fake.answer(call)
            if answer.status < 400:
                continue
            assert is_one_of_two_shapes(answer), answer
            assert answer.status != 500 or any(text in answer.body for text in KNOWN_500), answer
            assert business_state(fake) == before, (call, answer)

    asyncio.run(play())
