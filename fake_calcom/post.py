"""Carries webhooks, and suffers what the fault plan does to them: on the fake's clock, and on record."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fake_calcom.ports import WebhookRequest
from fake_calcom.times import MS_PER_SECOND

if TYPE_CHECKING:
    from collections.abc import Callable

    from fake_calcom.faults.rule import Effect
    from fake_calcom.outbox import Delivery
    from fake_calcom.ports import WebhookSender

DROPPED = "dropped by the fault plan"
UNHEARD = "the receiver's answer was lost by the fault plan"


@dataclass(slots=True, frozen=True)
class Waiting:
    """A delivery held back: until an instant, or (None) until the next one has gone or somebody flushes."""

    delivery: Delivery
    due_ms: int | None
    until_next: bool = False


class Post:
    """Takes deliveries one by one. `strike` asks the fault plan; `is_frozen` tells whether time stands still."""

    def __init__(self, sender: WebhookSender, now_ms: Callable[[], int]) -> None:
        self.sender = sender
        self._now_ms = now_ms
        self._wakers: set[asyncio.Task[None]] = set()
        self.strike: Callable[[str], Effect | None] = lambda _: None
        self.is_frozen: Callable[[], bool] = lambda: False
        self.waiting: list[Waiting] = []

    async def carry(self, delivery: Delivery) -> None:
        """Deliver, or do what the plan says instead."""
        effect = self.strike(delivery.trigger)
        kind = effect.kind if effect else ""
        if kind == "drop_before":
            delivery.error = DROPPED
        elif kind in ("hold", "reorder"):
            self.waiting.append(Waiting(delivery, None, until_next=kind == "reorder"))
        elif effect is not None and kind == "delay":
            self.waiting.append(Waiting(delivery, self._now_ms() + round(effect.seconds * MS_PER_SECOND)))
            self.arm()
        else:
            await self._send(delivery)
            if kind == "duplicate":
                await self._send(delivery)
            if kind == "drop_after":
                delivery.status, delivery.error = None, UNHEARD
            await self._release([w for w in self.waiting if w.until_next])

    async def release_due(self) -> list[Delivery]:
        """Send what was delayed until now, the longest due first."""
        now_ms = self._now_ms()
        due = [w for w in self.waiting if w.due_ms is not None and w.due_ms <= now_ms]
        return await self._release(sorted(due, key=lambda w: w.due_ms or 0))

    async def flush(self, *, backwards: bool = False) -> list[Delivery]:
        """Send everything held back, in order of arrival or the other way round."""
        return await self._release(self.waiting[::-1] if backwards else list(self.waiting))

    def arm(self) -> None:
        """Wake up by the event loop's time when the clock moves by itself; a frozen clock's owner moves it."""
        due = [w.due_ms for w in self.waiting if w.due_ms is not None]
        if due and not self.is_frozen():
            waker = asyncio.get_running_loop().create_task(self._wake(min(due)), name="delayed webhook")
            self._wakers.add(waker)
            waker.add_done_callback(self._wakers.discard)

    def give_up(self) -> None:
        """Forget what is held back, and sleep no more."""
        self.waiting.clear()
        for waker in self._wakers:
            waker.cancel()

    async def _wake(self, due_ms: int) -> None:
        await asyncio.sleep(max(0, due_ms - self._now_ms()) / MS_PER_SECOND)
        await self.release_due()
        self.arm()

    async def _release(self, released: list[Waiting]) -> list[Delivery]:
        self.waiting = [w for w in self.waiting if w not in released]
        for one in released:
            await self._send(one.delivery)
        return [one.delivery for one in released]

    async def _send(self, delivery: Delivery) -> None:
        """Deliver once and note the outcome. A refusal is no error and is not tried again."""
        delivery.attempts += 1
        try:
            delivery.status = await self.sender.send(as_request(delivery))
        except OSError as error:
            delivery.error = f"{type(error).__name__}: {error}"


def as_request(delivery: Delivery) -> WebhookRequest:
    """Return the request of a recorded delivery, byte for byte, e.g. to send it once more."""
    return WebhookRequest(delivery.url, delivery.headers, delivery.body.encode())
