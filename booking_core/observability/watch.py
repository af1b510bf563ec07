"""Everything that watches a serving gateway, put together: log, metrics and alerts as one list of observers."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO, cast

import aiohttp

from booking_core.observability.alert_sinks import FileSink, StreamSink, WebhookSink
from booking_core.observability.alerts import Alerts, AlertSink, alert_rules
from booking_core.observability.logs import EventLog, make_logger
from booking_core.observability.metrics import Metrics
from booking_core.observability.recent import Recent
from booking_core.ports.world import Clock, Observer
from booking_core.settings import Settings


class QuietStream:
    """A stream whose reader may be gone: a log that cannot be written must not stop a booking."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write, or not."""
        with contextlib.suppress(OSError, ValueError):  # a broken pipe; a closed stream
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        """Flush, or not."""
        with contextlib.suppress(OSError, ValueError):
            self._stream.flush()


@dataclass(frozen=True, slots=True)
class Watch:
    """The observers, and what else the gateway needs of them. `webhook.run` must be a task for alerts to leave."""

    log: EventLog
    metrics: Metrics
    alerts: Alerts
    recent: Recent
    webhook: WebhookSink | None

    @property
    def observers(self) -> Sequence[Observer]:
        """In the order in which they hear."""
        return (self.log, self.metrics, self.alerts, self.recent)


def make_watch(settings: Settings, clock: Clock, stream: TextIO, http: aiohttp.ClientSession) -> Watch:
    """Log lines and alerts go to `stream`; alerts also to the file and the webhook of the settings."""
    quiet = cast("TextIO", QuietStream(stream))  # its users only write and flush
    threshold_s = settings.profile.defences.threshold_s
    webhook = WebhookSink(http, settings.alert_webhook_url) if settings.alert_webhook_url else None
    recent = Recent(clock)
    sinks: list[AlertSink] = [StreamSink(quiet), recent.note_alert]
    sinks += [FileSink(Path(settings.alert_file))] if settings.alert_file else []
    sinks += [webhook] if webhook else []
    return Watch(
        log=EventLog(make_logger(quiet, clock), threshold_s),
        metrics=Metrics(threshold_s),
        alerts=Alerts(alert_rules(), sinks, clock),
        recent=recent,
        webhook=webhook,
    )
