"""The fastest door: a client middleware that calls the fake and builds the response, with no bytes between.

    aiohttp.ClientSession(middlewares=(fake.direct_door(),))

The caller keeps a real `ClientSession` and gets a real `ClientResponse`; HTTP is neither written nor parsed.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from aiohttp import ClientResponse
from aiohttp.helpers import TimerNoop
from aiohttp.http import HttpVersion11
from aiohttp.streams import EMPTY_PAYLOAD
from multidict import CIMultiDict, CIMultiDictProxy

from fake_calcom.doors.port import LOOPBACK, too_large
from fake_calcom.wire import BODY_BYTES_MAX, Answer, Call

if TYPE_CHECKING:
    from aiohttp import ClientHandlerType, ClientMiddlewareType, ClientRequest

    from fake_calcom.app import FakeCalcom


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
        return _as_response(request, await fake.answer(Call(request.method, target, request.headers, body, LOOPBACK)))

    return direct


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
    response._body = answer.body  # noqa: SLF001
    response.content = EMPTY_PAYLOAD
    return response
