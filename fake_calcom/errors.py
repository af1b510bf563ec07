"""Every way in which the fake refuses.

FakeCalcomError
├── WorldError             a world, snapshot or control request that cannot be used (nothing was changed)
└── ApiError               an answer of Cal.com other than success
    ├── EnvelopeError      {"status": "error", "timestamp", "path", "error": {"code", "message", "details"?}}
    └── RawError           {"statusCode", "message"}: what Cal.com's library throws past the envelope
"""

from __future__ import annotations

from typing import Any

NEST_NAMES = {
    400: ("BadRequestException", "Bad Request"),
    401: ("UnauthorizedException", "Unauthorized"),
    403: ("ForbiddenException", "Forbidden"),
    404: ("NotFoundException", "Not Found"),
    409: ("ConflictException", "Conflict"),
    413: ("PayloadTooLargeException", "Payload Too Large"),
    422: ("UnprocessableEntityException", "Unprocessable Entity"),
}
TRPC_TEXTS = {
    400: "Bad request: Please check your request data and try again",
    401: "You are not authorized to access this resource",
    404: "The requested resource was not found",
}


class FakeCalcomError(Exception):
    """Anything the fake refuses."""


class WorldError(FakeCalcomError):
    """You get it when a world or snapshot cannot be loaded; nothing was changed. Correct what `where` names."""

    def __init__(self, message: str, where: str = "") -> None:
        super().__init__(f"{where}: {message}" if where else message)
        self.message = message
        self.where = where


class ApiError(FakeCalcomError):
    """An answer of Cal.com other than success. A handler raises it, the front turns it into the answer."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message

    def body(self, path: str, timestamp: str) -> dict[str, Any]:
        """Return the answer's body as JSON values; `path` is the request's, with its query."""
        raise NotImplementedError


class EnvelopeError(ApiError):
    """An error in Cal.com's envelope. `details` None leaves the member out."""

    def __init__(self, status: int, code: str, message: str, details: Any = None) -> None:
        super().__init__(status, message)
        self.code = code
        self.details = details

    def body(self, path: str, timestamp: str) -> dict[str, Any]:
        """Return the envelope."""
        error: dict[str, Any] = {"code": self.code, "message": self.message}
        if self.details is not None:
            error["details"] = self.details
        return {"status": "error", "timestamp": timestamp, "path": path, "error": error}


class RawError(ApiError):
    """An error without the envelope: a client that reads only `error.message` finds nothing."""

    def body(self, path: str, timestamp: str) -> dict[str, Any]:  # noqa: ARG002 - the shape has neither
        """Return the two members."""
        return {"statusCode": self.status, "message": self.message}


def refusal(status: int, message: str) -> EnvelopeError:
    """Return a Nest HttpException of this status: its class names the code, its response is the details."""
    code, reason = NEST_NAMES[status]
    return EnvelopeError(status, code, message, {"message": message, "error": reason, "statusCode": status})


def bad_request(message: str) -> EnvelopeError:
    """Return a 400 BadRequestException."""
    return refusal(400, message)


def not_found(message: str) -> EnvelopeError:
    """Return a 404 NotFoundException."""
    return refusal(404, message)


def schema_error(issues: str) -> EnvelopeError:
    """Return what the core schema (Zod) answers: 400, code BAD_REQUEST, no details."""
    return EnvelopeError(400, "BAD_REQUEST", issues)


def trpc_error(status: int) -> EnvelopeError:
    """Return what Cal.com's tRPC layer answers: one fixed text for each class."""
    return EnvelopeError(status, "TRPCError", TRPC_TEXTS[status])


def internal_error() -> RawError:
    """Return the raw 500 of an exception that Cal.com does not map."""
    return RawError(500, "Internal server error")
