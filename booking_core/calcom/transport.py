"""One HTTP exchange with Cal.com: sent once, judged by what it proves about the other side.

The three ways it can fail differ in what they prove: `NotSentError` (nothing reached Cal.com), `NoReplyError`
(Cal.com may have acted), and `RateLimitedError` (Cal.com refused before it looked: nothing happened).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from booking_core.calcom.breaker import Breaker
from booking_core.domain.events import CalcomAsked
from booking_core.ports.world import Clock, Observer

BOOKINGS_VERSION = "2024-08-13"
SLOTS_VERSION = "2024-09-04"
BODY_MAX_BYTES = 4 * 1024 * 1024  # a page of 250 bookings is about 0.4 MiB
BLOCK_S = 60.0  # Cal.com's block after its limit, used when a 429 does not say how long


class TransportError(Exception):
    """No usable answer came. See the three kinds below for what that proves."""


class NotSentError(TransportError):
    """No connection, or the breaker is open: Cal.com never heard of it."""


class NoReplyError(TransportError):
    """Sent, but no whole answer came in time: Cal.com may have acted."""


class RateLimitedError(TransportError):
    """Cal.com's 429, or the block after one: nothing was done. Ask again after `wait_s` seconds."""

    def __init__(self, wait_s: float) -> None:
        super().__init__(f"rate limit: {wait_s:.0f} s to wait")
        self.wait_s = wait_s


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds. Retell gives a function call two minutes, so a create and a look-up after it must fit well inside."""

    connect_s: float = 5.0
    create_s: float = 20.0
    lookup_s: float = 10.0


@dataclass(frozen=True, slots=True)
class Account:
    """Where Cal.com is and who asks."""

    url: str
    api_key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Ask:
    """One request. `operation` is its name in logs and metrics, `path` begins with `/v2/`."""

    operation: str
    method: str
    path: str
    version: str = BOOKINGS_VERSION
    params: Mapping[str, str] | None = None
    body: Mapping[str, Any] | None = None
    changes: bool = False  # whether Cal.com's bookings change by it


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer below 500 that is not a 429, or a 5xx; the body is not yet read."""

    status: int
    body: bytes


class Transport:
    """Sends requests, honours rate limits, feeds the breaker, tells how long it took."""

    def __init__(
        self,
        *,
        http: aiohttp.ClientSession,
        account: Account,
        timeouts: Timeouts,
        breaker: Breaker | None,
        clock: Clock,
        tell: Observer,
    ) -> None:
        self._http = http
        self._account = account
        self._timeouts = timeouts
        self._breaker = breaker
        self._clock = clock
        self._tell = tell
        self._blocked_until = float("-inf")

    async def send(self, ask: Ask) -> Reply:
        """Exchange one request; raises a TransportError when there is no answer to read."""
        self._refuse_while_blocked()
        if self._breaker is not None and not self._breaker.permits():
            raise NotSentError("the circuit breaker is open")
        started = self._clock.monotonic()
        result = "abandoned"
        try:
            reply = await self._exchange(ask)
            result = str(reply.status)
        except RateLimitedError:
            result = "429"
            raise
        except TransportError as error:
            result = "not_sent" if isinstance(error, NotSentError) else "no_reply"
            raise
        finally:
            self._judge(result)
            self._tell(CalcomAsked(ask.operation, result, self._clock.monotonic() - started))
        return reply

    async def _exchange(self, ask: Ask) -> Reply:
        try:
            async with self._request(ask) as response:
                if response.status == 429:
                    raise self._block(response.headers)
                return Reply(response.status, await _read_bounded(response))
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise NotSentError(f"no connection to Cal.com ({type(error).__name__})") from error
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise NoReplyError(f"no whole answer from Cal.com ({type(error).__name__})") from error

    def _request(self, ask: Ask) -> Any:
        total_s = self._timeouts.create_s if ask.changes else self._timeouts.lookup_s
        return self._http.request(
            ask.method,
            self._account.url.rstrip("/") + ask.path,
            params=ask.params,
            json=ask.body,
            headers={"Authorization": f"Bearer {self._account.api_key}", "cal-api-version": ask.version},
            timeout=aiohttp.ClientTimeout(total=total_s, connect=self._timeouts.connect_s),
            allow_redirects=False,  # a redirected create would be a second one
        )

    def _refuse_while_blocked(self) -> None:
        wait_s = self._blocked_until - self._clock.monotonic()
        if wait_s > 0:
            raise RateLimitedError(wait_s)

    def _block(self, headers: Mapping[str, str]) -> RateLimitedError:
        """Cal.com sends no Retry-After of its own (a proxy before it may); its reset header counts seconds left."""
        wait_s = _seconds(headers.get("Retry-After")) or _seconds(headers.get("X-RateLimit-Reset-Default")) or BLOCK_S
        self._blocked_until = self._clock.monotonic() + wait_s
        return RateLimitedError(wait_s)

    def _judge(self, result: str) -> None:
        if self._breaker is None:
            return
        if result == "abandoned":
            self._breaker.abandoned()
        elif result in {"not_sent", "no_reply"} or result.startswith("5"):
            self._breaker.failed()
        else:
            self._breaker.succeeded()


async def _read_bounded(response: aiohttp.ClientResponse) -> bytes:
    chunks: list[bytes] = []
    size = 0
    async for chunk in response.content.iter_any():
        chunks.append(chunk)
        size += len(chunk)
        if size > BODY_MAX_BYTES:
            raise NoReplyError(f"the answer is larger than {BODY_MAX_BYTES} bytes")
    return b"".join(chunks)


def _seconds(text: str | None) -> float | None:
    """A positive number of seconds, at most ten minutes; anything else (an HTTP date, garbage) is no answer."""
    if text is None or not text.isascii() or not text.isdigit():
        return None
    return min(float(text), 600.0) or None
