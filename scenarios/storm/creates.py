"""How each gateway's create requests ended, as its core told it: what the search for blind repeats reads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from booking_core.domain.events import AnswerReceived, CreateUnknown, Event


@dataclass(frozen=True, slots=True)
class CreateEnd:
    """One end, `at_s` true seconds since 1970. `own_uid` is the call's own booking; None: no usable answer came."""

    at_s: float
    gateway: str
    call_id: int
    own_uid: str | None


class CreateListener:
    """An observer of one gateway's core; `now` is the true time."""

    def __init__(self, gateway: str, now: Callable[[], datetime], ends: list[CreateEnd]) -> None:
        self._gateway = gateway
        self._now = now
        self._ends = ends

    def __call__(self, event: Event) -> None:
        """Take note of an end."""
        match event:
            case CreateUnknown(call_id=call_id):
                self._note(call_id, None)
            case AnswerReceived(call_id=call_id) if event.received_call_id == event.sent_call_id:
                self._note(call_id, event.booking_uid)
            case _:
                pass

    def _note(self, call_id: int, own_uid: str | None) -> None:
        self._ends.append(CreateEnd(self._now().timestamp(), self._gateway, call_id, own_uid))
