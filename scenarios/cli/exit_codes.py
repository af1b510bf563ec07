"""What an exit status of `slotproof` means."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """One number, one meaning, for every command."""

    AS_EXPECTED = 0
    WRONG_USE = 2
    SAFETY_VIOLATED = 10
    LIVENESS_VIOLATED = 11
    INCONCLUSIVE = 12
    REPLAY_DIVERGED = 13


def violated(*, safety: bool, liveness: bool) -> ExitCode:
    """What a command ends with when rules of these kinds are broken: safety first, for it cannot be made good again."""
    if safety:
        return ExitCode.SAFETY_VIOLATED
    return ExitCode.LIVENESS_VIOLATED if liveness else ExitCode.AS_EXPECTED
