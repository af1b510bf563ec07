"""What leaves the fake besides answers: e-mails that would be sent, triggers fired, webhooks delivered."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from fake_calcom.ports import WebhookRequest
from fake_calcom.webhook_delivery import webhook_request

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fake_calcom.ports import WebhookSender
    from fake_calcom.state.entities import Webhook

KEPT_MAX = 10_000  # of each kind; the oldest go first
SMS_PLACEHOLDER = "@sms.cal.com"


@dataclass(slots=True, frozen=True)
class Email:
    """One e-mail that Cal.com would have sent."""

    to: str
    kind: str
    booking_uid: str
    at: str


@dataclass(slots=True)
class Delivery:
    """One webhook and what came of it: `status` is the receiver's, `error` says why there is none."""

    url: str
    trigger: str
    body: str
    headers: dict[str, str]
    at: str
    status: int | None = None
    error: str | None = None


class Outbox:
    """Records what goes out, and hands webhooks to the sender without waiting for them."""

    def __init__(self, sender: WebhookSender) -> None:
        self._sender = sender
        self._under_way: set[asyncio.Task[None]] = set()
        self.emails: deque[Email] = deque(maxlen=KEPT_MAX)
        self.fired: deque[str] = deque(maxlen=KEPT_MAX)
        self.deliveries: deque[Delivery] = deque(maxlen=KEPT_MAX)

    def clear(self) -> None:
        """Forget everything recorded; deliveries under way go on."""
        self.emails.clear()
        self.fired.clear()
        self.deliveries.clear()

    def resume(self, other: Outbox) -> None:
        """Record what another has recorded, as it now is."""
        self.emails.extend(other.emails)
        self.fired.extend(other.fired)
        self.deliveries.extend(replace(delivery) for delivery in other.deliveries)

    def mail(self, kind: str, booking_uid: str, at: str, to: Iterable[str]) -> None:
        """Record one e-mail to each address; placeholder addresses of phone-only attendees get none."""
        self.emails.extend(Email(a, kind, booking_uid, at) for a in to if not a.endswith(SMS_PLACEHOLDER))

    def fire(self, trigger: str, payload: dict[str, Any], at: str, webhooks: Iterable[Webhook]) -> list[Delivery]:
        """Record a trigger and one delivery for each subscriber; `send` carries them."""
        self.fired.append(trigger)
        deliveries = []
        for webhook in webhooks:
            request = webhook_request(webhook, trigger, payload, at)
            delivery = Delivery(request.url, trigger, request.body.decode(), dict(request.headers), at)
            self.deliveries.append(delivery)
            deliveries.append(delivery)
        return deliveries

    async def send(self, delivery: Delivery) -> None:
        """Deliver once and note the outcome. A refusal is no error and is not tried again."""
        try:
            delivery.status = await self._sender.send(as_request(delivery))
        except OSError as error:
            delivery.error = f"{type(error).__name__}: {error}"

    def send_later(self, deliveries: Iterable[Delivery]) -> None:
        """Deliver in the background, in no promised order."""
        for delivery in deliveries:
            task = asyncio.get_running_loop().create_task(self.send(delivery), name="webhook")
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)

    async def settle(self) -> None:
        """Wait until every delivery under way has come to an end."""
        while self._under_way:
            await asyncio.gather(*self._under_way, return_exceptions=True)


def as_request(delivery: Delivery) -> WebhookRequest:
    """Return the request of a recorded delivery, byte for byte, e.g. to send it once more."""
    return WebhookRequest(delivery.url, delivery.headers, delivery.body.encode())
