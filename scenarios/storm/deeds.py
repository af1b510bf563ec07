"""What callers did, as a run's history keeps it: judged by checkers, written into bundles."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Deed:
    """One request of a caller's: `action` is book, cancel or reschedule; `phone` says who; `slot` is the wanted time.

    The operation's process is the Retell call, its value `{"status", "appointment_id"}` as the caller was told.
    """

    action: str
    phone: str
    slot: str | None

    def __str__(self) -> str:
        match self.action:
            case "book":
                return f"wants {self.slot}"
            case "reschedule":
                return f"calls again and wants {self.slot} instead"
            case _:
                return "calls again and cancels"

    def __repr__(self) -> str:
        return f"{self.action} {self.slot or ''} by {self.phone[-4:]}"
