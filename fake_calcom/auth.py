"""Who is calling (source: Cal.com, CustomThrottlerGuard, PermissionsGuard, ApiAuthStrategy, in this order)."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from fake_calcom.errors import refusal

if TYPE_CHECKING:
    from fake_calcom.state.directory import Directory
    from fake_calcom.state.entities import User

KEY_PREFIX = "cal_"
BEARER = "bearer "
INVALID_KEY = "CustomThrottlerGuard - Invalid API Key"
NO_PERMISSIONS = (
    "PermissionsGuard - no authentication provided. Provide either authorization bearer token containing managed user "
    "access token or oAuth client id in 'x-cal-client-id' header."
)
NO_CREDENTIALS = (
    "ApiAuthStrategy - No authentication method provided. Either pass an API key as 'Bearer' header or OAuth client "
    "credentials as 'x-cal-secret-key' and 'x-cal-client-id' headers"
)
EXPIRED_KEY = "ApiAuthStrategy - api key - Your api key is expired"
INVALID_TOKEN = "ApiAuthStrategy - access token - Invalid Access Token."  # noqa: S105 - a sentence


class Access(Enum):
    """What a route asks of its caller."""

    OPTIONAL = "anybody; bad credentials are refused"
    PERMISSIONS = "credentials, or 403"
    REQUIRED = "credentials, or 401"


def credential(header: str | None) -> tuple[str | None, bool]:
    """Return the token of an Authorization header, and whether it came as a bearer token."""
    if header is None or not header.strip():
        return None, False
    text = header.strip()
    if text.lower().startswith(BEARER):
        return text[len(BEARER) :].strip() or None, True
    return text, False


def find_caller(directory: Directory, header: str | None) -> User | None:
    """Return the owner of the key in an Authorization header; 401 for a bearer key nobody has.

    A bare value without `Bearer` is taken as a key when it is one, and otherwise as nothing at all.
    """
    token, is_bearer = credential(header)
    if token is None:
        return None
    user = directory.user_of_key(token) if token.startswith(KEY_PREFIX) else None
    if user is None and is_bearer and token.startswith(KEY_PREFIX):
        raise refusal(401, INVALID_KEY)
    return user


def refuse_stranger(access: Access, caller: User | None, header: str | None, now_ms: int) -> None:
    """Raise what a route's guards answer to a caller without, or with bad, credentials."""
    if caller is not None:
        if caller.api_key_expires_ms is not None and caller.api_key_expires_ms <= now_ms:
            raise refusal(401, EXPIRED_KEY)
        return
    token, is_bearer = credential(header)
    if token is not None and is_bearer:
        if access is Access.PERMISSIONS:
            raise refusal(403, f"PermissionsGuard - no oAuth client found for access token={token}")
        raise refusal(401, INVALID_TOKEN)
    if access is Access.PERMISSIONS:
        raise refusal(403, NO_PERMISSIONS)
    if access is Access.REQUIRED:
        raise refusal(401, NO_CREDENTIALS)
