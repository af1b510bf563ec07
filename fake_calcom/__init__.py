"""A fake Cal.com API v2: stateful, exact in its errors, controllable in time, for tests and simulations."""

from __future__ import annotations

from fake_calcom.app import FakeCalcom
from fake_calcom.clock import FakeClock
from fake_calcom.control.world import WorldKeys
from fake_calcom.errors import ApiError, FakeCalcomError, WorldError
from fake_calcom.faults.plan import FaultPlan, UnusedFaultsError
from fake_calcom.history import history
from fake_calcom.ids import SeededIds
from fake_calcom.ports import Clock, IdSource, RaceWindow, RewindableIds, WebhookRequest, WebhookSender
from fake_calcom.recorder import replay
from fake_calcom.time_travel import Due, ForeignClockError
from fake_calcom.verdicts import VerdictError, wish
from fake_calcom.wire import Answer, Call

__all__ = [
    "Answer",
    "ApiError",
    "Call",
    "Clock",
    "Due",
    "FakeCalcom",
    "FakeCalcomError",
    "FakeClock",
    "FaultPlan",
    "ForeignClockError",
    "IdSource",
    "RaceWindow",
    "RewindableIds",
    "SeededIds",
    "UnusedFaultsError",
    "VerdictError",
    "WebhookRequest",
    "WebhookSender",
    "WorldError",
    "WorldKeys",
    "history",
    "replay",
    "wish",
]
