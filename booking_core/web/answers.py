"""What the gateway answers, as JSON. Instants are told in the business's local time with its offset."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from booking_core.domain.outcomes import CallerAnswer

BODY_MAX_CHARACTERS = 14_000  # Retell cuts a function's result at 15,000
MESSAGE_MAX_CHARACTERS = 3_000
ALTERNATIVES_MAX = 200  # 29 characters each: with the message well below the limit


def encode_answer(answer: CallerAnswer, zone: ZoneInfo) -> str:
    """The body of a function call's answer; what is None is left out."""
    told: dict[str, Any] = {
        "success": answer.success,
        "status": answer.status.value,
        "message": _cut(answer.message),
        "bestaetigung_status": answer.confirmation,
    }
    if answer.appointment_id is not None:
        told["appointment_id"] = answer.appointment_id
    if answer.alternatives:
        told["alternatives"] = _local(answer.alternatives, zone)
    if answer.reminder is not None:
        told["reminder"] = answer.reminder
    return json.dumps(told, ensure_ascii=False)


def _local(instants: Sequence[datetime], zone: ZoneInfo) -> list[str]:
    return [instant.astimezone(zone).isoformat(timespec="seconds") for instant in instants[:ALTERNATIVES_MAX]]


def _cut(message: str) -> str:
    if len(message) <= MESSAGE_MAX_CHARACTERS:
        return message
    return message[: MESSAGE_MAX_CHARACTERS - 1].rpartition(" ")[0] + "…"
