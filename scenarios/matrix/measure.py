"""Fills one cell: plays a sequential scenario once, searches the orders of a race."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from scenarios.matrix.cells import Cell, CellVerdict, Layers, Question, Tally
from scenarios.matrix.counterexamples import of_play, of_search
from scenarios.matrix.tallies import LOOKING_AT_THE_ANSWER, count, deciders
from scenarios.registry import find
from scenarios.replay import command_of
from scenarios.scenario import Scenario, Settings
from scenarios.theatre import Theatre
from simulator.explore import Exploration, Inconclusive, Proved, Violated, explore_all, explore_randomly
from simulator.schedulers.protocol import Scheduler
from simulator.simulation import RunResult

NOT_AGAIN = "seen once and not again, and a server's order of work cannot be repeated: "
SKEW_QUESTION = Question("one-caller", (1,), "shared", "immediate")


@dataclass(frozen=True, slots=True)
class Effort:
    """How hard a race is looked at: random schedules first, then every one up to the bound on preemptions."""

    schedules: int = 40
    preemptions: int = 0
    schedules_max: int = 20_000  # up to the bound: beyond it the cell is inconclusive


@dataclass(slots=True)
class _Watched:
    """A race under any scheduler, and what all its runs showed."""

    theatre: Theatre
    scenario: Scenario
    settings: Settings
    tally: Tally = field(default_factory=Tally)
    deciders: set[int] = field(default_factory=set)

    def run(self, scheduler: Scheduler, seed: int) -> RunResult:
        """One run."""
        one = self.theatre.run(self.scenario, self.settings, scheduler, seed)
        count(one.seen, self.tally)
        self.deciders |= deciders(one.seen)
        return one.result

    def inert(self, layers: Layers) -> Layers:
        """Which of these look at the answer only and decided nothing: without them the runs would be the same."""
        return tuple(layer for layer in layers if layer in LOOKING_AT_THE_ANSWER and layer not in self.deciders)


def fill(theatre: Theatre, question: Question, effort: Effort) -> Cell:
    """The cell of this question."""
    scenario = find(question.scenario)
    if scenario.is_race and not question.settings.on_server:
        return _searched(theatre, scenario, question, effort)
    return _played(theatre, scenario, question)


def _played(theatre: Theatre, scenario: Scenario, question: Question) -> Cell:
    settings = question.settings
    performance = theatre.perform(scenario, settings)
    tally = Tally()
    reason = "; ".join(count(performance.seen, tally))
    command = command_of(scenario.id, settings)
    if reason:
        shown = of_play(theatre, scenario, settings, performance)
        if scenario.is_race and not shown.replays:
            return Cell(question, CellVerdict.INCONCLUSIVE, "two runs", NOT_AGAIN + reason, command, tally)
        return Cell(question, CellVerdict.VIOLATED, "one run", reason, command, tally, counterexample=shown)
    if scenario.is_race:
        verdict, bound = CellVerdict.INCONCLUSIVE, "one run, in the server's own order"
    else:
        verdict, bound = CellVerdict.PROVED, "the one order there is"
    return Cell(question, verdict, bound, "", command, tally)


def _searched(theatre: Theatre, scenario: Scenario, question: Question, effort: Effort) -> Cell:
    watched = _Watched(theatre, scenario, question.settings)
    search = ["--strategy", "random"]
    found: Exploration = explore_randomly(watched.run, range(effort.schedules))
    if not isinstance(found, Violated):
        search = ["--strategy", "exhaustive", "--preemptions", str(effort.preemptions)]
        found = explore_all(watched.run, preemptions_max=effort.preemptions, schedules_max=effort.schedules_max)
    enough = max(1, found.schedules) if isinstance(found, Violated) else effort.schedules_max
    command = explore_command_of(question, [*search, "--schedules", str(enough)])
    blank = Cell(
        question,
        CellVerdict.INCONCLUSIVE,
        f"{found.schedules} schedules",
        "",
        command,
        watched.tally,
        schedules=found.schedules,
        inert=watched.inert(question.layers),
    )
    match found:
        case Violated(result, schedules):
            shown, reason = of_search(theatre, scenario, question.settings, result)
            bound = f"schedule {schedules}"
            return replace(blank, verdict=CellVerdict.VIOLATED, bound=bound, reason=reason, counterexample=shown)
        case Proved(bound, schedules):
            more = f"{bound}, over {schedules} schedules; {effort.schedules} random ones found nothing either"
            proved = replace(blank, verdict=CellVerdict.PROVED, bound=more)
            return replace(proved, searched=True, preemptions=effort.preemptions)
        case Inconclusive(why, _):
            return replace(blank, reason=why, searched=True)


def explore_command_of(question: Question, search: list[str]) -> str:
    """The command that searches this cell again; it finds the same run, and writes it to a file of its own."""
    replayed = command_of(question.scenario, question.settings).split()
    at = replayed.index("--profile")
    return " ".join(["slotproof", "explore", question.scenario, *replayed[at:], *search])


def skewed_told(theatre: Theatre, skew_s: float) -> Tally:
    """One caller, Layer 1 alone, Cal.com's clock that many seconds ahead: what comes of an ordinary booking."""
    tally = Tally()
    settings = replace(SKEW_QUESTION.settings, skew_s=skew_s)
    count(theatre.perform(find(SKEW_QUESTION.scenario), settings).seen, tally)
    return tally
