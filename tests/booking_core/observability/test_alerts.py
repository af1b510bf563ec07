"""Ten are silent, the eleventh fires; where none may be, one is enough."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from booking_core.domain.commands import Entry
from booking_core.domain.events import BookingSettled, ConstraintViolated, Event, FalselyRejected, LayerJudged
from booking_core.domain.outcomes import Layer, LayerVerdict, Status, Verdict
from booking_core.observability.alert_sinks import FileSink, StreamSink, WebhookSink
from booking_core.observability.alerts import Alert, Alerts, Severity, alert_rules
from tests.booking_core.web.rig import StandingClock

ALERT = Alert("false_rejection", Severity.WARNING, 1, 0, datetime(2025, 10, 6, tzinfo=UTC))


def rejection(*, deciding: bool = True) -> Event:
    stale = LayerVerdict(Layer.FRESHNESS, Verdict.STALE, "old", age_seconds=31.0)
    return LayerJudged(1, 2, "uid1", None, stale, deciding=deciding, seconds=0.0)


def duplicate() -> Event:
    return BookingSettled(1, Entry.COLLECT, Status.DUPLICATE, None, None)


class Watchman:
    """Alerts with a clock and an ear."""

    def __init__(self) -> None:
        self.clock = StandingClock()
        self.heard: list[Alert] = []
        self.alerts = Alerts(alert_rules(), [self.heard.append], self.clock)

    def names(self) -> list[str]:
        return [alert.rule for alert in self.heard]


@pytest.mark.parametrize(("fact", "rule"), [(rejection, "too_many_rejections"), (duplicate, "too_many_duplicates")])
def test_ten_are_silent_and_the_eleventh_fires_once(fact: Callable[[], Event], rule: str) -> None:
    watchman = Watchman()

    for _ in range(10):
        watchman.alerts(fact())
    after_ten = watchman.names()
    for _ in range(5):
        watchman.alerts(fact())

    assert after_ten == []
    assert watchman.names() == [rule]
    assert (watchman.heard[0].severity, watchman.heard[0].count) == (Severity.WARNING, 11)


def test_a_day_later_counting_begins_anew() -> None:
    watchman = Watchman()
    for _ in range(11):
        watchman.alerts(rejection())

    watchman.clock.advance(86_400)
    for _ in range(10):
        watchman.alerts(rejection())
    after_ten = len(watchman.heard)
    watchman.alerts(rejection())

    assert after_ten == 1
    assert len(watchman.heard) == 2


def test_eleven_over_more_than_a_day_are_silent() -> None:
    watchman = Watchman()

    for _ in range(30):
        watchman.alerts(rejection())
        watchman.clock.advance(8_640)

    assert watchman.heard == []


def test_a_rejection_that_did_not_decide_is_not_counted_twice() -> None:
    watchman = Watchman()

    for _ in range(10):
        watchman.alerts(rejection())
        watchman.alerts(rejection(deciding=False))

    assert watchman.heard == []


def test_any_false_rejection_warns_and_any_unique_violation_is_critical() -> None:
    watchman = Watchman()

    watchman.alerts(FalselyRejected(1, "uid1", 1))
    watchman.alerts(ConstraintViolated(1, "uid1"))
    watchman.alerts(ConstraintViolated(2, "uid1"))

    assert watchman.names() == ["false_rejection", "unique_violation", "unique_violation"]
    assert [alert.severity for alert in watchman.heard] == [Severity.WARNING, Severity.CRITICAL, Severity.CRITICAL]


def test_the_console_and_the_file_get_one_json_line_each(tmp_path: Path) -> None:
    stream, file = io.StringIO(), tmp_path / "alerts.jsonl"

    for sink in (StreamSink(stream), FileSink(file), FileSink(tmp_path / "no" / "such" / "folder")):
        sink(ALERT)

    assert stream.getvalue() == file.read_text()
    assert json.loads(stream.getvalue()) == {
        "alert": "false_rejection",
        "severity": "warning",
        "count": 1,
        "more_than": 0,
        "window_hours": 24,
        "at": "2025-10-06T00:00:00+00:00",
    }


async def test_the_webhook_gets_every_alert_even_after_one_could_not_be_delivered() -> None:
    import asyncio

    received: list[dict[str, object]] = []
    done = asyncio.Event()

    async def receive(request: web.Request) -> web.Response:
        received.append(await request.json())
        if len(received) == 1:
            assert request.transport is not None
            request.transport.abort()
        else:
            done.set()
        return web.Response()

    app = web.Application()
    app.router.add_post("/alerts", receive)
    async with TestServer(app) as server, aiohttp.ClientSession() as http:
        sink = WebhookSink(http, str(server.make_url("/alerts")))
        sink(ALERT)
        sink(ALERT)
        task = asyncio.create_task(sink.run())
        await asyncio.wait_for(done.wait(), 5)
        task.cancel()

    assert [alert["alert"] for alert in received] == ["false_rejection", "false_rejection"]


async def test_a_webhook_that_is_never_emptied_keeps_a_bounded_queue() -> None:
    async with aiohttp.ClientSession() as http:
        sink = WebhookSink(http, "http://127.0.0.1:9")

        for _ in range(1000):
            sink(ALERT)

        assert sink._waiting.qsize() == 100
