"""A replay as JSON: instants in UTC ISO, `call_id` is the local number everywhere, layers are 1 to 4."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from scenarios.observation import LayerWord, Observation
from scenarios.replay import Replay


def document(replays: Sequence[Replay]) -> dict[str, Any]:
    """`{"replays": [...]}`, in the order in which they ran."""
    return {"replays": [_replay(one) for one in replays]}


def _replay(one: Replay) -> dict[str, Any]:
    settings, seen = one.settings, one.seen
    return {
        "scenario": one.scenario.id,
        "profile": settings.profile,
        "entry": str(settings.entry),
        "identity": str(settings.effective_profile().identity),
        "without": sorted(int(layer) for layer in settings.without),
        "skew": one.skew_s,
        "verdict": "as_expected" if one.as_expected else "violated",
        "objections": one.objections,
        "gets_through": {str(promise): lines for promise, lines in one.broken.items()},
        "seed": settings.seed,
        "digest": one.digest,
        "command": one.command,
        **facts(seen),
        "virtual_seconds": one.virtual_seconds,
        "wall_seconds": round(one.wall_seconds, 3),
    }


def facts(seen: Observation) -> dict[str, Any]:
    """What was observed, as JSON values."""
    return {
        "appointments": seen.appointments,
        "calls": seen.calls,
        "appointment_calls": seen.appointment_calls,
        "responses": [
            {
                "call_id": answer.call_id,
                "success": answer.success,
                "status": answer.status,
                "message": answer.message,
                "appointment_id": answer.appointment_id,
                "alternatives": list(answer.alternatives),
            }
            for answer in seen.responses
        ],
        "availability": seen.availability,
        "layers": [_layer(word) for word in seen.layers],
        "audit": seen.audit,
        "emails": seen.emails,
        "bookings": seen.bookings,
    }


def _layer(word: LayerWord) -> dict[str, Any]:
    numbers = {
        "age_seconds": word.age_seconds,
        "expected_call_id": word.expected_call_id,
        "received_call_id": word.received_call_id,
    }
    return {
        "call_id": word.call_id,
        "layer": word.layer,
        "verdict": word.verdict,
        "deciding": word.deciding,
        "reason": word.reason,
        **{name: value for name, value in numbers.items() if value is not None},
    }
