"""One request from door to journal: fault plan, preferences, Cal.com's own pipeline, and what is noted of it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fake_calcom.api import Api
from fake_calcom.coverage import Coverage
from fake_calcom.faults.carry_out import NEVER_ANSWERED, carry_out
from fake_calcom.faults.plan import FaultPlan
from fake_calcom.faults.rule import Subject
from fake_calcom.journal import Journal, Noted
from fake_calcom.strictness import REPORT_HEADER, Strictness, header_text, preferred
from fake_calcom.wire import Answer

if TYPE_CHECKING:
    from fake_calcom.api import Reached
    from fake_calcom.commits import Commit
    from fake_calcom.faults.rule import Effect, Rule
    from fake_calcom.transitions import Transitions
    from fake_calcom.universe import Universe
    from fake_calcom.wire import Call

READS = frozenset(("GET", "HEAD", "OPTIONS"))


@dataclass(slots=True)
class Reception:
    """Takes the calls of one universe."""

    api: Api
    faults: FaultPlan
    transitions: Transitions
    strictness: Strictness = field(default_factory=Strictness)
    journal: Journal = field(default_factory=Journal)
    coverage: Coverage = field(default_factory=Coverage)
    _past: Universe | None = None

    async def attend(self, call: Call) -> Answer:
        """Return what leaves the fake, journalled. Never raises for anything a caller can send."""
        universe = self.api.universe
        invoked_ms, reached, invoked = universe.now_ms(), self.api.reach(call), self.journal.next_moment()
        route = reached.route
        if not self.transitions.is_idle:
            self.transitions.confirm_due()
        rule = self._rule(call, reached, invoked_ms) if len(self.faults) else None
        commits: list[Commit] = []
        token = universe.commits.begin(commits)
        try:
            answer = await (self._handle(call, reached) if rule is None else self._suffer(rule, call, reached))
        except asyncio.CancelledError:
            answer = Answer(NEVER_ANSWERED, b"")
            raise
        finally:
            universe.commits.end(token)
            operation, fault, phase = route.operation if route else "", "", ""
            if rule is not None:
                fault, phase = rule.effect.kind, rule.phase
            answered_ms = universe.now_ms()
            self._note(call, answer, Noted(operation, invoked_ms, answered_ms, fault, phase, tuple(commits), invoked))
        if not self.transitions.is_idle:
            self._change(reached, commits)
        return answer

    def _change(self, reached: Reached, commits: list[Commit]) -> None:
        """Let pending bookings be confirmed that this call made, or was the last to see pending."""
        self.transitions.note_commits(commits)
        if reached.route is not None and reached.route.operation.startswith("getBooking"):
            self.transitions.note_read(reached.params["uid"])

    def _note(self, call: Call, answer: Answer, noted: Noted) -> None:
        self.journal.write(call, answer, noted)
        self.coverage.note(noted.operation, answer.status, noted.fault, noted.phase)

    def _rule(self, call: Call, reached: Reached, now_ms: int) -> Rule | None:
        operation, pattern = (reached.route.operation, reached.route.path) if reached.route else ("", "")
        return self.faults.strike(Subject(operation, call.method, reached.path, pattern, now_ms))

    def forget(self) -> None:
        """Forget what belongs to a state that is gone: calls, faults, and bookings that wait to be confirmed."""
        self.journal.clear()
        self.faults.clear()
        self.transitions.clear()
        self._past = None

    def strike_webhook(self, trigger: str) -> Effect | None:
        """Return what the plan does to a webhook about to leave, or None."""
        if not len(self.faults):
            return None
        rule = self.faults.strike(Subject("", "POST", "", "", self.api.universe.now_ms(), trigger))
        if rule is not None:
            self.coverage.note(trigger, 0, rule.effect.kind, rule.phase)
        return rule.effect if rule else None

    async def _handle(self, call: Call, reached: Reached) -> Answer:
        if call.method not in READS and len(self.faults) and self.faults.may_strike("stale_read"):
            self._past = self.api.universe.fork()
        route = reached.route
        if route is None:
            return await self.api.answer(call, reached)
        now_ms = self.api.universe.now_ms
        if "Prefer" in call.headers and (forced := preferred(call, route, now_ms())) is not None:
            return forced
        told, refused = ("", None) if self.strictness.mode == "off" else self.strictness.judge(call, route, now_ms())
        answer = refused or await self.api.answer(call, reached)
        if told:
            answer.headers[REPORT_HEADER] = header_text(told)
        return answer

    async def _suffer(self, rule: Rule, call: Call, reached: Reached) -> Answer:
        answer = await carry_out(rule, lambda: self._handle(call, reached), lambda: self._handle_stale(call, reached))
        if answer.status == NEVER_ANSWERED:
            assert answer.mischief is not None, "only mischief answers nothing"
        return answer

    async def _handle_stale(self, call: Call, reached: Reached) -> Answer:
        """Answer from the state before the last write; without one the read is as fresh as any."""
        if self._past is None or call.method not in READS:
            return await self._handle(call, reached)
        return await Api(self._past, self.api.router).answer(call, reached)
