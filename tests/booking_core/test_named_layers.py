"""The sixteen tests that the incident reports name, on the data of the incidents."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from freezegun import freeze_time
from sqlalchemy.ext.asyncio import AsyncEngine

from booking_core.clock import SystemClock, SystemIds
from booking_core.defences.call_identity import judge_call_identity
from booking_core.defences.freshness import judge_freshness
from booking_core.domain.commands import Caller, Entry
from booking_core.domain.events import LayerJudged
from booking_core.domain.model import Attendee, CalcomBooking, CallRelation
from booking_core.domain.outcomes import Layer, LayerVerdict, Status, Verdict
from booking_core.migrations.schema import upgrade
from booking_core.ports.storage import BookingAlreadyStoredError, NewAppointment, UnitOfWork
from booking_core.profiles import ALL_LAYERS, Defences
from booking_core.storage.engines import create_engine
from booking_core.storage.tables import SERVICES
from booking_core.storage.transactions import SqlTransactions
from tests.booking_core.gateway import SHARED, gateway

CALL_687 = "call_927bf219b2cc20cd24dc97c9f0b"
CALL_688 = "call_39d2ade6f4fc16c51110ca49cdf"
UID = "8Fxv4pCqnb1Jva1w9wn5wX"
CREATED_AT = datetime(2025, 10, 6, 9, 5, 21, 2000, tzinfo=UTC)
START = datetime(2025, 10, 10, 6, 0, tzinfo=UTC)
HANSI = Caller(CALL_687, "Hansi Sputer", "+491700000687")
HANS = Caller(CALL_688, "Hans Schuster", "+491700000688")
SENT = Attendee("Hans Schuster", "termin@example.org")


def booking(*, call_id: str | None = CALL_687, created_at: datetime | None = CREATED_AT) -> CalcomBooking:
    """Call 687's booking, as Cal.com tells it."""
    return CalcomBooking(
        uid=UID,
        number=11489895,
        status="accepted",
        start=START,
        end=START + timedelta(minutes=15),
        event_type_id=2563193,
        created_at=created_at,
        metadata={"call_id": call_id} if call_id else {},
        attendee=Attendee("Hansi Sputer", "termin@example.org"),
    )


def freshness_after(seconds: float, *, created_at: datetime | None = CREATED_AT) -> LayerVerdict:
    """What Layer 1 says with the system's clock standing `seconds` after the booking was made."""
    with freeze_time(CREATED_AT + timedelta(seconds=seconds)):
        return judge_freshness(booking(created_at=created_at), SystemClock().now(), Defences())


# Layer 1


def test_accepts_fresh_booking_5_seconds_ago() -> None:
    verdict = freshness_after(5)

    assert (verdict.verdict, verdict.age_seconds) == (Verdict.FRESH, 5.0)


def test_accepts_booking_at_30_second_boundary() -> None:
    verdict = freshness_after(30)

    assert (verdict.verdict, verdict.rejects) == (Verdict.FRESH, False)


def test_rejects_stale_booking_35_seconds_ago() -> None:
    verdict = freshness_after(35)

    assert (verdict.verdict, verdict.rejects, verdict.age_seconds) == (Verdict.STALE, True, 35.0)


def test_rejects_booking_2_minutes_ago() -> None:
    verdict = freshness_after(120)

    assert (verdict.verdict, verdict.age_seconds, verdict.threshold_seconds) == (Verdict.STALE, 120.0, 30.0)


def test_handles_missing_created_at_gracefully() -> None:
    verdict = freshness_after(120, created_at=None)

    assert (verdict.verdict, verdict.rejects, verdict.age_seconds) == (Verdict.UNVERIFIED, False, None)


# Layer 2


def test_accepts_booking_with_matching_call_id() -> None:
    verdict = judge_call_identity(booking(call_id=CALL_688), CALL_688, SENT, Defences())

    assert (verdict.verdict, verdict.rejects) == (Verdict.OWN_CALL, False)


def test_rejects_booking_with_mismatched_call_id() -> None:
    verdict = judge_call_identity(booking(call_id=CALL_687), CALL_688, SENT, Defences())

    assert (verdict.verdict, verdict.rejects) == (Verdict.FOREIGN_CALL, True)
    assert (verdict.expected_call_id, verdict.received_call_id) == (CALL_688, CALL_687)


def test_handles_missing_metadata_gracefully() -> None:
    verdict = judge_call_identity(booking(call_id=None), CALL_688, SENT, Defences())

    assert (verdict.verdict, verdict.rejects) == (Verdict.UNVERIFIED, False)


