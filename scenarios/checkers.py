"""The promises, each a checker over an observation. A checker knows the public read models and nothing else.

Every checker returns the sentences that tell what is broken; no sentence means that it holds.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from booking_core.profiles import Promise
from scenarios.observation import Observation, Response
from simulator.checker import Finding, Verdict
from simulator.history import History


def broken_promises(seen: Observation) -> dict[Promise, list[str]]:
    """Every promise that does not hold, with the sentences that say so."""
    found = {promise: list(checker(seen)) for promise, checker in checkers().items()}
    return {promise: sentences for promise, sentences in found.items() if sentences}


class PromiseChecker:
    """A promise as the simulator's checker; the history it judges is the observation it was given."""

    def __init__(self, promise: Promise, seen: Observation) -> None:
        self.name = str(promise)
        self._check = checkers()[promise]
        self._seen = seen

    def check(self, history: History) -> Finding:
        """INVALID with the sentences that say what is broken."""
        del history  # callers' answers, rows and bookings say more than invoke and return
        reasons = tuple(self._check(self._seen))
        return Finding(self.name, Verdict.INVALID if reasons else Verdict.VALID, reasons)


def checkers() -> Mapping[Promise, Callable[[Observation], Iterator[str]]]:
    """The checker of each promise."""
    return {
        Promise.NO_DUPLICATE: duplicates,
        Promise.NO_LOST_LINK: lost_links,
        Promise.NO_FALSEHOOD: falsehoods,
    }


def duplicates(seen: Observation) -> Iterator[str]:
    """One appointment per Cal.com booking, and one live appointment per call."""
    by_booking: dict[str, list[int]] = defaultdict(list)
    for row in _live(seen):
        if row["calcom_v2_booking_id"] is not None:
            by_booking[row["calcom_v2_booking_id"]].append(row["id"])
    for uid, ids in by_booking.items():
        if len(ids) > 1:
            yield f"booking {uid} has {len(ids)} appointments: {', '.join(map(str, ids))}"
    for call_id, count in Counter(row["call_id"] for row in _live(seen)).items():
        if call_id is not None and count > 1:
            yield f"call {call_id} has {count} live appointments"


def lost_links(seen: Observation) -> Iterator[str]:
    """Whoever was told of an appointment has a call that points to it."""
    for answer in _final(seen):
        row = seen.call_row(answer.call_id)
        linked = None if row is None else row["appointment_id"]
        if answer.says_booked and linked is None:
            yield f"call {answer.call_id} was told „{answer.status}“, and its appointment_id is NULL"


def falsehoods(seen: Observation) -> Iterator[str]:
    """Who hears „booked“ holds that appointment and its booking; who is refused holds none; nobody is named."""
    for answer in _final(seen):
        if answer.says_booked:
            yield from _false_confirmation(seen, answer)
        elif answer.status in {"unavailable", "duplicate", "error"}:
            yield from _false_refusal(seen, answer)
    secrets = [_Secrets.of(seen, booking) for booking in seen.bookings]
    for answer in seen.responses:
        yield from _leak(seen, answer, secrets)


def _false_confirmation(seen: Observation, answer: Response) -> Iterator[str]:
    told = f"call {answer.call_id} was told „{answer.status}“"
    row = next((row for row in _live(seen) if row["id"] == answer.appointment_id), None)
    if row is None:
        yield f"{told}, and there is no such live appointment"
        return
    customer = _customer_of(seen, answer.call_id)
    if row["customer_id"] != customer:
        yield f"{told}, but appointment {row['id']} is customer {row['customer_id']}'s, not customer {customer}'s"
    booking = next((b for b in seen.bookings if b["uid"] == row["calcom_v2_booking_id"]), None)
    if booking is None or booking["status"] not in {"accepted", "pending"}:
        yield f"{told}, and Cal.com holds no live booking of appointment {row['id']}"
        return
    owner = _customer_of_retell_call(seen, booking["metadata"].get("call_id"))
    if owner not in {None, customer}:
        yield f"{told}, but booking {booking['uid']} is customer {owner}'s"


def _false_refusal(seen: Observation, answer: Response) -> Iterator[str]:
    call = seen.call_row(answer.call_id)
    for booking in seen.bookings:
        own = call is not None and booking["metadata"].get("call_id") == call["retell_call_id"]
        if own and booking["status"] in {"accepted", "pending"}:
            yield f"call {answer.call_id} was told „{answer.status}“ and holds booking {booking['uid']} at Cal.com"


@dataclass(frozen=True, slots=True)
class _Secrets:
    """What only the owner of a booking may hear; found once, for a load run has thousands of answers."""

    owner: int | None
    words: tuple[str, ...]

    @classmethod
    def of(cls, seen: Observation, booking: Mapping[str, Any]) -> _Secrets:
        owner = _customer_of_retell_call(seen, booking["metadata"].get("call_id"))
        return cls(owner, (booking["uid"], *(attendee["name"] for attendee in booking["attendees"])))


def _leak(seen: Observation, answer: Response, secrets: list[_Secrets]) -> Iterator[str]:
    own = _customer_of(seen, answer.call_id)
    for secret in secrets:
        if secret.owner != own and any(word in answer.message for word in secret.words):
            yield f"call {answer.call_id} heard something of customer {secret.owner}'s booking"


def _live(seen: Observation) -> list[dict[str, Any]]:
    return [row for row in seen.appointments if row["status"] != "cancelled"]


def _final(seen: Observation) -> list[Response]:
    return list({answer.call_id: answer for answer in seen.responses}.values())


def _customer_of(seen: Observation, call_id: int) -> int | None:
    row = seen.call_row(call_id)
    return None if row is None else row["customer_id"]


def _customer_of_retell_call(seen: Observation, retell_call_id: str | None) -> int | None:
    return next((row["customer_id"] for row in seen.calls if row["retell_call_id"] == retell_call_id), None)
