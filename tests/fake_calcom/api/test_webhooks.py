"""Webhooks: subscriptions, the bytes that are signed, and what happens when nobody takes them."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

from fake_calcom import FakeCalcom
from tests.fake_calcom.client import Client
from tests.fake_calcom.worlds import TUESDAY_15, personal, team, world

if TYPE_CHECKING:
    from fake_calcom import WebhookRequest
    from tests.fake_calcom.client import Reply
    from tests.fake_calcom.conftest import Mailbox

SIGNATURE = "X-Cal-Signature-256"
URL = "https://example.com/hook"


@pytest.fixture
def plain(client: Client) -> Client:
    return client.load(world(personal("PLAIN"), team("TURNS", "ROUND_ROBIN", ("HOST",))))


async def subscribe(client: Client, *triggers: str, user: str = "HOST", **more: Any) -> Reply:
    """Subscribe a user; `more` replaces members of the body."""
    body = {"active": True, "subscriberUrl": URL, "triggers": list(triggers or ("BOOKING_CREATED",))} | more
    return await client.post("/v2/webhooks", body, user=user)


async def test_a_webhook_is_signed_over_its_exact_bytes(plain: Client, mailbox: Mailbox) -> None:
    await subscribe(plain, secret="s3cr3t")

    made = await plain.book("PLAIN")
    await plain.fake.settle()

    (request,) = mailbox.received
    body = json.loads(request.body)
    assert request.headers[SIGNATURE] == hmac.new(b"s3cr3t", request.body, hashlib.sha256).hexdigest()
    assert request.headers["Content-Type"] == "application/json"
    assert (body["triggerEvent"], body["payload"]["uid"]) == ("BOOKING_CREATED", made.data["uid"])
    assert (body["payload"]["status"], body["payload"]["startTime"]) == ("ACCEPTED", "2025-10-07T12:00:00Z")


async def test_without_a_secret_the_signature_says_so(plain: Client, mailbox: Mailbox) -> None:
    await subscribe(plain)

    await plain.book("PLAIN")
    await plain.fake.settle()

    assert mailbox.received[0].headers[SIGNATURE] == "no-secret-provided"


async def test_a_template_replaces_the_whole_body(plain: Client, mailbox: Mailbox) -> None:
    template = '{"what":"{{triggerEvent}}","who":"{{attendees.0.name}}","none":"{{nothing.here}}"}'
    await subscribe(plain, payloadTemplate=template)

    await plain.book("PLAIN")
    await plain.fake.settle()

    assert json.loads(mailbox.received[0].body) == {"what": "BOOKING_CREATED", "who": "Ada", "none": ""}


class Reader:
    """A receiver that looks its booking up while it is told of it."""

    def __init__(self) -> None:
        self.fake: FakeCalcom
        self.seen: list[str] = []

    async def send(self, request: WebhookRequest) -> int:
        row = self.fake.universe.bookings.by_uid(json.loads(request.body)["payload"]["uid"])
        self.seen.append(row.status if row else "unknown")
        return 200


async def test_a_cancel_is_told_while_the_booking_is_still_accepted() -> None:
    reader = Reader()
    reader.fake = FakeCalcom(webhook_sender=reader)
    async with aiohttp.ClientSession(middlewares=(reader.fake.direct_door(),)) as session:
        client = Client(reader.fake, session).load(world(personal("PLAIN")))
        await subscribe(client, "BOOKING_CANCELLED")
        made = await client.book("PLAIN")

        gone = await client.post(f"/v2/bookings/{made.data['uid']}/cancel")

    assert (reader.seen, gone.data["status"]) == (["accepted"], "cancelled")


async def test_a_reschedule_is_one_trigger(plain: Client, mailbox: Mailbox) -> None:
    await subscribe(plain, "BOOKING_RESCHEDULED", "BOOKING_CANCELLED")
    made = await plain.book("PLAIN")

    await plain.post(f"/v2/bookings/{made.data['uid']}/reschedule", {"start": TUESDAY_15})
    await plain.fake.settle()

    assert [json.loads(r.body)["triggerEvent"] for r in mailbox.received] == ["BOOKING_RESCHEDULED"]


async def test_a_refusal_and_silence_are_noted_and_not_tried_again(plain: Client, mailbox: Mailbox) -> None:
    await subscribe(plain)
    mailbox.status = 500
    await plain.book("PLAIN")
    await plain.fake.settle()
    mailbox.is_reachable = False
    await plain.book("PLAIN", TUESDAY_15)
    await plain.fake.settle()

    outcomes = [(delivery.status, delivery.error) for delivery in plain.fake.deliveries]

    assert outcomes == [(500, None), (None, "ConnectionRefusedError: nobody listens")]


@pytest.mark.parametrize(("event_type", "heard"), [("PLAIN", 1), ("TURNS", 0)])
async def test_a_hosts_own_webhooks_are_silent_on_team_events(
    plain: Client, mailbox: Mailbox, event_type: str, heard: int
) -> None:
    await subscribe(plain)

    await plain.book(event_type)
    await plain.fake.settle()

    assert len(mailbox.received) == heard
    assert list(plain.fake.fired) == ["BOOKING_CREATED"]


async def test_a_subscription_is_its_owners_and_its_url_is_unique(plain: Client) -> None:
    made = await subscribe(plain)
    path = f"/v2/webhooks/{made.data['id']}"

    twice = await subscribe(plain)
    others = await plain.get(path, user="HOST2")
    paused = await plain.call("PATCH", path, {"active": False}, user="HOST")
    listed = await plain.get("/v2/webhooks", user="HOST")
    gone = await plain.call("DELETE", path, user="HOST")
    unknown = await plain.get(path, user="HOST")

    assert (twice.status, twice.message) == (409, "Webhook with this subscriber url already exists for this user")
    assert (others.status, paused.data["active"]) == (403, False)
    assert (len(listed.data), gone.data["id"]) == (1, made.data["id"])
    assert unknown.message == f"Webhook ({made.data['id']}) not found"


@pytest.mark.parametrize(
    "wrong", [{"triggers": ["NO_SUCH"]}, {"subscriberUrl": "nowhere"}, {"active": "yes"}, {"more": 1}]
)
async def test_a_wrong_subscription_is_refused(plain: Client, wrong: dict[str, Any]) -> None:
    reply = await subscribe(plain, **wrong)

    assert (reply.status, reply.message) == (400, "Bad Request Exception")


@pytest.mark.parametrize("event_type", [personal("HEARD"), team("HEARD", "ROUND_ROBIN", ("HOST",))])
async def test_a_webhook_of_the_event_type_hears_of_its_bookings_and_of_no_others(
    client: Client, mailbox: Mailbox, event_type: dict[str, Any]
) -> None:
    hook = {"active": True, "subscriberUrl": URL, "triggers": ["BOOKING_CREATED"], "secret": "s3cr3t"}
    client.load(world(event_type | {"webhooks": [hook, hook | {"active": False}]}, personal("OTHER")))
    before = client.fake.snapshot()

    made = await client.book("HEARD")
    await client.book("OTHER", start=TUESDAY_15)
    await client.fake.settle()

    assert [json.loads(request.body)["payload"]["uid"] for request in mailbox.received] == [made.data["uid"]]
    assert (await client.get("/v2/webhooks", user="HOST")).data == []
    client.fake.restore(before)
    assert client.fake.snapshot() == before


async def test_a_wrong_webhook_of_a_world_is_named_by_its_place(client: Client) -> None:
    hook = {"active": True, "subscriberUrl": URL, "triggers": ["NEVER"]}

    refused = await client.call("PUT", "/__fake__/world", world(personal("HEARD", webhooks=[hook])))

    assert refused.status == 400
    assert "event_types[0].webhooks[0].triggers" in json.dumps(refused.body)
