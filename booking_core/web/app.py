"""The gateway's application: every door, one table of routes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from aiohttp import web

from booking_core.core import Core
from booking_core.settings import Settings
from booking_core.web.calcom import CalcomDoor
from booking_core.web.dashboard import DashboardDoor
from booking_core.web.middleware import Reporter, TellMistakes
from booking_core.web.operations import OperationsDoor
from booking_core.web.retell import RetellDoor

BODY_MAX_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Figures:
    """What the gateway tells of itself: the metrics' text, and the last 24 hours as JSON values."""

    metrics: Callable[[], bytes]
    recent: Callable[[], Mapping[str, object]]


def make_web_app(core: Core, settings: Settings, reporter: Reporter, figures: Figures) -> web.Application:
    """The application; it begins nothing and owns nothing that must be closed."""
    app = web.Application(middlewares=[TellMistakes(reporter)], client_max_size=BODY_MAX_BYTES)
    app.add_routes(RetellDoor(core, settings).routes())
    app.add_routes(CalcomDoor(core, settings).routes())
    app.add_routes(OperationsDoor(core, figures.metrics).routes())
    app.add_routes(DashboardDoor(figures.recent).routes())
    return app
