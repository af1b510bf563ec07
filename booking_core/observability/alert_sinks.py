"""Where alerts go: the console, a file, a webhook."""

from __future__ import annotations

import asyncio
import contextlib
import json
from pathlib import Path
from typing import TextIO

import aiohttp

from booking_core.observability.alerts import Alert

QUEUE_MAX = 100  # alerts waiting for a webhook that does not answer; the oldest stay, later ones are dropped
POST_TIMEOUT_S = 5.0


class StreamSink:
    """One JSON line per alert on a stream (the console)."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def __call__(self, alert: Alert) -> None:
        """Write the line."""
        self._stream.write(json.dumps(alert.as_json()) + "\n")
        self._stream.flush()


class FileSink:
    """One JSON line per alert, appended to a file; a full disk must not stop a booking, so failures are silent."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __call__(self, alert: Alert) -> None:
        """Append the line."""
        with contextlib.suppress(OSError), self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(alert.as_json()) + "\n")


class WebhookSink:
    """Posts alerts as JSON. `run` is the task that sends; the call itself only queues."""

    def __init__(self, http: aiohttp.ClientSession, url: str) -> None:
        self._http = http
        self._url = url
        self._waiting: asyncio.Queue[Alert] = asyncio.Queue(maxsize=QUEUE_MAX)

    def __call__(self, alert: Alert) -> None:
        """Queue it."""
        with contextlib.suppress(asyncio.QueueFull):
            self._waiting.put_nowait(alert)

    async def run(self) -> None:
        """Send what is queued until cancelled; one that cannot be delivered is dropped, the others go on."""
        while True:
            alert = await self._waiting.get()
            with contextlib.suppress(aiohttp.ClientError, TimeoutError, OSError):
                await self._post(alert)

    async def _post(self, alert: Alert) -> None:
        timeout = aiohttp.ClientTimeout(total=POST_TIMEOUT_S)
        async with self._http.post(self._url, json=alert.as_json(), timeout=timeout, allow_redirects=False):
            return
