"""Whatever happens in whatever order: nothing is double, nobody hears a falsehood, and in the end all is settled."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Coroutine
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import hypothesis.strategies as st
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from booking_core.domain.commands import Caller, CancelAppointment, Entry, ReceiveWebhook, RescheduleAppointment
from booking_core.domain.model import AttemptState, CallRelation
from booking_core.domain.outcomes import CallerAnswer, Status
from booking_core.profiles import AttendeeIdentity
from booking_core.service.cancel_appointment import AppointmentCanceller
from booking_core.service.receive_webhook import WebhookReceiver
from booking_core.service.reconcile import Reconciler, ReconcileReport
from booking_core.service.reschedule_appointment import AppointmentRescheduler
from tests.booking_core.fake_calcom_client import Fault
from tests.booking_core.gateway import SLOT, Gateway, gateway

BERLIN = ZoneInfo("Europe/Berlin")
PEOPLE = ("Anna Amsel", "Bert Biber", "Carla Clown")


def caller(person: int, call: int) -> Caller:
    """One of three people, on one of their two calls."""
    return Caller(f"call_{person}_{call}", PEOPLE[person], f"+4917000000{person}0")


STARTS = (SLOT, SLOT + timedelta(hours=1))
WISHES = st.tuples(
    st.builds(caller, st.integers(0, 2), st.integers(0, 1)),
    st.sampled_from(STARTS),
    st.sampled_from(Entry),
    st.integers(0, 6),
)


class AnyHistory(RuleBasedStateMachine):
    """Callers book, repeat and cancel; replies get lost, commits fail, Cal.com goes away and comes back."""

    desk: Gateway

    @initialize(identity=st.sampled_from(AttendeeIdentity), round_robin=st.booleans(), hosts=st.integers(1, 2))
    def begin(self, identity: AttendeeIdentity, round_robin: bool, hosts: int) -> None:
        self.desk = gateway("hardened", identity=identity)
        self.desk.calcom.round_robin = round_robin
        self.desk.calcom.hosts = hosts

    @rule(wishes=st.lists(WISHES, min_size=1, max_size=3), reconcilers=st.integers(0, 2))
    def book_at_the_same_time(self, wishes: list[tuple[Caller, datetime, Entry, int]], reconcilers: int) -> None:
        answers = asyncio.run(self._book_together(wishes, reconcilers))

        for (who, _, _, _), answer in zip(wishes, answers, strict=True):
            if answer is not None and answer.success:
                self._check_success(who, answer)
            elif answer is not None:
                assert all(name not in repr(answer) for name in PEOPLE)

    @rule(person=st.integers(0, 2), call=st.integers(0, 1))
    def cancel(self, person: int, call: int) -> None:
        canceller = AppointmentCanceller(surroundings=self.desk.surroundings)

        answer = self._run(canceller(CancelAppointment(caller(person, call))))

        if answer is not None and answer.status is Status.CANCELLED:
            row = self.desk.tables.appointments[answer.appointment_id or 0]
            assert not row.is_live
            assert not self.desk.calcom.bookings[row.calcom_v2_booking_id or ""].is_live

    @rule(person=st.integers(0, 2), call=st.integers(0, 1), start=st.sampled_from(STARTS))
    def move(self, person: int, call: int, start: datetime) -> None:
        rescheduler = AppointmentRescheduler(surroundings=self.desk.surroundings)

        answer = self._run(rescheduler(RescheduleAppointment(caller(person, call), start)))

        if answer is not None and answer.status is Status.RESCHEDULED:
            row = self.desk.tables.appointments[answer.appointment_id or 0]
            assert (row.is_live, row.starts_at) == (True, start)
            assert self.desk.calcom.bookings[row.calcom_v2_booking_id or ""].start == start

    @rule(data=st.data())
    def the_host_cancels_a_booking(self, data: st.DataObject) -> None:
        live = [b.uid for b in self.desk.calcom.bookings.values() if b.is_live]
        if live:
            self.desk.calcom.change(data.draw(st.sampled_from(live)), status="cancelled")

    @rule(data=st.data(), trigger=st.sampled_from(["BOOKING_CREATED", "BOOKING_CANCELLED"]))
    def a_webhook_arrives_at_last(self, data: st.DataObject, trigger: str) -> None:
        bookings = list(self.desk.calcom.bookings.values())
        if bookings:
            booking = data.draw(st.sampled_from(bookings))
            told = replace(booking, status="accepted" if trigger == "BOOKING_CREATED" else booking.status)
            command = ReceiveWebhook(trigger, f"{trigger}-{booking.uid}", told, {})
            self._run(WebhookReceiver(surroundings=self.desk.surroundings)(command))

    @rule(fault=st.sampled_from(Fault))
    def something_befalls_the_next_create(self, fault: Fault) -> None:
        self.desk.calcom.faults.append(fault)

    @rule(commits=st.integers(0, 5))
    def a_commit_will_fail(self, commits: int) -> None:
        self.desk.transactions.crash_in = commits

    @rule(down=st.booleans())
    def calcom_goes_away_or_comes_back(self, down: bool) -> None:
        self.desk.calcom.down = down

    @rule(seconds=st.sampled_from([1, 5, 29, 31, 120, 2041]))
    def time_passes(self, seconds: int) -> None:
        self.desk.clock.advance(seconds)

    @rule()
    def somebody_reconciles(self) -> None:
        self._run(Reconciler(surroundings=self.desk.surroundings)())

    @invariant()
    def one_row_for_each_booking(self) -> None:
        uids = [a.calcom_v2_booking_id for a in self.desk.tables.appointments.values()] if hasattr(self, "desk") else []
        assert len(uids) == len(set(uids))

    @invariant()
    def one_live_appointment_for_each_call(self) -> None:
        calls = [a.call_id for a in self.desk.live()] if hasattr(self, "desk") else []
        assert len(calls) == len(set(calls))

    def teardown(self) -> None:
        """Faults heal, reconciliation runs a few times: rows and bookings agree, no attempt stays unknown."""
        if not hasattr(self, "desk"):
            return
        self.desk.calcom.down, self.desk.transactions.crash_in = False, None
        self.desk.calcom.faults.clear()
        for _ in range(4):
            self.desk.clock.advance(60)
            last = self._run(Reconciler(surroundings=self.desk.surroundings)())
        assert last == ReconcileReport()
        states = {attempt.state for attempt in self.desk.tables.attempts.values()}
        assert states <= {AttemptState.BOOKED, AttemptState.REFUSED}
        here = sorted(a.calcom_v2_booking_id or "" for a in self.desk.live())
        assert here == sorted(b.uid for b in self.desk.calcom.bookings.values() if b.is_live)

    def _check_success(self, who: Caller, answer: CallerAnswer) -> None:
        row = self.desk.tables.appointments[answer.appointment_id or 0]
        assert row.is_live
        assert f"um {row.starts_at.astimezone(BERLIN):%H:%M}" in answer.message
        assert row.customer_id == self.desk.customer_of(who).id
        call = self.desk.call_of(who)
        relations = {(a, r) for a, c, r in self.desk.tables.appointment_calls if c == call.id}
        assert {(row.id, CallRelation.ORIGINAL), (row.id, CallRelation.DUPLICATE_ATTEMPT)} & relations
        own = next((a.id for a in self.desk.live() if a.call_id == call.id), row.id)
        assert call.appointment_id == own

    async def _book_together(
        self, wishes: list[tuple[Caller, datetime, Entry, int]], reconcilers: int
    ) -> list[CallerAnswer | None]:
        rounds = [self._reconcile() for _ in range(reconcilers)]
        done = await asyncio.gather(asyncio.gather(*(self._book(*wish) for wish in wishes)), *rounds)
        return done[0] or []

    async def _reconcile(self) -> None:
        with contextlib.suppress(ConnectionError):
            await Reconciler(surroundings=self.desk.surroundings)()

    async def _book(self, who: Caller, start: datetime, entry: Entry, delay: int) -> CallerAnswer | None:
        for _ in range(delay):
            await asyncio.sleep(0)
        try:
            return await self.desk.book(who, start, entry)
        except ConnectionError:
            return None

    def _run(self, work: Coroutine[Any, Any, Any]) -> Any:
        """A request that dies with the database leaves no answer; its caller may come back."""
        try:
            return asyncio.run(work)
        except ConnectionError:
            return None


TestAnyHistory = AnyHistory.TestCase
TestAnyHistory.settings = settings(max_examples=150, stateful_step_count=30)


async def test_a_planted_double_is_noticed() -> None:
    machine = AnyHistory()
    machine.desk = gateway("unprotected")
    await machine.desk.book(caller(0, 0))
    await machine.desk.book(replace(caller(1, 0)))

    try:
        machine.one_row_for_each_booking()
    except AssertionError:
        return
    raise AssertionError("two rows of one booking went unnoticed")
