"""What a load run asks of Cal.com: bookings and webhooks, by the public API; faults and clock, by the control door."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp

from scenarios.load.settings import API_KEY, WEBHOOK_SECRET
from scenarios.load.webhooks import is_settled

PAGE = 250
TRIGGERS = ["BOOKING_CREATED", "BOOKING_CANCELLED", "BOOKING_RESCHEDULED"]
_LOOKS_MAX, _LOOK_EVERY_S = 120, 0.1  # longer than Cal.com waits for a subscriber's answer
_HEADERS = {"Authorization": f"Bearer {API_KEY}", "cal-api-version": "2024-08-13"}


class CalcomDoors:
    """One fake Cal.com at an address."""

    def __init__(self, url: str, http: aiohttp.ClientSession) -> None:
        self._url = url
        self._http = http

    async def bookings(self) -> list[dict[str, Any]]:
        """Every booking, oldest first."""
        found: list[dict[str, Any]] = []
        while True:
            query = f"take={PAGE}&skip={len(found)}&sortCreated=asc"
            page = await self._json("GET", f"/v2/bookings?{query}", headers=_HEADERS)
            found += page["data"]
            if not page["pagination"]["hasNextPage"]:
                return found

    async def subscribe(self, gateway_url: str) -> str:
        """From now on Cal.com tells this gateway of the host's bookings; the subscription's id."""
        body = {"subscriberUrl": _door(gateway_url), "triggers": TRIGGERS, "active": True, "secret": WEBHOOK_SECRET}
        made = await self._json("POST", "/v2/webhooks", json=body, headers=_HEADERS)
        return str(made["data"]["id"])

    async def move_subscription(self, subscription: str, gateway_url: str) -> None:
        """The gateway has another address now."""
        body = {"subscriberUrl": _door(gateway_url)}
        await self._json("PATCH", f"/v2/webhooks/{subscription}", json=body, headers=_HEADERS)

    async def deliveries(self) -> list[dict[str, Any]]:
        """Every webhook that Cal.com has sent, what it held back among them; waits for those under way."""
        await self._json("POST", "/__fake__/webhook-deliveries/flush", json={})
        for _ in range(_LOOKS_MAX):
            found: list[dict[str, Any]] = (await self._json("GET", "/__fake__/webhook-deliveries"))["data"]
            if is_settled(found):
                break
            await asyncio.sleep(_LOOK_EVERY_S)
        return found

    async def add_faults(self, rules: list[dict[str, Any]]) -> None:
        """From now on things go wrong."""
        for rule in rules:
            await self._json("POST", "/__fake__/faults", json=rule)

    async def heal(self) -> dict[str, int]:
        """Take every fault out; how often each struck, by name."""
        rules = (await self._json("GET", "/__fake__/faults"))["data"]
        await self._json("DELETE", "/__fake__/faults")
        return {rule["name"]: rule["hits"] for rule in rules}

    async def let_time_pass(self, seconds: float) -> None:
        """Move Cal.com's clock forward."""
        await self._json("POST", "/__fake__/clock/advance", json={"seconds": seconds})

    async def _json(self, method: str, path: str, **options: Any) -> Any:
        async with self._http.request(method, self._url + path, **options) as answer:
            answer.raise_for_status()
            return await answer.json()


def _door(gateway_url: str) -> str:
    return f"{gateway_url}/api/calcom/webhook"
