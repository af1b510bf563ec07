"""Fills one cell: plays a sequential scenario once, searches the orders of a race."""

from __future__ import annotations

from dataclasses import dataclass, replace

from booking_core.domain.outcomes import Layer
from booking_core.profiles import Promise
from scenarios.checkers import broken_promises
from scenarios.matrix.cells import Cell, CellVerdict, Question, Tally
from scenarios.observation import Observation
from scenarios.registry import find
from scenarios.replay import command_of
from scenarios.scenario import Scenario
from scenarios.theatre import Theatre
from simulator.explore import Exploration, Inconclusive, Proved, Violated, explore_all, explore_randomly
from simulator.schedulers.protocol import Scheduler
from simulator.simulation import RunResult

_LIVE_AT_CALCOM = frozenset({"accepted", "pending"})


@dataclass(frozen=True, slots=True)
class Effort:
    """How hard a race is looked at: random schedules first, then every one up to the bound on preemptions."""

    schedules: int = 40
    preemptions: int = 0


def fill(theatre: Theatre, question: Question, effort: Effort) -> Cell:
    """The cell of this question."""
    scenario = find(question.scenario)
    if scenario.is_race and not question.settings.on_server:
        return _searched(theatre, scenario, question, effort)
    return _played(theatre, scenario, question)


def _played(theatre: Theatre, scenario: Scenario, question: Question) -> Cell:
    seen = theatre.perform(scenario, question.settings).seen
    tally = Tally()
    sentences = count(seen, tally)
    if sentences:
        verdict, bound = CellVerdict.VIOLATED, "one run"
    elif scenario.is_race:
        verdict, bound = CellVerdict.INCONCLUSIVE, "one run, in the server's own order"
    else:
        verdict, bound = CellVerdict.PROVED, "the one order there is"
    return Cell(question, verdict, bound, "; ".join(sentences), command_of(scenario.id, question.settings), tally)


def _searched(theatre: Theatre, scenario: Scenario, question: Question, effort: Effort) -> Cell:
    tally = Tally()

    def run(scheduler: Scheduler, seed: int) -> RunResult:
        one = theatre.run(scenario, question.settings, scheduler, seed)
        if one.result.pruned:
            return one.result
        count(one.seen, tally)
        return one.result

    search = ["--strategy", "random"]
    found: Exploration = explore_randomly(run, range(effort.schedules))
    if not isinstance(found, Violated):
        search = ["--strategy", "exhaustive", "--preemptions", str(effort.preemptions)]
        found = explore_all(run, preemptions_max=effort.preemptions, schedules_max=max(effort.schedules, 1_000))
    command = explore_command_of(scenario.id, question, [*search, "--schedules", str(_enough(found))])
    verdict, bound, reason = _told(found, effort)
    return Cell(question, verdict, bound, reason, command, tally, searched=verdict is not CellVerdict.VIOLATED)


def _told(found: Exploration, effort: Effort) -> tuple[CellVerdict, str, str]:
    match found:
        case Violated(result, schedules):
            return CellVerdict.VIOLATED, f"schedule {schedules}", result.reason
        case Proved(bound, schedules):
            more = f"{bound}, over {schedules} schedules; {effort.schedules} random ones found nothing either"
            return CellVerdict.PROVED, more, ""
        case Inconclusive(why, schedules):
            return CellVerdict.INCONCLUSIVE, f"{schedules} schedules", why


def _enough(found: Exploration) -> int:
    return max(1, found.schedules) if isinstance(found, Violated) else 1_000


def explore_command_of(scenario_id: str, question: Question, search: list[str]) -> str:
    """The command that searches this cell again; it finds the same run, and writes it to a file of its own."""
    replayed = command_of(scenario_id, question.settings).split()
    at = replayed.index("--profile")
    return " ".join(["slotproof", "explore", scenario_id, *replayed[at:], *search])


def count(seen: Observation, tally: Tally) -> list[str]:
    """Add one run to the tally; the sentences that say which promise it broke."""
    broken = broken_promises(seen)
    tally.runs += 1
    tally.duplicates += Promise.NO_DUPLICATE in broken
    tally.lost_links += Promise.NO_LOST_LINK in broken
    tally.falsehoods += Promise.NO_FALSEHOOD in broken
    tally.false_rejections += bool(false_rejections(seen))
    tally.ghosts += bool(ghosts(seen))
    tally.correct += not broken
    return [f"{promise}: {line}" for promise, lines in broken.items() for line in lines]


def false_rejections(seen: Observation) -> list[int]:
    """Calls whose own booking a layer that looks at the answer turned down."""
    judged = {int(Layer.FRESHNESS), int(Layer.CALL_IDENTITY)}
    return [
        word.call_id
        for word in seen.layers
        if word.deciding and word.layer in judged and _own_bookings(seen, word.call_id)
    ]


def ghosts(seen: Observation) -> list[str]:
    """Bookings of our calls that Cal.com holds and no live row knows."""
    known = {row["calcom_v2_booking_id"] for row in seen.appointments if row["status"] != "cancelled"}
    ours = {row["retell_call_id"] for row in seen.calls}
    return [
        booking["uid"]
        for booking in seen.bookings
        if booking["status"] in _LIVE_AT_CALCOM
        and booking["metadata"].get("call_id") in ours
        and booking["uid"] not in known
    ]


def _own_bookings(seen: Observation, call_id: int) -> list[str]:
    row = seen.call_row(call_id)
    name = None if row is None else row["retell_call_id"]
    return [booking["uid"] for booking in seen.bookings if name and booking["metadata"].get("call_id") == name]


def skewed_told(theatre: Theatre, skew_s: float) -> Tally:
    """One caller, Layer 1 alone, Cal.com's clock that many seconds ahead: what comes of an ordinary booking."""
    question = Question("one-caller", (1,), "shared", "immediate")
    tally = Tally()
    count(theatre.perform(find("one-caller"), replace(question.settings, skew_s=skew_s)).seen, tally)
    return tally
