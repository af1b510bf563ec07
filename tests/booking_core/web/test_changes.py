"""Cancelling and moving through the agent, and what Cal.com's webhooks do."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.booking_core.calcom.scripted import answers, booking_json, books
from tests.booking_core.web.rig import GatewayRig, call_body, gateway, wish

CANCELLED = answers(200, {"status": "success", "data": booking_json(status="cancelled")})


def change(**args: Any) -> dict[str, Any]:
    return {"name": "change", "call": call_body("call_2"), "args": args}


def webhook(trigger: str, **changes: Any) -> dict[str, Any]:
    payload = {
        "uid": "uid1",
        "bookingId": 11489895,
        "status": "ACCEPTED",
        "startTime": "2025-10-10T06:00:00Z",
        "endTime": "2025-10-10T06:15:00Z",
        "eventTypeId": 77,
        "attendees": [{"name": "Ada Byron", "email": "termin+call_1@askproai.de"}],
        "metadata": {"call_id": "call_1"},
    }
    return {"triggerEvent": trigger, "createdAt": "2025-10-06T09:05:21.002Z", "payload": payload | changes}


async def booked(rig: GatewayRig) -> int:
    heard = await rig.retell("collect-appointment", wish())
    return int(heard.body["appointment_id"])


@pytest.mark.parametrize("args", [{}, {"datum": "10.10.2025", "uhrzeit": "8 Uhr"}, {"datum": None, "uhrzeit": ""}])
async def test_a_caller_cancels(tmp_path: Path, args: dict[str, Any]) -> None:
    async with gateway(tmp_path) as rig:
        appointment = await booked(rig)
        rig.calcom.reactions = [CANCELLED]

        heard = await rig.retell("cancel-appointment", change(**args))

        assert (heard.body["success"], heard.body["status"]) == (True, "cancelled")
        assert heard.body["appointment_id"] == appointment
        assert await rig.count("appointments WHERE status = 'cancelled'") == 1


@pytest.mark.parametrize(
    ("door", "args"),
    [("cancel-appointment", {}), ("reschedule-appointment", {"neues_datum": "Montag", "neue_uhrzeit": "halb zehn"})],
)
async def test_a_change_that_the_network_delivers_twice_changes_nothing_later(
    tmp_path: Path, door: str, args: dict[str, Any]
) -> None:
    async with gateway(tmp_path) as rig:
        first = await rig.retell(door, change(**args))
        await booked(rig)

        again = await rig.retell(door, change(**args))

        assert [heard.body["status"] for heard in (first, again)] == ["not_found", "error"]
        assert await rig.count("appointments WHERE status = 'scheduled'") == 1


async def test_a_caller_moves(tmp_path: Path) -> None:
    moved = {"uid": "uid2", "id": 2, "start": "2025-10-13T07:30:00.000Z", "end": "2025-10-13T07:45:00.000Z"}
    async with gateway(tmp_path) as rig:
        await booked(rig)
        old = answers(200, {"status": "success", "data": booking_json(status="cancelled")})
        rig.calcom.reactions = [books(**moved), old]

        heard = await rig.retell("reschedule-appointment", change(neues_datum="Montag", neue_uhrzeit="halb zehn"))

        assert (heard.body["success"], heard.body["status"]) == (True, "rescheduled")
        assert rig.calcom.heard[1].body["start"] == "2025-10-13T07:30:00.000Z"
        assert await rig.count("appointments WHERE calcom_v2_booking_id = 'uid2'") == 1


@pytest.mark.parametrize(
    ("path", "args", "where"),
    [
        ("reschedule-appointment", {}, "args.neues_datum"),
        ("reschedule-appointment", {"new_date": "morgen"}, "args.neue_uhrzeit"),
        ("reschedule-appointment", {"new_date": "morgen", "new_time": "8", "old_date": "x"}, "args.alte_uhrzeit"),
        ("cancel-appointment", {"datum": "morgen"}, "args.uhrzeit"),
        ("cancel-appointment", {"uhrzeit": "8 Uhr"}, "args.datum"),
    ],
)
async def test_half_a_time_is_a_mistake(tmp_path: Path, path: str, args: dict[str, Any], where: str) -> None:
    async with gateway(tmp_path) as rig:
        heard = await rig.retell(path, change(**args))

        assert heard.status == 422
        assert heard.body["error"]["where"] == where or "old_date" in args


async def test_nobody_cancels_what_nobody_booked(tmp_path: Path) -> None:
    async with gateway(tmp_path) as rig:
        heard = await rig.retell("cancel-appointment", change())

        assert (heard.status, heard.body["success"], heard.body["status"]) == (200, False, "not_found")


async def test_a_cancellation_at_cal_com_arrives_here_once(tmp_path: Path) -> None:
    async with gateway(tmp_path) as rig:
        await booked(rig)
        rig.calcom.reactions = [answers(200, {"status": "success", "data": booking_json(status="cancelled")})]
        raw = json.dumps(webhook("BOOKING_CANCELLED", status="CANCELLED")).encode()

        first, second = await rig.cal(raw), await rig.cal(raw)

        assert first.body == second.body == {"received": True}
        assert await rig.count("appointments WHERE status = 'cancelled'") == 1
        assert await rig.count("webhook_events") == 1


async def test_a_trigger_of_no_concern_is_received_and_forgotten(tmp_path: Path) -> None:
    async with gateway(tmp_path) as rig:
        heard = await rig.cal({"triggerEvent": "MEETING_ENDED", "payload": {}})

        assert heard.status == 200
        assert await rig.count("webhook_events") == 0


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"triggerEvent": 5}', b'{"triggerEvent": "BOOKING_CREATED"}'])
async def test_a_misshapen_webhook_is_a_mistake(tmp_path: Path, body: bytes) -> None:
    async with gateway(tmp_path) as rig:
        heard = await rig.cal(body)

        assert heard.status in {400, 422}
        assert await rig.count("webhook_events") == 0


async def test_a_forged_webhook_changes_nothing(tmp_path: Path) -> None:
    async with gateway(tmp_path) as rig:
        await booked(rig)
        headers = {"X-Cal-Signature-256": "0" * 64, "Content-Type": "application/json"}
        body = json.dumps(webhook("BOOKING_CANCELLED")).encode()

        async with rig.client.post("/api/calcom/webhook", data=body, headers=headers) as forged:
            status = forged.status

        assert status == 401
        assert await rig.count("appointments WHERE status = 'scheduled'") == 1
