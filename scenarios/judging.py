"""The verdict on a replay: what its scenario states, what its profile promises, what was recorded.

Two kinds of objection: something happened that must not (safety), or something did not happen yet (liveness).

A stated case must end exactly as stated. Changed settings are judged by the profile's promises. Both are held
against the recorded instants: with the wrong skew the recorded `createdAt` cannot come out, and that is said.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from booking_core.profiles import Promise
from scenarios.checkers import broken_promises
from scenarios.observation import Observation
from scenarios.scenario import Expectation, ExpectedAppointment, Record, Scenario, Settings

AGE_TOLERANCE_S = 0.0005  # ages are recorded to the millisecond
PENDING = "pending"  # the one status that is no last word


def objections(scenario: Scenario, settings: Settings, seen: Observation) -> list[str]:
    """Everything that does not hold, a sentence each, the unfinished last; empty when the replay ended as it must."""
    broken = broken_promises(seen)
    case = scenario.case(settings)
    if case is not None:
        found = [*_against_expectation(case.expectation, seen), *_unexpected(case.expectation, broken)]
    else:
        promised = settings.effective_profile().promises
        found = [f"{promise}: {line}" for promise, lines in broken.items() if promise in promised for line in lines]
    return [*found, *_against_record(scenario.record, seen), *unfinished(scenario, settings, seen)]


def unfinished(scenario: Scenario, settings: Settings, seen: Observation) -> list[str]:
    """What a stated case has come short of without doing anything wrong: no last word yet, a row that is missing."""
    case = scenario.case(settings)
    if case is None:
        return []
    expected = case.expectation
    found = []
    if len(seen.appointments) < len(expected.appointments):
        found.append(_counted(seen.appointments, expected.appointments))
    for call_id, status in expected.statuses.items():
        answer = seen.last_response(call_id)
        if status != PENDING and (answer is None or answer.status == PENDING):
            found.append(f"call {call_id} was told {answer.status if answer else 'nothing'}, expected {status}")
    return found


def _against_expectation(expected: Expectation, seen: Observation) -> Iterator[str]:
    yield from _against_rows(expected.appointments, seen.appointments)
    for call_id, status in expected.statuses.items():
        answer = seen.last_response(call_id)
        if answer is not None and answer.status not in {status, PENDING}:
            yield f"call {call_id} was told {answer.status}, expected {status}"
    for call_id, appointment_id in expected.links.items():
        row = seen.call_row(call_id)
        if row is None or row["appointment_id"] != appointment_id:
            yield f"call {call_id} is linked to {row['appointment_id'] if row else 'no row'}, expected {appointment_id}"
    for call_id, layer in expected.refused_by.items():
        if seen.refused_by(call_id) != layer:
            yield f"the answer to call {call_id} was refused by layer {seen.refused_by(call_id)}, expected {layer}"
    accepted = [b["uid"] for b in seen.bookings if b["status"] == "accepted" and "call_id" in b["metadata"]]
    if expected.accepted not in {None, len(accepted)}:
        yield f"Cal.com has accepted {len(accepted)} bookings of these calls, expected {expected.accepted}"
    for call_id, part in expected.said.items():
        answer = seen.last_response(call_id)
        if answer is None or part not in answer.message:
            yield f"call {call_id} heard {answer.message if answer else 'nothing'!r}, expected {part!r} in it"


def _against_rows(expected: tuple[ExpectedAppointment, ...], rows: list[dict[str, Any]]) -> Iterator[str]:
    if len(rows) > len(expected):
        yield _counted(rows, expected)
    if len(rows) != len(expected):
        return
    for wanted, row in zip(expected, rows, strict=True):
        columns = {
            "id": wanted.id,
            "call_id": wanted.call_id,
            "customer_id": wanted.customer_id,
            "calcom_v2_booking_id": wanted.booking_uid,
            "status": wanted.status,
        }
        for column, value in columns.items():
            if value is not None and row[column] != value:
                yield f"appointment {row['id']}: {column} is {row[column]}, expected {value}"


def _counted(rows: list[dict[str, Any]], expected: tuple[ExpectedAppointment, ...]) -> str:
    return f"{len(rows)} appointments ({', '.join(str(row['id']) for row in rows)}), expected {len(expected)}"


def _unexpected(expected: Expectation, broken: dict[Promise, list[str]]) -> Iterator[str]:
    for promise, lines in broken.items():
        if promise not in expected.gets_through:
            yield from (f"{promise}: {line}" for line in lines)
    for promise in sorted(expected.gets_through - broken.keys()):
        yield f"{promise}: expected to be broken here, and it held"


def _against_record(record: Record, seen: Observation) -> Iterator[str]:
    created = {booking["uid"]: booking["createdAt"] for booking in seen.bookings}
    for booking in record.bookings:
        came = created.get(booking.uid)
        if came is None:
            yield f"booking {booking.uid} did not come about"
        elif _instant(came) != booking.created_at:
            recorded = f"the recorded createdAt {_iso(booking.created_at)} of {booking.uid}"
            yield f"{recorded} cannot come out with these clocks: it came as {came}"
    for row in seen.appointments:
        written = record.rows_written.get(row["id"])
        if written is not None and _instant(row["created_at"]).replace(microsecond=0) != written:
            yield f"appointment {row['id']} was written at {row['created_at']}, recorded {_iso(written)}"
    for word in seen.layers:
        age = record.ages.get(word.call_id)
        if age is not None and word.age_seconds is not None and abs(word.age_seconds - age) > AGE_TOLERANCE_S:
            yield f"the answer to call {word.call_id} was {word.age_seconds:,.3f} s old, recorded {age:,.3f} s"


def _instant(text: Any) -> datetime:
    return datetime.fromisoformat(str(text))


def _iso(instant: datetime) -> str:
    return instant.isoformat(timespec="milliseconds").replace("+00:00", "Z")
