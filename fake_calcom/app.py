"""The way in: a fake Cal.com that lives in memory, reached through a port, a connector or a middleware.

async with FakeCalcom(seed=7) as fake:
    keys = fake.load_world({...})
    ...  # any client, pointed at fake.url
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fake_calcom.api import Api
from fake_calcom.barriers import Barriers
from fake_calcom.clock import FakeClock
from fake_calcom.control.door import answer_control, is_control
from fake_calcom.control.snapshot import restore_snapshot, take_snapshot
from fake_calcom.control.world import WorldKeys, load_world
from fake_calcom.doors.port import PortDoor, make_app
from fake_calcom.errors import WorldError
from fake_calcom.faults.plan import FaultPlan
from fake_calcom.generations import DEFAULT_GENERATION, read_generation
from fake_calcom.ids import SeededIds, seed_of_tenant
from fake_calcom.rate_limit import CALLS_MAX
from fake_calcom.reception import Reception
from fake_calcom.recorder import Recorder
from fake_calcom.routes import ROUTES
from fake_calcom.routing import Router
from fake_calcom.rules.verification import code_of
from fake_calcom.shelf import Shelf, become, kept_of
from fake_calcom.tenants import Tenants, no_such_tenant
from fake_calcom.time_travel import TimeTravel
from fake_calcom.times import iso, parse_iso, to_datetime
from fake_calcom.transitions import Transitions
from fake_calcom.universe import OneTurn, Surroundings, Universe
from fake_calcom.webhook_delivery import HttpWebhookSender

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from types import TracebackType
    from typing import Self

    from aiohttp import ClientMiddlewareType, web

    from fake_calcom.doors.memory import Direction, MemoryConnector
    from fake_calcom.outbox import Delivery, Email
    from fake_calcom.ports import Clock, IdSource, RaceWindow, WebhookSender
    from fake_calcom.routing import Route
    from fake_calcom.wire import Answer, Call


class FakeCalcom:
    """One fake Cal.com. All its state is its own: two of them share nothing.

    clock: read at each request; without one the fake has its own, frozen until the control door moves it.
    ids: hands out identifiers; without one they come from `seed`, and equal seeds give equal histories.
    generation: Cal.com at a date (see `generations`), e.g. `2025-05-01` or `window:2100`.
    world: loaded at once; WorldError when it cannot be.
    webhook_sender: carries webhooks; without one they go over real HTTP.
    barrier: the window between availability check and INSERT; without one, a turn of the event loop.
    calls_per_minute: the rate limit of each key or address; None switches it off.
    """

    def __init__(
        self,
        *,
        clock: Clock | None = None,
        ids: IdSource | None = None,
        seed: int = 0,
        generation: str = DEFAULT_GENERATION,
        world: Mapping[str, Any] | None = None,
        webhook_sender: WebhookSender | None = None,
        barrier: RaceWindow | None = None,
        calls_per_minute: int | None = CALLS_MAX,
    ) -> None:
        self.clock: Clock = clock or FakeClock()
        self.tenants = Tenants(
            lambda name: FakeCalcom(
                clock=clock,
                ids=ids,
                seed=seed_of_tenant(seed, name),
                generation=generation,
                webhook_sender=webhook_sender,
                barrier=barrier,
                calls_per_minute=calls_per_minute,
            )
        )
        self.barriers = Barriers(barrier or OneTurn())
        outside = Surroundings(
            clock=self.clock,
            ids=ids or SeededIds(seed),
            window=self.barriers,
            sender=webhook_sender or HttpWebhookSender(),
            calls_max=calls_per_minute,
        )
        self.universe = Universe(outside, read_generation(generation))
        self.api = Api(self.universe, Router(ROUTES))
        self.faults = FaultPlan(self.universe.now_ms)
        self.reception = Reception(self.api, self.faults, Transitions(self.universe))
        self.journal, self.coverage = self.reception.journal, self.reception.coverage
        self.transitions, self.strictness = self.reception.transitions, self.reception.strictness
        self.time, self.shelf, self.recorder = (
            TimeTravel(self.universe, self.transitions),
            Shelf(self.universe),
            Recorder(self),
        )
        self._connect_post()
        self._port = PortDoor(self)
        if world is not None:
            self.load_world(world)

    def _connect_post(self) -> None:
        """Let the fault plan and the clock's mode decide about webhooks."""
        post = self.universe.outbox.post
        post.strike = self.reception.strike_webhook
        post.is_frozen = lambda: isinstance(self.clock, FakeClock) and self.clock.mode == "frozen"

    # -- what a tester looks at

    @property
    def routes(self) -> Sequence[Route]:
        """Return the operations served."""
        return ROUTES

    @property
    def emails(self) -> Sequence[Email]:
        """Return the mails that would have been sent, oldest first."""
        return self.universe.outbox.emails

    @property
    def fired(self) -> Sequence[str]:
        """Return every trigger fired, subscriber or not, oldest first."""
        return self.universe.outbox.fired

    @property
    def deliveries(self) -> Sequence[Delivery]:
        """Return the webhooks sent, with what came of each."""
        return self.universe.outbox.deliveries

    def verification_code(self, email: str) -> str:
        """Return the code that Cal.com mails to a booker now, for an event type with `requiresBookerEmailVerification`.

        It is good for this quarter of an hour and the next.
        """
        return code_of(email, self.universe.now_ms())

    async def settle(self) -> None:
        """Wait until every webhook under way has come to an end."""
        await self.universe.outbox.settle()

    def load_world(self, world: object) -> WorldKeys:
        """Forget everything (journal, faults and barriers too) and become this world.

        WorldError with the path of what is wrong; then nothing was changed.
        """
        keys = self._become(world)
        self.reception.forget()
        self.barriers.clear()
        return keys

    def _become(self, world: object) -> WorldKeys:
        now_ms = parse_iso(world.get("clock")) if isinstance(world, dict) else None
        if now_ms is None:
            return load_world(self.universe, world)
        if not isinstance(self.clock, FakeClock):
            raise WorldError("this fake reads its time from the clock it was given", "clock")
        before = self.clock.now()
        self.clock.set(to_datetime(now_ms))
        try:
            return load_world(self.universe, world)
        except WorldError:
            self.clock.set(before)
            raise

    def snapshot(self) -> dict[str, Any]:
        """Return the whole state as JSON values, the clock with it."""
        clock = {"now": iso(self.universe.now_ms())}
        if isinstance(self.clock, FakeClock):
            clock["mode"] = self.clock.mode
        return take_snapshot(self.universe) | {"clock": clock}

    def restore(self, snapshot: object) -> None:
        """Become the state that `snapshot` gave; WorldError when it is not one, nothing changed.

        A clock that was given to the fake stays where it is: its owner restores it.
        """
        clock = snapshot.get("clock") if isinstance(snapshot, dict) else None
        now_ms = parse_iso(clock.get("now")) if isinstance(clock, dict) else None
        if now_ms is None:
            raise WorldError("expected the snapshot's instant", "clock.now")
        restore_snapshot(self.universe, snapshot)
        if isinstance(self.clock, FakeClock) and isinstance(clock, dict):
            self.clock.set(to_datetime(now_ms), "ticking" if clock.get("mode") == "ticking" else "frozen")

    def fork(self, name: str) -> FakeCalcom:
        """Return the tenant of this name in the state of this fake; its API keys are the same, its path is not."""
        twin = self.tenants.get(name)
        become(twin.universe, kept_of(self.universe))
        return twin

    # -- the doors

    async def answer(self, call: Call) -> Answer:
        """Answer one request, whichever door it came through."""
        found = self.tenants.find(self, call)
        if found is None:
            return no_such_tenant()
        host, call = found
        host.recorder.note(call)
        if is_control(call):
            return await answer_control(host, call)
        return await host.reception.attend(call)

    def make_app(self) -> web.Application:
        """Return the aiohttp application, to be served by anybody."""
        return make_app(self)

    def memory_connector(self, tap: Callable[[Direction, bytes], bytes | Exception] | None = None) -> MemoryConnector:
        """Return a connector for `ClientSession(connector=...)`: the same bytes, without a socket.

        tap(direction, data) sees each chunk and returns what is carried on, or an exception to break with.
        """
        from fake_calcom.doors.memory import MemoryConnector

        return MemoryConnector(self, tap)

    def direct_door(self) -> ClientMiddlewareType:
        """Return a middleware for `ClientSession(middlewares=(...,))` that answers without any bytes."""
        from fake_calcom.doors.direct import make_direct_door

        return make_direct_door(self)

    @property
    def url(self) -> str:
        """Return the address while the fake is open, e.g. `http://127.0.0.1:41873`."""
        return self._port.url

    async def open(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Begin to listen; port 0 takes a free one. OSError when the port is taken."""
        await self._port.open(host, port)

    async def close(self) -> None:
        """Stop listening, and wait for the webhooks under way."""
        await self.tenants.close()
        self.barriers.clear()
        self.universe.outbox.post.give_up()
        await self._port.close()
        await self.settle()

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()
