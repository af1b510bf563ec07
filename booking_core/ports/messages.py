"""Telling customers what no caller is on the line to hear."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Message:
    """What goes out. `channel` is `email` or `sms`, `recipient` an address or a phone number."""

    channel: str
    recipient: str
    text: str


class MessageNotSentError(Exception):
    """The message did not leave, this time. It stays in the outbox and is tried again."""


class MessageSender(Protocol):
    """The way to an e-mail or SMS provider."""

    async def __call__(self, message: Message, /) -> None:
        """Send; raises MessageNotSentError."""
