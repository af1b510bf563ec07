"""The bytes of a webhook: body, template, signature; and the sender that carries it over HTTP.

Source: Cal.com, sendPayload. The signature covers exactly the bytes sent. Redirects are not followed, an
answer other than 2xx is no error, nothing is tried again.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from typing import TYPE_CHECKING, Any

from fake_calcom.ports import WebhookRequest
from fake_calcom.wire import encode

if TYPE_CHECKING:
    from fake_calcom.state.entities import Webhook

SIGNATURE_HEADER = "X-Cal-Signature-256"
NO_SECRET = "no-secret-provided"  # noqa: S105 - the literal that Cal.com sends in place of a signature
TIMEOUT_S = 10.0
_PLACE = re.compile(r"\{\{\{?\s*([\w.\[\]]+)\s*\}?\}\}")


def webhook_request(webhook: Webhook, trigger: str, payload: dict[str, Any], created_at: str) -> WebhookRequest:
    """Return what goes over the wire for one subscriber."""
    if webhook.payload_template:
        values = {**payload, "triggerEvent": trigger, "createdAt": created_at}
        body = rendered(webhook.payload_template, values).encode(errors="replace")
    else:
        body = encode({"triggerEvent": trigger, "createdAt": created_at, "payload": payload})
    headers = {"Content-Type": _content_type(body), SIGNATURE_HEADER: signature(webhook.secret, body)}
    return WebhookRequest(webhook.url, headers, body)


def signature(secret: str | None, body: bytes) -> str:
    """Return the value of the signature header: HMAC-SHA256 in lower-case hex, or the literal without one."""
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest() if secret else NO_SECRET


def rendered(template: str, values: dict[str, Any]) -> str:
    """Return a template with its `{{path.to.value}}` places filled; an unknown path gives nothing."""
    return _PLACE.sub(lambda place: _text(_dig(values, place[1])), template)


def _dig(value: Any, path: str) -> Any:
    for name in re.findall(r"\w+", path):
        if isinstance(value, list) and name.isdigit() and int(name) < len(value):
            value = value[int(name)]
        elif isinstance(value, dict):
            value = value.get(name)
        else:
            return None
    return value


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _content_type(body: bytes) -> str:
    try:
        json.loads(body)
    except ValueError:
        return "application/x-www-form-urlencoded"
    return "application/json"


class HttpWebhookSender:
    """Carries webhooks over real HTTP, a short-lived connection each."""

    async def send(self, request: WebhookRequest) -> int:
        """POST once and return the status; OSError when nobody answered within the time."""
        import aiohttp

        timeout = aiohttp.ClientTimeout(total=TIMEOUT_S)
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout) as session,
                session.post(
                    request.url, data=request.body, headers=dict(request.headers), allow_redirects=False
                ) as answer,
            ):
                return answer.status
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise ConnectionError(f"{type(error).__name__}: {error}") from error
