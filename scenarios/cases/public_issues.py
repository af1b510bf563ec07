"""What Cal.com's public issues tell, as stories: what each profile makes of them, at each date of Cal.com.

Numbers are those of the calcom/cal.com repository (calcom/cal.diy since 2026). A row without a date is Cal.com of the
incidents; a row `-at-…` says what ends otherwise then, and whatever has no row ends as the one without a date.
Of #19889 only number and month are known to us (its neighbours #19833 and #20011 are of 2025-03-07 and -12).
"""

from __future__ import annotations

from dataclasses import replace

from booking_core.domain.commands import Entry
from scenarios.cases.ends import (
    AFTER,
    NONE,
    ONE,
    THREE_CUSTOMERS,
    TWO_CUSTOMERS,
    UNLINKED,
    UNTRUE,
    accepted,
    alone,
    both_booked,
    but_hardened,
    old_answer_of_another_customer,
    old_answer_of_the_same_customer,
    refused,
    requested,
)
from scenarios.cases.story import ERIKA, ZACHARIAS, End, Meanwhile, Story, Wish
from scenarios.cases.upstream import (
    host_confirms_all,
    host_hands_over_all,
    reserve,
    reserve_and_let_go,
    reserve_in_vain,
    together_past_the_check,
)
from scenarios.cases.worlds import confirming_world, plain_world, two_hosts_world
from scenarios.scenario import Person
from simulator.adapters.http_faults import HttpRule, ResetResponse

HOUR_S = 3600
DORA = Person("Dora Dritte", "+493033333333")
NINE = "2025-10-10T07:00:00Z"  # what callers want unless they say otherwise
_BLIND = "Cal.com sells one time twice, with a 201 and a booking of its own for each: no gateway can see that."


def stories() -> list[Story]:
    """All of them."""
    return [
        *_races(),
        *_requests(),
        *_reservations(),
        *_reassigned(),
        *_repeated_in_march_2025(),
    ]


def _at(story: Story, **others: tuple[End, ...]) -> list[Story]:
    """The story, and its rows at other dates; a keyword is the date as `on_2024_02`."""
    rows = [story]
    for keyword, ends in others.items():
        date = keyword.removeprefix("on_").replace("_", "-")
        rows.append(replace(story, id=f"{story.id}-at-{date}", ends=ends, generation=date))
    return rows


def _races() -> list[Story]:
    """Between Cal.com's check and its insert nothing is locked: only a key over what is inserted stops a second one."""
    two, three = (Meanwhile(-1, together_past_the_check(parties)) for parties in (2, 3))
    one_gets_in = accepted(refused("unavailable"), 1)
    identical = Story(
        "calcom-13397",
        "#13397: two requests race through Cal.com's check to its insert; a key lets one in",
        (ERIKA, ZACHARIAS),
        (Wish(1, 0), Wish(2, 0)),
        one_gets_in,
        world=plain_world,
        meanwhile=(two,),
    )
    overlapping = replace(
        identical,
        id="calcom-13397-overlap",
        title="#13397: the two starts differ by five minutes, so that no key is equal",
        wishes=(Wish(1, 0), Wish(2, 0, time="09:05")),
        ends=accepted(both_booked(TWO_CUSTOMERS), 2),
    )
    by_three = Story(
        "calcom-5820",
        "#5820: three book one time at the same moment, and each of them gets a confirmation",
        (ERIKA, ZACHARIAS, DORA),
        (Wish(1, 0), Wish(2, 0), Wish(3, 0)),
        accepted(refused("unavailable", "unavailable"), 1),
        world=plain_world,
        meanwhile=(three,),
    )
    # The key of February 2024 is over the e-mails: it stops only those who share one.
    both, all_three = ("booked",) * 2, ("booked",) * 3
    return [
        *_at(identical, on_2024_02=accepted(but_hardened(one_gets_in, both, TWO_CUSTOMERS, _BLIND), 1, 2)),
        overlapping,
        *_at(by_three, on_2024_02=accepted(but_hardened(by_three.ends, all_three, THREE_CUSTOMERS, _BLIND), 1, 3)),
    ]


