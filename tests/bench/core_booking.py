"""What the four layers add to a booking on SQLite, what the booking's parts cost, and whether a million
rows matter.

Cal.com is one that answers at once: what is measured is the gateway. Bookings with and without layers
alternate on one database, so that both meet the same disk and the same machine.
"""

from __future__ import annotations

import asyncio
import itertools
import sqlite3
import tempfile
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from booking_core.clock import SystemIds
from booking_core.domain.business import Business
from booking_core.domain.commands import BookAppointment, Caller
from booking_core.domain.events import AnswerReceived, Event, LayerJudged
from booking_core.domain.model import BookingRequest, CalcomBooking
from booking_core.domain.outcomes import Layer, Status
from booking_core.migrations.schema import schema_template_bytes
from booking_core.ports.calcom import Answered, CreateResult, Refused
from booking_core.profiles import Profile, profiles
from booking_core.service.book_appointment import AppointmentBooker
from booking_core.service.surroundings import Surroundings
from booking_core.storage.engines import create_engine
from booking_core.storage.transactions import SqlTransactions
from tests.bench.table import Part, Row

if TYPE_CHECKING:
    from collections.abc import Iterator

BOOKINGS = 150  # of each kind, after some that warm up
WARM_UP = 20
MS = 1000.0
FIRST = datetime(2030, 1, 1, 8, 0, tzinfo=UTC)


class InstantCalcom:
    """Answers every create at once with a new booking of that very call."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)

    async def create_booking(self, request: BookingRequest) -> CreateResult:
        number, end = next(self._numbers), request.start + timedelta(minutes=15)
        return Answered(
            CalcomBooking(
                uid=f"bench-{number}",
                number=number,
                status="accepted",
                start=request.start,
                end=end,
                event_type_id=request.event_type_id,
                created_at=datetime.now(UTC),
                metadata=dict(request.metadata),
                attendee=request.attendee,
            )
        )

    async def find_bookings(self, attendee_email: str, start: datetime) -> Sequence[CalcomBooking]:
        return ()

    async def list_bookings(self, after_start: datetime, before_end: datetime) -> Sequence[CalcomBooking]:
        return ()

    async def get_booking(self, uid: str) -> CalcomBooking | None:
        return None

    async def cancel_booking(self, uid: str, reason: str) -> Refused | None:
        return None

    async def reschedule_booking(self, uid: str, start: datetime, reason: str) -> CreateResult:
        raise NotImplementedError

    async def free_starts(self, event_type_id: int, start: datetime, end: datetime) -> Sequence[datetime]:
        return ()

    def forget_free_starts(self, event_type_id: int) -> None:
        pass


class WatchClock:
    """The machine's clocks, the finest for differences."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.perf_counter()


@dataclass
class Stopwatch:
    """An observer that keeps what each layer took, and when Cal.com's answer was there."""

    layers: dict[Layer, list[float]] = field(default_factory=lambda: defaultdict(list))
    answered_at: float = 0.0

    def __call__(self, event: Event) -> None:
        if isinstance(event, AnswerReceived):
            self.answered_at = time.perf_counter()
        elif isinstance(event, LayerJudged):
            self.layers[event.verdict.layer].append(event.seconds)


@dataclass
class Figures:
    """Seconds of bookings by kind, and of the parts of those with layers."""

    guarded: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)
    crowded: list[float] = field(default_factory=list)  # with layers, beside a million appointments
    until_answer: list[float] = field(default_factory=list)
    after_answer: list[float] = field(default_factory=list)


def measure() -> Iterator[Row]:
    """The kinds take turns, booking by booking, so that whatever else the machine does befalls all alike."""
    watch, figures = Stopwatch(), Figures()
    asyncio.run(_measure(watch, figures))
    yield Row("a booking with four layers, p50", median(figures.guarded) * MS, "ms")
    yield Row("until Cal.com's answer (call, customer, attempt)", median(figures.until_answer) * MS, "ms")
    yield Row("after it (layers, row, link, outbox)", median(figures.after_answer) * MS, "ms")
    for layer, seconds in watch.layers.items():
        yield Row(f"of it Layer {layer.value}, {layer.name.lower()}", median(seconds) * MS, "ms")
    added = sum(median(seconds) for seconds in watch.layers.values())
    yield Row("the layers together add, p50", added * MS, "ms", at_most=1.0)
    difference = median(figures.guarded) - median(figures.bare)
    yield Row("a booking with layers less one without, p50", difference * MS, "ms", note="the machine's noise included")
    ratio = median(figures.crowded) / median(figures.guarded)
    yield Row("p50 with 10^6 appointments over that with 10^3", ratio, "times", at_most=1.3)


