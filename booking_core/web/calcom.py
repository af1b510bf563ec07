"""Cal.com's door: webhooks about bookings, signed over their raw bytes."""

from __future__ import annotations

from aiohttp import web

from booking_core.calcom.webhook_wire import read_webhook
from booking_core.calcom.wire import WireError
from booking_core.core import Core
from booking_core.settings import Settings
from booking_core.web.doors import signed_body
from booking_core.web.fields import UNPROCESSABLE
from booking_core.web.mistakes import ClientMistakeError
from booking_core.web.signatures import CALCOM_HEADER, is_from_calcom


class CalcomDoor:
    """Checks the signature and hands the event to the core, which copes with repeats and disorder."""

    def __init__(self, core: Core, settings: Settings) -> None:
        self._core = core
        self._secret = settings.calcom_webhook_secret

    def routes(self) -> list[web.RouteDef]:
        """The one path that Cal.com calls."""
        return [web.post("/api/calcom/webhook", self._receive)]

    async def _receive(self, request: web.Request) -> web.Response:
        body = await signed_body(request, CALCOM_HEADER, self._is_genuine)
        try:
            command = read_webhook(body.raw, body.parsed)
        except WireError as error:
            raise ClientMistakeError(UNPROCESSABLE, str(error), expected="Cal.com's webhook body") from error
        if command is not None:
            await self._core.receive_webhook(command)
        return web.json_response({"received": True})

    def _is_genuine(self, raw: bytes, signature: str) -> bool:
        return is_from_calcom(raw, signature, self._secret)
