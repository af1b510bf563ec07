"""The stories that the incident reports never tested, a row each."""

from __future__ import annotations

from booking_core.domain.commands import Entry
from scenarios.cases.ends import (
    AFTER,
    DOUBLED,
    NONE,
    ONE,
    TWO_OF_ONE_CALL,
    TWO_OF_ONE_CUSTOMER,
    UNLINKED,
    UNTRUE,
    alone,
    both_booked,
    old_answer_of_another_customer,
    old_answer_of_the_same_customer,
)
from scenarios.cases.story import ERIKA, ZACHARIAS, End, Story, Wish
from simulator.adapters.http_faults import Answer, HttpRule, ResetResponse

HOUR_S = 3600
WEEK_LATER_S = 5 * 86_400  # the Saturday after the first appointment: it is over


def stories() -> list[Story]:
    """All of them."""
    return [*_who_asks_again(), *_lost_replies(), *_clocks_and_limits()]


def _who_asks_again() -> list[Story]:
    return [
        Story(
            "same-customer-same-slot",
            "a customer asks again for the slot he holds, twenty hours later",
            (ERIKA, ERIKA),
            (Wish(1, 0), Wish(2, 20 * HOUR_S)),
            old_answer_of_the_same_customer(),
        ),
        Story(
            "same-weekday-next-week",
            "a customer asks for the same weekday and time when the first appointment is over",
            (ERIKA, ERIKA),
            (Wish(1, 0), Wish(2, WEEK_LATER_S, day="2025-10-17")),
            both_booked(TWO_OF_ONE_CUSTOMER),
        ),
        Story(
            "other-customer-same-slot",
            "another customer asks for a slot that is held, an hour later",
            (ERIKA, ZACHARIAS),
            (Wish(1, 0), Wish(2, HOUR_S)),
            old_answer_of_another_customer(),
        ),
        Story(
            "same-customer-other-slot",
            "a customer takes a second slot",
            (ERIKA, ERIKA),
            (Wish(1, 0), Wish(2, HOUR_S, time="09:15")),
            both_booked(TWO_OF_ONE_CUSTOMER),
        ),
        Story(
            "slots-cached",
            "a slot list that Cal.com keeps for two seconds still offers what was just booked",
            (ERIKA, ZACHARIAS),
            (Wish(1, 0, asks=True), Wish(1, 0.5), Wish(2, 1, asks=True), Wish(2, 1.5)),
            (
                *old_answer_of_another_customer()[:2],
                End("deployed", ("booked", "error"), ONE, UNLINKED, AFTER, lesson="Layer 2 sees another call's id."),
                *old_answer_of_another_customer()[3:],
            ),
        ),
    ]


def _lost_replies() -> list[Story]:
    lost = HttpRule((ResetResponse(),), client="gateway", method="POST", path="/v2/bookings", nth=1)
    unheard = HttpRule((ResetResponse(),), client="retell", path="/api/retell/*", nth=1)
    return [
        *(_tried_again(after_s, skew_s, lost) for after_s, skew_s in ((5, 0.0), (31, 0.0), (58, 27.0))),
        Story(
            "retell-sends-again",
            "the gateway's answer is lost and Retell sends the call again",
            (ERIKA,),
            (Wish(1, 0),),
            (
                End("unprotected", ("booked",), TWO_OF_ONE_CALL, DOUBLED),
                End("deployed", ("booked",), ONE, UNLINKED),
                End("recommended", ("recovered",), ONE),
                End("hardened", ("recovered",), ONE),
            ),
            rules=(unheard,),
        ),
    ]


def _tried_again(after_s: int, skew_s: float, lost: HttpRule) -> Story:
    """During the call the reply is lost; the entry under test tries again. Older than 30 s, Layer 1 turns it down."""
    stale = after_s - skew_s > 30
    ghost = End("deployed", ("error",), NONE, UNTRUE, AFTER, lesson="The caller's own booking becomes a ghost.")
    late = ghost if stale else End("deployed", ("booked",), ONE, UNLINKED, AFTER)
    return Story(
        f"lost-reply-{after_s}s",
        f"Cal.com's reply is lost after the commit; the same call is tried again {after_s} seconds later",
        (ERIKA,),
        (Wish(1, 0, entry=Entry.COLLECT), Wish(1, after_s)),
        (
            *alone("booked", "recovered"),
            late,
            End("recommended", ("recovered",), ONE, entry=AFTER),
            End("hardened", ("recovered",), ONE, entry=AFTER),
        ),
        rules=(lost,),
        skew_s=skew_s,
    )


def _clocks_and_limits() -> list[Story]:
    limited = HttpRule((Answer(429, b"{}", retry_after_s=2),), client="gateway", method="POST", path="/v2/bookings")
    return [
        Story(
            "gateway-31s-ahead",
            "the gateway's clock is 31 seconds ahead of Cal.com's: every new booking looks stale",
            (ERIKA,),
            (Wish(1, 0),),
            (
                *alone("booked", "recovered"),
                End("deployed", ("error",), NONE, UNTRUE, AFTER, lesson="Layer 1 rejects every booking there is."),
            ),
            skew_s=-31.0,
        ),
        Story(
            "one-caller",
            "one caller, equal clocks, nothing goes wrong",
            (ERIKA,),
            (Wish(1, 0),),
            alone("booked", "booked"),
        ),
        Story(
            "rate-limit",
            "Cal.com takes no more requests",
            (ERIKA,),
            (Wish(1, 0),),
            (
                End("unprotected", ("error",), NONE),
                End("deployed", ("error",), NONE),
                End("recommended", ("error",), NONE),
                End("hardened", ("pending",), NONE, lesson="On record as an attempt, never called failed."),
            ),
            rules=(limited,),
        ),
    ]
