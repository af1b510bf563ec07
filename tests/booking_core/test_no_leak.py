"""Nothing of another person in anything that is written: names, phones and e-mails are planted and searched for."""

from __future__ import annotations

import io
from pathlib import Path

import aiohttp
import pytest

from booking_core.clock import SystemClock
from booking_core.domain.events import ConstraintViolated, FalselyRejected
from booking_core.observability.watch import make_watch
from booking_core.ports.messages import Message
from booking_core.profiles import AttendeeIdentity, Profile, profiles
from booking_core.senders import ConsoleSender
from fake_calcom import FakeCalcom
from tests.booking_core.calcom.scripted import ScriptedCalcom
from tests.booking_core.test_two_gateways import ROUND_ROBIN
from tests.booking_core.web.rig import GatewayRig, StandingClock, call_body, new_database, serving, settings_for, wish

PERSON = {"name": "Hansi Sputer", "email": "hansi.sputer@planted.example", "telefon": "+491511234567"}
PLANTED = ("hansi", "sputer", "planted", "1511234567")


class Closed(io.StringIO):
    """A stream whose reader is gone."""

    def write(self, text: str, /) -> int:
        raise BrokenPipeError(text)


def found_in(written: str) -> list[str]:
    return [word for word in PLANTED if word in written.lower()]


async def lives_through_everything(rig: GatewayRig) -> list[str]:
    """The planted person books; another caller wants the same slot in every way; answers to the other are returned."""
    first = call_body("call_1", "+491511234567")
    other = call_body("call_2", "+491702222222")
    await rig.retell("collect-appointment", wish(**PERSON) | {"call": first})
    heard = [await rig.retell("collect-appointment", wish(name="Hans Schuster") | {"call": other})]
    rig.clock.advance(60)
    heard.append(await rig.retell("collect-appointment", wish(name="Hans Schuster") | {"call": other}))
    analysis = {"call_analysis": {"custom_analysis_data": wish(name="Hans Schuster")["args"]}}
    heard.append(await rig.retell("webhook", {"event": "call_analyzed", "call": other | analysis}))
    for path, args in (
        ("check-availability", {"datum": "10.10.2025"}),
        ("cancel-appointment", {"datum": "10.10.2025", "uhrzeit": "8 Uhr"}),
        ("cancel-appointment", {}),
        ("reschedule-appointment", {"neues_datum": "13.10.2025", "neue_uhrzeit": "9 Uhr"}),
    ):
        heard.append(await rig.retell(path, {"call": other, "args": {"name": "Hans Schuster"} | args}))
    await rig.retell("collect-appointment", wish(**PERSON | {"telefon": "hansi"}) | {"call": first})
    await rig.core.reconcile()
    return [str(answer.body) for answer in heard]


@pytest.mark.parametrize("identity", [AttendeeIdentity.SHARED, AttendeeIdentity.PER_CALL])
@pytest.mark.parametrize("name", ["recommended", "hardened"])
async def test_nothing_of_a_person_is_written_or_told(tmp_path: Path, name: str, identity: AttendeeIdentity) -> None:
    written, told, metrics = await watched(tmp_path, profiles()[name].with_identity(identity))

    assert written
    assert metrics
    assert (found_in(written), found_in(metrics)) == ([], [])
    assert [answer for answer in told if found_in(answer)] == []


async def watched(tmp_path: Path, profile: Profile) -> tuple[str, list[str], str]:
    """Everything that is written, told to the other caller, and counted."""
    stream, clock = io.StringIO(), StandingClock()
    fake = FakeCalcom(clock=clock, calls_per_minute=None)
    key = fake.load_world(ROUND_ROBIN).users["HOST"]["api_key"]
    database, alerts = await new_database(tmp_path), tmp_path / "alerts.jsonl"
    async with fake, aiohttp.ClientSession() as http:
        settings = settings_for(database, fake.url, calcom_api_key=key, profile=profile, alert_file=str(alerts))
        watch = make_watch(settings, clock, stream, http)
        async with serving(settings, clock, ScriptedCalcom(), watch.observers) as rig:
            told = await lives_through_everything(rig)
        for fact in (ConstraintViolated(1, "uid1"), FalselyRejected(1, "uid1", 1)):
            watch.alerts(fact)
    await ConsoleSender(stream)(Message("email", PERSON["email"], "…"))
    return stream.getvalue() + alerts.read_text(), told, watch.metrics.exposition().decode()


async def test_a_log_that_cannot_be_written_does_not_stop_a_booking(tmp_path: Path) -> None:
    clock = StandingClock()
    fake = FakeCalcom(clock=clock)
    key = fake.load_world(ROUND_ROBIN).users["HOST"]["api_key"]
    async with fake, aiohttp.ClientSession() as http:
        settings = settings_for(await new_database(tmp_path), fake.url, calcom_api_key=key)
        watch = make_watch(settings, SystemClock(), Closed(), http)
        async with serving(settings, clock, ScriptedCalcom(), watch.observers) as rig:
            heard = await rig.retell("collect-appointment", wish())

    assert heard.body["status"] == "booked"
