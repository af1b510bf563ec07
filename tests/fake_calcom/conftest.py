"""Fixtures of the fake's own tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aiohttp
import pytest

from fake_calcom import FakeCalcom, WebhookRequest
from tests.fake_calcom.client import Client

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


class Mailbox:
    """A webhook sender that keeps what it is given and answers as it is told."""

    def __init__(self) -> None:
        self.received: list[WebhookRequest] = []
        self.status = 200
        self.is_reachable = True

    async def send(self, request: WebhookRequest) -> int:
        if not self.is_reachable:
            raise ConnectionRefusedError("nobody listens")
        self.received.append(request)
        return self.status


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def fake(mailbox: Mailbox) -> FakeCalcom:
    return FakeCalcom(webhook_sender=mailbox)


@pytest.fixture
async def client(fake: FakeCalcom) -> AsyncIterator[Client]:
    async with aiohttp.ClientSession(middlewares=(fake.direct_door(),)) as session:
        yield Client(fake, session)
