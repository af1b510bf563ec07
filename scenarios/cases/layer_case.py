"""A layer case: one row says what Cal.com answers and what is stored; the runner asks the real layers and the real key.

Layers 1 to 3 are the core's own functions over the answer as it comes over the wire; Layer 4 is an insert into the
migrated SQLite schema.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.exc import IntegrityError

from booking_core.calcom.wire import read_booking
from booking_core.defences.call_identity import judge_call_identity
from booking_core.defences.existing_appointment import judge_existing_appointment
from booking_core.defences.freshness import judge_freshness
from booking_core.defences.unique_booking import insert_passed, insert_refused
from booking_core.domain.model import Appointment, AppointmentStatus, Attendee, CalcomBooking
from booking_core.domain.outcomes import LayerVerdict, Verdict
from booking_core.profiles import Defences, profiles
from booking_core.storage.errors import BOOKING_KEY, violates
from scenarios.incidents.facts import utc

NOW = utc("2025-10-06T09:39:22.000Z")  # the gateway's clock
UID = "8Fxv4pCqnb1Jva1w9wn5wX"
CALL = "call_own"
CUSTOMER = 1
SENT = Attendee("Hans Schuster", "termin@askproai.de")
STRICT = "strict"

_ANSWER: dict[str, Any] = {
    "uid": UID,
    "id": 11489895,
    "status": "accepted",
    "start": "2025-10-10T06:00:00Z",
    "end": "2025-10-10T06:15:00Z",
    "eventTypeId": 2563193,
    "createdAt": "2025-10-06T09:39:20.000Z",
    "metadata": {"call_id": CALL},
    "attendees": [{"name": SENT.name, "email": SENT.email}],
}
_INSERT = (
    "INSERT INTO appointments (customer_id, service_id, starts_at, ends_at, status, calcom_v2_booking_id, created_at)"
    " VALUES (?, 1, ?, ?, ?, ?, ?)"
)


@dataclass(frozen=True, slots=True)
class Stored:
    """A local row: whose it is, and which booking it holds."""

    customer: int = CUSTOMER
    uid: str | None = UID
    status: AppointmentStatus = AppointmentStatus.SCHEDULED


@dataclass(frozen=True, slots=True)
class LayerCase:
    """One row. `says` is what each layer named must say; `under` what it says instead in `hardened` or strictly."""

    id: str
    says: Mapping[int, Verdict]
    age_s: float | None = None  # of the answer, by the gateway's clock; None: what `answer` says, or 2 s
    answer: Mapping[str, Any] = field(default_factory=dict)  # fields of the answer that differ from the usual
    stored: tuple[Stored, ...] = ()
    sent: Attendee = SENT
    under: Mapping[str, Mapping[int, Verdict]] = field(default_factory=dict)

    def expected(self, settings: str) -> Mapping[int, Verdict]:
        """What the layers must say under a profile, or strictly."""
        return {**self.says, **self.under.get(settings, {})}


def settings_of(name: str) -> Defences:
    """The layers' settings in a profile; `strict`: recommended, and what cannot be verified is turned down."""
    if name == STRICT:
        return replace(profiles()["recommended"].defences, strict=True)
    return profiles()[name].defences


def run_case(case: LayerCase, settings: str, schema: bytes) -> dict[int, LayerVerdict]:
    """What each of the four layers says, none waiting for another. `schema`: the migrated SQLite file."""
    booking = read_booking(json.dumps({"status": "success", "data": _answer(case)}).encode())
    defences = settings_of(settings)
    row = next((stored for stored in case.stored if stored.uid == booking.uid), None)
    return {
        1: judge_freshness(booking, NOW, defences),
        2: judge_call_identity(booking, CALL, case.sent, defences),
        3: judge_existing_appointment(_appointment(row), CUSTOMER),
        4: _insert(case, booking, row, schema),
    }


def _answer(case: LayerCase) -> dict[str, Any]:
    aged = {} if case.age_s is None else {"createdAt": (NOW - timedelta(seconds=case.age_s)).isoformat()}
    return {**_ANSWER, **aged, **case.answer}


def _appointment(row: Stored | None) -> Appointment | None:
    if row is None:
        return None
    return Appointment(
        id=642,
        call_id=None,
        customer_id=row.customer,
        service_id=1,
        starts_at=NOW,
        ends_at=NOW,
        status=row.status,
        calcom_v2_booking_id=row.uid,
        calcom_booking_number=None,
        created_at=NOW,
    )


def _insert(case: LayerCase, booking: CalcomBooking, row: Stored | None, schema: bytes) -> LayerVerdict:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.deserialize(schema)
        for stored in case.stored:
            connection.execute(_INSERT, _values(stored.customer, stored.uid, str(stored.status), NOW))
        try:
            connection.execute(_INSERT, _values(CUSTOMER, booking.uid, "scheduled", NOW))
        except sqlite3.IntegrityError as refusal:
            if not violates(IntegrityError(_INSERT, {}, refusal), BOOKING_KEY):
                raise
            return insert_refused(_appointment(row), CUSTOMER)
        return insert_passed()


def _values(customer: int, uid: str | None, status: str, at: datetime) -> tuple[Any, ...]:
    instant = at.isoformat()
    return (customer, instant, instant, status, uid, instant)
