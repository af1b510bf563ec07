from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from booking_core.domain.model import Appointment, AppointmentStatus, Attempt, AttemptState, CallRelation
from booking_core.ports.storage import BookingAlreadyStoredError, NewAppointment, NewAttempt, UnitOfWork
from booking_core.storage.tables import APPOINTMENT_CALLS, APPOINTMENTS, SERVICES
from booking_core.storage.transactions import SqlTransactions

START = datetime(2025, 10, 10, 6, 0, tzinfo=UTC)
NOW = datetime(2025, 10, 6, 9, 4, 54, 2000, tzinfo=UTC)
NEW = NewAppointment(
    call_id=687,
    customer_id=342,
    service_id=1,
    starts_at=START,
    ends_at=START + timedelta(minutes=15),
    calcom_v2_booking_id="8Fxv4pCqnb1Jva1w9wn5wX",
    calcom_booking_number=11489895,
    created_at=NOW,
)
ATTEMPT = NewAttempt("key-1", 687, 342, 1, START, "termin@askproai.de", NOW)


async def stored(transactions: SqlTransactions, new: NewAppointment = NEW) -> Appointment:
    async def body(uow: UnitOfWork) -> Appointment:
        return await uow.appointments.add(new)

    return await transactions(body)


async def test_an_appointment_comes_back_as_it_was_written(transactions: SqlTransactions) -> None:
    written = await stored(transactions)

    async def body(uow: UnitOfWork) -> list[Appointment | None]:
        return [
            await uow.appointments.get(written.id),
            await uow.appointments.by_booking_uid(NEW.calcom_v2_booking_id),
            await uow.appointments.live_of_customer_at(342, START),
            await uow.appointments.next_of_customer(342, NOW),
            *await uow.appointments.live_between(START, START + timedelta(seconds=1)),
        ]

    assert await transactions(body) == [written] * 5
    assert written.created_at.microsecond == 2000


async def test_what_is_over_cancelled_or_anothers_is_not_found(transactions: SqlTransactions) -> None:
    written = await stored(transactions)

    async def body(uow: UnitOfWork) -> list[object]:
        before = [await uow.appointments.next_of_customer(342, START), await uow.appointments.get(999)]
        await uow.appointments.set_status(written.id, AppointmentStatus.CANCELLED, "asked to")
        cancelled = [
            await uow.appointments.live_of_customer_at(342, START),
            await uow.appointments.live_of_customer_at(338, START),
            *await uow.appointments.live_between(START, START + timedelta(days=1)),
        ]
        return [*before, *cancelled]

    assert set(await transactions(body)) == {None}


async def test_cancelling_keeps_the_row_and_its_booking(transactions: SqlTransactions) -> None:
    written = await stored(transactions)

    async def body(uow: UnitOfWork) -> Appointment | None:
        await uow.appointments.set_status(written.id, AppointmentStatus.CANCELLED, "asked to")
        return await uow.appointments.get(written.id)

    assert await transactions(body) == replace(written, status=AppointmentStatus.CANCELLED, notes="asked to")


async def test_a_moved_appointment_has_the_new_booking(transactions: SqlTransactions) -> None:
    written = await stored(transactions)
    later = START + timedelta(days=1)

    async def body(uow: UnitOfWork) -> Appointment | None:
        await uow.appointments.move(written.id, later, later + timedelta(minutes=15), "new-uid", 11489999)
        return await uow.appointments.by_booking_uid("new-uid")

    moved = await transactions(body)
    assert moved is not None
    assert (moved.id, moved.starts_at, moved.calcom_booking_number) == (written.id, later, 11489999)


async def test_the_key_refuses_a_second_row_of_one_booking(transactions: SqlTransactions) -> None:
    await stored(transactions)

    with pytest.raises(BookingAlreadyStoredError) as refusal:
        await stored(transactions, replace(NEW, call_id=688, customer_id=338))

    assert refusal.value.booking_uid == NEW.calcom_v2_booking_id


async def test_nothing_remains_of_the_refused_transaction(transactions: SqlTransactions, engine: AsyncEngine) -> None:
    await stored(transactions)

    async def body(uow: UnitOfWork) -> None:
        await uow.calls.add("call_new", None, NOW)
        await uow.appointments.add(replace(NEW, call_id=688))

    with pytest.raises(BookingAlreadyStoredError):
        await transactions(body)

    async def look(uow: UnitOfWork) -> object:
        return await uow.calls.by_retell_id("call_new")

    assert await transactions(look) is None


