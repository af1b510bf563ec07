"""A network may hold a request back or deliver it twice: what the call was told since stays true."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from booking_core.domain.commands import Caller, CancelAppointment, Entry, RescheduleAppointment
from booking_core.domain.outcomes import CallerAnswer, Status
from booking_core.service.cancel_appointment import AppointmentCanceller
from booking_core.service.reschedule_appointment import AppointmentRescheduler
from tests.booking_core.fake_calcom_client import Fault
from tests.booking_core.gateway import ANNA, BERT, NOW, SLOT, Gateway, gateway

EARLIER, SIGNED, LATER = (NOW + timedelta(seconds=s) for s in (-10, 0, 10))


async def refused_desk() -> Gateway:
    """Anna was told that the slot is taken, and then it became free."""
    desk = gateway()
    await desk.book(BERT)
    assert (await desk.book(ANNA, asked_at=SIGNED)).status is Status.UNAVAILABLE
    (booking,) = desk.calcom.bookings.values()
    await desk.calcom.cancel_booking(booking.uid, "by the host")
    return desk


@pytest.mark.parametrize("copy_signed", [SIGNED, EARLIER], ids=["delivered twice", "held back"])
@pytest.mark.parametrize("entry", Entry)
async def test_a_copy_of_a_refused_request_books_nothing(copy_signed: datetime, entry: Entry) -> None:
    desk = await refused_desk()

    answer = await desk.book(ANNA, entry=entry, asked_at=copy_signed)

    assert (answer.success, answer.status) == (False, Status.ERROR)
    assert not any(booking.is_live for booking in desk.calcom.bookings.values())


@pytest.mark.parametrize("asked_at", [LATER, None], ids=["signed later", "signed at an unknown time"])
async def test_asking_again_books(asked_at: datetime | None) -> None:
    desk = await refused_desk()

    assert (await desk.book(ANNA, asked_at=asked_at)).status is Status.BOOKED


async def test_a_copy_brings_no_cancelled_appointment_back() -> None:
    desk = gateway()
    await desk.book(ANNA, asked_at=SIGNED)
    await AppointmentCanceller(surroundings=desk.surroundings)(CancelAppointment(ANNA))

    answer = await desk.book(ANNA, asked_at=SIGNED)

    assert not answer.success
    assert desk.live() == []


async def test_a_copy_of_a_booked_request_hears_what_is_booked() -> None:
    desk = gateway()
    first = await desk.book(ANNA, asked_at=SIGNED)

    answer = await desk.book(ANNA, asked_at=SIGNED)

    assert (answer.status, answer.appointment_id) == (Status.RECOVERED, first.appointment_id)


async def test_the_request_itself_books_anew_when_the_host_has_cancelled_what_it_had() -> None:
    desk = gateway()
    await desk.book(ANNA, asked_at=SIGNED)
    (booking,) = desk.calcom.bookings.values()
    await desk.calcom.cancel_booking(booking.uid, "by the host")

    assert (await desk.book(ANNA, asked_at=LATER)).status is Status.BOOKED


async def test_a_retry_that_overtook_is_settled_and_the_request_it_overtook_adds_nothing() -> None:
    desk = gateway()
    desk.calcom.faults = [Fault.REPLY_LOST]
    retry = await desk.book(ANNA, asked_at=LATER)

    await desk.book(ANNA, SLOT + timedelta(hours=1), asked_at=EARLIER)

    assert retry.success
    assert len([b for b in desk.calcom.bookings.values() if b.is_live]) == 1


async def test_an_overtaken_request_does_not_overwrite_what_the_call_asked_for() -> None:
    desk = gateway()
    await desk.book(ANNA, asked_at=LATER)

    await desk.book(ANNA, SLOT + timedelta(hours=1), asked_at=EARLIER)

    details = desk.call_of(ANNA).booking_details
    assert details is not None
    assert details["starts_at"] == SLOT.isoformat()


async def test_what_its_caller_cancelled_while_a_lost_reply_was_waited_for_is_not_booked_again() -> None:
    desk = gateway()
    desk.calcom.faults = [Fault.REPLY_LOST]

    async def the_copy_books_and_the_caller_cancels() -> None:
        assert (await desk.book(ANNA, asked_at=SIGNED)).status is Status.RECOVERED
        await AppointmentCanceller(surroundings=desk.surroundings)(CancelAppointment(ANNA))

    desk.calcom.before_giving_up = the_copy_books_and_the_caller_cancels
    answer = await desk.book(ANNA, asked_at=SIGNED)

    assert (answer.success, answer.status) == (False, Status.ERROR)
    assert desk.live() == []
    assert not any(booking.is_live for booking in desk.calcom.bookings.values())


async def test_what_the_host_moved_while_a_lost_reply_was_waited_for_is_not_booked_again() -> None:
    desk = gateway()
    desk.calcom.faults = [Fault.REPLY_LOST]

    async def the_copy_books_and_the_host_moves() -> None:
        await desk.book(ANNA, asked_at=SIGNED)
        (booking,) = desk.calcom.bookings.values()
        await desk.calcom.reschedule_booking(booking.uid, SLOT + timedelta(hours=1), "by the host")

    desk.calcom.before_giving_up = the_copy_books_and_the_host_moves
    await desk.book(ANNA, asked_at=SIGNED)

    moved_to = SLOT + timedelta(hours=1)
    assert [row.starts_at for row in desk.live()] == [moved_to]
    assert [booking.start for booking in desk.calcom.bookings.values() if booking.is_live] == [moved_to]


async def test_a_request_that_was_waited_for_until_its_call_was_told_no_books_nothing() -> None:
    desk = gateway()
    desk.calcom.faults = [Fault.REQUEST_LOST]

    async def the_call_asks_again_in_vain() -> None:
        desk.clock.advance(60)
        await desk.book(BERT)
        assert (await desk.book(ANNA, asked_at=LATER)).status is Status.UNAVAILABLE
        (booking,) = desk.calcom.bookings.values()
        await desk.calcom.cancel_booking(booking.uid, "by the host")

    desk.calcom.before_giving_up = the_call_asks_again_in_vain
    answer = await desk.book(ANNA, asked_at=SIGNED)

    assert (answer.success, answer.status) == (False, Status.ERROR)
    assert not any(booking.is_live for booking in desk.calcom.bookings.values())


async def test_who_waits_while_a_copy_books_and_cannot_ask_hears_of_the_appointment() -> None:
    desk = gateway()
    desk.calcom.faults = [Fault.REPLY_LOST]

    async def the_copy_books_and_calcom_falls_silent() -> None:
        await desk.book(ANNA, asked_at=SIGNED)
        desk.calcom.down = True

    desk.calcom.before_giving_up = the_copy_books_and_calcom_falls_silent

    assert (await desk.book(ANNA, asked_at=SIGNED)).status is Status.RECOVERED


ANNA_AGAIN, ANNA_ONCE_MORE = (replace(ANNA, retell_call_id=call) for call in ("call_anna_again", "call_anna_once_more"))


async def cancels(desk: Gateway, caller: Caller, asked_at: datetime) -> CallerAnswer:
    return await AppointmentCanceller(surroundings=desk.surroundings)(CancelAppointment(caller, asked_at=asked_at))


async def moves(desk: Gateway, caller: Caller, to: datetime, asked_at: datetime) -> CallerAnswer:
    mover = AppointmentRescheduler(surroundings=desk.surroundings)
    return await mover(RescheduleAppointment(caller, to, asked_at=asked_at))


@pytest.mark.parametrize("copy_signed", [SIGNED, EARLIER], ids=["delivered twice", "held back"])
async def test_a_copy_of_a_cancellation_that_found_nothing_cancels_nothing_later(copy_signed: datetime) -> None:
    desk = gateway()
    assert (await cancels(desk, ANNA_AGAIN, SIGNED)).status is Status.NOT_FOUND
    await desk.book(ANNA, asked_at=LATER)

    answer = await cancels(desk, ANNA_AGAIN, copy_signed)

    assert (answer.success, answer.status) == (False, Status.ERROR)
    assert len(desk.live()) == 1


async def test_a_copy_of_a_cancellation_hears_that_it_is_cancelled() -> None:
    desk = gateway()
    await desk.book(ANNA)
    first = await cancels(desk, ANNA_AGAIN, SIGNED)

    assert await cancels(desk, ANNA_AGAIN, SIGNED) == first
    assert first.status is Status.CANCELLED


async def test_a_copy_of_a_move_does_not_undo_a_later_one() -> None:
    desk = gateway()
    await desk.book(ANNA)
    await moves(desk, ANNA_AGAIN, SLOT + timedelta(hours=1), SIGNED)
    await moves(desk, ANNA_ONCE_MORE, SLOT + timedelta(hours=2), SIGNED)

    answer = await moves(desk, ANNA_AGAIN, SLOT + timedelta(hours=1), SIGNED)

    assert (answer.success, answer.status) == (False, Status.ERROR)
    assert [row.starts_at for row in desk.live()] == [SLOT + timedelta(hours=2)]


async def test_a_copy_of_a_move_hears_that_it_is_moved() -> None:
    desk = gateway()
    await desk.book(ANNA)
    first = await moves(desk, ANNA_AGAIN, SLOT + timedelta(hours=1), SIGNED)

    assert await moves(desk, ANNA_AGAIN, SLOT + timedelta(hours=1), SIGNED) == first
    assert first.status is Status.RESCHEDULED


async def test_changing_again_in_one_call_is_no_copy() -> None:
    desk = gateway()
    await desk.book(ANNA, asked_at=EARLIER)

    assert (await moves(desk, ANNA, SLOT + timedelta(hours=1), SIGNED)).status is Status.RESCHEDULED
    assert (await moves(desk, ANNA, SLOT + timedelta(hours=2), LATER)).status is Status.RESCHEDULED
    assert [row.starts_at for row in desk.live()] == [SLOT + timedelta(hours=2)]


async def test_asking_again_to_move_what_is_cancelled_since_denies_no_other_appointment() -> None:
    desk = gateway()
    await desk.book(ANNA)
    other = SLOT + timedelta(hours=3)
    await desk.book(replace(ANNA, retell_call_id="call_anna_too"), other)
    desk.calcom.faults = [Fault.REQUEST_LOST]
    await moves(desk, ANNA_AGAIN, SLOT + timedelta(hours=1), SIGNED)
    assert (await cancels(desk, ANNA_ONCE_MORE, SIGNED)).status is Status.CANCELLED

    answer = await moves(desk, ANNA_AGAIN, SLOT + timedelta(hours=1), LATER)

    assert (answer.success, answer.status) == (False, Status.ERROR)
    assert [row.starts_at for row in desk.live()] == [other]
