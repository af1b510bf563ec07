"""What the fixture `fake_calcom` is: a running fake, and handles that speak to it across the thread."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from fake_calcom import FakeCalcom, FakeClock

if TYPE_CHECKING:
    from collections.abc import Coroutine, Mapping

    from fake_calcom.coverage import Coverage
    from fake_calcom.faults.rule import Rule
    from fake_calcom.journal import Entry
    from fake_calcom.outbox import Delivery, Email
    from fake_calcom.retries import Retry
    from fake_calcom.time_travel import Due
    from fake_calcom.verdicts import Wish
    from scenarios.pytest_thread import LoopThread


@dataclass(frozen=True, slots=True)
class Behind:
    """The fake and the thread it lives in."""

    fake: FakeCalcom
    thread: LoopThread


class ClockHandle:
    """The fake's clock. It stands still at 2025-10-06T08:00Z until it is told to move, or a world sets it."""

    def __init__(self, behind: Behind, clock: FakeClock) -> None:
        self._behind = behind
        self._clock = clock

    def now(self) -> datetime:
        """The fake's present instant, aware and in UTC."""
        return self._behind.thread.run(self._clock.now)

    def set(self, instant: datetime | str) -> None:
        """Put it to an instant: an aware datetime, or ISO 8601 like `2025-10-06T08:00:00Z`."""
        moment = datetime.fromisoformat(instant) if isinstance(instant, str) else instant
        if moment.tzinfo is None:
            raise ValueError(f"expected an instant with its zone, e.g. 2025-10-06T08:00:00Z: {instant}")
        self._behind.thread.run(lambda: self._clock.set(moment))

    def advance(self, seconds: float | timedelta) -> list[Due]:
        """Let time pass; what falls due on the way happens then (reservations end, webhooks leave) and is returned."""
        length = seconds.total_seconds() if isinstance(seconds, timedelta) else seconds
        return self._behind.thread.wait(self._behind.fake.time.run_for(length))

    def run_until_idle(self) -> list[Due]:
        """Go on until nothing is due any more, and return what happened."""
        return self._behind.thread.wait(self._behind.fake.time.run_until_idle())

    def tick(self) -> None:
        """Let it run along with the machine's clock."""
        self._behind.thread.run(self._behind.fake.time.resume)

    def freeze(self) -> None:
        """Let it stand still where it is."""
        self._behind.thread.run(lambda: self._clock.set(mode="frozen"))


class FaultsHandle:
    """The fault plan: rules in order, of which the first that strikes wins."""

    def __init__(self, behind: Behind) -> None:
        self._behind = behind

    def add(self, **rule: Any) -> Rule:
        """Add a rule, e.g. `add(operation="createBooking", nth=1, effect="drop_after")`; its `hits` count.

        WorldError names the member that is wrong. The members are those of `POST /__fake__/faults`.
        """
        return self._behind.thread.run(lambda: self._behind.fake.faults.add(**rule))

    def clear(self) -> None:
        """Let nothing go wrong any more."""
        self._behind.thread.run(self._behind.fake.faults.clear)

    def refuse_unused(self) -> None:
        """UnusedFaultsError (an AssertionError) when a rule never struck: the test missed what it was about."""
        self._behind.thread.run(self._behind.fake.faults.refuse_unused)


class JournalHandle:
    """Every request and its answer, and verdicts on them (VerdictError, an AssertionError, shows near misses)."""

    def __init__(self, behind: Behind) -> None:
        self._behind = behind

    @property
    def entries(self) -> list[Entry]:
        """The entries so far, oldest first."""
        return self._behind.thread.run(lambda: list(self._behind.fake.journal))

    def __len__(self) -> int:
        return len(self._behind.fake.journal)

    def verify(self, operation: str | None = None, count: int = 1, where: Mapping[str, Any] | None = None) -> None:
        """Refuse any other number of calls, e.g. `verify("createBooking", 1, {"body": {"start": …}})`."""
        self._behind.thread.run(lambda: self._behind.fake.journal.verify(operation, count, where))

    def never(self, operation: str | None = None, where: Mapping[str, Any] | None = None) -> None:
        """Refuse any such call."""
        self._behind.thread.run(lambda: self._behind.fake.journal.never(operation, where))

    def in_order(self, *wanted: Wish | str) -> None:
        """Refuse when such calls did not come one after the other; others between them are allowed."""
        self._behind.thread.run(lambda: self._behind.fake.journal.in_order(*wanted))

    def duplicate_effects(self) -> list[Retry]:
        """Retries that made something which an earlier, committed call had made already."""
        return self._behind.thread.run(self._behind.fake.journal.duplicate_effects)

    def clear(self) -> None:
        """Forget the entries."""
        self._behind.thread.run(self._behind.fake.journal.clear)


