"""What happens in one storm: who calls when and wants what, whose clock is wrong, what breaks. All of it is drawn.

Every draw is a decision of the run, so that plan, schedule and faults are replayed and shrunk together. Answer 0 is
always the tame one: different people, at once, with right clocks, who do nothing but book.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from scenarios.scenario import Person
from simulator.choices import Choices

STREAM = "plan"
CRASH_WITHIN_IOS = 180  # a gateway's I/Os in a usual run: measured, so that a crash can come at each of them
HOT_SLOTS = ("09:00", "09:15")  # few, so that callers meet
OTHER_SLOT = "10:00"
PEOPLE = (
    Person("Erika Erste", "+493011111111"),
    Person("Zacharias Zweiter", "+493022222222"),
    Person("Dora Dritte", "+493033333333"),
    Person("Viktor Vierter", "+493044444444"),
)
_SKEWS_S = (0.0, 27.0, -27.0, 31.0, -31.0, 120.0, -120.0, 3.0)
_STARTS_S = (0.0, 0.0, 0.05, 1.0, 33.0)
_RETRY_PAUSES_S = (5.0, 1.0, 31.0, 58.0)  # from a new attempt of the agent's to a call that waits for its turn
_ENDS_S = (58.0, 31.0)  # from the answer to the analysis of the ended call: both beyond Layer 1's threshold

T = TypeVar("T")


class Then(StrEnum):
    """What a caller does after booking. A change is made in a new call of the same person."""

    NOTHING = "nothing"
    CALL_ANALYZED = "Retell tells of the ended call, wish included"
    OTHER_SLOT = "wants another time in the same call"
    CANCEL = "calls again and cancels"
    MOVE = "calls again and moves"


@dataclass(frozen=True, slots=True)
class Errand:
    """One caller's errand. `late_entry`: nothing is booked during the call, everything after it.

    `ends_after_s` lies between what the caller wanted during the call and the analysis of the ended call.
    """

    number: int
    person: Person
    email: str | None
    slot: str
    late_entry: bool
    starts_after_s: float
    retry_pause_s: float
    ends_after_s: float
    gateway: int
    then: Then

    @property
    def retell_call_id(self) -> str:
        """Retell's id of the call."""
        return f"call_{self.number}"


@dataclass(frozen=True, slots=True)
class Plan:
    """One storm. Skews are seconds by which a clock is ahead of the true time."""

    errands: tuple[Errand, ...]
    calcom_skew_s: float
    gateway_skews_s: tuple[float, float]
    crashes: tuple[int, ...]  # before which of its I/Os each gateway crashes; 0 is never
    repairs_meanwhile: bool  # whether reconciliation runs during the storm too


def draw_plan(choices: Choices, callers: int, *, calm: bool = False) -> Plan:
    """The plan of this run."""
    errands = tuple(_errand(choices, number) for number in range(callers))
    if calm:
        return Plan(errands, 0.0, (0.0, 0.0), (0, 0), repairs_meanwhile=False)
    return Plan(
        errands=errands,
        calcom_skew_s=_one_of(choices, "Cal.com's clock is ahead by", _SKEWS_S),
        gateway_skews_s=(0.0, _one_of(choices, "the second gateway's clock is ahead by", _SKEWS_S)),
        crashes=tuple(_crash(choices, name) for name in ("gateway", "gateway2")),
        repairs_meanwhile=_one_of(choices, "reconciliation during the storm", (False, False, True)),
    )


def _errand(choices: Choices, number: int) -> Errand:
    who = f"caller {number}"
    person = _one_of(choices, f"{who} is", (PEOPLE[number % len(PEOPLE)], PEOPLE[0], PEOPLE[1]))
    email = f"{person.name.partition(' ')[0].lower()}@example.com"
    return Errand(
        number=number,
        person=person,
        email=_one_of(choices, f"{who} gives", (None, None, email)),
        slot=_one_of(choices, f"{who} wants", HOT_SLOTS),
        late_entry=_one_of(choices, f"{who} is booked after the call", (False, False, True)),
        starts_after_s=_one_of(choices, f"{who} comes after", _STARTS_S),
        retry_pause_s=_one_of(choices, f"{who} is tried again after", _RETRY_PAUSES_S),
        ends_after_s=_one_of(choices, f"{who} hangs up after", _ENDS_S),
        gateway=_one_of(choices, f"{who} reaches gateway", (0, 1)),
        then=_one_of(choices, f"{who} then", (*Then, Then.CALL_ANALYZED, Then.CALL_ANALYZED)),
    )


def _crash(choices: Choices, gateway: str) -> int:
    if not _one_of(choices, f"{gateway} crashes", (False, False, True)):
        return 0
    return 1 + choices.choose(CRASH_WITHIN_IOS, f"{gateway} crashes before I/O (from 1)", stream=STREAM)


def _one_of(choices: Choices, what: str, options: tuple[T, ...]) -> T:
    return options[choices.choose(len(options), what, tuple(map(str, options)), STREAM)]
