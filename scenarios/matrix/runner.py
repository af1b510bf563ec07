"""Fills the whole matrix over all cores: one batch a scenario, mode and identity, each in a process of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace

from booking_core.profiles import AttendeeIdentity
from scenarios.matrix.cells import ALL, SERVERS, Cell, CellVerdict, Question, every_subset
from scenarios.matrix.measure import Effort, fill, skewed_told
from scenarios.matrix.sharing import fill_alike, twin_of
from scenarios.matrix.sufficiency import minimal, sufficient, views
from scenarios.pools import process_pool
from scenarios.registry import find
from scenarios.scenario import MEMORY
from scenarios.theatre import Theatre

IDENTITIES = (AttendeeIdentity.SHARED, AttendeeIdentity.PER_CALL)
HARDER = 3  # so many times the random schedules for the cells that decide which subsets suffice
TWO_CALLERS = "two-callers"  # where those are run through every schedule up to the bound of a proof
SKEWS_S = (*range(-120, -31, 10), -32, -31, -30, -29, *range(-20, 121, 10))
SCENARIOS = (
    "one-caller",
    "687-688",
    "682-766",
    TWO_CALLERS,
    "one-caller-twice",
    "same-weekday-next-week",
    "same-customer-other-slot",
    "lost-reply-31s",
    "lost-reply-58s",
    "plain-lost-reply",
    "retell-sends-again",
    "gateway-31s-ahead",
    "calcom-10789",
)

Counting = Callable[[str, int], AbstractContextManager[Callable[[], None]]]
"""Shows progress: what is done, how often; gives what is to be called after each."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How hard every race is looked at, and up to how many preemptions two callers under what decides."""

    effort: Effort = field(default_factory=Effort)
    proof_preemptions: int = 0  # 1 takes about a thousand schedules a proof, and there are twelve
    processes: int | None = None  # None: as many as there are cores

    def harder(self, question: Question) -> Effort:
        """For a cell on which a smallest sufficient subset rests, or for all four layers."""
        if question.scenario == TWO_CALLERS and self.proof_preemptions > self.effort.preemptions:
            return replace(self.effort, preemptions=self.proof_preemptions)
        return replace(self.effort, schedules=self.effort.schedules * HARDER)


@dataclass(frozen=True, slots=True)
class Matrix:
    """All cells, and in how far Layer 1 alone turns an ordinary booking down at each skew (seconds -> rejected)."""

    cells: tuple[Cell, ...]
    skews: Mapping[int, bool]


def questions(modes: Sequence[str], databases: Mapping[str, str], scenarios: Sequence[str]) -> list[list[Question]]:
    """Every question, in batches. A server gets the shared identity only: there a cell costs a database."""
    return [
        [Question(scenario, layers, str(identity), mode, databases.get(mode, MEMORY)) for layers in every_subset()]
        for mode in modes
        for scenario in scenarios
        for identity in (IDENTITIES[:1] if mode in SERVERS else IDENTITIES)
    ]


def run_matrix(batches: Sequence[Sequence[Question]], plan: Plan, counting: Counting) -> Matrix:
    """Fill every cell, then look harder at those on which the smallest sufficient subsets rest, until they stay."""
    with process_pool(plan.processes) as pool:
        skews = pool.submit(sweep_skew)
        with counting("filling cells", sum(map(len, batches))) as one_more:
            cells = _fill_all(pool, [(batch, plan.effort) for batch in batches], one_more)
        looked_at: set[Question] = set()
        while decisive := decisive_races(list(cells.values())) - looked_at:
            looked_at |= decisive
            singly = [([question], plan.harder(question)) for question in cells if question in decisive]
            with counting("looking harder at what decides", len(singly)) as one_more:
                for question, cell in _fill_all(pool, singly, one_more).items():
                    cells[question] = _better(cells[question], cell)
        return Matrix(tuple(cells.values()), skews.result())


def _fill_all(
    pool: ProcessPoolExecutor, work: Sequence[tuple[Sequence[Question], Effort]], on_cell: Callable[[], None]
) -> dict[Question, Cell]:
    """The cells in the order of their questions, whichever is filled first; races begin, as they take longest."""
    races_first = sorted(range(len(work)), key=lambda place: not find(work[place][0][0].scenario).is_race)
    waiting = {place: pool.submit(fill_batch, *work[place]) for place in races_first}
    for done in as_completed(waiting.values()):
        for _ in done.result():
            on_cell()
    return {cell.question: cell for place in range(len(work)) for cell in waiting[place].result()}


def _better(before: Cell, now: Cell) -> Cell:
    """The harder look, unless it ran out of schedules: then what was proved before stands."""
    if now.verdict is CellVerdict.INCONCLUSIVE:
        return replace(before, bound=f"{before.bound}; a harder look ended without a verdict: {now.reason}")
    return now


def decisive_races(cells: Sequence[Cell]) -> set[Question]:
    """The races in which a smallest sufficient subset, or all four layers, were searched and held so far."""
    found: set[Question] = set()
    for of_view in views(cells).values():
        decisive = [*minimal(sufficient(of_view)), ALL]
        found |= {cell.question for cell in of_view if cell.searched and cell.question.layers in decisive}
    return found


def fill_batch(batch: Sequence[Question], effort: Effort) -> list[Cell]:
    """The cells of one batch, in a theatre of their own; large subsets first, as smaller ones may behave as they do."""
    filled: dict[Question, Cell] = {}
    with Theatre() as theatre:
        for question in sorted(batch, key=lambda each: -len(each.layers)):
            twin = twin_of(question, filled.values())
            filled[question] = fill(theatre, question, effort) if twin is None else fill_alike(theatre, question, twin)
    return [filled[question] for question in batch]


def sweep_skew() -> dict[int, bool]:
    """At each skew, whether Layer 1 alone turns an ordinary new booking down."""
    with Theatre() as theatre:
        return {skew: bool(skewed_told(theatre, float(skew)).false_rejections) for skew in SKEWS_S}
