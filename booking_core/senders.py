"""Where the outbox's messages go until a provider is connected: the console or a file. Both are MessageSenders."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TextIO

from booking_core.ports.messages import Message, MessageNotSentError

SHOWN_CHARACTERS = 2  # of a recipient on the console, whose output often ends in a log


class ConsoleSender:
    """One JSON line per message; of the recipient only the last characters show."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    async def __call__(self, message: Message) -> None:
        """Write the line."""
        masked = "…" + message.recipient[-SHOWN_CHARACTERS:]
        told = {"message": "notification sent", "channel": message.channel, "recipient": masked}
        self._stream.write(json.dumps(told, ensure_ascii=False) + "\n")
        self._stream.flush()


class FileSender:
    """One JSON line per message, whole, appended to a file that the company's mail program empties."""

    def __init__(self, path: Path) -> None:
        self._path = path

    async def __call__(self, message: Message) -> None:
        """Append the line; MessageNotSentError when the file cannot be written."""
        told = {"channel": message.channel, "recipient": message.recipient, "text": message.text}
        try:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(told, ensure_ascii=False) + "\n")
        except OSError as error:
            raise MessageNotSentError(f"the outbox file cannot be written ({type(error).__name__})") from error
