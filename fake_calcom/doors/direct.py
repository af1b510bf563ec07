"""The fastest door: a client middleware that calls the fake and builds the response, with no bytes between.

    aiohttp.ClientSession(middlewares=(fake.direct_door(),))

The caller keeps a real `ClientSession` and gets a real `ClientResponse`; HTTP is neither written nor parsed.
"""

from __future__ import annotations

import asyncio
import errno
from typing import TYPE_CHECKING, Any

from aiohttp import ClientOSError, ClientPayloadError, ClientResponse, ServerDisconnectedError
from aiohttp.base_protocol import BaseProtocol
from aiohttp.helpers import TimerNoop
from aiohttp.http import HttpVersion11
from aiohttp.streams import EMPTY_PAYLOAD, StreamReader
from multidict import CIMultiDict, CIMultiDictProxy

from fake_calcom.doors.port import LOOPBACK, too_large
from fake_calcom.wire import BODY_BYTES_MAX, Answer, Call

if TYPE_CHECKING:
    from aiohttp import ClientHandlerType, ClientMiddlewareType, ClientRequest

    from fake_calcom.app import FakeCalcom
    from fake_calcom.faults.mischief import Mischief


class _NothingWritten:
    """What a `ClientResponse` asks of its writer: how much went out."""

    output_size = 0


def make_direct_door(fake: FakeCalcom) -> ClientMiddlewareType:
    """Return the middleware; every request of its session is answered by the fake."""

    async def direct(request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:  # noqa: ARG001 - not called
        body = await request.body.as_bytes() if request.body else b""
        target = request.url.raw_path_qs
        if len(body) > BODY_BYTES_MAX:
            return _as_response(request, too_large(fake, target))
        answer = await fake.answer(Call(request.method, target, request.headers, body, LOOPBACK))
        if answer.mischief is not None:
            await suffer(answer.mischief)
        return _as_response(request, answer)

    return direct


async def suffer(mischief: Mischief) -> None:
    """Raise what aiohttp raises when no head arrives; wait for as long as a body drips."""
    if mischief.seconds:
        await asyncio.sleep(mischief.seconds)
    if mischief.sent is None and mischief.end == "reset":
        raise ClientOSError(errno.ECONNRESET, "Connection reset by peer")
    if mischief.sent is None:
        raise ServerDisconnectedError


def interrupted(answer: Answer) -> StreamReader:
    """Return a body that breaks off, with what aiohttp raises to whoever reads on."""
    assert answer.mischief is not None, "only mischief interrupts"
    loop = asyncio.get_running_loop()
    content = StreamReader(BaseProtocol(loop), limit=BODY_BYTES_MAX, loop=loop)
    content.feed_data(answer.body[: answer.mischief.sent])
    if answer.mischief.end == "reset":
        content.set_exception(ClientOSError(errno.ECONNRESET, "Connection reset by peer"))
    else:
        content.set_exception(ClientPayloadError("Response payload is not completed"))
    return content


def _as_response(request: ClientRequest, answer: Answer) -> ClientResponse:
    """Return a response that has been read already."""
    writer: Any = _NothingWritten()
    response = ClientResponse(
        request.method,
        request.original_url,
        writer=None,
        continue100=None,
        timer=TimerNoop(),
        request_info=request.request_info,
        traces=[],
        loop=asyncio.get_running_loop(),
        session=None,  # type: ignore[arg-type]  # aiohttp asks the session only for cookies and traces
        stream_writer=writer,
    )
    headers = CIMultiDict(answer.headers)
    headers["Content-Length"] = str(len(answer.body))
    response.version, response.status, response.reason = HttpVersion11, answer.status, None
    response._headers = CIMultiDictProxy(headers)  # noqa: SLF001 - the fields that its parser would have set
    response._raw_headers = tuple((k.encode(), v.encode()) for k, v in headers.items())  # noqa: SLF001
    if answer.mischief is not None and answer.mischief.end:
        response.content = interrupted(answer)
    else:
        response.content = EMPTY_PAYLOAD
        response._body = answer.body  # noqa: SLF001
    return response
