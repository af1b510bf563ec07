"""Watches the gateway's events during a replay and writes them down as layers' words and moments."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from booking_core.domain.events import (
    AnswerReceived,
    BookingSettled,
    ConstraintViolated,
    CreateRefused,
    CreateUnknown,
    Event,
    FalselyRejected,
    LayerJudged,
)
from booking_core.domain.outcomes import LayerVerdict
from scenarios.observation import GATEWAY, LayerWord, Observation


class Witness:
    """An observer of one gateway's core, which is called `gateway`. `now` is the clock of the timeline."""

    def __init__(self, seen: Observation, now: Callable[[], datetime], gateway: str = GATEWAY) -> None:
        self._seen = seen
        self._now = now
        self._gateway = gateway

    def __call__(self, event: Event) -> None:
        """Take note of what a reader of the timeline wants to know."""
        match event:
            case AnswerReceived():
                self._note("Cal.com", f"answers 201 with booking {event.booking_uid}", _age(event))
            case CreateRefused():
                self._note("Cal.com", f"refuses with {event.http_status}", event.message)
            case CreateUnknown():
                self._note("Cal.com", "gives no usable answer", event.reason, "bad")
            case LayerJudged():
                self._judged(event)
            case ConstraintViolated():
                self._note("database", f"unique key refuses a second row for {event.booking_uid}", "", "bad")
            case FalselyRejected():
                self._note("gateway", f"layer {event.layer} had rejected this call's own booking", "", "bad")
            case BookingSettled():
                row = "" if event.appointment_id is None else f"appointment {event.appointment_id}"
                self._note("gateway", f"call {event.call_id} settled as {event.status}", row, "quiet")
            case _:
                pass

    def _judged(self, event: LayerJudged) -> None:
        said = event.verdict
        self._seen.layers.append(
            LayerWord(
                call_id=event.call_id,
                layer=int(said.layer),
                verdict=str(said.verdict),
                reason=said.reason,
                deciding=event.deciding,
                age_seconds=None if said.age_seconds is None else round(said.age_seconds, 6),
                expected_call_id=said.expected_call_id,
                received_call_id=said.received_call_id,
            )
        )
        decides = ", and this decides" if event.deciding else ""
        tone = "bad" if said.rejects else "good"
        self._note(f"layer {int(said.layer)}", f"{said.verdict}{decides}", _numbers(said), tone)

    def _note(self, who: str, what: str, detail: str = "", tone: str = "plain") -> None:
        self._seen.note(self._now(), who, what, detail, tone, self._gateway)


def _age(event: AnswerReceived) -> str:
    if event.created_at is None or event.age_seconds is None:
        return "without createdAt"
    created = event.created_at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return f"created {created} by Cal.com's clock, {event.age_seconds:,.3f} s old by ours"


def _numbers(said: LayerVerdict) -> str:
    parts = []
    if said.age_seconds is not None and said.threshold_seconds is not None:
        parts.append(f"age {said.age_seconds:,.3f} s, threshold {said.threshold_seconds:g} s")
    if said.expected_call_id is not None:
        parts.append(f"expected {said.expected_call_id}, received {said.received_call_id or 'nothing'}")
    if said.existing is not None:
        parts.append(f"appointment {said.existing.id} of customer {said.existing.customer_id}")
    return "; ".join(parts) or said.reason
