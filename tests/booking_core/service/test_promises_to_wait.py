"""Whoever is told that it cannot be told yet hears the end, whoever brings it about."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from booking_core.domain.model import AttemptState, Attendee, BookingRequest
from booking_core.domain.outcomes import CallerAnswer, Status
from booking_core.ports.calcom import CreateResult
from booking_core.service.reconcile import Reconciler
from tests.booking_core.fake_calcom_client import FakeCalcom, Fault
from tests.booking_core.gateway import ANNA, BERT, SLOT, Gateway, gateway

BERT_AT_CALCOM = Attendee("Bert Biber", "bert@example.org")


@dataclass(slots=True)
class AsksAgainMeanwhile(FakeCalcom):
    """While Cal.com decides on a create request, its call asks once more."""

    desk: Gateway | None = None
    meanwhile: CallerAnswer | None = None

    async def create_booking(self, request: BookingRequest) -> CreateResult:
        if self.desk is not None:
            desk, self.desk = self.desk, None
            self.meanwhile = await desk.book(ANNA)
        return await FakeCalcom.create_booking(self, request)


def told(desk: Gateway) -> list[str]:
    return [notification.kind for notification in desk.tables.notifications.values()]


async def ask_twice_at_once(*, slot_is_taken: bool) -> tuple[Gateway, CallerAnswer, CallerAnswer]:
    desk = gateway()
    if slot_is_taken:
        desk.calcom.add(BookingRequest(1, SLOT, BERT_AT_CALCOM, {}))
    calcom = AsksAgainMeanwhile(desk.clock, free=desk.calcom.free, bookings=desk.calcom.bookings, desk=desk)
    desk.calcom = calcom
    first = await desk.book(ANNA)
    assert calcom.meanwhile is not None
    return desk, first, calcom.meanwhile


async def test_who_waited_for_a_request_that_was_refused_is_told() -> None:
    desk, first, waited = await ask_twice_at_once(slot_is_taken=True)

    assert (first.status, waited.status) == (Status.UNAVAILABLE, Status.PENDING)
    assert told(desk) == ["booking_failed"]


async def test_who_waited_for_a_request_that_booked_is_told_so_once() -> None:
    desk, first, waited = await ask_twice_at_once(slot_is_taken=False)

    assert (first.status, waited.status) == (Status.BOOKED, Status.PENDING)
    assert told(desk) == ["booking_confirmed"]


async def test_nobody_waits_and_nobody_is_told() -> None:
    desk = gateway()
    await desk.book(BERT)
    before = told(desk)

    assert (await desk.book(ANNA)).status is Status.UNAVAILABLE
    assert told(desk) == before


@pytest.mark.parametrize("times", [1, 2])
async def test_a_wish_that_reconciliation_finds_refused_is_told_once(times: int) -> None:
    desk = gateway()
    desk.calcom.faults = [Fault.NOT_SENT]
    assert (await desk.book(ANNA)).status is Status.PENDING
    desk.calcom.add(BookingRequest(1, SLOT, BERT_AT_CALCOM, {}))
    desk.clock.advance(60)

    for _ in range(times):
        await Reconciler(surroundings=desk.surroundings)(apply=True)

    assert [attempt.state for attempt in desk.tables.attempts.values()] == [AttemptState.REFUSED]
    assert told(desk) == ["booking_failed"]


async def test_who_was_told_to_wait_hears_of_a_repeat_that_is_refused() -> None:
    desk = gateway()
    desk.calcom.faults = [Fault.REQUEST_LOST, Fault.REQUEST_LOST]
    assert (await desk.book(ANNA)).status is Status.PENDING
    desk.calcom.add(BookingRequest(1, SLOT, BERT_AT_CALCOM, {}))

    assert (await desk.book(ANNA)).status is Status.UNAVAILABLE
    assert told(desk) == ["booking_failed"]
