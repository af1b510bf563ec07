"""Prometheus metrics on a registry of their own. Labels are small fixed sets; no id and no person is a label."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from booking_core.domain.commands import Entry
from booking_core.domain.events import (
    AnswerReceived,
    BookingRequested,
    BookingSettled,
    BreakerMoved,
    CalcomAsked,
    ConstraintViolated,
    Event,
    FalselyRejected,
    GhostFound,
    LayerJudged,
    OrphanFound,
    UnsettledCounted,
)
from booking_core.domain.outcomes import Layer, Status

LAYER_BUCKETS = (0.00001, 0.00003, 0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 1.0)  # the four may add 1 ms
CALCOM_BUCKETS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0)
BREAKER_STATES = ("closed", "half_open", "open")


class Metrics:
    """The observer that counts."""

    def __init__(self, threshold_s: float) -> None:
        self._threshold_s = threshold_s
        self.registry = registry = CollectorRegistry()
        self._requests = Counter("slotproof_booking_requests", "Requests to book", ["entry"], registry=registry)
        self._outcomes = Counter("slotproof_booking_outcomes", "Outcomes", ["entry", "status"], registry=registry)
        self._answers = Counter("slotproof_calcom_bookings", "Bookings that Cal.com answered with", registry=registry)
        self._repeats = Counter("slotproof_calcom_repeats", "Answers with an earlier booking", registry=registry)
        self._verdicts = Counter("slotproof_layer_verdicts", "Words of layers", ["layer", "verdict"], registry=registry)
        self._rejections = Counter("slotproof_layer_rejections", "Deciding rejections", ["layer"], registry=registry)
        self._false = Counter(
            "slotproof_false_rejections", "Rejected, yet the call's own", ["layer"], registry=registry
        )
        self._violations = Counter("slotproof_constraint_violations", "Rows refused by the key", registry=registry)
        self._ghosts = Counter("slotproof_ghosts", "Bookings without appointment", ["settled_as"], registry=registry)
        self._orphans = Counter("slotproof_orphans", "Appointments without booking", ["settled_as"], registry=registry)
        self._asked = Counter("slotproof_calcom_requests", "HTTP requests", ["operation", "result"], registry=registry)
        self._unsettled = Gauge("slotproof_attempts_unsettled", "Attempts without outcome", registry=registry)
        self._oldest = Gauge("slotproof_attempts_oldest_age_seconds", "Age of the oldest of them", registry=registry)
        self._breaker = Gauge("slotproof_breaker_state", "1 for the state it is in", ["state"], registry=registry)
        self._layer_seconds = Histogram(
            "slotproof_layer_seconds", "What a layer takes", ["layer"], buckets=LAYER_BUCKETS, registry=registry
        )
        self._calcom_seconds = Histogram(
            "slotproof_calcom_seconds", "What Cal.com takes", ["operation"], buckets=CALCOM_BUCKETS, registry=registry
        )
        self._move_breaker("closed")
        self._begin_at_zero()

    def __call__(self, event: Event) -> None:
        """Count one fact."""
        match event:
            case BookingRequested():
                self._requests.labels(event.entry.value).inc()
            case BookingSettled():
                self._outcomes.labels(event.entry.value, event.status.value).inc()
            case AnswerReceived():
                self._answers.inc()
                self._repeats.inc(int(self._is_repeat(event)))
            case LayerJudged():
                self._count_verdict(event)
            case CalcomAsked(operation, result, seconds):
                self._asked.labels(operation, result).inc()
                self._calcom_seconds.labels(operation).observe(seconds)
            case _:
                self._count_rare(event)

    def exposition(self) -> bytes:
        """The text format that Prometheus reads."""
        return generate_latest(self.registry)

    def _is_repeat(self, event: AnswerReceived) -> bool:
        """Cal.com hands back an earlier booking: another call's, or one older than a fresh one can be."""
        foreign = event.received_call_id is not None and event.received_call_id != event.sent_call_id
        return foreign or (event.age_seconds is not None and event.age_seconds > self._threshold_s)

    def _count_verdict(self, event: LayerJudged) -> None:
        layer = str(event.verdict.layer.value)
        self._verdicts.labels(layer, event.verdict.verdict.value).inc()
        self._layer_seconds.labels(layer).observe(event.seconds)
        if event.deciding and event.verdict.rejects:
            self._rejections.labels(layer).inc()

    def _count_rare(self, event: Event) -> None:
        match event:
            case FalselyRejected():
                self._false.labels(str(int(event.layer))).inc()
            case ConstraintViolated():
                self._violations.inc()
            case GhostFound():
                self._ghosts.labels(event.settled_as).inc()
            case OrphanFound():
                self._orphans.labels(event.settled_as).inc()
            case UnsettledCounted(count, oldest):
                self._unsettled.set(count)
                self._oldest.set(oldest)
            case BreakerMoved(state):
                self._move_breaker(state)

    def _move_breaker(self, state: str) -> None:
        for known in BREAKER_STATES:
            self._breaker.labels(known).set(int(known == state))

    def _begin_at_zero(self) -> None:
        """What alerts count: a series that begins at 0 shows its first increase, one that begins at 1 hides it."""
        for layer in Layer:
            self._rejections.labels(str(layer.value))
            self._false.labels(str(layer.value))
        for entry in Entry:
            self._outcomes.labels(entry.value, Status.DUPLICATE.value)
