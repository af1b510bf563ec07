"""JSON logs: one line per fact, ids only. Nothing global is configured; the logger is a value.

Every rejection carries the sentence (`DUPLICATE BOOKING PREVENTION: …`) as `message` AND the documented upper-case
event (`STALE BOOKING DETECTED`, …) as `event`: searches for either find it.
"""

from __future__ import annotations

import re
import traceback
from datetime import datetime
from typing import Any, TextIO

import structlog

from booking_core.domain.events import (
    AnswerReceived,
    BookingRequested,
    BookingSettled,
    BreakerMoved,
    CalcomAsked,
    ConstraintViolated,
    CreateRefused,
    CreateUnknown,
    Event,
    FalselyRejected,
    GhostFound,
    LayerJudged,
    OrphanFound,
    UnsettledCounted,
)
from booking_core.domain.outcomes import Verdict
from booking_core.ports.world import Clock

REJECTIONS: dict[Verdict, tuple[str, str]] = {
    Verdict.STALE: ("STALE BOOKING DETECTED", "Stale booking detected"),
    Verdict.FOREIGN_CALL: ("CALL ID MISMATCH", "Call ID mismatch"),
    Verdict.ALREADY_STORED: ("APPOINTMENT ALREADY EXISTS", "Appointment already exists"),
}
PREVENTION = "DUPLICATE BOOKING PREVENTION"
SUCCESS = "booking successful and validated"

_PERSONAL = re.compile(r"\S+@\S+|\+?\d[\d ()/-]{5,}|'[^']*'|\"(?!start\")[^\"]*\"")


