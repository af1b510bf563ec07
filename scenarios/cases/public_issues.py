"""What Cal.com's public issues tell, and what Cal.com answered at other dates, as stories.

Numbers are those of the calcom/cal.com repository. Round robin with one host unless a world says otherwise.
"""

from __future__ import annotations

from typing import Any

from scenarios.cases.ends import (
    NONE,
    ONE,
    TWO_CUSTOMERS,
    UNTRUE,
    alone,
    old_answer_of_another_customer,
    old_answer_of_the_same_customer,
    refused,
)
from scenarios.cases.story import ERIKA, ZACHARIAS, End, Story, Wish
from scenarios.incidents.facts import world
from simulator.adapters.http_faults import HttpRule, ResetResponse

HOUR_S = 3600
ANSWERS_OLD = ("2025-05-22",)  # generations that answer a repeat with the old booking, as in the incidents
REFUSE = ("2024-02", "2025-05-01", "window:2100")  # an hour is beyond the window of 35 minutes


def stories() -> list[Story]:
    """All of them."""
    return [*_issues(), *_plain(), *_generations()]


def _issues() -> list[Story]:
    return [
        Story(
            "calcom-13397",
            "#13397: two requests race through Cal.com's check to its insert; a key lets one in",
            (ERIKA, ZACHARIAS),
            (Wish(1, 0), Wish(2, 0)),
            (End("hardened", ("booked", "unavailable"), ONE),),
            world=plain_world,
        ),
        Story(
            "calcom-10789",
            "#10789, #29968: an unconfirmed booking blocks nobody, two of one slot can both be confirmed",
            (ERIKA, ZACHARIAS),
            (Wish(1, 0), Wish(2, HOUR_S)),
            (
                *old_answer_of_another_customer()[:-2],
                End("recommended", ("pending", "duplicate"), ONE, status="requested"),
                End(
                    "hardened",
                    ("pending", "pending"),
                    TWO_CUSTOMERS,
                    lesson="An attendee of his own is a second request to the host, who alone can decide.",
                    status="requested",
                ),
            ),
            world=confirming_world,
        ),
        Story(
            "calcom-pending-repeat",
            "#21058: a repeat of an unconfirmed booking gets the unconfirmed one back",
            (ERIKA, ERIKA),
            (Wish(1, 0), Wish(2, HOUR_S)),
            (
                *old_answer_of_the_same_customer()[:-2],
                End("recommended", ("pending", "pending"), ONE, status="requested"),
                End("hardened", ("pending", "pending"), ONE, status="requested"),
            ),
            world=confirming_world,
        ),
        Story(
            "calcom-23938",
            "#23938: a reservation of a slot stops nobody from booking it",
            (ERIKA,),
            (Wish(1, 0),),
            alone("booked", "booked"),
            reserves="2025-10-10T07:00:00Z",
        ),
    ]


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


ERIKA_AGAIN = "same-customer"
SOMEBODY_ELSE = "other-customer"


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


def plain_world(seed: int) -> dict[str, Any]:
    """The incidents' world, where one host has the event type to himself."""
    made = world(seed)
    of_a_team = {"team", "schedulingType", "hosts"}
    plain = {name: value for name, value in made["event_types"][0].items() if name not in of_a_team}
    return made | {"event_types": [plain | {"owner": "HOST"}], "roles": {}}


def confirming_world(seed: int) -> dict[str, Any]:
    """The incidents' world, where the host confirms every booking himself."""
    made = world(seed)
    policy = {"type": "always", "blockUnconfirmedBookingsInBooker": False}
    return made | {"event_types": [made["event_types"][0] | {"confirmationPolicy": policy}]}
