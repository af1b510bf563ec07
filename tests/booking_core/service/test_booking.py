"""The booking pipeline: what callers are told, and what is on record afterwards."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from booking_core.domain.commands import Caller, CancelAppointment, Entry, Language
from booking_core.domain.events import BookingSettled, ConstraintViolated, FalselyRejected, LayerJudged
from booking_core.domain.model import AppointmentStatus, AttemptState, BookingRequest, CallRelation
from booking_core.domain.outcomes import Layer, Status, Verdict
from booking_core.ports.calcom import CreateResult
from booking_core.profiles import ALL_LAYERS, AttendeeIdentity
from booking_core.service.cancel_appointment import AppointmentCanceller
from tests.booking_core.fake_calcom_client import FakeCalcom, Fault
from tests.booking_core.gateway import ANNA, BERT, FALLBACK, SHARED, SLOT, gateway


async def test_a_fresh_booking_is_stored_linked_and_verified() -> None:
    desk = gateway()

    answer = await desk.book(ANNA)

    assert (answer.success, answer.status, answer.confirmation) == (True, Status.BOOKED, "confirmed")
    assert answer.message == "Ihr Termin am 10.10.2025 um 08:00 Uhr ist gebucht."
    (appointment,) = desk.live()
    assert appointment.id == answer.appointment_id
    assert desk.call_of(ANNA).appointment_id == appointment.id
    assert desk.tables.appointment_calls == [(appointment.id, desk.call_of(ANNA).id, CallRelation.ORIGINAL)]
    assert [a.state for a in desk.tables.attempts.values()] == [AttemptState.BOOKED]
    (settled,) = desk.heard_of(BookingSettled)
    assert isinstance(settled, BookingSettled)
    assert settled.verified == ("freshness", "call_identity", "existing_appointment", "unique_booking")


async def test_without_a_layer_the_second_caller_gets_the_first_ones_booking() -> None:
    desk = gateway("unprotected")
    await desk.book(ANNA)

    answer = await desk.book(BERT)

    assert answer.status is Status.BOOKED
    first, second = desk.live()
    assert first.calcom_v2_booking_id == second.calcom_v2_booking_id
    assert first.customer_id != second.customer_id


@pytest.mark.parametrize("left", sorted(ALL_LAYERS))
async def test_any_single_layer_stops_the_second_row(left: Layer) -> None:
    desk = gateway("hardened", identity=SHARED)
    desk.profile = desk.profile.without(*(ALL_LAYERS - {left}))
    desk.tables.unique_key = desk.profile.unique_key
    await desk.book(ANNA)
    desk.clock.advance(2040)

    answer = await desk.book(BERT)

    assert (answer.success, answer.status) == (False, Status.DUPLICATE)
    assert len(desk.live()) == 1
    deciding = [event.verdict.layer for event in desk.events if isinstance(event, LayerJudged) and event.deciding]
    assert deciding == [left]


@pytest.mark.parametrize("identity", list(AttendeeIdentity))
async def test_the_second_caller_hears_other_times_and_nothing_of_the_first(identity: AttendeeIdentity) -> None:
    desk = gateway("hardened", identity=identity)
    await desk.book(ANNA)
    desk.clock.advance(2040)

    answer = await desk.book(BERT)

    assert answer.status in {Status.DUPLICATE, Status.UNAVAILABLE}
    assert answer.alternatives == tuple(SLOT + timedelta(minutes=15 * step) for step in (1, 2, 3))
    assert "Anna" not in repr(answer)
    assert answer.appointment_id is None
    assert desk.call_of(BERT).appointment_id is None


@pytest.mark.parametrize("profile", ["recommended", "hardened"])
@pytest.mark.parametrize("identity", list(AttendeeIdentity))
async def test_the_same_customer_calling_again_is_linked_and_told(profile: str, identity: AttendeeIdentity) -> None:
    desk = gateway(profile, identity=identity)
    await desk.book(ANNA)
    desk.clock.advance(72_000)
    again = replace(ANNA, retell_call_id="call_anna_again")

    answer = await desk.book(again)

    assert answer.status is Status.EXISTING
    assert answer.message == "Sie haben bereits einen Termin am 10.10.2025 um 08:00 Uhr."
    assert answer.reminder is not None
    (appointment,) = desk.live()
    call = desk.call_of(again)
    assert call.appointment_id == appointment.id
    assert call.booking_metadata == {
        "duplicate_attempt": True,
        "original_booking_call_id": appointment.call_id,
        "duplicate_detected_at": desk.clock.now().isoformat(),
    }
    assert (appointment.id, call.id, CallRelation.DUPLICATE_ATTEMPT) in desk.tables.appointment_calls


async def test_deployed_hands_the_found_row_back_and_links_nobody() -> None:
    desk = gateway("deployed")
    await desk.book(ANNA)
    desk.clock.advance(72_000)
    again = replace(ANNA, retell_call_id="call_anna_again")

    answer = await desk.book(again)

    assert (answer.success, answer.status) == (True, Status.BOOKED)
    assert "gebucht" in answer.message
    assert desk.call_of(again).appointment_id is None
    assert len(desk.live()) == 1


async def test_deployed_refuses_a_stale_answer_after_the_call() -> None:
    desk = gateway("deployed")
    await desk.book(ANNA)
    desk.clock.advance(2040.998)

    answer = await desk.book(BERT, entry=Entry.AFTER_CALL)

    assert (answer.success, answer.status) == (False, Status.ERROR)
    verdicts = {e.verdict.layer: e for e in desk.events if isinstance(e, LayerJudged) and e.customer_id == 2}
    assert verdicts[Layer.FRESHNESS].verdict.age_seconds == pytest.approx(2040.998)
    assert verdicts[Layer.FRESHNESS].deciding
    assert verdicts[Layer.CALL_IDENTITY].verdict.verdict is Verdict.FOREIGN_CALL
    assert not verdicts[Layer.CALL_IDENTITY].deciding


@pytest.mark.parametrize("round_robin", [True, False])
@pytest.mark.parametrize("entry", list(Entry))
@pytest.mark.parametrize("profile", ["recommended", "hardened"])
@pytest.mark.parametrize("identity", list(AttendeeIdentity))
async def test_a_retry_after_a_lost_reply_recovers_the_callers_own_booking(
    profile: str, entry: Entry, identity: AttendeeIdentity, *, round_robin: bool
) -> None:
    desk = gateway(profile, identity=identity)
    desk.calcom.round_robin = round_robin
    await desk.book(ANNA)
    desk.clock.advance(31)

    answer = await desk.book(ANNA, entry=entry)

    assert (answer.success, answer.status, answer.confirmation) == (True, Status.RECOVERED, "confirmed")
    assert len(desk.live()) == 1
    assert len(desk.calcom.bookings) == 1


async def test_a_stale_answer_that_is_the_calls_own_is_counted_as_falsely_rejected() -> None:
    desk = gateway("recommended")
    await desk.book(ANNA)
    desk.clock.advance(31)

    await desk.book(ANNA)

    (event,) = desk.heard_of(FalselyRejected)
    assert isinstance(event, FalselyRejected)
    assert event.layer == 1


@pytest.mark.parametrize("round_robin", [True, False])
async def test_an_unknown_answer_is_looked_up_before_anything_else(*, round_robin: bool) -> None:
    desk = gateway()
    desk.calcom.round_robin = round_robin
    desk.calcom.faults = [Fault.REPLY_LOST]

    answer = await desk.book(ANNA)

    assert answer.status is Status.RECOVERED
    assert len(desk.calcom.requests) == 1
    assert len(desk.live()) == 1


async def test_a_booking_that_was_cancelled_while_the_answer_was_on_its_way_is_not_promised() -> None:
    desk = gateway("hardened", identity=SHARED)
    await desk.book(ANNA)

    class Calcom(FakeCalcom):
        async def create_booking(self, request: BookingRequest) -> CreateResult:
            result = await FakeCalcom.create_booking(self, request)
            await AppointmentCanceller(surroundings=desk.surroundings)(CancelAppointment(ANNA))
            return result

    desk.calcom = Calcom(desk.clock, bookings=desk.calcom.bookings)
    answer = await desk.book(replace(ANNA, retell_call_id="call_anna_again"))

    assert (answer.success, answer.status) == (False, Status.ERROR)
    assert desk.live() == []


async def test_a_lost_request_is_sent_once_more_after_the_look_up() -> None:
    desk = gateway()
    desk.calcom.faults = [Fault.REQUEST_LOST]

    answer = await desk.book(ANNA)

    assert answer.status is Status.BOOKED
    assert len(desk.calcom.requests) == 2


async def test_two_lost_requests_leave_the_attempt_unknown_and_the_caller_with_the_truth() -> None:
    desk = gateway()
    desk.calcom.faults = [Fault.REQUEST_LOST, Fault.REQUEST_LOST]

    answer = await desk.book(ANNA)

    assert (answer.status, answer.confirmation) == (Status.PENDING, "pending")
    assert "gebucht" not in answer.message
    assert [a.state for a in desk.tables.attempts.values()] == [AttemptState.UNKNOWN]


async def test_a_request_that_never_left_is_pending() -> None:
    desk = gateway()
    desk.calcom.down = True

    answer = await desk.book(ANNA)

    assert answer.status is Status.PENDING
    assert [a.state for a in desk.tables.attempts.values()] == [AttemptState.UNKNOWN]


async def test_a_retry_while_the_first_request_is_at_calcom_sends_nothing() -> None:
    desk = gateway()
    await desk.book(ANNA)
    attempt = desk.tables.attempts[1]
    desk.tables.attempts[1] = replace(attempt, state=AttemptState.OPEN, appointment_id=None)
    desk.tables.appointments.clear()
    desk.calcom.bookings.clear()
    desk.clock.advance(5)

    answer = await desk.book(ANNA)

    assert answer.status is Status.PENDING
    assert len(desk.calcom.requests) == 1


async def test_an_open_attempt_that_reached_calcom_is_adopted_after_a_crash() -> None:
    desk = gateway()
    await desk.book(ANNA)
    desk.tables.attempts[1] = replace(desk.tables.attempts[1], state=AttemptState.OPEN, appointment_id=None)
    desk.tables.appointments.clear()
    desk.clock.advance(5)

    answer = await desk.book(ANNA)

    assert answer.status is Status.RECOVERED
    assert len(desk.live()) == 1
    assert desk.tables.attempts[1].state is AttemptState.BOOKED


async def test_an_open_attempt_that_never_reached_calcom_is_tried_anew_when_it_is_old() -> None:
    desk = gateway()
    await desk.book(ANNA)
    desk.tables.attempts[1] = replace(desk.tables.attempts[1], state=AttemptState.OPEN, appointment_id=None)
    desk.tables.appointments.clear()
    desk.calcom.bookings.clear()
    desk.clock.advance(31)

    answer = await desk.book(ANNA)

    assert answer.status is Status.BOOKED
    assert [a.state for a in desk.tables.attempts.values()] == [AttemptState.REFUSED, AttemptState.BOOKED]


async def test_a_booking_cancelled_here_but_live_there_is_reopened() -> None:
    desk = gateway("hardened", identity=SHARED)
    await desk.book(ANNA)
    desk.tables.appointments[1] = replace(desk.tables.appointments[1], status=AppointmentStatus.CANCELLED)
    desk.clock.advance(600)
    again = replace(ANNA, retell_call_id="call_anna_again")

    answer = await desk.book(again)

    assert answer.status is Status.BOOKED
    assert [a.id for a in desk.live()] == [1]
    assert [kind for kind, _ in desk.tables.audit] == ["appointment_reopened"]
    assert desk.call_of(again).appointment_id == 1


async def test_an_earlier_booking_without_a_row_is_adopted_for_its_call_and_linked() -> None:
    desk = gateway("recommended")
    await desk.book(ANNA)
    desk.tables.appointments.clear()
    desk.tables.appointment_calls.clear()
    desk.clock.advance(600)
    again = replace(ANNA, retell_call_id="call_anna_again")

    answer = await desk.book(again)

    assert answer.status is Status.EXISTING
    (appointment,) = desk.live()
    assert appointment.call_id == desk.call_of(ANNA).id
    assert desk.call_of(again).appointment_id == appointment.id


async def test_a_shared_address_proves_nobody_the_same() -> None:
    desk = gateway("recommended")
    nameless = Caller("call_one", "Anna Amsel")
    await desk.book(nameless)
    desk.tables.appointments.clear()
    desk.tables.calls[1] = replace(desk.tables.calls[1], retell_call_id="forgotten")
    desk.clock.advance(600)

    answer = await desk.book(Caller("call_two", "Anna Amsel", email=FALLBACK))

    assert answer.status is Status.DUPLICATE
    assert desk.live() == []


async def test_another_time_in_the_same_call_is_no_second_appointment() -> None:
    desk = gateway()
    await desk.book(ANNA)

    answer = await desk.book(ANNA, SLOT + timedelta(hours=1))

    assert answer.status is Status.EXISTING
    assert "08:00" in answer.message
    assert len(desk.live()) == 1
    assert len(desk.calcom.bookings) == 1


async def test_the_same_customer_books_another_slot_in_another_call() -> None:
    desk = gateway()
    await desk.book(ANNA)

    answer = await desk.book(replace(ANNA, retell_call_id="call_anna_again"), SLOT + timedelta(hours=1))

    assert answer.status is Status.BOOKED
    assert len(desk.live()) == 2


async def test_the_key_refusing_is_handled_even_with_layer_4_switched_off() -> None:
    desk = gateway("hardened", identity=SHARED)
    desk.profile = desk.profile.without(*ALL_LAYERS)
    await desk.book(ANNA)
    desk.clock.advance(600)

    answer = await desk.book(BERT)

    assert answer.status is Status.DUPLICATE
    assert len(desk.heard_of(ConstraintViolated)) == 1
    assert desk.heard_of(LayerJudged) == []


async def test_an_unknown_service_writes_nothing() -> None:
    desk = gateway()
    desk.tables.services.clear()

    answer = await desk.book(ANNA)

    assert answer.status is Status.ERROR
    assert desk.tables.calls == {}
    assert desk.tables.customers == {}


async def test_a_caller_whom_calcom_mailed_nothing_is_told_by_sms_once() -> None:
    desk = gateway()

    await desk.book(ANNA)
    await desk.book(ANNA)

    assert [(n.channel, n.kind) for n in desk.tables.notifications.values()] == [("sms", "booking_confirmed")]


async def test_a_caller_with_an_address_of_their_own_is_mailed_by_calcom() -> None:
    desk = gateway()

    await desk.book(replace(ANNA, email="anna@example.net"))

    assert desk.tables.notifications == {}
    assert desk.calcom.requests[0].attendee.email == "anna@example.net"


async def test_a_second_host_gives_a_customer_no_second_appointment_at_the_same_time() -> None:
    desk = gateway()
    desk.calcom.hosts = 2
    await desk.book(ANNA)
    again = replace(ANNA, retell_call_id="call_anna_again")

    answer = await desk.book(again)

    assert (answer.status, answer.appointment_id) == (Status.EXISTING, 1)
    assert len(desk.live()) == 1
    assert [booking.status for booking in desk.calcom.bookings.values()] == ["accepted", "cancelled"]
    assert desk.call_of(again).appointment_id == 1


async def test_an_answer_in_english_on_request() -> None:
    desk = gateway()

    answer = await desk.book(ANNA, language=Language.ENGLISH)

    assert answer.message == "Your appointment on 2025-10-10 at 08:00 is booked."


@pytest.mark.parametrize("identity", list(AttendeeIdentity))
async def test_what_the_host_cancelled_is_nobodys_existing_appointment(identity: AttendeeIdentity) -> None:
    desk = gateway("hardened", identity=identity)
    await desk.book(ANNA)
    desk.calcom.change(next(iter(desk.calcom.bookings)), status="cancelled")

    again = await desk.book(replace(ANNA, retell_call_id="call_anna_again"))
    same_call = await desk.book(ANNA)

    assert again.status is Status.BOOKED
    assert same_call.status is Status.EXISTING
    assert [a.id for a in desk.live()] == [again.appointment_id]


async def test_a_refused_slot_is_not_called_ones_own_when_the_host_gave_it_to_another() -> None:
    desk = gateway()
    await desk.book(ANNA)
    desk.calcom.change(next(iter(desk.calcom.bookings)), status="cancelled")
    await desk.book(BERT)

    answer = await desk.book(replace(ANNA, retell_call_id="call_anna_again"))

    assert answer.status is Status.UNAVAILABLE
    assert [a.customer_id for a in desk.live()] == [desk.customer_of(BERT).id]
