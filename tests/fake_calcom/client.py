"""A client for tests: real aiohttp through the direct door, with answers as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import aiohttp

from tests.fake_calcom.worlds import TUESDAY_14, V_BOOKINGS, attendee

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fake_calcom import FakeCalcom, WorldKeys


@dataclass(slots=True, frozen=True)
class Reply:
    """One answer, its body as JSON values."""

    status: int
    body: Any
    headers: Mapping[str, str]

    @property
    def data(self) -> Any:
        """Return the `data` of a success."""
        assert self.body["status"] == "success", self.body
        return self.body["data"]

    @property
    def message(self) -> str:
        """Return the sentence of an error, from whichever of the two shapes."""
        text: str = self.body["error"]["message"] if "error" in self.body else self.body["message"]
        return text


class Client:
    """Calls one fake whose world is loaded; `keys` are the ids of the world's names."""

    def __init__(self, fake: FakeCalcom, session: aiohttp.ClientSession) -> None:
        self.fake = fake
        self._session = session
        self.keys: WorldKeys

    def load(self, world: Mapping[str, Any]) -> Client:
        """Load a world and remember its keys."""
        self.keys = self.fake.load_world(world)
        return self

    def id_of(self, key: str) -> int:
        """Return the id of a world's event type."""
        number: int = self.keys.event_types[key]["id"]
        return number

    def key_of(self, user: str) -> dict[str, str]:
        """Return the header that authenticates a world's user."""
        return {"Authorization": f"Bearer {self.keys.users[user]['api_key']}"}

    async def call(
        self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None, user: str = ""
    ) -> Reply:
        """Send one request; bookings' version unless `headers` say otherwise."""
        sent = {**V_BOOKINGS, **(headers or {}), **(self.key_of(user) if user else {})}
        async with self._session.request(method, f"http://cal.test{path}", json=body, headers=sent) as answer:
            parsed = await answer.json() if await answer.read() else None
            return Reply(answer.status, parsed, dict(answer.headers))

    async def get(self, path: str, headers: Mapping[str, str] | None = None, user: str = "") -> Reply:
        """GET a path."""
        return await self.call("GET", path, None, headers, user)

    async def post(
        self, path: str, body: Any = None, headers: Mapping[str, str] | None = None, user: str = ""
    ) -> Reply:
        """POST a body to a path."""
        return await self.call("POST", path, body, headers, user)

    async def book(
        self, event_type: str, start: str = TUESDAY_14, who: Mapping[str, Any] | None = None, **more: Any
    ) -> Reply:
        """Create a booking of a world's event type."""
        body = {"start": start, "eventTypeId": self.id_of(event_type), "attendee": who or attendee(), **more}
        return await self.post("/v2/bookings", body)
