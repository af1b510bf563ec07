"""A gateway for tests: the use cases over memory, a hand-moved clock and a Cal.com in memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from booking_core.domain.business import Business
from booking_core.domain.commands import BookAppointment, Caller, Entry, Language
from booking_core.domain.events import Event
from booking_core.domain.model import Appointment, Call, Customer, Service
from booking_core.domain.outcomes import CallerAnswer
from booking_core.profiles import AttendeeIdentity, Profile, profiles
from booking_core.service.book_appointment import AppointmentBooker
from booking_core.service.surroundings import Surroundings
from tests.booking_core.fake_calcom_client import FakeCalcom
from tests.booking_core.fakes import MemoryTransactions, Tables
from tests.booking_core.hand_clock import CountingIds, HandClock

FALLBACK = "termin@example.org"
NOW = datetime(2025, 10, 6, 9, 0, tzinfo=UTC)
SLOT = datetime(2025, 10, 10, 6, 0, tzinfo=UTC)  # Friday, 08:00 in Berlin
SHARED = AttendeeIdentity.SHARED

ANNA = Caller("call_anna", "Anna Amsel", "+491700000001")
BERT = Caller("call_bert", "Bert Biber", "+491700000002")


@dataclass(slots=True)
class Gateway:
    """Everything a test needs to see or move."""

    profile: Profile
    clock: HandClock
    calcom: FakeCalcom
    transactions: MemoryTransactions
    ids: CountingIds = field(default_factory=CountingIds)
    events: list[Event] = field(default_factory=list)

    @property
    def tables(self) -> Tables:
        return self.transactions.tables

    @property
    def surroundings(self) -> Surroundings:
        return Surroundings(
            transactions=self.transactions,
            calcom=self.calcom,
            clock=self.clock,
            ids=self.ids,
            profile=self.profile,
            business=Business(fallback_email=FALLBACK),
            observers=(self.events.append,),
        )

    async def book(
        self,
        caller: Caller,
        start: datetime = SLOT,
        entry: Entry = Entry.COLLECT,
        language: Language = Language.GERMAN,
        asked_at: datetime | None = None,
    ) -> CallerAnswer:
        booker = AppointmentBooker(surroundings=self.surroundings)
        return await booker(BookAppointment(caller, start, entry=entry, language=language, asked_at=asked_at))

    def call_of(self, caller: Caller) -> Call:
        return next(c for c in self.tables.calls.values() if c.retell_call_id == caller.retell_call_id)

    def customer_of(self, caller: Caller) -> Customer:
        return next(c for c in self.tables.customers.values() if c.name == caller.name)

    def live(self) -> list[Appointment]:
        return [appointment for appointment in self.tables.appointments.values() if appointment.is_live]

    def heard_of(self, kind: type[Event]) -> list[Event]:
        return [event for event in self.events if isinstance(event, kind)]


def gateway(profile: str | Profile = "hardened", *, identity: AttendeeIdentity | None = None) -> Gateway:
    """A gateway with one service and a free Friday morning; a profile's name or a changed profile."""
    chosen = profiles()[profile] if isinstance(profile, str) else profile
    if identity is not None:
        chosen = chosen.with_identity(identity)
    tables = Tables(unique_key=chosen.unique_key, services={1: Service(1, "Beratung", 2563193, 15)})
    clock = HandClock(NOW)
    free = [SLOT + timedelta(minutes=15 * step) for step in range(32)]
    return Gateway(chosen, clock, FakeCalcom(clock, free=free), MemoryTransactions(tables))
