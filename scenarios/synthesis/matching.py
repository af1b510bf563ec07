"""Whether a replay left what was logged: every difference is a sentence, none means that it did."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from scenarios.observation import Observation
from scenarios.synthesis.logged import Logged, LoggedAppointment, LoggedBooking


def differences(logged: Logged, seen: Observation) -> Iterator[str]:
    """What callers were told, then the rows, then the bookings."""
    yield from _told(logged, seen)
    yield from _links(logged, seen)
    yield from _rows(logged, seen)
    yield from _bookings(logged, seen)


def _told(logged: Logged, seen: Observation) -> Iterator[str]:
    offered = {answer["call_id"]: len(answer["starts"]) for answer in seen.availability}
    for wish in logged.wishes:
        answer = seen.last_response(wish.call)
        told = "nothing" if answer is None else answer.status
        if told != wish.told:
            yield f"call {wish.call} would have been told {told}, logged is {wish.told}"
        if wish.offered is not None and offered.get(wish.call) != wish.offered:
            yield f"call {wish.call} would have been offered {offered.get(wish.call)} times, logged are {wish.offered}"


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
