"""What holds for every request: a client's mistake is told, a mistake of ours is logged and hidden."""

from __future__ import annotations

import json
from typing import Protocol

from aiohttp import web
from aiohttp.typedefs import Handler

from booking_core.web.mistakes import ClientMistakeError

_OURS = ClientMistakeError(500, "the gateway could not finish this; it has been noted", where="gateway")


class Reporter(Protocol):
    """Hears what goes wrong at the doors. Must not raise."""

    def failed(self, error: BaseException, where: str) -> None:
        """A mistake of ours; its text may quote a customer and is not for a log."""

    def refused(self, path: str, http_status: int, where: str, problem: str) -> None:
        """A client's mistake."""


class TellMistakes:
    """The one middleware: every error becomes JSON with the proper status; no traceback ever leaves the gateway."""

    __middleware_version__ = 1  # aiohttp's mark of a middleware that takes (request, handler)

    def __init__(self, reporter: Reporter) -> None:
        self._reporter = reporter

    async def __call__(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Serve, and say what went wrong."""
        try:
            return await handler(request)
        except ClientMistakeError as mistake:
            self._reporter.refused(request.path, mistake.http_status, mistake.where, mistake.problem)
            return mistake_response(mistake)
        except web.HTTPException as error:  # unknown route, wrong method, body over the limit
            return _http_mistake(error)
        except Exception as error:  # noqa: BLE001 - the last resort: whatever it is, the client gets no traceback
            self._reporter.failed(error, request.path)
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
