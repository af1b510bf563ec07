"""The control door's verbs for what Cal.com sends: webhooks held back or sent again, and the code in a mail."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from fake_calcom.control.fields import known_members, text, whole
from fake_calcom.errors import WorldError

if TYPE_CHECKING:
    from fake_calcom.control.routes import ControlCall

ORDERS = ("arrival", "backwards")


async def get_verification_code(call: ControlCall) -> dict[str, Any]:
    """GET /__fake__/verification-code?email=: the code that Cal.com's web page has just mailed to this address."""
    email = call.query.one("email")
    if not email:
        raise WorldError("expected an e-mail address", "email")
    return {"data": {"email": email, "code": call.fake.verification_code(email)}}


async def redeliver(call: ControlCall) -> dict[str, Any]:
    """POST /__fake__/webhook-deliveries/redeliver: send the same bytes again; `number` names the delivery."""
    number, outbox = whole(known_members(call.body, ("number",)), "number"), call.fake.universe.outbox
    try:
        again = outbox.redeliver(number)
    except KeyError:
        raise WorldError("no delivery has this number", "number") from None
    await outbox.send(again)
    return {"data": asdict(again)}


async def flush(call: ControlCall) -> dict[str, Any]:
    """POST /__fake__/webhook-deliveries/flush: send all that is held back, in `order` arrival or backwards."""
    order = text(known_members(call.body or {}, ("order",)), "order") or "arrival"
    if order not in ORDERS:
        raise WorldError(f"expected {' or '.join(ORDERS)}", "order")
    sent = await call.fake.universe.outbox.post.flush(backwards=order == "backwards")
    return {"data": [asdict(delivery) for delivery in sent]}
