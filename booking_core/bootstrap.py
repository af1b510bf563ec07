"""Puts the gateway together: the only place that knows which storage and which Cal.com client there are."""

from __future__ import annotations

from collections.abc import Sequence

import aiohttp
from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncEngine

from booking_core.calcom.breaker import Breaker, BreakerLimits
from booking_core.calcom.client import HttpCalcomClient, RetryLimits
from booking_core.calcom.slots_cache import CacheLimits, SlotsCache
from booking_core.calcom.transport import Account, Timeouts, Transport
from booking_core.clock import SystemClock, SystemIds
from booking_core.core import Core
from booking_core.domain.business import Business
from booking_core.domain.events import Event
from booking_core.ports.messages import Message, MessageNotSentError, MessageSender
from booking_core.ports.world import Clock, Ids, Observer
from booking_core.service.book_appointment import AppointmentBooker
from booking_core.service.cancel_appointment import AppointmentCanceller
from booking_core.service.create_from_call import CallBooker
from booking_core.service.list_free_starts import FreeStartsLister
from booking_core.service.receive_webhook import WebhookReceiver
from booking_core.service.reconcile import Reconciler
from booking_core.service.record_call import CallRecorder
from booking_core.service.reschedule_appointment import AppointmentRescheduler
from booking_core.service.send_notifications import NotificationSender
from booking_core.service.surroundings import Surroundings
from booking_core.settings import Settings
from booking_core.storage.transactions import SqlTransactions
from booking_core.web.app import Figures, make_web_app
from booking_core.web.middleware import Reporter

__all__ = ["Core", "build_core", "make_app"]


def build_core(
    *,
    settings: Settings,
    engine: AsyncEngine,
    http: aiohttp.ClientSession,
    clock: Clock | None = None,
    ids: Ids | None = None,
    observers: Sequence[Observer] = (),
    send: MessageSender | None = None,
) -> Core:
    """The use cases on this engine and this HTTP session; both stay the caller's to close.

    `send` is the way to customers; without one, notifications stay in the outbox.
    """
    clock, ids = clock or SystemClock(), ids or SystemIds()
    tell = _Fan(observers)
    surroundings = Surroundings(
        transactions=SqlTransactions(engine, ids),
        calcom=_calcom_client(settings, http, clock, tell),
        clock=clock,
        ids=ids,
        profile=settings.profile,
        business=Business(fallback_email=settings.fallback_email, time_zone=settings.zone),
        observers=tuple(observers),
    )
    return _use_cases(surroundings, tell, send or _no_way_out)


def make_app(
    core: Core,
    settings: Settings,
    *,
    reporter: Reporter | None = None,
    figures: Figures | None = None,
) -> web.Application:
    """The gateway's application. `reporter` hears what goes wrong, `figures` feed `/metrics` and `/dashboard`."""
    return make_web_app(core, settings, reporter or _Deaf(), figures or Figures(_no_metrics, dict))


def _use_cases(surroundings: Surroundings, tell: Observer, send: MessageSender) -> Core:
    book = AppointmentBooker(surroundings=surroundings)
    return Core(
        book=book,
        create_from_call=CallBooker(surroundings=surroundings, book=book),
        list_free_starts=FreeStartsLister(surroundings=surroundings),
        cancel=AppointmentCanceller(surroundings=surroundings),
        reschedule=AppointmentRescheduler(surroundings=surroundings),
        record_call=CallRecorder(surroundings=surroundings),
        receive_webhook=WebhookReceiver(surroundings=surroundings),
        reconcile=Reconciler(surroundings=surroundings),
        send_notifications=NotificationSender(surroundings=surroundings, send=send),
        transactions=surroundings.transactions,
        clock=surroundings.clock,
        tell=tell,
    )


def _calcom_client(settings: Settings, http: aiohttp.ClientSession, clock: Clock, tell: Observer) -> HttpCalcomClient:
    transport = Transport(
        http=http,
        account=Account(settings.calcom_url, settings.calcom_api_key),
        timeouts=Timeouts(),
        breaker=Breaker(BreakerLimits(), clock.monotonic, tell) if settings.profile.breaker else None,
        clock=clock,
        tell=tell,
    )
    cache = SlotsCache(CacheLimits(), clock.monotonic)
    return HttpCalcomClient(transport=transport, cache=cache, clock=clock, retries=RetryLimits())


class _Fan:
    """Tells every observer, in their order."""

    def __init__(self, observers: Sequence[Observer]) -> None:
        self._observers = tuple(observers)

    def __call__(self, event: Event) -> None:
        for observer in self._observers:
            observer(event)


async def _no_way_out(_message: Message) -> None:
    raise MessageNotSentError("no way to customers is configured")


class _Deaf:
    """Nobody listens: a replay shows what callers hear."""

    def failed(self, error: BaseException, where: str) -> None:
        pass

    def refused(self, path: str, http_status: int, where: str, problem: str) -> None:
        pass


def _no_metrics() -> bytes:
    return b""
