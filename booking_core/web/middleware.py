"""What holds for every request: a client's mistake is told, a mistake of ours is logged and hidden."""

from __future__ import annotations

import json
from collections.abc import Callable

from aiohttp import web
from aiohttp.typedefs import Handler

from booking_core.web.mistakes import ClientMistakeError

Report = Callable[[BaseException, str], None]  # a mistake of ours and the path where it showed

_OURS = ClientMistakeError(500, "the gateway could not finish this; it has been noted", where="gateway")


class TellMistakes:
    """The one middleware: every error becomes JSON with the proper status; no traceback ever leaves the gateway."""

    __middleware_version__ = 1  # aiohttp's mark of a middleware that takes (request, handler)

    def __init__(self, report: Report) -> None:
        self._report = report

    async def __call__(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Serve, and say what went wrong."""
        try:
            return await handler(request)
        except ClientMistakeError as mistake:
            return mistake_response(mistake)
        except web.HTTPException as error:  # unknown route, wrong method, body over the limit
            return _http_mistake(error)
        except Exception as error:  # noqa: BLE001 - the last resort: whatever it is, the client gets no traceback
            self._report(error, request.path)
            return mistake_response(_OURS)


def _http_mistake(error: web.HTTPException) -> web.Response:
    response = mistake_response(ClientMistakeError(error.status, error.reason, where="request"))
    if "Allow" in error.headers:
        response.headers["Allow"] = error.headers["Allow"]
    return response


def mistake_response(mistake: ClientMistakeError) -> web.Response:
    """The JSON answer for a mistake."""
    body = json.dumps(mistake.as_json(), ensure_ascii=False)
    return web.Response(status=mistake.http_status, text=body, content_type="application/json")