def _requests() -> list[Story]:
    """An unconfirmed booking blocks nobody and has no key; since May 2025 the same attendee gets the same one back."""
    another, same = old_answer_of_another_customer(), old_answer_of_the_same_customer()
    answered_old, turned_away = (
        requested(another, "duplicate", TWO_CUSTOMERS),
        requested(refused("unavailable"), "unavailable", TWO_CUSTOMERS),
    )
    waiting = Story(
        "calcom-10789",
        "#10789: an unconfirmed booking blocks nobody, two can wait for one time",
        (ERIKA, ZACHARIAS),
        (Wish(1, 0), Wish(2, HOUR_S)),
        accepted(answered_old, 0),
        world=confirming_world,
    )
    confirmed = replace(
        waiting,
        id="calcom-29968",
        title="#29968: the host confirms both of one time, for a confirmed booking gets no key",
        ends=accepted(answered_old, 1, 2),
        meanwhile=(Meanwhile(2 * HOUR_S, host_confirms_all),),
    )
    repeated = Story(
        "calcom-pending-repeat",
        "#21058: a repeat of an unconfirmed booking gets the unconfirmed one back",
        (ERIKA, ERIKA),
        (Wish(1, 0), Wish(2, HOUR_S)),
        requested(same, "pending", ONE),
        world=confirming_world,
    )
    return [
        *_at(waiting, on_2024_02=accepted(turned_away, 0)),
        *_at(confirmed, on_2024_02=accepted(turned_away, 1, 2)),
        *_at(repeated, on_2024_02=requested(refused("existing"), "pending", ONE)),
    ]


def _reservations() -> list[Story]:
    left = Story(
        "calcom-21589",
        "#21589: the time that a moved booking has left can be reserved again (since 2025-05-29), and booked",
        (ERIKA, ZACHARIAS),
        (Wish(1, 0), Wish(1, 30, time="09:15", moves=True), Wish(2, 60)),
        accepted(both_booked(TWO_CUSTOMERS), 2),
        meanwhile=(Meanwhile(-30, reserve_and_let_go(NINE)), Meanwhile(45, reserve(NINE))),
    )
    in_vain = [
        replace(
            left,
            id=f"{left.id}-at-{date}",
            title="#21589: the time that a moved booking has left cannot be reserved, and is booked all the same",
            meanwhile=(Meanwhile(-30, reserve_and_let_go(NINE)), Meanwhile(45, reserve_in_vain(NINE))),
            generation=date,
        )
        for date in ("2024-02", "2025-05-01", "2025-05-22")
    ]
    return [
        Story(
            "calcom-23938",
            "#23938: a reservation of a slot stops nobody from booking it",
            (ERIKA,),
            (Wish(1, 0),),
            alone("booked", "booked"),
            meanwhile=(Meanwhile(-30, reserve(NINE)),),
        ),
        left,
        *in_vain,
    ]


def _reassigned() -> list[Story]:
    """#21710: the host hands a booking over to a colleague, and somebody wants the time that he has free again.

    From 2025-05-01 until #22065 (2025-06-26) the key stayed the first host's, and refused him what he had free.
    """
    handed_over = Story(
        "calcom-21710",
        "#21710: a host who has handed a booking over can be booked for that time again",
        (ERIKA, ZACHARIAS),
        (Wish(1, 0), Wish(2, HOUR_S)),
        _own_attendees_get_both_hosts(old_answer_of_another_customer()),
        world=two_hosts_world,
        meanwhile=(Meanwhile(60, host_hands_over_all),),
    )
    return _at(
        handed_over,
        on_2024_02=_own_attendees_get_both_hosts(refused("unavailable")),
        on_2025_05_01=accepted(refused("unavailable"), 1),
        on_2025_05_22=accepted(old_answer_of_another_customer(), 1),
    )


def _own_attendees_get_both_hosts(ends: tuple[End, ...]) -> tuple[End, ...]:
    both = but_hardened(ends, ("booked", "booked"), TWO_CUSTOMERS, "An attendee of his own gets the host who is free.")
    return accepted(both, 1, 2)


def _repeated_in_march_2025() -> list[Story]:
    """#19889: its text is not to be had. What befell a client of that month: a lost reply, a repeat, a second host."""
    lost = HttpRule((ResetResponse(),), client="gateway", method="POST", path="/v2/bookings", nth=1)
    recovered = (End("recommended", ("recovered",), ONE), End("hardened", ("recovered",), ONE))
    turned_away = tuple(
        End(profile, ("unavailable",), NONE, UNTRUE, entry)
        for profile, entry in (("unprotected", Entry.COLLECT), ("deployed", Entry.COLLECT), ("deployed", AFTER))
    )
    booked_twice = (
        End("unprotected", ("booked",), ONE, UNLINKED),
        End("deployed", ("booked",), ONE, UNLINKED),
        End("deployed", ("booked",), ONE, UNLINKED, AFTER),
    )
    ghost = (*booked_twice[:2], End("deployed", ("error",), NONE, UNTRUE, AFTER))
    story = Story(
        "calcom-19889",
        "#19889 (of March 2025, its text is unknown): a lost reply is asked for again, and another host is free",
        (ERIKA,),
        (Wish(1, 0), Wish(1, 31)),
        accepted((*ghost, *recovered), 1),
        rules=(lost,),
        world=two_hosts_world,
    )
    sold_twice = tuple(replace(end, accepted=2) for end in booked_twice)
    return _at(
        story,
        on_2024_02=accepted((*turned_away, *recovered), 1),
        on_2025_05_01=(*sold_twice, *accepted(recovered, 1)),
    )
