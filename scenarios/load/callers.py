"""The callers: each calls again and again until time is up, and does what Retell does when a call goes wrong."""

from __future__ import annotations

import asyncio
import json
import random
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import aiohttp

from scenarios.incidents.facts import SERVICE
from scenarios.load.settings import PERSONAL, RETELL_KEY, LoadSettings, slots
from scenarios.observation import Response
from scenarios.stage import sign

RETELL_LIMIT_S = 120.0
RETELL_TRIES = 3  # a failed function call is sent up to two more times
HOT_SLOTS = 12
HOT_ODDS = 0.3  # how often a caller wants one of the few hot slots, where callers meet
AGAIN_ODDS = 0.08  # how often Retell sends a call again that was answered
SAME_WISH_ODDS = 0.08  # how often somebody calls again for what they asked last time


@dataclass(slots=True)
class Heard:
    """What all callers heard, and how long it took them."""

    responses: list[Response] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    unanswered: int = 0  # requests without an answer of the gateway
    http_errors: list[int] = field(default_factory=list)
    given_up: int = 0  # calls that failed as often as Retell tries


class Caller:
    """One person with a phone; every call goes to any of the gateways."""

    def __init__(self, number: int, settings: LoadSettings, urls: list[str], heard: Heard) -> None:
        self._number = number
        self._draw = random.Random(f"{settings.seed} caller {number}")
        self._urls = urls
        self._heard = heard
        self._slots = slots(datetime.now(UTC))
        self._calls = 0
        self._last = (self._slots[0], SERVICE)

    async def call_until(self, deadline: float, http: aiohttp.ClientSession) -> None:
        """Call until the monotonic clock shows the deadline."""
        while time.monotonic() < deadline:
            self._calls += 1
            self._last = self._wanted()
            body = self._body(f"call_load_{self._number}_{self._calls}", *self._last)
            await self._insist(body, http)
            if self._draw.random() < AGAIN_ODDS:
                await self._insist(body, http)

    def _wanted(self) -> tuple[datetime, str]:
        """A start and a service."""
        if self._calls > 1 and self._draw.random() < SAME_WISH_ODDS:
            return self._last
        slots = self._slots[:HOT_SLOTS] if self._draw.random() < HOT_ODDS else self._slots
        return self._draw.choice(slots), self._draw.choice((SERVICE, PERSONAL))

    def _body(self, call_id: str, start: datetime, service: str) -> dict[str, Any]:
        call = {"call_id": call_id, "from_number": f"+4930{10_000_000 + self._number}", "to_number": "+493000000000"}
        wish = {"datum": f"{start:%Y-%m-%d}", "uhrzeit": f"{start:%H:%M}", "name": f"Person Nummer {self._number}"}
        return {"name": "collect_appointment", "call": call, "args": wish | {"dienstleistung": service}}

    async def _insist(self, body: dict[str, Any], http: aiohttp.ClientSession) -> None:
        """Send the call; when it fails, send the same call again as Retell does."""
        for _ in range(RETELL_TRIES):
            if await self._send(body, http):
                return
        self._heard.given_up += 1

    async def _send(self, body: dict[str, Any], http: aiohttp.ClientSession) -> bool:
        raw = json.dumps(body, ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json", "X-Retell-Signature": sign(raw, RETELL_KEY, datetime.now(UTC))}
        url = f"{self._draw.choice(self._urls)}/api/retell/collect-appointment"
        began = time.monotonic()
        try:
            async with http.post(url, data=raw, headers=headers) as answer:
                status, told = answer.status, await answer.json(content_type=None)
        except (aiohttp.ClientError, TimeoutError, ValueError):
            self._heard.unanswered += 1
            return False
        self._heard.seconds.append(time.monotonic() - began)
        if status != 200:
            self._heard.http_errors.append(status)
            return False
        self._heard.responses.append(_response(body["call"]["call_id"], status, told))
        return True


async def call_all(settings: LoadSettings, urls: list[str], heard: Heard) -> None:
    """Every caller at once, for as long as the settings say."""
    deadline = time.monotonic() + settings.seconds
    limit = aiohttp.ClientTimeout(total=RETELL_LIMIT_S)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), timeout=limit) as http:
        callers = [Caller(number, settings, urls, heard) for number in range(settings.callers)]
        await asyncio.gather(*(caller.call_until(deadline, http) for caller in callers))


def _response(retell_call_id: str, status: int, told: dict[str, Any]) -> Response:
    return Response(
        call_id=-1,  # the row's number is looked up at the end
        retell_call_id=retell_call_id,
        entry="collect",
        at=datetime.now(UTC),
        http_status=status,
        success=bool(told.get("success")),
        status=str(told.get("status", "error")),
        message=str(told.get("message", "")),
        appointment_id=told.get("appointment_id"),
        alternatives=tuple(told.get("alternatives") or ()),
    )
