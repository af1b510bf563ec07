"""Whether a replay left what was logged: every difference is a sentence, none means that it did."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from booking_core.domain.commands import Entry
from booking_core.domain.outcomes import Status
from scenarios.judging import AGE_TOLERANCE_S
from scenarios.observation import Observation
from scenarios.synthesis.logged import (
    ONE_SECOND,
    Logged,
    LoggedAnswer,
    LoggedAppointment,
    LoggedBooking,
    LoggedWish,
    LoggedWord,
)

_ANSWERED = "answers 201 with booking "  # how the timeline says that Cal.com answered with one


def differences(logged: Logged, seen: Observation, entry: Entry) -> Iterator[str]:
    """What callers were told, then the rows, the bookings, and the log lines."""
    for call in logged.calls:
        yield from _told(logged.wishes_of(call.id), seen, entry)
    yield from _links(logged, seen)
    yield from _rows(logged, seen)
    yield from _bookings(logged, seen)
    for answer in logged.answers:
        yield from _answer(answer, seen)
    for word in logged.layers:
        yield from _word(word, seen)


def _told(wishes: list[LoggedWish], seen: Observation, entry: Entry) -> Iterator[str]:
    """One call's wishes, each against the answer to it."""
    answers = iter([answer.status for answer in seen.responses if wishes and answer.call_id == wishes[0].call])
    days = iter([asked["starts"] for asked in seen.availability if wishes and asked["call_id"] == wishes[0].call])
    for wish in wishes:
        who = f"call {wish.call}" if len(wishes) == 1 else f"call {wish.call} (wanting {wish.day} {wish.time})"
        offered = None if wish.offered is None else len(next(days, ()))
        if entry is Entry.COLLECT or wish is wishes[-1]:
            told = next(answers, "nothing")
        else:  # nothing is booked before the call has ended: until then the agent only looks
            told = _looked_up(wish, next(days, ()))
        if told != wish.told:
            yield f"{who} would have been told {told}, logged is {wish.told}"
        if offered != wish.offered:
            yield f"{who} would have been offered {offered} times, logged are {wish.offered}"


def _looked_up(wish: LoggedWish, starts: Sequence[str]) -> Status:
    is_free = any(start[11:16] == wish.time for start in starts)
    return Status.AVAILABLE if is_free else Status.UNAVAILABLE


def _links(logged: Logged, seen: Observation) -> Iterator[str]:
    for call in logged.calls:
        row = seen.call_row(call.id)
        linked = None if row is None else row["appointment_id"]
        if linked != call.appointment_id:
            yield f"call {call.id} would point to appointment {linked}, logged is {call.appointment_id}"


def _rows(logged: Logged, seen: Observation) -> Iterator[str]:
    if len(seen.appointments) != len(logged.appointments):
        yield f"there would be {len(seen.appointments)} appointments, logged are {len(logged.appointments)}"
        return
    for wanted, row in zip(logged.appointments, seen.appointments, strict=True):
        yield from _row(wanted, row)


def _row(wanted: LoggedAppointment, row: dict[str, Any]) -> Iterator[str]:
    columns = {
        "id": wanted.id,
        "call_id": wanted.call_id,
        "customer_id": wanted.customer_id,
        "calcom_v2_booking_id": wanted.calcom_v2_booking_id,
    }
    for column, value in columns.items():
        if row[column] != value:
            yield f"appointment {wanted.id} would have {column} {row[column]}, logged is {value}"
    instants = {"starts_at": wanted.starts_at, "created_at": wanted.created_at}
    for column, value in instants.items():
        came = datetime.fromisoformat(row[column]).replace(microsecond=0)
        if came != value:
            yield f"appointment {wanted.id} would have {column} {came:%H:%M:%S}Z, logged is {value:%H:%M:%S}Z"


def _bookings(logged: Logged, seen: Observation) -> Iterator[str]:
    found = {booking["uid"]: booking for booking in seen.bookings}
    for wanted in logged.bookings:
        booking = found.get(wanted.uid)
        if booking is None:
            yield f"booking {wanted.uid} would not have come about"
        else:
            yield from _booking(wanted, booking)


def _booking(wanted: LoggedBooking, booking: dict[str, Any]) -> Iterator[str]:
    attendee = booking["attendees"][0]
    came = {
        "createdAt": (datetime.fromisoformat(booking["createdAt"]), wanted.createdAt),
        "start": (datetime.fromisoformat(booking["start"]), wanted.start),
        "status": (booking["status"], wanted.status),
        "metadata.call_id": (booking["metadata"].get("call_id"), wanted.call_id),
        "attendee name": (attendee["name"], wanted.attendee_name),
        "attendee e-mail": (attendee["email"], wanted.attendee_email),
    }
    for name, (value, logged) in came.items():
        if value != logged:
            yield f"booking {wanted.uid} would have {name} {value}, logged is {logged}"


def _answer(line: LoggedAnswer, seen: Observation) -> Iterator[str]:
    """Cal.com's answers to the call with that booking, by their age."""
    created = {booking["uid"]: datetime.fromisoformat(booking["createdAt"]) for booking in seen.bookings}
    answered = [(at, uid) for at, uid, call_ids in _answers(seen) if uid == line.booking and line.call in call_ids]
    ages = [(at - created[uid]) / ONE_SECOND for at, uid in answered if uid in created]
    if not ages:
        yield f"Cal.com would not have answered call {line.call} with booking {line.booking}"
    elif all(abs(age_s - line.age_s) > AGE_TOLERANCE_S for age_s in ages):
        came = " and ".join(f"{age_s:,.3f} s" for age_s in ages)
        yield f"the answer to call {line.call} would have been {came} old, logged is {line.age_s:,.3f} s"


def _answers(seen: Observation) -> Iterator[tuple[datetime, str, set[int]]]:
    """When Cal.com answered with which booking, and which call was told something next."""
    for moment in seen.moments:
        if moment.who == "Cal.com" and moment.what.startswith(_ANSWERED):
            told_at = min((answer.at for answer in seen.responses if answer.at >= moment.at), default=None)
            call_ids = {answer.call_id for answer in seen.responses if answer.at == told_at}
            yield moment.at, moment.what.removeprefix(_ANSWERED), call_ids


def _word(line: LoggedWord, seen: Observation) -> Iterator[str]:
    said = [word.verdict for word in seen.layers if (word.call_id, word.layer) == (line.call, line.layer)]
    as_logged = not said if line.verdict is None else line.verdict in said
    if not as_logged:
        would, logged = " and ".join(said) or "nothing", line.verdict or "nothing"
        yield f"layer {line.layer} would have said {would} of the answer to call {line.call}, logged is {logged}"
