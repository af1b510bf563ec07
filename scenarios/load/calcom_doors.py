"""What a load run asks of Cal.com: its bookings, by the public API; faults and clock, by the fake's control door."""

from __future__ import annotations

from typing import Any

import aiohttp

from scenarios.load.settings import API_KEY

PAGE = 250
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
