"""What the hosts of an event type have had so far, from which Cal.com tells whose turn it is.

Source: Cal.com, getLuckyUser: a month's bookings for the weights, the last one for the turn.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fake_calcom.booking.limits import period_ms
from fake_calcom.rules.host_choice import Turns
from fake_calcom.times import MS_PER_DAY

if TYPE_CHECKING:
    from fake_calcom.universe import Universe


def turns_of(universe: Universe, event_type_id: int) -> Turns:
    """Return what any user has had of this event type, up to now."""
    bookings = universe.bookings

    def this_month(user_id: int) -> int:
        now_ms = universe.now_ms()
        first_ms, _ = period_ms(now_ms, "month")
        return bookings.share(event_type_id, user_id, range(first_ms // MS_PER_DAY, now_ms // MS_PER_DAY + 1))

    return Turns(lambda user_id: bookings.last_turn(event_type_id, user_id), this_month)
