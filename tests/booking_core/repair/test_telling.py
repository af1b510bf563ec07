from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from booking_core.clock import SystemIds
from booking_core.migrations import schema
from booking_core.ports.messages import Message
from booking_core.ports.storage import UnitOfWork
from booking_core.repair.duplicates import DuplicatePolicy
from booking_core.repair.repairs import DuplicateRepair
from booking_core.service.send_notifications import compose
from booking_core.storage.engines import create_engine
from booking_core.storage.transactions import SqlTransactions
from tests.booking_core.repair.incident_rows import fill


class RepairDay:
    """A clock that stands on the day of the clean-up."""

    def now(self) -> datetime:
        return datetime(2025, 10, 7, 8, 0, tzinfo=UTC)

    def monotonic(self) -> float:
        return 0.0


@pytest.mark.parametrize(
    ("policy", "when"), [(DuplicatePolicy.CANCEL, " am 10.10.2025 um 08:00 Uhr"), (DuplicatePolicy.DELETE, "")]
)
async def test_who_loses_an_appointment_hears_so_and_nothing_of_the_other_customer(
    sqlite_url: str, policy: DuplicatePolicy, when: str
) -> None:
    await schema.upgrade(sqlite_url, schema.WITHOUT_UNIQUE_KEY)
    engine = create_engine(sqlite_url)
    await fill(engine)
    await DuplicateRepair(engine=engine, clock=RepairDay())(apply=True, policy=policy)

    message = await _queued_message(engine)

    assert message is not None
    assert message.recipient == "+4930338"
    assert message.text == (
        f"Ihr Termin{when} war leider schon vergeben und kann nicht stattfinden. Bitte rufen Sie uns an."
    )
    await engine.dispose()


async def _queued_message(engine: AsyncEngine) -> Message | None:
    async def body(uow: UnitOfWork) -> Message | None:
        (notification,) = await uow.notifications.due(10)
        about = notification.appointment_id
        appointment = await uow.appointments.get(about) if about is not None else None
        customer = await uow.customers.get(notification.customer_id)
        return compose(notification, customer, appointment, ZoneInfo("Europe/Berlin"))

    return await SqlTransactions(engine, SystemIds())(body)
