"""Everything that watches a serving gateway, put together: log, metrics and alerts as one list of observers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import aiohttp

from booking_core.observability.alert_sinks import FileSink, StreamSink, WebhookSink
from booking_core.observability.alerts import Alerts, AlertSink, alert_rules
from booking_core.observability.logs import EventLog, make_logger
from booking_core.observability.metrics import Metrics
from booking_core.ports.world import Clock, Observer
from booking_core.settings import Settings


@dataclass(frozen=True, slots=True)
class Watch:
    """The observers, and what else the gateway needs of them. `webhook.run` must be a task for alerts to leave."""

    log: EventLog
    metrics: Metrics
    alerts: Alerts
    webhook: WebhookSink | None

    @property
    def observers(self) -> Sequence[Observer]:
        """In the order in which they hear."""
        return (self.log, self.metrics, self.alerts)


def make_watch(settings: Settings, clock: Clock, stream: TextIO, http: aiohttp.ClientSession) -> Watch:
    """Log lines and alerts go to `stream`; alerts also to the file and the webhook of the settings."""
    threshold_s = settings.profile.defences.threshold_s
    webhook = WebhookSink(http, settings.alert_webhook_url) if settings.alert_webhook_url else None
    sinks: list[AlertSink] = [StreamSink(stream)]
    sinks += [FileSink(Path(settings.alert_file))] if settings.alert_file else []
    sinks += [webhook] if webhook else []
    return Watch(
        log=EventLog(make_logger(stream, clock), threshold_s),
        metrics=Metrics(threshold_s),
        alerts=Alerts(alert_rules(), sinks, clock),
        webhook=webhook,
    )
