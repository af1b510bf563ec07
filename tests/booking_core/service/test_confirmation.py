"""Event types whose host confirms: a request is not called an appointment before it is one."""

from __future__ import annotations

import pytest

from booking_core.domain.commands import ReceiveWebhook
from booking_core.domain.model import AppointmentStatus, CalcomBooking
from booking_core.domain.outcomes import Status
from booking_core.service.receive_webhook import WebhookReceiver
from booking_core.service.reconcile import Reconciler
from tests.booking_core.fake_calcom_client import Fault
from tests.booking_core.gateway import ANNA, BERT, SHARED, Gateway, gateway

REQUESTED = "Ihr Terminwunsch für den 10.10.2025 um 08:00 Uhr ist vorgemerkt. Der Termin gilt, sobald er bestätigt ist."


def confirming(profile: str = "hardened") -> Gateway:
    desk = gateway(profile)
    desk.calcom.requires_confirmation = True
    return desk


async def requested(desk: Gateway) -> CalcomBooking:
    await desk.book(ANNA)
    (booking,) = desk.calcom.bookings.values()
    return booking


async def tell(desk: Gateway, trigger: str, booking: CalcomBooking) -> str:
    return await WebhookReceiver(surroundings=desk.surroundings)(ReceiveWebhook(trigger, trigger, booking, {}))


def told(desk: Gateway) -> list[str]:
    return [notification.kind for notification in desk.tables.notifications.values()]


@pytest.mark.parametrize("profile", ["recommended", "hardened"])
async def test_a_request_is_called_a_request(profile: str) -> None:
    desk = confirming(profile)

    answer = await desk.book(ANNA)

    assert (answer.success, answer.status, answer.confirmation) == (False, Status.PENDING, "pending")
    assert answer.message == REQUESTED
    (row,) = desk.live()
    assert (row.id, row.status) == (answer.appointment_id, AppointmentStatus.REQUESTED)
    assert desk.call_of(ANNA).appointment_id == row.id
    assert told(desk) == []


async def test_what_was_deployed_calls_it_booked() -> None:
    desk = confirming("deployed")

    assert (await desk.book(ANNA)).status is Status.BOOKED
    assert [row.status for row in desk.live()] == [AppointmentStatus.SCHEDULED]


async def test_asking_again_hears_the_same() -> None:
    desk = confirming()
    first = await desk.book(ANNA)

    again = await desk.book(ANNA)

    assert (again.status, again.message, again.appointment_id) == (Status.PENDING, REQUESTED, first.appointment_id)
    assert len(desk.calcom.bookings) == 1


async def test_a_lost_answer_is_found_to_be_a_request() -> None:
    desk = confirming()
    desk.calcom.faults = [Fault.REPLY_LOST]

    assert (await desk.book(ANNA)).message == REQUESTED


async def test_a_request_holds_its_slot_against_others() -> None:
    desk = gateway(identity=SHARED)
    desk.calcom.requires_confirmation = True
    await desk.book(ANNA)

    assert (await desk.book(BERT)).status is Status.DUPLICATE


@pytest.mark.parametrize("by", ["webhook", "reconciliation"])
async def test_the_hosts_yes_makes_it_an_appointment_and_the_customer_hears_of_it(by: str) -> None:
    desk = confirming()
    confirmed = desk.calcom.change((await requested(desk)).uid, status="accepted")

    for _ in range(2):
        if by == "webhook":
            await tell(desk, "BOOKING_CREATED", confirmed)
        else:
            await Reconciler(surroundings=desk.surroundings)(apply=True)

    assert [row.status for row in desk.live()] == [AppointmentStatus.SCHEDULED]
    assert told(desk) == ["booking_confirmed"]
    assert (await desk.book(ANNA)).status is Status.RECOVERED


async def test_a_dry_run_of_reconciliation_confirms_nothing() -> None:
    desk = confirming()
    desk.calcom.change((await requested(desk)).uid, status="accepted")

    await Reconciler(surroundings=desk.surroundings)(apply=False)

    assert [row.status for row in desk.live()] == [AppointmentStatus.REQUESTED]


async def test_the_hosts_no_ends_it_and_the_customer_hears_of_it() -> None:
    desk = confirming()
    declined = desk.calcom.change((await requested(desk)).uid, status="rejected")

    assert await tell(desk, "BOOKING_REJECTED", declined) == "cancelled"

    assert desk.live() == []
    assert told(desk) == ["booking_cancelled"]
