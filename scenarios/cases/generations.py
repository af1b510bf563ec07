"""What Cal.com answered at other dates, and what a plain event type answers, as stories.

Round robin with one host unless a world says otherwise. The dates are those of `fake_calcom.generations`.
"""

from __future__ import annotations

from scenarios.cases.ends import (
    NONE,
    ONE,
    UNTRUE,
    old_answer_of_another_customer,
    old_answer_of_the_same_customer,
    refused,
)
from scenarios.cases.story import ERIKA, ZACHARIAS, End, Story, Wish
from scenarios.cases.worlds import plain_world
from simulator.adapters.http_faults import HttpRule, ResetResponse

HOUR_S = 3600
ANSWERS_OLD = ("2025-05-22",)  # generations that answer a repeat with the old booking, as in the incidents
REFUSE = ("2024-02", "2025-05-01", "window:2100")  # an hour is beyond the window of 35 minutes
ERIKA_AGAIN = "same-customer"
SOMEBODY_ELSE = "other-customer"


def stories() -> list[Story]:
    """All of them."""
    return [*_plain(), *_generations()]


def _plain() -> list[Story]:
    lost = HttpRule((ResetResponse(),), client="gateway", method="POST", path="/v2/bookings", nth=1)
    return [
        Story(
            "plain-repeat",
            "a plain event type refuses the customer's own repeat",
            (ERIKA, ERIKA),
            (Wish(1, 0), Wish(2, HOUR_S)),
            refused("existing"),
            world=plain_world,
        ),
        Story(
            "plain-lost-reply",
            "a plain event type refuses the repeat of a booking whose reply was lost",
            (ERIKA,),
            (Wish(1, 0), Wish(1, 31)),
            (
                End("unprotected", ("unavailable",), NONE, UNTRUE),
                End("deployed", ("unavailable",), NONE, UNTRUE),
                End("recommended", ("recovered",), ONE),
                End("hardened", ("recovered",), ONE),
            ),
            rules=(lost,),
            world=plain_world,
        ),
    ]


def _generations() -> list[Story]:
    return [
        *(_repeat(name, ERIKA_AGAIN, old_answer_of_the_same_customer()) for name in ANSWERS_OLD),
        *(_repeat(name, SOMEBODY_ELSE, old_answer_of_another_customer()) for name in ANSWERS_OLD),
        *(_repeat(name, ERIKA_AGAIN, refused("existing")) for name in REFUSE),
        *(_repeat(name, SOMEBODY_ELSE, refused("unavailable")) for name in REFUSE),
    ]


def _repeat(generation: str, who: str, ends: tuple[End, ...]) -> Story:
    second = ERIKA if who == ERIKA_AGAIN else ZACHARIAS
    return Story(
        f"{who}-at-{generation.replace(':', '-')}",
        f"the {who.replace('-', ' ')} asks again, and Cal.com is that of {generation}",
        (ERIKA, second),
        (Wish(1, 0), Wish(2, HOUR_S)),
        ends,
        generation=generation,
    )
