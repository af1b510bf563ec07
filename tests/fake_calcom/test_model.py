"""The fake against a model of bookings that fits on a page, through any life that hypothesis thinks of."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from fake_calcom import Call, FakeCalcom
from tests.fake_calcom.worlds import attendee, personal, team, world

STARTS = [f"2025-10-07T{hour:02d}:00:00.000Z" for hour in (8, 9, 10)]
EMAILS = ["ada@example.com", "bob@example.com"]
PLAIN, ASK, TURNS = 77, 78, 79
WORLD = world(
    personal("PLAIN", id=PLAIN),
    personal("ASK", id=ASK, confirmationPolicy={"type": "always"}),
    team("TURNS", "ROUND_ROBIN", id=TURNS),
)


@dataclass
class Known:
    """What the model knows of a booking."""

    uid: str
    kind: int
    start: str
    email: str
    status: str
    host: int


class BookingLife(RuleBasedStateMachine):
    """Create, cancel, reschedule, confirm, decline, and let time pass."""

    def __init__(self) -> None:
        super().__init__()
        self.fake = FakeCalcom(calls_per_minute=None)
        keys = self.fake.load_world(WORLD)
        self.hosts = [keys.users[key]["id"] for key in ("HOST", "HOST2")]
        self.key = keys.users["HOST"]["api_key"]
        self.known: list[Known] = []

    def call(self, method: str, path: str, body: Any = None, version: str = "2024-08-13") -> tuple[int, Any]:
        headers = {"cal-api-version": version, "Content-Type": "application/json"}
        if path.endswith(("/confirm", "/decline")):
            headers["Authorization"] = f"Bearer {self.key}"
        sent = b"" if body is None else json.dumps(body).encode()
        answer = asyncio.run(self.fake.answer(Call(method, path, headers, sent)))
        return answer.status, json.loads(answer.body).get("data")

    # -- the model

    def match(self, kind: int, start: str, email: str) -> Known | None:
        """Return what the existing-booking lookup should find."""
        wanted = {PLAIN: "", ASK: "pending", TURNS: "accepted"}[kind]
        same = (b for b in self.known if (b.kind, b.start, b.email, b.status) == (kind, start, email, wanted))
        return next(same, None)

    def free_hosts(self, kind: int, start: str, ignored: Known | None = None) -> set[int]:
        busy = {b.host for b in self.known if b.start == start and b.status == "accepted" and b is not ignored}
        return set(self.hosts if kind == TURNS else self.hosts[:1]) - busy

    def expect_made(self, kind: int, start: str, email: str, reply: tuple[int, Any], old: Known | None = None) -> bool:
        """Check the outcome of a create or a move; tell whether a new booking came of it."""
        status, data = reply
        found = self.match(kind, start, email)
        if found is not None:
            assert (status, data["uid"]) == (201, found.uid)
            return False
        free = self.free_hosts(kind, start, old)
        if not free:
            assert status == 400
            return False
        expected = "pending" if kind == ASK else "accepted"
        assert (status, data["status"], data["start"]) == (201, expected, start)
        assert data["hosts"][0]["id"] in free
        assert data["uid"] not in {b.uid for b in self.known}
        self.known.append(Known(data["uid"], kind, start, email, expected, data["hosts"][0]["id"]))
        return True

    # -- what may happen

    @rule(kind=st.sampled_from([PLAIN, ASK, TURNS]), start=st.sampled_from(STARTS), email=st.sampled_from(EMAILS))
    def create(self, kind: int, start: str, email: str) -> None:
        body = {"start": start, "eventTypeId": kind, "attendee": attendee(email=email)}

        self.expect_made(kind, start, email, self.call("POST", "/v2/bookings", body))

    @precondition(lambda self: self.known)
    @rule(data=st.data(), start=st.sampled_from(STARTS))
    def reschedule(self, data: st.DataObject, start: str) -> None:
        old = data.draw(st.sampled_from(self.known))

        reply = self.call("POST", f"/v2/bookings/{old.uid}/reschedule", {"start": start})

        if old.status in ("cancelled", "rejected"):
            assert reply[0] == 400
        elif self.expect_made(old.kind, start, old.email, reply, old):
            old.status = "cancelled"

    @precondition(lambda self: self.known)
    @rule(data=st.data(), action=st.sampled_from(["cancel", "confirm", "decline"]))
    def decide(self, data: st.DataObject, action: str) -> None:
        booking = data.draw(st.sampled_from(self.known))
        outcome = {"cancel": "cancelled", "confirm": "accepted", "decline": "rejected"}[action]
        refused_in = "cancelled" if action == "cancel" else "accepted"

        status, _ = self.call("POST", f"/v2/bookings/{booking.uid}/{action}", {})

        assert status == (400 if booking.status == refused_in else 200)
        if status == 200:
            booking.status = outcome

    @rule(seconds=st.integers(1, 60))
    def let_time_pass(self, seconds: int) -> None:
        self.call("POST", "/__fake__/clock/advance", {"seconds": seconds})

    # -- what must hold

    @invariant()
    def every_booking_reads_as_the_model_knows_it(self) -> None:
        for booking in self.known:
            _, data = self.call("GET", f"/v2/bookings/{booking.uid}")
            assert (data["status"], data["start"], data["hosts"][0]["id"]) == (
                booking.status,
                booking.start,
                booking.host,
            )

    @invariant()
    def slots_are_on_offer_exactly_where_a_host_is_free(self) -> None:
        self.call("POST", "/__fake__/clock/advance", {"seconds": 2})  # beyond what Cal.com remembers
        for kind in (PLAIN, TURNS):
            _, days = self.call(
                "GET", f"/v2/slots?eventTypeId={kind}&start=2025-10-07&end=2025-10-07", version="2024-09-04"
            )
            offered = {slot["start"] for slot in days.get("2025-10-07", [])}
            for start in STARTS:
                assert (start in offered) == bool(self.free_hosts(kind, start)), (kind, start)


TestBookingLife = BookingLife.TestCase
TestBookingLife.settings = settings(max_examples=60, stateful_step_count=30)
