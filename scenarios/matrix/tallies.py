"""What one run showed: which promises it broke, whose own booking was turned down, what nobody knows of. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from booking_core.domain.outcomes import Layer
from booking_core.profiles import Promise
from scenarios.checkers import broken_promises
from scenarios.matrix.cells import Layers, Tally
from scenarios.observation import Observation

LOOKING_AT_THE_ANSWER: Layers = (int(Layer.FRESHNESS), int(Layer.CALL_IDENTITY))
_LIVE_AT_CALCOM = frozenset({"accepted", "pending"})


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
    return _told(broken)


def sentences(seen: Observation) -> list[str]:
    """Each broken promise with what broke it."""
    return _told(broken_promises(seen))


def deciders(seen: Observation) -> frozenset[int]:
    """The layers that turned an answer down."""
    return frozenset(word.layer for word in seen.layers if word.deciding)


def false_rejections(seen: Observation) -> list[int]:
    """Calls whose own booking a layer that looks at the answer turned down."""
    return [
        word.call_id
        for word in seen.layers
        if word.deciding and word.layer in LOOKING_AT_THE_ANSWER and _own_bookings(seen, word.call_id)
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


def _told(broken: Mapping[Promise, list[str]]) -> list[str]:
    return [f"{promise}: {line}" for promise, lines in broken.items() for line in lines]
