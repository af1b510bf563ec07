"""Ways out for messages to customers that need no provider: a file of JSON lines, or the console.

The file holds personal data by its nature (a recipient and a text). The console does not: it ends in a log.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TextIO

from booking_core.ports.messages import Message, MessageNotSentError

SHOWN_CHARACTERS = 2


class FileSender:
    """Appends each message to a file, one JSON object a line: `{channel, recipient, text}`."""

    def __init__(self, path: Path) -> None:
        self._path = path

    async def __call__(self, message: Message) -> None:
        """MessageNotSentError when the file cannot be written."""
        try:
            self._append(json.dumps(asdict(message), ensure_ascii=False))
        except OSError as error:
            raise MessageNotSentError(f"{self._path}: {error.strerror}") from error

    def _append(self, line: str) -> None:
        with self._path.open("a", encoding="utf-8") as file:
            file.write(line + "\n")


class ConsoleSender:
    """Writes each message to a stream, for a gateway that is tried out; of the recipient only the end shows."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    async def __call__(self, message: Message) -> None:
        """One JSON line, at once."""
        recipient = "…" + message.recipient[-SHOWN_CHARACTERS:]
        told = {"message": "notification sent", "channel": message.channel, "recipient": recipient}
        print(json.dumps(told, ensure_ascii=False), file=self._stream, flush=True)
