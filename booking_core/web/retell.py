"""Retell's doors: the agent's function calls during the call, and the webhook about the call itself."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from aiohttp import web

from booking_core.core import Core
from booking_core.domain.commands import CreateFromCall
from booking_core.domain.outcomes import CallerAnswer
from booking_core.settings import Settings
from booking_core.web import retell_wire
from booking_core.web.answers import encode_answer
from booking_core.web.doors import SignedBody, signed_body
from booking_core.web.retell_wire import Now
from booking_core.web.signatures import RETELL_HEADER, is_from_retell, signed_at

Command = TypeVar("Command")

ANALYZED = "call_analyzed"  # the event that carries what the agent understood; the call is over then


class RetellDoor:
    """Checks the signature, reads the command, asks the core, tells the agent."""

    def __init__(self, core: Core, settings: Settings) -> None:
        self._core = core
        self._key = settings.retell_api_key
        self._zone = settings.zone

    def routes(self) -> list[web.RouteDef]:
        """Every path that Retell may call."""
        core = self._core
        return [
            web.post("/api/retell/collect-appointment", self._function(retell_wire.read_booking, core.book)),
            web.post(
                "/api/retell/check-availability", self._function(retell_wire.read_day_question, core.list_free_starts)
            ),
            web.post("/api/retell/cancel-appointment", self._function(retell_wire.read_cancellation, core.cancel)),
            web.post("/api/retell/reschedule-appointment", self._function(retell_wire.read_move, core.reschedule)),
            web.post("/api/retell/webhook", self._receive_call_event),
        ]

    def _function(
        self,
        read: Callable[[dict[str, Any], Now], Command],
        use_case: Callable[[Command], Awaitable[CallerAnswer]],
    ) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def serve(request: web.Request) -> web.Response:
            body = await self._body(request)
            return self._tell(await use_case(read(body.parsed, self._now(body))))

        return serve

    async def _receive_call_event(self, request: web.Request) -> web.Response:
        """Keep the call; after its analysis book what the caller wanted, unless that has happened during the call."""
        body = await self._body(request)
        now = self._now(body)
        event = retell_wire.read_call_event(body.parsed, now)
        await self._core.record_call(event.record)
        if event.event != ANALYZED or event.record.wish is None:
            return web.json_response({"received": True})
        command = CreateFromCall(event.record.retell_call_id, event.language, now.asked_at)
        return self._tell(await self._core.create_from_call(command))

    async def _body(self, request: web.Request) -> SignedBody:
        return await signed_body(request, RETELL_HEADER, self._is_genuine)

    def _is_genuine(self, raw: bytes, signature: str) -> bool:
        return is_from_retell(raw, signature, self._key, self._core.clock.now())

    def _now(self, body: SignedBody) -> Now:
        return Now(self._core.clock.now(), self._zone, signed_at(body.signature))

    def _tell(self, answer: CallerAnswer) -> web.Response:
        return web.Response(text=encode_answer(answer, self._zone), content_type="application/json")
