"""A program: acts one after another, then branches side by side. What Hypothesis writes, shrinks and keeps.

The acts are the program; the order of everything else, messages, statements and crashes, comes from the scheduler, so
that the same shrinker works on commands, schedule and faults at once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from scenarios.storm.callers import Callers
from scenarios.storm.faults import OF_WEBHOOKS, TO_CALCOM, TO_GATEWAY, CrashBefore
from scenarios.storm.plan import HOT_SLOTS, PEOPLE, Errand, Then
from scenarios.storm.script import Conditions, Scene
from simulator.adapters.http_faults import Fate, HttpRule, RuleCount
from simulator.choices import Choices

_FATES: dict[str, tuple[str, tuple[Fate, ...]]] = {
    "to Cal.com": ("gateway*", TO_CALCOM),
    "to the gateway": ("retell", TO_GATEWAY),
    "of a webhook": ("calcom", OF_WEBHOOKS),
}
LINES = tuple(_FATES)


@dataclass(frozen=True, slots=True)
class Act:
    """One act: `kind` is book, cancel, reschedule, wait, jump, crash or break; numbers are taken modulo what there is.

    book: `who`, `slot`, `gateway`, `late` (after the call). cancel, reschedule: `who`. wait: `amount` seconds.
    jump: `gateway` by `amount` seconds. crash: `gateway` before its I/O number `amount`, once a program. break: the
    next message on line `who` meets fate number `amount`.
    """

    kind: str
    who: int = 0
    slot: int = 0
    gateway: int = 0
    amount: int = 0
    late: bool = False
    has_email: bool = False


@dataclass(frozen=True, slots=True)
class Program:
    """`prefix` runs first; then all branches at once."""

    prefix: tuple[Act, ...] = ()
    branches: tuple[tuple[Act, ...], ...] = ()
    calcom_skew_s: float = 0.0

    def in_words(self) -> list[str]:
        """A line for each act."""
        lines = [f"Cal.com's clock is ahead by {self.calcom_skew_s:g} s"] if self.calcom_skew_s else []
        lines += [in_words(act) for act in self.prefix]
        for number, branch in enumerate(self.branches, start=1):
            lines += [f"branch {number}: {in_words(act)}" for act in branch]
        return lines

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {
            "prefix": [_flat(act) for act in self.prefix],
            "branches": [[_flat(act) for act in branch] for branch in self.branches],
            "calcom_skew_s": self.calcom_skew_s,
        }


def program_from_json(data: Mapping[str, Any]) -> Program:
    """The program that `to_json` wrote; LookupError or TypeError when it is none."""
    return Program(
        prefix=tuple(Act(*flat) for flat in data["prefix"]),
        branches=tuple(tuple(Act(*flat) for flat in branch) for branch in data["branches"]),
        calcom_skew_s=float(data["calcom_skew_s"]),
    )


def in_words(act: Act) -> str:
    """One act as a reader wants it."""
    person = PEOPLE[act.who % len(PEOPLE)].name
    gateway = f"gateway {act.gateway + 1}"
    match act.kind:
        case "book":
            entry = "after the call" if act.late else "in the call"
            return f"{person} wants {HOT_SLOTS[act.slot % len(HOT_SLOTS)]} {entry}, at {gateway}"
        case "wait":
            return f"{act.amount} s pass"
        case "jump":
            return f"the clock of {gateway} jumps by {act.amount} s"
        case "crash":
            return f"{gateway} crashes before its I/O number {act.amount}"
        case "break":
            line, (_, fates) = LINES[act.who % len(LINES)], _FATES[LINES[act.who % len(LINES)]]
            return f"the next message {line} meets {fates[act.amount % len(fates)]}"
        case other:
            return f"{person} calls again to {other}"


def _flat(act: Act) -> list[Any]:
    return [act.kind, act.who, act.slot, act.gateway, act.amount, act.late, act.has_email]


@dataclass(slots=True)
class ProgramScript:
    """Plays a program."""

    program: Program
    _crashes: dict[int, CrashBefore] = field(default_factory=dict)
    _calls: int = 0

    def conditions(self, choices: Choices) -> Conditions:
        """Nothing is drawn."""
        del choices
        return Conditions(calcom_skew_s=self.program.calcom_skew_s)

    async def play(self, scene: Scene) -> None:
        """The prefix, then the branches; then what crashed is up again."""
        await self._run(scene, self.program.prefix)
        await asyncio.gather(*(self._run(scene, branch) for branch in self.program.branches))
        for crash in self._crashes.values():
            crash.heal()

    async def _run(self, scene: Scene, acts: Sequence[Act]) -> None:
        for act in acts:
            await self._do(scene, act)

    async def _do(self, scene: Scene, act: Act) -> None:
        gateway = scene.gateways[act.gateway % len(scene.gateways)]
        match act.kind:
            case "book":
                await scene.callers.run([self._errand(act)])
            case "cancel" | "reschedule":
                await self._change(scene.callers, act)
            case "wait":
                await asyncio.sleep(act.amount)
            case "jump":
                scene.simulation.clock.jump(gateway.node, act.amount)
            case "crash":
                self._arm(scene, act)
            case "break":
                scene.network.faults.counts.insert(0, RuleCount(_rule(act)))

    async def _change(self, callers: Callers, act: Act) -> None:
        then = Then.CANCEL if act.kind == "cancel" else Then.MOVE
        await callers.change(self._errand(act), then)

    def _arm(self, scene: Scene, act: Act) -> None:
        number = act.gateway % len(scene.gateways)
        if number not in self._crashes:
            node = scene.gateways[number].node
            self._crashes[number] = CrashBefore(scene.simulation, node, max(1, act.amount))
            self._crashes[number].start()

    def _errand(self, act: Act) -> Errand:
        """An errand in a call of its own."""
        self._calls += 1
        person = PEOPLE[act.who % len(PEOPLE)]
        return Errand(
            number=self._calls,
            person=person,
            email=f"{person.name.partition(' ')[0].lower()}@example.com" if act.has_email else None,
            slot=HOT_SLOTS[act.slot % len(HOT_SLOTS)],
            late_entry=act.late,
            starts_after_s=0.0,
            retry_pause_s=5.0,
            ends_after_s=31.0,
            gateway=act.gateway,
            then=Then.NOTHING,
        )


def _rule(act: Act) -> HttpRule:
    client, fates = _FATES[LINES[act.who % len(LINES)]]
    return HttpRule((fates[act.amount % len(fates)],), client=client, times=1)
