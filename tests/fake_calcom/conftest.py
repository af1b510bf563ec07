"""Fixtures of the fake's own tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import aiohttp
import pytest

from fake_calcom import FakeCalcom, WebhookRequest
from fake_calcom.openapi.document import answer_schema
from fake_calcom.openapi.validate import problems
from fake_calcom.wire import readable
from tests.fake_calcom.client import Client

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from fake_calcom.journal import Entry


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
def fake(mailbox: Mailbox) -> Iterator[FakeCalcom]:
    fake = FakeCalcom(webhook_sender=mailbox)
    yield fake
    assert [told for entry in fake.journal for told in broken_promises(entry)] == [], "answers against the contract"


def broken_promises(entry: Entry) -> list[str]:
    """Return where an answer is not what the OpenAPI document promises; what a fault made of it does not count."""
    if not entry.operation or entry.fault or entry.method == "HEAD" or entry.operation == "getHealth":
        return []
    schema = answer_schema(entry.operation, entry.status)
    place = f"{entry.number} {entry.operation} {entry.status}"
    if schema is None:
        return [f"{place}: not documented"]
    return [f"{place}: {told}" for told in problems(schema, readable(entry.answer_body))]


@pytest.fixture
async def client(fake: FakeCalcom) -> AsyncIterator[Client]:
    async with aiohttp.ClientSession(middlewares=(fake.direct_door(),)) as session:
        yield Client(fake, session)
