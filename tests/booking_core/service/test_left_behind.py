"""A settled attempt may have left its booking at Cal.com: who asks again is looked up before anything is sent."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from booking_core.domain.outcomes import Status
from booking_core.ports.calcom import CalcomUnavailableError, Refused
from booking_core.service.reconcile import Reconciler
from tests.booking_core.fake_calcom_client import FakeCalcom
from tests.booking_core.gateway import ANNA, BERT, NOW, Gateway, gateway

LATER = replace(ANNA, retell_call_id="call_anna_later")


class DeafToCancellations(FakeCalcom):
    """Nothing can be given back."""

    async def cancel_booking(self, uid: str, reason: str) -> Refused | None:
        raise CalcomUnavailableError("time-out")


async def left_behind() -> Gateway:
    """Anna's later call heard of her appointment, whose host has cancelled it since; its own booking was left."""
    desk = gateway()
    desk.calcom = DeafToCancellations(desk.clock, hosts=2, free=desk.calcom.free)
    await desk.book(ANNA)
    heard = await desk.book(LATER, asked_at=NOW)
    first, left = desk.calcom.bookings.values()
    assert (heard.status, left.is_live) == (Status.EXISTING, True)
    desk.calcom.change(first.uid, status="cancelled")
    return desk


async def test_who_asks_again_gets_the_booking_that_was_left_and_no_second_one() -> None:
    desk = await left_behind()

    heard = await desk.book(LATER, asked_at=NOW + timedelta(seconds=9))

    left = list(desk.calcom.bookings.values())[-1]
    assert heard.status is Status.RECOVERED
    assert [row.calcom_v2_booking_id for row in desk.live()] == [left.uid]
    assert len(desk.calcom.requests) == 2


async def test_who_asks_again_while_calcom_is_silent_waits_and_gets_the_booking_that_was_left() -> None:
    desk = await left_behind()
    desk.calcom.down = True

    heard = await desk.book(LATER, asked_at=NOW + timedelta(seconds=9))
    desk.calcom.down = False
    desk.clock.advance(60)
    await Reconciler(surroundings=desk.surroundings)(apply=True)

    left = list(desk.calcom.bookings.values())[-1]
    assert heard.status is Status.PENDING
    assert [row.calcom_v2_booking_id for row in desk.live()] == [left.uid]
    assert len(desk.calcom.requests) == 2


async def test_who_was_refused_and_asks_again_is_booked_once_the_time_is_free() -> None:
    desk = gateway()
    await desk.book(BERT)
    refused = await desk.book(ANNA, asked_at=NOW)
    (berts,) = desk.calcom.bookings.values()
    desk.calcom.change(berts.uid, status="cancelled")

    heard = await desk.book(ANNA, asked_at=NOW + timedelta(seconds=9))

    assert (refused.status, heard.status) == (Status.UNAVAILABLE, Status.BOOKED)
