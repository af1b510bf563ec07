"""Ways out for messages to customers that need no provider: a file of JSON lines, or the console.

They hold personal data by their nature (a recipient and a text), so they are neither logs nor metrics.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TextIO

from booking_core.ports.messages import Message, MessageNotSentError


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
    """Writes each message to a stream, for a gateway that is tried out."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    async def __call__(self, message: Message) -> None:
        """One line, at once."""
        print(f"{message.channel} → {message.recipient}: {message.text}", file=self._stream, flush=True)
