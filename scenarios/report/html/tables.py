"""The rows at the end as small tables of text: what callers were told, what is stored here, what Cal.com holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from scenarios.observation import Observation

Row = Mapping[str, Any]
Columns = Mapping[str, Callable[[Row], Any]]


def tables(seen: Observation) -> list[dict[str, Any]]:
    """`{title, columns, rows}` each; a table without rows says so by its empty list."""
    return [
        {
            "title": "What the callers were told",
            "columns": ["call", "status", "sentence", "appointment"],
            "rows": [
                [str(told.call_id), told.status, told.message, _text(told.appointment_id)] for told in seen.responses
            ],
        },
        _table("Appointments", seen.appointments, _APPOINTMENTS),
        _table("Calls", seen.calls, _CALLS),
        _table("Links between them", seen.appointment_calls, _LINKS),
        _table("Bookings at Cal.com", seen.bookings, _BOOKINGS),
        _table("Mails from Cal.com", seen.emails, _MAILS),
    ]


def _table(title: str, rows: Sequence[Row], columns: Columns) -> dict[str, Any]:
    return {
        "title": title,
        "columns": list(columns),
        "rows": [[_text(read(row)) for read in columns.values()] for row in rows],
    }


def _text(value: Any) -> str:
    return "NULL" if value is None else str(value)


def _of(name: str) -> Callable[[Row], Any]:
    return lambda row: row.get(name)


def _attendee(row: Row) -> Any:
    attendees = row.get("attendees") or [{}]
    return " ".join(str(attendees[0][name]) for name in ("name", "email") if attendees[0].get(name))


_APPOINTMENTS: Columns = {
    "id": _of("id"),
    "call": _of("call_id"),
    "customer": _of("customer_id"),
    "starts": _of("starts_at"),
    "booking": _of("calcom_v2_booking_id"),
    "status": _of("status"),
}
_CALLS: Columns = {
    "id": _of("id"),
    "Retell's id": _of("retell_call_id"),
    "customer": _of("customer_id"),
    "appointment": _of("appointment_id"),
}
_LINKS: Columns = {"appointment": _of("appointment_id"), "call": _of("call_id"), "type": _of("relationship_type")}
_BOOKINGS: Columns = {
    "uid": _of("uid"),
    "id": _of("id"),
    "starts": _of("start"),
    "created": _of("createdAt"),
    "status": _of("status"),
    "attendee": _attendee,
    "metadata.call_id": lambda row: (row.get("metadata") or {}).get("call_id"),
}
_MAILS: Columns = {"sent": _of("at"), "kind": _of("kind"), "to": _of("to")}