def make_logger(stream: TextIO, clock: Clock) -> structlog.typing.FilteringBoundLogger:
    """A logger that writes JSON lines with the gateway's own time."""

    def stamp(_logger: Any, _method: str, line: structlog.typing.EventDict) -> structlog.typing.EventDict:
        line["timestamp"] = clock.now().isoformat()
        return line

    logger: structlog.typing.FilteringBoundLogger = structlog.wrap_logger(
        structlog.WriteLogger(stream),
        wrapper_class=structlog.make_filtering_bound_logger("debug"),
        processors=[
            structlog.processors.add_log_level,
            stamp,
            structlog.processors.EventRenamer("message", "event_name"),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        cache_logger_on_first_use=True,
    )
    return logger


class EventLog:
    """The observer that writes every fact down."""

    def __init__(self, logger: structlog.typing.FilteringBoundLogger, threshold_s: float) -> None:
        self._log = logger
        self._threshold_s = threshold_s

    def __call__(self, event: Event) -> None:
        """Write one line."""
        match event:
            case LayerJudged():
                self._write_verdict(event)
            case AnswerReceived():
                self._write_age(event)
            case BookingSettled():
                self._write_outcome(event)
            case BookingRequested(call_id, retell_call_id, entry, starts_at):
                details = {"retell_call_id": retell_call_id, "entry": entry.value, "starts_at": _iso(starts_at)}
                self._log.info("booking requested", event_name="BOOKING REQUESTED", call_id=call_id, **details)
            case CreateRefused(call_id, status, message):
                told = {"http_status": status, "calcom_message": impersonal(message)}
                self._log.info("Cal.com refused the booking", event_name="CALCOM REFUSED", call_id=call_id, **told)
            case CreateUnknown(call_id, reason):
                what = "Cal.com gave no usable answer: the booking may exist"
                self._log.warning(what, event_name="BOOKING OUTCOME UNKNOWN", call_id=call_id, reason=reason)
            case _:
                self._write_rare(event)

    def failed(self, error: BaseException, where: str) -> None:
        """A mistake of ours: its type and place, not its text, which may quote what a customer said."""
        frames = [
            f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)
        ]
        told = {"where": where, "error": type(error).__name__, "frames": frames[-8:]}
        self._log.error("failed", event_name="GATEWAY FAILED", **told)

    def refused(self, path: str, http_status: int, where: str, problem: str) -> None:
        """A client's mistake: a wrong signature, a misshapen body."""
        told = {"path": path, "http_status": http_status, "where": where, "problem": problem}
        self._log.warning("request refused", event_name="REQUEST REFUSED", **told)

    def _write_verdict(self, event: LayerJudged) -> None:
        verdict = event.verdict
        fields = {
            "layer": verdict.layer.value,
            "verdict": verdict.verdict.value,
            "reason": verdict.reason,
            "booking_id": event.booking_uid,
            "created_at": _iso(event.created_at),
            "age_seconds": verdict.age_seconds,
            "threshold_seconds": verdict.threshold_seconds,
            "expected_call_id": verdict.expected_call_id,
            "received_call_id": verdict.received_call_id,
            "new_call_id": event.call_id,
            "new_customer_id": event.customer_id,
            "existing_appointment_id": verdict.existing.id if verdict.existing else None,
            "existing_call_id": verdict.existing.call_id if verdict.existing else None,
            "existing_customer_id": verdict.existing.customer_id if verdict.existing else None,
            "deciding": event.deciding,
        }
        if verdict.rejects:
            name, sentence = REJECTIONS[verdict.verdict]
            self._log.warning(f"{PREVENTION}: {sentence}", event_name=name, **fields)
        elif verdict.suspicious:
            self._log.warning("booking created in the future", event_name="SUSPICIOUS CLOCK SKEW", **fields)
        else:
            self._log.info("layer passed", event_name="LAYER PASSED", **fields)

    def _write_age(self, event: AnswerReceived) -> None:
        age = event.age_seconds
        self._log.info(
            "Cal.com answered: age analysis",
            event_name="BOOKING AGE ANALYSIS",
            call_id=event.call_id,
            booking_id=event.booking_uid,
            created_at=_iso(event.created_at),
            age_seconds=age,
            threshold_seconds=self._threshold_s,
            is_fresh=None if age is None else age <= self._threshold_s,
            call_id_sent=event.sent_call_id,
            call_id_received=event.received_call_id,
        )

    def _write_outcome(self, event: BookingSettled) -> None:
        success = event.status.value == "booked"
        self._log.info(
            SUCCESS if success else "booking settled",
            event_name="BOOKING VALIDATED" if success else "BOOKING SETTLED",
            call_id=event.call_id,
            entry=event.entry.value,
            status=event.status.value,
            appointment_id=event.appointment_id,
            booking_id=event.booking_uid,
            verified=list(event.verified),
        )

    def _write_rare(self, event: Event) -> None:
        log = self._log
        match event:
            case FalselyRejected(call_id, uid, layer):
                what = "a rejected answer was this call's own booking"
                log.warning(what, event_name="FALSE REJECTION", call_id=call_id, booking_id=uid, layer=layer)
            case ConstraintViolated(call_id, uid):
                what = "the database refused a second appointment for one booking"
                log.error(what, event_name="UNIQUE CONSTRAINT VIOLATED", call_id=call_id, booking_id=uid)
            case GhostFound(uid, settled_as):
                log.warning("ghost found", event_name="GHOST BOOKING FOUND", booking_id=uid, settled_as=settled_as)
            case OrphanFound(appointment_id, settled_as):
                told: dict[str, Any] = {"appointment_id": appointment_id, "settled_as": settled_as}
                log.warning("orphan found", event_name="ORPHAN APPOINTMENT FOUND", **told)
            case BreakerMoved(state):
                log.warning("circuit breaker moved", event_name="CIRCUIT BREAKER", state=state)
            case CalcomAsked(operation, result, seconds):
                told = {"operation": operation, "result": result, "seconds": round(seconds, 6)}
                log.debug("Cal.com asked", event_name="CALCOM ASKED", **told)
            case UnsettledCounted(count, oldest):
                log.debug("unsettled attempts", event_name="UNSETTLED ATTEMPTS", count=count, oldest_seconds=oldest)


def impersonal(text: str) -> str:
    """Somebody else's sentence without what may be a person's: addresses, numbers, quoted words; at most 300 signs."""
    return _PERSONAL.sub("[…]", text)[:300]


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