def test_rejects_real_duplicate_scenario_from_bug() -> None:
    with freeze_time("2025-10-06 09:39:22"):
        freshness = judge_freshness(booking(), SystemClock().now(), Defences())
    identity = judge_call_identity(booking(), CALL_688, SENT, Defences())

    assert freshness.age_seconds == pytest.approx(2040.998)
    assert freshness.verdict is Verdict.STALE
    assert identity.verdict is Verdict.FOREIGN_CALL


async def test_validates_both_layers_simultaneously() -> None:
    desk = gateway("hardened", identity=SHARED)
    await desk.book(HANSI)
    desk.clock.advance(2040.998)
    desk.events.clear()

    await desk.book(HANS)

    judged = [e for e in desk.events if isinstance(e, LayerJudged)]
    assert [(e.verdict.layer, e.verdict.verdict, e.deciding) for e in judged] == [
        (Layer.FRESHNESS, Verdict.STALE, True),
        (Layer.CALL_IDENTITY, Verdict.FOREIGN_CALL, False),
    ]


# Layer 3


async def test_creates_new_appointment_when_unique() -> None:
    desk = gateway()

    answer = await desk.book(HANSI)

    (appointment,) = desk.live()
    assert (answer.status, answer.appointment_id) == (Status.BOOKED, appointment.id)
    assert appointment.customer_id == desk.customer_of(HANSI).id


async def test_returns_existing_when_duplicate() -> None:
    desk = gateway("hardened", identity=SHARED)
    desk.profile = desk.profile.without(Layer.FRESHNESS, Layer.CALL_IDENTITY)
    await desk.book(HANSI)
    again = Caller("call_again", HANSI.name, HANSI.phone)

    answer = await desk.book(again)

    assert (answer.status, answer.appointment_id, len(desk.live())) == (Status.EXISTING, 1, 1)
    assert desk.call_of(again).appointment_id == 1


async def test_prevents_cross_customer_duplicate() -> None:
    desk = gateway("hardened", identity=SHARED)
    desk.profile = desk.profile.without(Layer.FRESHNESS, Layer.CALL_IDENTITY)
    await desk.book(HANSI)

    answer = await desk.book(HANS)

    assert (answer.success, answer.status, answer.appointment_id) == (False, Status.DUPLICATE, None)
    assert [a.customer_id for a in desk.live()] == [desk.customer_of(HANSI).id]
    assert "Hansi" not in repr(answer)
    assert UID not in repr(answer)


# Layer 4


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    """A migrated SQLite file."""
    database = create_engine(f"sqlite+aiosqlite:///{tmp_path / 'bookings.db'}")
    await upgrade(database)
    async with database.begin() as connection:
        row = {"id": 1, "name": "Beratung", "calcom_event_type_id": 2563193, "duration_minutes": 15}
        await connection.execute(SERVICES.insert().values(row))
    yield database
    await database.dispose()


async def test_constraint_prevents_duplicate_insert(engine: AsyncEngine) -> None:
    transactions = SqlTransactions(engine, SystemIds())

    async def insert(uow: UnitOfWork) -> int:
        customer = await uow.customers.add("Somebody", None, None)
        new = NewAppointment(None, customer.id, 1, START, START + timedelta(minutes=15), UID, 11489895, CREATED_AT)
        return (await uow.appointments.add(new)).id

    async def winner(uow: UnitOfWork) -> int | None:
        row = await uow.appointments.by_booking_uid(UID)
        return row.id if row else None

    first = await transactions(insert)
    with pytest.raises(BookingAlreadyStoredError):
        await transactions(insert)

    assert await transactions(winner) == first


# All of them


async def test_all_layers_work_together() -> None:
    stopped = {}
    for left in sorted(ALL_LAYERS):
        desk = gateway("hardened", identity=SHARED)
        desk.profile = desk.profile.without(*(ALL_LAYERS - {left}))
        desk.tables.unique_key = desk.profile.unique_key
        await desk.book(HANSI)
        desk.clock.advance(2040.998)
        answer = await desk.book(HANS, entry=Entry.AFTER_CALL)
        stopped[left] = (answer.status, len(desk.live()))

    assert stopped == dict.fromkeys(sorted(ALL_LAYERS), (Status.DUPLICATE, 1))


async def test_fresh_booking_passes_all_layers() -> None:
    desk = gateway()

    answer = await desk.book(HANSI)

    judged = [e.verdict.verdict for e in desk.events if isinstance(e, LayerJudged)]
    assert judged == [Verdict.FRESH, Verdict.OWN_CALL, Verdict.NOT_STORED, Verdict.INSERTED]
    assert answer.status is Status.BOOKED
    assert desk.tables.appointment_calls == [(1, 1, CallRelation.ORIGINAL)]
