"""Cal.com's webhooks, early, twice and out of order; and the outbox that empties itself."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta

from booking_core.domain.commands import ReceiveWebhook
from booking_core.domain.model import AttemptState, CalcomBooking
from booking_core.domain.outcomes import Status
from booking_core.ports.messages import Message, MessageNotSentError
from booking_core.service.receive_webhook import WebhookReceiver
from booking_core.service.send_notifications import NotificationSender, SendReport
from tests.booking_core.fake_calcom_client import Fault
from tests.booking_core.gateway import ANNA, SLOT, Gateway, gateway


async def receive(desk: Gateway, trigger: str, booking: CalcomBooking, previous_uid: str | None = None) -> str:
    told = replace(booking, created_at=None)
    command = ReceiveWebhook(trigger, f"{trigger}-{booking.uid}", told, {"triggerEvent": trigger}, previous_uid)
    return await WebhookReceiver(surroundings=desk.surroundings)(command)


async def booked(desk: Gateway) -> CalcomBooking:
    await desk.book(ANNA)
    (booking,) = desk.calcom.bookings.values()
    return booking


async def test_a_created_event_confirms_the_row() -> None:
    desk = gateway()
    booking = await booked(desk)

    assert await receive(desk, "BOOKING_CREATED", booking) == "confirmed"


async def test_the_same_event_counts_once() -> None:
    desk = gateway()
    booking = await booked(desk)
    await receive(desk, "BOOKING_CREATED", booking)

    assert await receive(desk, "BOOKING_CREATED", booking) == "repeated"


async def test_a_cancellation_at_calcom_cancels_here_and_tells_the_customer() -> None:
    desk = gateway()
    booking = await booked(desk)
    cancelled = desk.calcom.change(booking.uid, status="cancelled")

    result = await receive(desk, "BOOKING_CANCELLED", cancelled)

    assert result == "cancelled"
    assert desk.live() == []
    assert "booking_cancelled" in [n.kind for n in desk.tables.notifications.values()]


async def test_a_created_event_after_the_cancellation_revives_nothing() -> None:
    desk = gateway()
    booking = await booked(desk)
    cancelled = desk.calcom.change(booking.uid, status="cancelled")
    await receive(desk, "BOOKING_CANCELLED", cancelled)

    result = await receive(desk, "BOOKING_CREATED", booking)

    assert result == "cancelled before"
    assert desk.live() == []


async def test_a_move_at_calcom_moves_the_row() -> None:
    desk = gateway()
    booking = await booked(desk)
    await desk.calcom.reschedule_booking(booking.uid, SLOT + timedelta(hours=2), "by the host")
    moved = list(desk.calcom.bookings.values())[-1]

    result = await receive(desk, "BOOKING_RESCHEDULED", moved, previous_uid=booking.uid)

    assert result == "moved"
    assert [a.starts_at for a in desk.live()] == [SLOT + timedelta(hours=2)]


async def test_a_move_told_after_the_moved_bookings_end_revives_nothing() -> None:
    desk = gateway()
    booking = await booked(desk)
    await desk.calcom.reschedule_booking(booking.uid, SLOT + timedelta(hours=2), "by the host")
    moved = list(desk.calcom.bookings.values())[-1]
    cancelled = desk.calcom.change(moved.uid, status="cancelled")
    early = await receive(desk, "BOOKING_CANCELLED", cancelled)

    late = await receive(desk, "BOOKING_RESCHEDULED", moved, previous_uid=booking.uid)

    assert (early, late) == ("unknown here", "unknown here")
    assert [a.calcom_v2_booking_id for a in desk.live()] == [booking.uid]  # reconciliation finds the orphan


async def test_an_event_that_overtakes_the_reply_settles_an_unknown_attempt() -> None:
    desk = gateway()
    desk.calcom.faults = [Fault.REQUEST_LOST, Fault.REQUEST_LOST]
    assert (await desk.book(ANNA)).status is Status.PENDING
    booking = desk.calcom.add(desk.calcom.requests[-1])

    result = await receive(desk, "BOOKING_CREATED", booking)

    assert result == "adopted"
    assert desk.tables.attempts[1].state is AttemptState.BOOKED
    assert desk.call_of(ANNA).appointment_id == 1


async def test_an_event_during_the_request_is_left_to_the_request() -> None:
    desk = gateway()
    booking = await booked(desk)
    desk.tables.appointments.clear()
    desk.tables.attempts[1] = replace(desk.tables.attempts[1], state=AttemptState.OPEN)

    assert await receive(desk, "BOOKING_CREATED", booking) == "left to the request"


@dataclass
class Postbox:
    """Takes messages, or refuses them all."""

    closed: bool = False
    messages: list[Message] = field(default_factory=list)

    async def __call__(self, message: Message) -> None:
        if self.closed:
            raise MessageNotSentError
        self.messages.append(message)


async def test_the_outbox_sends_each_message_once() -> None:
    desk, postbox = gateway(), Postbox()
    await desk.book(ANNA)
    send = NotificationSender(surroundings=desk.surroundings, send=postbox)

    first, second = await send(), await send()

    assert (first, second) == (SendReport(sent=1), SendReport())
    (message,) = postbox.messages
    assert (message.channel, message.recipient) == ("sms", ANNA.phone)
    assert message.text == "Ihr Termin am 10.10.2025 um 08:00 Uhr ist gebucht."


async def test_a_message_that_did_not_leave_is_tried_again_but_not_for_ever() -> None:
    desk, postbox = gateway(), Postbox(closed=True)
    await desk.book(ANNA)
    send = NotificationSender(surroundings=desk.surroundings, send=postbox)

    reports = [await send() for _ in range(6)]

    assert reports == [SendReport(failed=1)] * 5 + [SendReport()]


async def test_an_old_event_about_a_booking_that_was_moved_since_moves_the_row() -> None:
    desk = gateway()
    booking = await booked(desk)
    await desk.calcom.reschedule_booking(booking.uid, SLOT + timedelta(hours=1), "by the host")

    result = await receive(desk, "BOOKING_CREATED", booking)

    assert result == "moved"
    (row,) = desk.live()
    assert row.starts_at == SLOT + timedelta(hours=1)
    assert "booking_cancelled" not in [n.kind for n in desk.tables.notifications.values()]