async def test_moving_onto_a_stored_booking_is_refused_as_well(transactions: SqlTransactions) -> None:
    await stored(transactions)
    other = await stored(transactions, replace(NEW, calcom_v2_booking_id="other"))

    async def body(uow: UnitOfWork) -> None:
        await uow.appointments.move(other.id, START, START, NEW.calcom_v2_booking_id, 1)

    with pytest.raises(BookingAlreadyStoredError):
        await transactions(body)


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param({"customer_id": 999}, id="no-such-customer"),
        pytest.param({"call_id": 999}, id="no-such-call"),
        pytest.param({"starts_at": None}, id="no-start"),
    ],
)
async def test_another_integrity_error_is_no_duplicate(transactions: SqlTransactions, broken: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError):
        await stored(transactions, replace(NEW, **broken))


async def test_the_same_row_id_twice_is_no_duplicate_booking(engine: AsyncEngine) -> None:
    class OneId:
        def row_id(self, table: str) -> int | None:
            return 642 if table == "appointments" else None

        def attempt_key(self, retell_call_id: str, starts_at: datetime) -> str:
            return "key"

    transactions = SqlTransactions(engine, OneId())
    first = await stored(transactions)

    with pytest.raises(IntegrityError):
        await stored(transactions, replace(NEW, calcom_v2_booking_id="other"))

    assert first.id == 642


async def test_the_oldest_row_speaks_for_a_booking(transactions: SqlTransactions, engine: AsyncEngine) -> None:
    from booking_core.migrations import schema

    await schema.downgrade(engine, schema.WITHOUT_UNIQUE_KEY)
    newer = await stored(transactions, replace(NEW, created_at=NOW + timedelta(minutes=34)))
    older = await stored(transactions)

    async def body(uow: UnitOfWork) -> Appointment | None:
        return await uow.appointments.by_booking_uid(NEW.calcom_v2_booking_id)

    assert await transactions(body) == older
    assert newer.id != older.id


async def test_customers_are_found_by_phone_or_by_name_and_email(transactions: SqlTransactions) -> None:
    async def body(uow: UnitOfWork) -> list[object]:
        emoji = await uow.customers.add("Zoë 🦊 Çelik", None, "zoe@example.org")
        older, twin = [await uow.customers.add("Twin", "+49309", None) for _ in range(2)]
        found = await uow.customers.by_name_and_email("Zoë 🦊 Çelik", "zoe@example.org")
        by_phone = await uow.customers.by_phone("+49309")
        other_case = await uow.customers.by_name_and_email("ZOË 🦊 ÇELIK", "zoe@example.org")
        return [found == emoji, await uow.customers.get(twin.id) == twin, by_phone == older, other_case]

    assert await transactions(body) == [True, True, True, None]


async def test_a_service_is_found_whatever_the_case_of_its_umlauts(
    transactions: SqlTransactions, engine: AsyncEngine
) -> None:
    async with engine.begin() as connection:
        row = {"id": 2, "name": "Ärztliche Prüfung", "calcom_event_type_id": 7, "duration_minutes": 30}
        await connection.execute(insert(SERVICES), [row])

    async def body(uow: UnitOfWork) -> list[int | None]:
        found = [await uow.services.by_name(name) for name in (None, "ärztliche PRÜFUNG", "Massage")]
        return [service.id if service else None for service in [*found, await uow.services.get(2)]]

    assert await transactions(body) == [1, 2, None, 2]


async def test_a_call_keeps_what_was_asked_for_and_what_came_of_it(transactions: SqlTransactions) -> None:
    appointment = await stored(transactions)
    metadata = {"duplicate_attempt": True, "original_booking_call_id": 682}

    async def body(uow: UnitOfWork) -> None:
        await uow.calls.lock(688)
        await uow.calls.note(688, customer_id=338, booking_details={"starts_at": START.isoformat()})
        await uow.calls.link(688, appointment.id, metadata)
        await uow.calls.link(687, appointment.id, None)
        call, plain = await uow.calls.get(688), await uow.calls.by_retell_id("call_927b")
        assert call is not None
        assert (call.customer_id, call.appointment_id) == (338, appointment.id)
        assert (call.booking_metadata, call.booking_details) == (metadata, {"starts_at": START.isoformat()})
        assert plain is not None
        assert (plain.appointment_id, plain.booking_metadata) == (appointment.id, None)

    await transactions(body)


