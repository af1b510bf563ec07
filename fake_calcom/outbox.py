"""What leaves the fake besides answers: e-mails that would be sent, triggers fired, webhooks delivered."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from fake_calcom.post import Post
from fake_calcom.webhook_delivery import webhook_request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

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
    """One webhook and what came of it: `status` is the receiver's, `error` says why there is none.

    number counts from 1; attempts is how often these bytes went out (a duplicate's twice).
    """

    url: str
    trigger: str
    body: str
    headers: dict[str, str]
    at: str
    status: int | None = None
    error: str | None = None
    number: int = 0
    attempts: int = 0


class Outbox:
    """Records what goes out, and hands webhooks to the sender without waiting for them."""

    def __init__(self, sender: WebhookSender, now_ms: Callable[[], int]) -> None:
        self.post = Post(sender, now_ms)
        self._under_way: set[asyncio.Task[None]] = set()
        self.mailed: deque[tuple[str, str, str, str]] = deque(maxlen=KEPT_MAX)  # of each e-mail, its four values
        self.fired: deque[str] = deque(maxlen=KEPT_MAX)
        self.deliveries: deque[Delivery] = deque(maxlen=KEPT_MAX)

    @property
    def emails(self) -> list[Email]:
        """Return the e-mails, oldest first; they are made here, since most are never looked at."""
        return [Email(*values) for values in self.mailed]

    def clear(self) -> None:
        """Forget everything recorded; deliveries under way go on."""
        self.mailed.clear()
        self.fired.clear()
        self.deliveries.clear()
        self.post.give_up()

    def _next_number(self) -> int:
        return 1 + (self.deliveries[-1].number if self.deliveries else 0)

    def resume(self, other: Outbox) -> None:
        """Record what another has recorded, as it now is."""
        self.mailed.extend(other.mailed)
        self.fired.extend(other.fired)
        self.deliveries.extend(replace(delivery) for delivery in other.deliveries)

    def mail(self, kind: str, booking_uid: str, at: str, to: Iterable[Mapping[str, Any]]) -> None:
        """Record one e-mail to each person; placeholder addresses of phone-only attendees get none."""
        for person in to:
            address = person["email"]
            if not address.endswith(SMS_PLACEHOLDER):
                self.mailed.append((address, kind, booking_uid, at))

    def fire(self, trigger: str, payload: dict[str, Any], at: str, webhooks: Iterable[Webhook]) -> list[Delivery]:
        """Record a trigger and one delivery for each subscriber; `send` carries them."""
        self.fired.append(trigger)
        deliveries = []
        for webhook in webhooks:
            request = webhook_request(webhook, trigger, payload, at)
            delivery = Delivery(request.url, trigger, request.body.decode(), dict(request.headers), at)
            delivery.number = self._next_number()
            self.deliveries.append(delivery)
            deliveries.append(delivery)
        return deliveries

    async def send(self, delivery: Delivery) -> None:
        """Deliver one, as the fault plan lets it."""
        await self.post.carry(delivery)

    def redeliver(self, number: int) -> Delivery:
        """Record one more delivery of the same bytes; KeyError when there is none of this number."""
        found = next((d for d in self.deliveries if d.number == number), None)
        if found is None:
            raise KeyError(number)
        again = replace(found, number=self._next_number(), status=None, error=None, attempts=0)
        self.deliveries.append(again)
        return again

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
