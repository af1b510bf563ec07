"""An answer that goes wrong on the wire: real bytes, a real close or a real reset of the connection."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    from aiohttp.abc import AbstractStreamWriter

    from fake_calcom.faults.mischief import Mischief
    from fake_calcom.wire import Answer

RESET_ON_CLOSE = struct.pack("ii", 1, 0)  # SO_LINGER on, for no time: the kernel then sends RST, not FIN


class BrokenResponse(web.StreamResponse):
    """Sends what its mischief lets through; the length that its head promises is the whole body's."""

    def __init__(self, answer: Answer, mischief: Mischief) -> None:
        super().__init__(status=answer.status or 200, headers=answer.headers)
        self.content_length = len(answer.body)
        self._answer, self._mischief = answer, mischief

    async def prepare(self, request: web.BaseRequest) -> AbstractStreamWriter | None:
        """Send what is sent; ConnectionResetError when that ends the connection, as aiohttp expects."""
        writer = None
        if self._mischief.sent is not None:
            writer = await super().prepare(request)
            await self._drip()
        if self._mischief.end:
            _end(request.transport, self._mischief)
            raise ConnectionResetError("the fault plan ends this connection")
        return writer

    async def _drip(self) -> None:
        pieces = self._mischief.pieces(self._answer.body)
        for piece in pieces:
            if self._mischief.seconds:
                await asyncio.sleep(self._mischief.seconds / len(pieces))
            await self.write(piece)


def _end(transport: asyncio.Transport | None, mischief: Mischief) -> None:
    if transport is None:
        return
    if mischief.end == "closed":
        transport.close()
        return
    raw = transport.get_extra_info("socket")
    if raw is not None:
        with contextlib.suppress(OSError):
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
    transport.abort()