async def test_a_relation_is_written_once(transactions: SqlTransactions, engine: AsyncEngine) -> None:
    appointment = await stored(transactions)

    async def body(uow: UnitOfWork) -> None:
        await uow.appointment_calls.add(appointment.id, 688, CallRelation.DUPLICATE_ATTEMPT, NOW)
        await uow.appointment_calls.add(appointment.id, 688, CallRelation.DUPLICATE_ATTEMPT, NOW + timedelta(hours=1))
        await uow.appointment_calls.add(appointment.id, 688, CallRelation.CANCELLATION_ATTEMPT, NOW)

    await transactions(body)

    async with engine.connect() as connection:
        assert await connection.scalar(select(func.count()).select_from(APPOINTMENT_CALLS)) == 2


async def test_an_attempt_goes_from_open_to_booked(transactions: SqlTransactions) -> None:
    appointment = await stored(transactions)
    soon = NOW + timedelta(seconds=3)

    async def body(uow: UnitOfWork) -> tuple[Attempt, list[Attempt], Attempt | None, list[Attempt]]:
        opened = await uow.attempts.add(ATTEMPT)
        waiting = list(await uow.attempts.unsettled(soon))
        await uow.attempts.settle(
            opened.id, AttemptState.BOOKED, soon, appointment_id=appointment.id, booking_uid="8Fxv"
        )
        return opened, waiting, await uow.attempts.by_key("key-1"), list(await uow.attempts.of_call(687, START))

    opened, waiting, booked, of_call = await transactions(body)
    assert waiting == [opened]
    assert booked == replace(
        opened,
        state=AttemptState.BOOKED,
        updated_at=soon,
        appointment_id=appointment.id,
        calcom_v2_booking_id="8Fxv",
    )
    assert of_call == [booked]


async def test_only_what_is_open_or_unknown_and_old_enough_waits(transactions: SqlTransactions) -> None:
    async def body(uow: UnitOfWork) -> list[str]:
        for number, state in enumerate(AttemptState):
            attempt = await uow.attempts.add(replace(ATTEMPT, key=state.value))
            await uow.attempts.settle(attempt.id, state, NOW + timedelta(seconds=number))
        return [attempt.key for attempt in await uow.attempts.unsettled(NOW + timedelta(seconds=1))]

    assert await transactions(body) == ["open"]


async def test_the_outbox_holds_a_thing_once_until_it_is_sent(transactions: SqlTransactions) -> None:
    appointment = await stored(transactions)

    async def body(uow: UnitOfWork) -> None:
        added = [await uow.notifications.add(342, appointment.id, "sms", "booking_confirmed", NOW) for _ in range(2)]
        general = [await uow.notifications.add(342, None, "sms", "sorry", NOW) for _ in range(2)]
        first, *_ = await uow.notifications.due(10)
        await uow.notifications.mark_failed(first.id, NOW)
        least_tried = [one.tries for one in await uow.notifications.due(10)]
        await uow.notifications.mark_sent(first.id, NOW)
        assert added == [True, False]
        assert general == [True, True]
        assert least_tried == [0, 0, 1]
        assert [one.kind for one in await uow.notifications.due(1)] == ["sorry"]

    await transactions(body)


async def test_a_webhook_is_stored_once(transactions: SqlTransactions) -> None:
    async def body(uow: UnitOfWork) -> list[bool]:
        added = [
            await uow.webhook_events.add("sha", "BOOKING_CREATED", "8Fxv", {"payload": {"title": "ü🦊"}}, NOW)
            for _ in range(2)
        ]
        await uow.webhook_events.mark_handled("sha", NOW, "nothing to apply")
        return added

    assert await transactions(body) == [True, False]


async def test_a_naive_instant_is_refused_before_it_is_written(
    transactions: SqlTransactions, engine: AsyncEngine
) -> None:
    with pytest.raises(Exception, match="has no time zone"):
        await stored(transactions, replace(NEW, starts_at=START.replace(tzinfo=None)))

    async with engine.connect() as connection:
        assert await connection.scalar(select(func.count()).select_from(APPOINTMENTS)) == 0
