"""The agent's function call: from Retell's body to the row, the link and what the agent says."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.booking_core.calcom.scripted import answers, books
from tests.booking_core.web.rig import call_body, gateway, wish


async def test_a_wish_becomes_an_appointment(tmp_path: Path) -> None:
    async with gateway(tmp_path) as rig:
        heard = await rig.retell("collect-appointment", wish())

        assert heard.status == 200
        assert heard.body["success"] is True
        assert heard.body["status"] == "booked"
        assert heard.body["bestaetigung_status"] == "confirmed"
        assert "gebucht" in heard.body["message"]
        assert rig.calcom.heard[0].body["start"] == "2025-10-10T06:00:00.000Z"
        assert await rig.count("appointments WHERE call_id IS NOT NULL") == 1
        assert await rig.count("calls WHERE appointment_id IS NOT NULL") == 1


async def test_english_names_and_english_speech(tmp_path: Path) -> None:
    args = {"date": "2025-10-10", "time": "8 am", "name": "Ada", "service": "Beratung", "language": "en"}
    async with gateway(tmp_path) as rig:
        heard = await rig.retell("collect-appointment", {"name": "collect", "call": call_body(), "args": args})

        assert heard.body["status"] == "booked"
        assert heard.body["message"] == "Your appointment on 2025-10-10 at 08:00 is booked."


async def test_a_refused_slot_is_a_business_answer_with_alternatives_in_local_time(tmp_path: Path) -> None:
    refusal = {
        "status": "error",
        "error": {"message": "User either already has booking at this time or is not available"},
    }
    empty = {"status": "success", "data": [], "pagination": {"hasNextPage": False}}
    free = {"status": "success", "data": {"2025-10-10": [{"start": "2025-10-10T06:15:00.000Z"}]}}
    async with gateway(tmp_path) as rig:
        rig.calcom.reactions = [answers(400, refusal), answers(200, empty), answers(200, free)]

        heard = await rig.retell("collect-appointment", wish())

        assert heard.status == 200
        assert (heard.body["success"], heard.body["status"]) == (False, "unavailable")
        assert heard.body["alternatives"] == ["2025-10-10T08:15:00+02:00"]


async def test_a_day_is_asked_for(tmp_path: Path) -> None:
    free = {"data": {"2025-10-10": [{"start": f"2025-10-10T{hour:02}:00:00.000Z"} for hour in range(6, 14)]}}
    async with gateway(tmp_path) as rig:
        rig.calcom.reactions = [answers(200, free)]

        heard = await rig.retell("check-availability", {"call": call_body(), "args": {"datum": "Freitag"}})

        assert heard.body["success"] is True
        assert len(heard.body["alternatives"]) == 8
        assert heard.body["alternatives"][0] == "2025-10-10T08:00:00+02:00"


async def test_a_day_with_a_start_every_minute_stays_below_retells_limit(tmp_path: Path) -> None:
    starts = [{"start": f"2025-10-10T{minute // 60:02}:{minute % 60:02}:00.000Z"} for minute in range(1440)]
    async with gateway(tmp_path) as rig:
        rig.calcom.reactions = [answers(200, {"data": {"2025-10-10": starts}})]

        heard = await rig.retell("check-availability", {"call": call_body(), "args": {"datum": "10.10.2025"}})

        assert heard.status == 200
        assert len(str(heard.body)) < 15_000
        assert len(heard.body["alternatives"]) == 200


async def test_the_stored_call_is_booked_after_its_analysis(tmp_path: Path) -> None:
    analysis = {"call_analysis": {"custom_analysis_data": wish()["args"]}}
    async with gateway(tmp_path) as rig:
        started = await rig.retell("webhook", {"event": "call_started", "call": call_body()})
        ended = await rig.retell("webhook", {"event": "call_ended", "call": call_body()})
        before = await rig.count("appointments")
        analyzed = await rig.retell("webhook", {"event": "call_analyzed", "call": call_body() | analysis})

        assert started.body == ended.body == {"received": True}
        assert before == 0
        assert analyzed.body["status"] == "booked"
        assert await rig.count("calls") == 1


async def test_a_call_without_a_wish_is_only_kept(tmp_path: Path) -> None:
    silent = call_body() | {"call_analysis": {"custom_analysis_data": {"datum": "", "uhrzeit": None}}}
    async with gateway(tmp_path) as rig:
        heard = await rig.retell("webhook", {"event": "call_analyzed", "call": silent})

        assert heard.body == {"received": True}
        assert await rig.count("calls") == 1
        assert rig.calcom.heard == []


async def test_what_was_booked_during_the_call_is_not_booked_again_after_it(tmp_path: Path) -> None:
    analysis = {"call_analysis": {"custom_analysis_data": wish()["args"]}}
    async with gateway(tmp_path) as rig:
        during = await rig.retell("collect-appointment", wish())
        after = await rig.retell("webhook", {"event": "call_analyzed", "call": call_body() | analysis})

        assert during.body["appointment_id"] == after.body["appointment_id"]
        assert await rig.count("appointments") == 1


@pytest.mark.parametrize("number", [None, "anonymous", "unknown", "", "12"])
async def test_a_caller_without_a_number_is_served(tmp_path: Path, number: str | None) -> None:
    async with gateway(tmp_path) as rig:
        heard = await rig.retell("collect-appointment", wish() | {"call": call_body(number=number)})

        assert heard.body["status"] == "booked"


async def test_the_signature_tells_a_copy_from_a_request_that_came_later(tmp_path: Path) -> None:
    refusal = {
        "status": "error",
        "error": {"message": "User either already has booking at this time or is not available"},
    }
    empty = {"status": "success", "data": [], "pagination": {"hasNextPage": False}}
    free = {"status": "success", "data": {"2025-10-10": [{"start": "2025-10-10T06:15:00.000Z"}]}}
    async with gateway(tmp_path) as rig:
        rig.calcom.reactions = [answers(400, refusal), answers(200, empty), *[answers(200, free)] * 2]
        rig.calcom.reactions += [answers(200, empty), books()]  # what may be left of the first is looked up
        first = await rig.retell("collect-appointment", wish())
        copy = await rig.retell("collect-appointment", wish())
        rig.clock.advance(0.001)
        later = await rig.retell("collect-appointment", wish())

        assert [first.body["status"], copy.body["status"], later.body["status"]] == ["unavailable", "error", "booked"]
