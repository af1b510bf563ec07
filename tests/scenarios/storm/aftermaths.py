"""A quiet afternoon's aftermath, to be spoilt in one place at a time."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from scenarios.observation import Observation, Response
from scenarios.storm.aftermath import Aftermath, Occupation
from scenarios.storm.deeds import Deed
from scenarios.storm.world import STARTS_AT
from simulator.clock import VirtualTime
from simulator.history import History
from simulator.trace import Trace

NINE = "2025-10-10T07:00:00.000Z"
PHONE, OTHER_PHONE = "+493011111111", "+493022222222"


def a_row(**changes: Any) -> dict[str, Any]:
    """The appointment of call_0."""
    row = {"id": 1, "call_id": 1, "customer_id": 1, "starts_at": NINE, "status": "scheduled"}
    return row | {"calcom_v2_booking_id": "uid-1"} | changes


def a_booking(uid: str = "uid-1", call: str = "call_0", **changes: Any) -> dict[str, Any]:
    """A live booking at Cal.com, at nine."""
    attendees = [{"name": "Erika Erste", "email": "erika@example.com"}]
    booking = {"uid": uid, "status": "accepted", "start": NINE, "metadata": {"call_id": call}, "attendees": attendees}
    return booking | changes


def an_answer(status: str = "booked", appointment_id: int | None = 1) -> Response:
    """What call_0 heard."""
    return Response(1, "call_0", "collect", STARTS_AT, 200, True, status, "", appointment_id, ())


def an_aftermath() -> Aftermath:
    """One caller booked nine o'clock, and everything agrees."""
    seen = Observation(
        responses=[an_answer()],
        appointments=[a_row()],
        calls=[{"id": 1, "retell_call_id": "call_0", "customer_id": 1, "appointment_id": 1}],
        attempts=[{"id": 1, "call_id": 1, "state": "booked"}],
        bookings=[a_booking()],
        emails=[{"booking_uid": "uid-1", "to": "erika@example.com"}],
    )
    return Aftermath(seen=seen, occupations=[an_occupation("call_0")])


def an_occupation(call: str, since_s: float = 0.0, until_s: float = float("inf")) -> Occupation:
    """Nine o'clock was taken; seconds are of the run."""
    began = STARTS_AT.timestamp()
    start = datetime.fromisoformat(NINE)
    return Occupation("uid-1", start, call, began + since_s, began + until_s, shown_s=began + since_s)


def a_history(status: str = "booked", *others: Deed) -> History:
    """Call_0 asks for nine and is told so; then the others are done, by calls of their own, and work."""
    time = VirtualTime()
    history = History(time, Trace(time, 100))
    history.invoke("call_0", "book", Deed("book", PHONE, "09:00")).ok({"status": status, "appointment_id": 1})
    for deed in others:
        history.invoke("call_0_again", deed.action, deed).ok({"status": "cancelled", "appointment_id": 1})
    return history
