"""What a door does to an answer on its way out: lose it, cut it, or let it drip."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from fake_calcom.faults.rule import Effect

DRIPS = 8  # pieces of a slow body


@dataclass(slots=True, frozen=True)
class Mischief:
    """How a connection misbehaves.

    sent: bytes of the body that go out; None: not even the head does, 0: the head only.
    end: what follows: nothing more of note, an orderly close, or a reset.
    seconds: for how long the body drips.
    """

    sent: int | None
    end: Literal["", "closed", "reset"]
    seconds: float = 0.0

    def pieces(self, body: bytes) -> list[bytes]:
        """Return what goes out of a body, in the pieces in which it does."""
        shown = body[: self.sent or 0]
        if not self.seconds:
            return [shown]
        size = max(1, -(-len(shown) // DRIPS))
        return [shown[at : at + size] for at in range(0, len(shown), size)]


LOST = Mischief(sent=None, end="closed")
RESET = Mischief(sent=None, end="reset")


def cut(effect: Effect, body: bytes, end: Literal["closed", "reset"]) -> Mischief:
    """Return a cut in the body: after the bytes asked for (never the whole), else in the middle."""
    sent = len(body) // 2 if effect.bytes_sent is None else min(effect.bytes_sent, max(0, len(body) - 1))
    return Mischief(sent, end)


def drip(effect: Effect, body: bytes) -> Mischief:
    """Return a body that comes whole, but slowly."""
    return Mischief(len(body), "", effect.seconds)
