"""Webhook subscriptions of the caller, every version."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from fake_calcom.dto.shape import refuse_listed
from fake_calcom.dto.webhooks import CREATE_WEBHOOK, UPDATE_WEBHOOK, webhook_of
from fake_calcom.errors import not_found, refusal
from fake_calcom.handlers.views import object_body
from fake_calcom.state.entities import Webhook
from fake_calcom.wire import Answer, success

if TYPE_CHECKING:
    from fake_calcom.routing import Request

TAKE_DEFAULT = 250


async def create(request: Request) -> Answer:
    """POST /v2/webhooks: 201; a second one for the same URL is a 409."""
    body = object_body(request)
    refuse_listed(CREATE_WEBHOOK, body)
    _refuse_known_url(request, body["subscriberUrl"])
    webhook = webhook_of(body, request.universe.outside.ids.uuid(), user_id=request.me().id)
    request.universe.directory.webhooks[webhook.id] = webhook
    answer = success(_content(webhook))
    answer.status = 201
    return answer


async def list_all(request: Request) -> Answer:
    """GET /v2/webhooks: the caller's, in order of creation."""
    mine = [w for w in request.universe.directory.webhooks.values() if w.user_id == request.me().id]
    take, skip = _number(request, "take", TAKE_DEFAULT), _number(request, "skip", 0)
    return success([_content(webhook) for webhook in mine[skip : skip + take]])


async def read(request: Request) -> Answer:
    """GET /v2/webhooks/{id}."""
    return success(_content(_own(request)))


async def update(request: Request) -> Answer:
    """PATCH /v2/webhooks/{id}: what is given replaces what was."""
    webhook, body = _own(request), object_body(request)
    refuse_listed(UPDATE_WEBHOOK, body)
    url = body.get("subscriberUrl") or webhook.url
    if url != webhook.url:
        _refuse_known_url(request, url)
    changed = replace(
        webhook,
        url=url,
        active=webhook.active if body.get("active") is None else body["active"],
        triggers=webhook.triggers if body.get("triggers") is None else tuple(body["triggers"]),
        payload_template=body.get("payloadTemplate", webhook.payload_template),
        secret=body.get("secret", webhook.secret),
    )
    request.universe.directory.webhooks[webhook.id] = changed
    return success(_content(changed))


async def delete(request: Request) -> Answer:
    """DELETE /v2/webhooks/{id}: 200 with what was deleted."""
    webhook = _own(request)
    del request.universe.directory.webhooks[webhook.id]
    return success(_content(webhook))


def _own(request: Request) -> Webhook:
    wanted = request.params["id"]
    webhook = request.universe.directory.webhooks.get(wanted)
    if webhook is None:
        raise not_found(f"Webhook ({wanted}) not found")
    if webhook.user_id != request.me().id:
        raise refusal(
            403,
            f"IsUserWebhookGuard - user with id=({request.me().id}) is not the owner of webhook with id=({wanted})",
        )
    return webhook


def _refuse_known_url(request: Request, url: str) -> None:
    webhooks = request.universe.directory.webhooks.values()
    if any(w.user_id == request.me().id and w.url == url for w in webhooks):
        raise refusal(409, "Webhook with this subscriber url already exists for this user")


def _number(request: Request, name: str, default: int) -> int:
    text = request.query.one(name)
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) <= 9 else default


def _content(webhook: Webhook) -> dict[str, Any]:
    return {
        "id": webhook.id,
        "userId": webhook.user_id,
        "payloadTemplate": webhook.payload_template,
        "triggers": list(webhook.triggers),
        "subscriberUrl": webhook.url,
        "active": webhook.active,
        "secret": webhook.secret,
    }