class RunningFake:
    """A fake Cal.com that listens on loopback, fresh for this test."""

    def __init__(self, thread: LoopThread) -> None:
        clock = FakeClock()
        fake = FakeCalcom(clock=clock)
        self._behind = Behind(fake, thread)
        self.clock = ClockHandle(self._behind, clock)
        self.faults = FaultsHandle(self._behind)
        self.journal = JournalHandle(self._behind)
        self._keys = fake.load_world({})

    def start(self) -> None:
        """Begin to listen on a free port."""
        self._wait(self._behind.fake.open())

    def stop(self) -> None:
        """Stop listening."""
        self._wait(self._behind.fake.close())

    def _wait(self, doing: Coroutine[Any, Any, None]) -> None:
        self._behind.thread.wait(doing)

    @property
    def url(self) -> str:
        """Where it listens, without `/v2`: `http://127.0.0.1:41873`. The page to look at is `url + "/__fake__/"`."""
        return self._behind.fake.url

    @property
    def coverage(self) -> Coverage:
        """What this test has met of the fake."""
        return self._behind.fake.coverage

    def world(self, world: Mapping[str, Any] | None = None, **parts: Any) -> None:
        """Forget everything and become this world: `world({...})`, `world(users=[...], event_types=[...])`, or both.

        Without anything it is the sample clinic of the page. WorldError names the path of what is wrong.
        """
        wanted = {**(world or {}), **parts} or sample_world()
        self._keys = self._behind.thread.run(lambda: self._behind.fake.load_world(wanted))

    def api_key(self, user_key: str) -> str:
        """The API key of the world's user of this key, for `Authorization: Bearer …`."""
        return str(_known(self._keys.users, user_key, "user")["api_key"])

    def event_type_id(self, key: str) -> int:
        """The id of the world's event type of this key."""
        return int(_known(self._keys.event_types, key, "event type")["id"])

    def team_id(self, key: str) -> int:
        """The id of the world's team of this key."""
        return int(_known(self._keys.teams, key, "team")["id"])

    @property
    def emails(self) -> list[Email]:
        """The mails that Cal.com would have sent, oldest first: `to`, `kind`, `booking_uid`, `at`."""
        return self._behind.thread.run(lambda: list(self._behind.fake.emails))

    @property
    def fired(self) -> list[str]:
        """Every webhook trigger, subscriber or not, oldest first."""
        return self._behind.thread.run(lambda: list(self._behind.fake.fired))

    @property
    def deliveries(self) -> list[Delivery]:
        """The webhooks sent, with what came of each."""
        return self._behind.thread.run(lambda: list(self._behind.fake.deliveries))

    def settle(self) -> None:
        """Wait for the webhooks under way. From an async test that receives them: `await asyncio.to_thread(...)`."""
        self._wait(self._behind.fake.settle())

    def snapshot(self) -> dict[str, Any]:
        """The whole state as JSON values."""
        return self._behind.thread.run(self._behind.fake.snapshot)

    def restore(self, snapshot: Mapping[str, Any]) -> None:
        """Become the state that `snapshot` gave."""
        self._behind.thread.run(lambda: self._behind.fake.restore(snapshot))


def sample_world() -> dict[str, Any]:
    """The clinic that the page offers: users MARTA, JONAS, ELIF; event types VISIT, FOLLOW_UP, CHECK_UP, SURGERY."""
    text = files("fake_calcom.page").joinpath("static", "sample_world.json").read_text(encoding="utf-8")
    world: dict[str, Any] = json.loads(text)
    return world


def _known(keys: Mapping[str, Any], key: str, kind: str) -> Mapping[str, Any]:
    if key not in keys:
        raise KeyError(f"the world has no {kind} {key!r}; it has {', '.join(keys) or 'none'}")
    found: Mapping[str, Any] = keys[key]
    return found