async def _measure(watch: Stopwatch, figures: Figures) -> None:
    guarded = profiles()["hardened"]
    bare = replace(guarded.without(*Layer), unique_key=True)
    async with (
        _bookers(1_000, [(guarded, watch), (bare, Stopwatch())]) as (with_layers, without),
        _bookers(1_000_000, [(guarded, Stopwatch())]) as (crowded,),
    ):
        for number in range(WARM_UP + BOOKINGS):
            spent = [await _timed(book, 3 * number + nth) for nth, book in enumerate((with_layers, without, crowded))]
            if number >= WARM_UP:
                _keep(figures, spent, watch)


async def _timed(book: AppointmentBooker, number: int) -> tuple[float, float]:
    began = time.perf_counter()
    await _book(book, number)
    return began, time.perf_counter()


def _keep(figures: Figures, spent: list[tuple[float, float]], watch: Stopwatch) -> None:
    (began, ended), *_ = spent
    figures.until_answer.append(watch.answered_at - began)
    figures.after_answer.append(ended - watch.answered_at)
    for kept, (start, end) in zip((figures.guarded, figures.bare, figures.crowded), spent, strict=True):
        kept.append(end - start)


async def _book(book: AppointmentBooker, number: int) -> None:
    caller = Caller(f"call_{number}", f"Caller {number}", f"+4917{number:08}")
    answer = await book(BookAppointment(caller, FIRST + timedelta(minutes=15 * number)))
    assert answer.status is Status.BOOKED


@asynccontextmanager
async def _bookers(
    appointments: int, kinds: Sequence[tuple[Profile, Stopwatch]]
) -> AsyncIterator[list[AppointmentBooker]]:
    """A booker for each profile, all on one fresh database."""
    with tempfile.TemporaryDirectory(dir=_folder()) as folder:
        database = Path(folder) / "bench.db"
        database.write_bytes(schema_template_bytes())
        _fill(database, appointments)
        engine = create_engine(f"sqlite:///{database}")
        transactions, calcom = SqlTransactions(engine, SystemIds()), InstantCalcom()
        try:
            yield [
                AppointmentBooker(
                    surroundings=Surroundings(
                        transactions=transactions,
                        calcom=calcom,
                        clock=WatchClock(),
                        ids=SystemIds(),
                        profile=profile,
                        business=Business(fallback_email="termin@example.com"),
                        observers=(watch,),
                    )
                )
                for profile, watch in kinds
            ]
        finally:
            await engine.dispose()


def _folder() -> str | None:
    """Memory where there is some: a disk's syncs take milliseconds and would hide what is looked for."""
    return "/dev/shm" if Path("/dev/shm").is_dir() else None


def _fill(database: Path, appointments: int) -> None:
    """Many customers with one appointment each, years ago."""
    counted = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)"
    connection = sqlite3.connect(database)
    with connection:
        connection.execute("INSERT INTO services VALUES (1, 'Beratung', 77, 15)")
        people = "INSERT INTO customers (name, phone) SELECT 'Old ' || i, '+4930' || i FROM n"
        connection.execute(f"{counted} {people}", (appointments,))
        rows = (
            "INSERT INTO appointments (customer_id, service_id, starts_at, ends_at, status, calcom_v2_booking_id,"
            " calcom_booking_number, created_at) SELECT i, 1, datetime('2010-01-01', i || ' minutes') || '.000000',"
            " datetime('2010-01-01', (i + 15) || ' minutes') || '.000000', 'scheduled', 'old-' || i, i,"
            " '2010-01-01 00:00:00.000000' FROM n"
        )
        connection.execute(f"{counted} {rows}", (appointments,))
    connection.close()


PART = Part("The booking core: what the layers cost", measure)
