"""Arbitrary requests, made from the fake's own contract: never a surprise, and a refusal changes nothing."""

from __future__ import annotations

import asyncio
import json
import warnings
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from multidict import CIMultiDict

from fake_calcom import Call, FakeCalcom
from fake_calcom.openapi.document import document
from fake_calcom.routes import ROUTES
from tests.fake_calcom.conftest import Mailbox, broken_promises
from tests.fake_calcom.control_room.conftest import ROOM
from tests.fake_calcom.worlds import TUESDAY_14, TUESDAY_15, attendee, personal

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import schemathesis

WORLD = ROOM | {
    "event_types": [
        *ROOM["event_types"],
        personal("SEATED", seats={"seatsPerTimeSlot": 2}),
        personal("WEEKLY", recurrence={"frequency": "weekly", "interval": 1, "occurrences": 3}),
        personal("SHORT", lengthInMinutesOptions=[15, 30, 60]),
    ],
    "bookings": [
        {"eventType": "PLAIN", "uid": "u" * 22, "start": TUESDAY_14, "attendee": attendee()},
        {"eventType": "ASK", "uid": "a" * 22, "start": TUESDAY_15, "attendee": attendee(), "status": "pending"},
    ],
}
CONTRACT = schemathesis.openapi.from_dict(document(ROUTES))
OPERATIONS: dict[str, Any] = {
    operation.definition.raw["operationId"]: operation
    for found in CONTRACT.get_all_operations()
    if (operation := getattr(found, "ok", lambda: None)()) is not None
}
MOVING = ("counters", "ids", "remembered_slots", "next_id")
UIDS = ["u" * 22, "a" * 22, "x" * 22]
STARTS = [TUESDAY_14, TUESDAY_15, "2025-10-08T09:00:00Z", "2025-10-11T09:00:00Z", "2025-10-06T08:30:00Z"]
NUMBERS = list(range(4, 14))  # what the world numbers its entities by, and a little more
NAMES_IN_PATHS: dict[str, list[Any]] = {"uid": UIDS, "id": NUMBERS, "teamId": NUMBERS, "userId": NUMBERS}
LIKELY_QUERY: dict[str, list[Any]] = {
    "eventTypeId": NUMBERS,
    "start": ["2025-10-07", TUESDAY_14],
    "end": ["2025-10-08", "2025-10-07"],
    "startTime": ["2025-10-07"],
    "endTime": ["2025-10-08"],
}
LIKELY_BODY: dict[str, list[Any]] = {
    "eventTypeId": NUMBERS,
    "start": STARTS,
    "slotStart": STARTS,
    "slotUtcStartDate": STARTS,
    "slotUtcEndDate": STARTS,
    "attendee": [attendee(), attendee("Bob", "bob@example.com", phoneNumber="+393331234567")],
    "responses": [{"name": "Ada", "email": "ada@example.com"}],
    "language": ["it"],
    "timeZone": ["Europe/Rome"],
    "metadata": [{}, {"call": "c-1"}],
    "host": [True],
    "attendees": [[{"email": "ada@example.com", "absent": True}]],
    "lengthInMinutes": [30],
    "title": ["Visit"],
    "slug": ["plain", "visit"],
    "name": ["Hours"],
    "isDefault": [True],
    "active": [True],
    "subscriberUrl": ["https://clinic.example/hook"],
    "triggers": [["BOOKING_CREATED"]],
}


def business(fake: FakeCalcom) -> dict[str, Any]:
    """Return the state without what every request may move."""
    return {name: value for name, value in fake.snapshot().items() if name not in MOVING}


@st.composite
def requests(draw: st.DrawFn, operation: Any, fake: FakeCalcom) -> Call:
    """Draw a request of the contract, in part with the world's own names, values and keys."""
    case = draw(operation.as_strategy())
    params = {name: some(draw, NAMES_IN_PATHS.get(name), value) for name, value in (case.path_parameters or {}).items()}
    path = operation.path.format(**{name: quote(str(value), safe="") for name, value in params.items()})
    query = {name: value for name, value in fewer(draw, case.query or {}, LIKELY_QUERY).items() if value is not None}
    headers = CIMultiDict((k, str(v)) for k, v in (case.headers or {}).items() if str(v).isprintable())
    if operation.path == "/v2/bookings":
        headers["cal-api-version"] = draw(st.sampled_from([headers["cal-api-version"], "2024-08-13"]))
    keys = [f"Bearer {user.api_key}" for user in fake.universe.directory.users.values()]
    if key := draw(st.sampled_from(["", *keys, keys[0]])):
        headers["Authorization"] = key
    headers["Content-Type"] = "application/json"
    body = fewer(draw, case.body, LIKELY_BODY) if isinstance(case.body, dict) else case.body
    sent = json.dumps(body).encode() if isinstance(body, (dict, list)) else b""
    target = path + (f"?{urlencode(query, doseq=True, errors='replace')}" if query else "")
    return Call(case.method, target, headers, sent)


def some(draw: st.DrawFn, likely: list[Any] | None, drawn: Any) -> Any:
    """Return one of the likely values, more often than what was drawn from the contract."""
    return draw(st.sampled_from([*likely, *likely, drawn])) if likely else drawn


def fewer(draw: st.DrawFn, given: dict[str, Any], likely: dict[str, list[Any]]) -> dict[str, Any]:
    """Return the members with likely values, and few of those that have none: they lead past validation."""
    if draw(st.integers(0, 3)) == 0:
        return given
    kept = {name: some(draw, likely[name], value) for name, value in given.items() if name in likely}
    if "start" in kept:  # the event type may be named in three ways; by its number leads furthest
        kept["eventTypeId"] = draw(st.sampled_from(likely["eventTypeId"]))
    others = [name for name in given if name not in likely]
    wants_one = draw(st.booleans())
    if others and wants_one:
        name = draw(st.sampled_from(others))
        kept[name] = given[name]
    return kept


@pytest.mark.parametrize("name", OPERATIONS)
def test_no_request_surprises_and_no_refusal_changes_anything(name: str) -> None:
    with asyncio.Runner() as runner:
        fake = FakeCalcom(world=WORLD, calls_per_minute=None, webhook_sender=Mailbox())
        fake.shelf.keep("beginning")

        @settings(max_examples=40, suppress_health_check=list(HealthCheck), database=None)
        @given(st.data())
        def holds(data: st.DataObject) -> None:
            fake.shelf.restore("beginning")
            before = business(fake)

            answer = runner.run(fake.answer(data.draw(requests(OPERATIONS[name], fake))))

            entry = list(fake.journal)[-1]
            assert broken_promises(entry) == []
            if answer.status >= 400:
                assert business(fake) == before

        holds()
