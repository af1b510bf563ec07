"""The operator's doors: is the gateway alive, can it serve, what has it counted, what does it take."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from aiohttp import web

from booking_core.core import Core
from booking_core.ports.storage import UnitOfWork
from booking_core.web.openapi import openapi_document

READY_WITHIN_S = 2.0


class OperationsDoor:
    """Unsigned; nothing it tells is about a person."""

    def __init__(self, core: Core, metrics: Callable[[], bytes]) -> None:
        self._core = core
        self._metrics = metrics

    def routes(self) -> list[web.RouteDef]:
        """Health, readiness, metrics, contract."""
        return [
            web.get("/health", self._health),
            web.get("/ready", self._ready),
            web.get("/metrics", self._tell_metrics),
            web.get("/openapi.json", self._tell_contract),
        ]

    async def _health(self, _: web.Request) -> web.Response:
        """The process answers."""
        return web.json_response({"status": "ok"})

    async def _ready(self, _: web.Request) -> web.Response:
        """The database answers: 503 otherwise. Cal.com is not asked; without it the gateway still takes wishes."""
        try:
            async with asyncio.timeout(READY_WITHIN_S):
                await self._core.transactions(_read_services)
        except Exception as error:  # noqa: BLE001 - whatever keeps the database from answering, the gateway is not ready
            return web.json_response({"status": "not ready", "database": type(error).__name__}, status=503)
        return web.json_response({"status": "ready"})

    async def _tell_metrics(self, _: web.Request) -> web.Response:
        return web.Response(body=self._metrics(), headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"})

    async def _tell_contract(self, _: web.Request) -> web.Response:
        return web.json_response(openapi_document())


async def _read_services(unit: UnitOfWork) -> int:
    return len(await unit.services.all())
