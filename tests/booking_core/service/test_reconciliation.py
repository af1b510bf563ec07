"""Reconciliation: after crashes and lost replies, rows and bookings agree again, however often it runs."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from booking_core.domain.commands import CancelAppointment
from booking_core.domain.events import GhostFound, OrphanFound, UnsettledCounted
from booking_core.domain.model import AppointmentStatus, AttemptState, CalcomBooking
from booking_core.domain.outcomes import Status
from booking_core.service.cancel_appointment import AppointmentCanceller
from booking_core.service.reconcile import Reconciler, ReconcileReport
from tests.booking_core.fake_calcom_client import FakeCalcom, Fault
from tests.booking_core.gateway import ANNA, BERT, SLOT, Gateway, gateway


async def reconcile(desk: Gateway, *, apply: bool = True) -> ReconcileReport:
    return await Reconciler(surroundings=desk.surroundings)(apply=apply)


def crash_after_calcom_booked(desk: Gateway) -> None:
    """The attempt is open, Cal.com holds the booking, the row was never committed."""
    attempt = desk.tables.attempts[1]
    desk.tables.attempts[1] = replace(attempt, state=AttemptState.OPEN, appointment_id=None, calcom_v2_booking_id=None)
    desk.tables.appointments.clear()
    desk.tables.appointment_calls.clear()
    desk.tables.notifications.clear()
    desk.tables.calls[1] = replace(desk.tables.calls[1], appointment_id=None)


async def test_a_booking_whose_row_was_lost_in_a_crash_is_adopted_and_the_customer_told() -> None:
    desk = gateway()
    await desk.book(ANNA)
    crash_after_calcom_booked(desk)
    desk.clock.advance(60)

    report = await reconcile(desk)

    assert report.attempts == ((1, "booked"),)
    (appointment,) = desk.live()
    assert appointment.calcom_v2_booking_id in desk.calcom.bookings
    assert desk.call_of(ANNA).appointment_id == appointment.id
    assert desk.tables.attempts[1].state is AttemptState.BOOKED
    assert [n.kind for n in desk.tables.notifications.values()] == ["booking_confirmed"]


async def test_a_second_round_finds_nothing_to_do() -> None:
    desk = gateway()
    await desk.book(ANNA)
    crash_after_calcom_booked(desk)
    desk.clock.advance(60)
    await reconcile(desk)
    before = desk.tables

    report = await reconcile(desk)

    assert report == ReconcileReport()
    assert desk.tables == before


async def test_a_young_attempt_is_left_to_the_request_that_opened_it() -> None:
    desk = gateway()
    await desk.book(ANNA)
    crash_after_calcom_booked(desk)
    desk.clock.advance(5)

    report = await reconcile(desk)

    assert report == ReconcileReport()
    assert desk.live() == []


async def test_what_was_pending_while_calcom_was_down_is_booked_when_it_is_back() -> None:
    desk = gateway()
    desk.calcom.down = True
    assert (await desk.book(ANNA)).status is Status.PENDING
    desk.clock.advance(60)
    while_down = await reconcile(desk)
    desk.calcom.down = False
    desk.clock.advance(60)

    report = await reconcile(desk)

    assert (while_down.waiting, while_down.asked_calcom) == (1, False)
    assert report.attempts == ((1, "booked"),)
    assert len(desk.live()) == 1
    assert [n.kind for n in desk.tables.notifications.values()] == ["booking_confirmed"]
    counted = desk.heard_of(UnsettledCounted)
    assert [event.count for event in counted if isinstance(event, UnsettledCounted)] == [1, 0]


async def test_a_pending_wish_is_booked_for_the_address_that_its_caller_gave() -> None:
    desk = gateway()
    await desk.book(ANNA)  # whoever calls without an address first is kept without one
    wish = replace(ANNA, retell_call_id="call_anna_2", email="anna@example.net")
    desk.calcom.faults = [Fault.NOT_SENT]
    assert (await desk.book(wish, SLOT + timedelta(hours=1))).status is Status.PENDING
    desk.clock.advance(60)
    desk.calcom.faults = [Fault.REPLY_LOST, Fault.NOT_SENT]
    await reconcile(desk)
    desk.clock.advance(60)

    await reconcile(desk)

    made = [b for b in desk.calcom.bookings.values() if b.start == SLOT + timedelta(hours=1)]
    assert [b.attendee.email for b in made if b.attendee] == ["anna@example.net"]
    assert len(desk.live()) == 2


async def test_a_pending_wish_whose_slot_was_taken_meanwhile_is_given_up_and_the_customer_told() -> None:
    desk = gateway()
    desk.calcom.faults = [Fault.NOT_SENT]
    await desk.book(ANNA)
    await desk.book(BERT)
    desk.clock.advance(60)

    report = await reconcile(desk)

    assert report.attempts == ((1, "given up"),)
    assert desk.tables.attempts[1].state is AttemptState.REFUSED
    told = [(n.customer_id, n.kind) for n in desk.tables.notifications.values()]
    assert (desk.customer_of(ANNA).id, "booking_failed") in told


async def test_a_pending_wish_of_the_past_is_given_up() -> None:
    desk = gateway()
    desk.calcom.faults = [Fault.NOT_SENT]
    await desk.book(ANNA)
    desk.clock.advance(timedelta(days=5).total_seconds())

    report = await reconcile(desk)

    assert report.attempts == ((1, "given up"),)
    assert desk.calcom.bookings == {}


@pytest.mark.parametrize("commits", range(5))
async def test_whoever_waits_hears_that_the_time_has_passed_wherever_reconciliation_dies(commits: int) -> None:
    desk = gateway()
    desk.calcom.faults = [Fault.NOT_SENT]
    await desk.book(ANNA)
    desk.clock.advance(timedelta(days=5).total_seconds())

    desk.transactions.crash_in = commits
    with contextlib.suppress(ConnectionError):
        await reconcile(desk)
    desk.transactions.crash_in = None
    await reconcile(desk)

    assert desk.tables.attempts[1].state is AttemptState.REFUSED
    told = [(n.customer_id, n.kind) for n in desk.tables.notifications.values()]
    assert told == [(desk.customer_of(ANNA).id, "booking_failed")]


async def test_a_pending_wish_is_needless_once_the_call_led_to_another_appointment() -> None:
    desk = gateway()
    desk.calcom.faults = [Fault.NOT_SENT]
    await desk.book(ANNA)
    await desk.book(ANNA, SLOT + timedelta(hours=1))
    desk.clock.advance(60)

    await reconcile(desk)

    assert [a.starts_at for a in desk.live()] == [SLOT + timedelta(hours=1)]
    assert len(desk.calcom.bookings) == 1


async def test_a_late_booking_of_a_call_that_took_another_time_is_given_back() -> None:
    desk = gateway()
    desk.calcom.faults = [Fault.REPLY_LOST]
    desk.calcom.round_robin = False
    await desk.book(ANNA)
    crash_after_calcom_booked(desk)
    await desk.book(ANNA, SLOT + timedelta(hours=1))
    desk.clock.advance(60)

    await reconcile(desk)

    assert [a.starts_at for a in desk.live()] == [SLOT + timedelta(hours=1)]
    assert [b.start for b in desk.calcom.bookings.values() if b.is_live] == [SLOT + timedelta(hours=1)]


async def test_a_ghost_without_an_attempt_gets_its_row() -> None:
    desk = gateway("deployed")
    desk.calcom.faults = [Fault.REPLY_LOST]
    assert (await desk.book(ANNA)).status is Status.ERROR
    desk.profile = gateway("hardened").profile
    desk.clock.advance(60)

    report = await reconcile(desk)

    assert [finding.settled_as for finding in report.ghosts] == ["adopted"]
    assert [a.call_id for a in desk.live()] == [desk.call_of(ANNA).id]
    assert len(desk.heard_of(GhostFound)) == 1


async def test_a_ghost_whose_caller_was_told_no_is_given_back() -> None:
    desk = gateway()
    await desk.book(ANNA)
    crash_after_calcom_booked(desk)
    desk.tables.attempts[1] = replace(desk.tables.attempts[1], state=AttemptState.REFUSED)
    desk.clock.advance(60)

    report = await reconcile(desk)

    assert [finding.settled_as for finding in report.ghosts] == ["cancelled"]
    assert [b.status for b in desk.calcom.bookings.values()] == ["cancelled"]
    assert desk.live() == []


async def test_a_booking_of_somebody_elses_channel_is_no_ghost() -> None:
    desk = gateway()
    await desk.book(ANNA)
    (uid,) = desk.calcom.bookings
    desk.calcom.change(uid, metadata={})
    desk.tables.appointments.clear()
    desk.clock.advance(60)

    report = await reconcile(desk)

    assert report.ghosts == ()
    assert desk.calcom.bookings[uid].is_live


async def test_an_orphan_is_cancelled_and_its_customer_told() -> None:
    desk = gateway()
    await desk.book(ANNA)
    (uid,) = desk.calcom.bookings
    desk.calcom.change(uid, status="cancelled")

    report = await reconcile(desk)

    assert [finding.settled_as for finding in report.orphans] == ["cancelled"]
    assert desk.tables.appointments[1].status is AppointmentStatus.CANCELLED
    assert "appointment_cancelled" in [kind for kind, _ in desk.tables.audit]
    assert "booking_cancelled" in [n.kind for n in desk.tables.notifications.values()]
    assert len(desk.heard_of(OrphanFound)) == 1


async def test_an_orphan_that_was_moved_follows_its_booking() -> None:
    desk = gateway()
    await desk.book(ANNA)
    (uid,) = desk.calcom.bookings
    desk.clock.advance(60)
    await desk.calcom.reschedule_booking(uid, SLOT + timedelta(hours=2), "by the host")

    report = await reconcile(desk)

    assert [finding.settled_as for finding in report.orphans] == ["moved"]
    assert report.ghosts == ()
    (appointment,) = desk.live()
    assert appointment.starts_at == SLOT + timedelta(hours=2)
    assert appointment.calcom_v2_booking_id != uid


async def test_an_appointment_far_ahead_that_was_moved_near_is_not_taken_for_a_second_one() -> None:
    desk = gateway()
    far = SLOT + timedelta(days=90)
    await desk.book(ANNA, far)
    (uid,) = desk.calcom.bookings
    await desk.calcom.reschedule_booking(uid, SLOT, "by the host")
    desk.clock.advance(60)

    await reconcile(desk)

    (appointment,) = desk.live()
    assert appointment.starts_at == SLOT
    assert [b.start for b in desk.calcom.bookings.values() if b.is_live] == [SLOT]


async def test_a_dry_run_changes_nothing() -> None:
    desk = gateway()
    await desk.book(ANNA)
    await desk.book(BERT, SLOT + timedelta(hours=1))
    desk.calcom.change(next(iter(desk.calcom.bookings)), status="cancelled")
    del desk.tables.appointments[2]
    desk.tables.calls[2] = replace(desk.tables.calls[2], appointment_id=None)
    desk.clock.advance(60)
    before, there = desk.tables, dict(desk.calcom.bookings)

    report = await reconcile(desk, apply=False)

    assert (len(report.orphans), len(report.ghosts), report.applied) == (1, 1, False)
    assert desk.tables == before
    assert desk.calcom.bookings == there


async def test_a_create_that_was_held_back_until_its_caller_had_cancelled_is_given_back() -> None:
    desk = gateway()
    await desk.book(ANNA)
    await AppointmentCanceller(surroundings=desk.surroundings)(CancelAppointment(ANNA))
    late = desk.calcom.add(desk.calcom.requests[0])
    desk.clock.advance(60)

    report = await reconcile(desk)

    assert [(ghost.booking_uid, ghost.settled_as) for ghost in report.ghosts] == [(late.uid, "cancelled")]
    assert desk.live() == []
    assert not desk.calcom.bookings[late.uid].is_live


async def test_a_create_that_was_held_back_until_the_host_had_cancelled_is_given_back() -> None:
    desk = gateway()
    await desk.book(ANNA)
    (first,) = desk.calcom.bookings.values()
    await desk.calcom.cancel_booking(first.uid, "by the host")
    desk.clock.advance(60)
    await reconcile(desk)
    late = desk.calcom.add(desk.calcom.requests[0])
    desk.clock.advance(60)

    report = await reconcile(desk)

    assert [(ghost.booking_uid, ghost.settled_as) for ghost in report.ghosts] == [(late.uid, "cancelled")]
    assert desk.live() == []


async def test_a_booking_whose_row_follows_while_reconciliation_looks_is_not_given_back() -> None:
    desk = gateway()
    await desk.book(ANNA)
    (first,) = desk.calcom.bookings.values()
    await desk.calcom.reschedule_booking(first.uid, SLOT + timedelta(hours=1), "by the host")
    moved = next(booking for booking in desk.calcom.bookings.values() if booking.is_live)
    desk.clock.advance(60)
    row = desk.tables.appointments.pop(1)
    follows = replace(row, starts_at=moved.start, calcom_v2_booking_id=moved.uid, calcom_booking_number=moved.number)

    class Calcom(FakeCalcom):
        async def list_bookings(self, after_start: datetime, before_end: datetime) -> Sequence[CalcomBooking]:
            desk.tables.appointments[1] = row  # written when reconciliation had read the rows
            return await FakeCalcom.list_bookings(self, after_start, before_end)

        async def get_booking(self, uid: str) -> CalcomBooking | None:
            desk.tables.appointments[1] = follows  # another hand was faster
            return await FakeCalcom.get_booking(self, uid)

    desk.calcom = Calcom(desk.clock, bookings=desk.calcom.bookings)
    await reconcile(desk)

    assert desk.calcom.bookings[moved.uid].is_live
    assert [row.calcom_v2_booking_id for row in desk.live()] == [moved.uid]


async def test_a_moved_booking_whose_row_was_lost_to_a_cancellation_here_is_no_late_create() -> None:
    desk = gateway()
    await desk.book(ANNA)
    (first,) = desk.calcom.bookings.values()
    await desk.calcom.reschedule_booking(first.uid, SLOT + timedelta(hours=1), "by the host")
    desk.tables.appointments[1] = replace(desk.tables.appointments[1], status=AppointmentStatus.CANCELLED)
    desk.clock.advance(60)

    await reconcile(desk)

    assert [row.starts_at for row in desk.live()] == [SLOT + timedelta(hours=1)]
