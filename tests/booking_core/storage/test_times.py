from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from freezegun import freeze_time
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, select
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine

from booking_core.storage.tables import SYSTEM_AUDIT_LOG
from booking_core.storage.times import UtcDateTime, instant_text

BERLIN = ZoneInfo("Europe/Berlin")
INSTANTS = [
    datetime(2025, 10, 6, 9, 5, 21, 2000, tzinfo=UTC),
    datetime(2025, 10, 26, 2, 30, tzinfo=BERLIN),  # comes twice that day
    datetime(2025, 10, 26, 2, 30, fold=1, tzinfo=BERLIN),
    datetime(2025, 3, 30, 3, 0, tzinfo=BERLIN),
    datetime(1970, 1, 1, tzinfo=timezone(timedelta(hours=-11))),
    datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
]


async def test_instants_come_back_to_the_microsecond_in_utc(engine: AsyncEngine) -> None:
    rows = [{"id": number, "event_type": "t", "details": {}, "created_at": at} for number, at in enumerate(INSTANTS, 1)]
    async with engine.begin() as connection:
        await connection.execute(insert(SYSTEM_AUDIT_LOG), rows)

        query = select(SYSTEM_AUDIT_LOG.c.created_at).order_by(SYSTEM_AUDIT_LOG.c.id)
        found = list((await connection.execute(query)).scalars())

    assert found == [instant.astimezone(UTC) for instant in INSTANTS]
    assert {instant.utcoffset() for instant in found} == {timedelta(0)}


async def test_comparing_instants_is_comparing_points_in_time(engine: AsyncEngine) -> None:
    rows = [{"id": number, "event_type": "t", "details": {}, "created_at": at} for number, at in enumerate(INSTANTS, 1)]
    async with engine.begin() as connection:
        await connection.execute(insert(SYSTEM_AUDIT_LOG), rows)

        since = select(SYSTEM_AUDIT_LOG.c.id).where(SYSTEM_AUDIT_LOG.c.created_at >= INSTANTS[2])
        found = list((await connection.execute(since.order_by(SYSTEM_AUDIT_LOG.c.id))).scalars())

    assert found == [
        number for number, at in enumerate(INSTANTS, 1) if at.astimezone(UTC) >= INSTANTS[2].astimezone(UTC)
    ]


async def test_a_frozen_clocks_datetime_is_stored_like_any_other(engine: AsyncEngine) -> None:
    with freeze_time("2025-10-06 09:04:54.002", real_asyncio=True):
        frozen = datetime.now(UTC)
        async with engine.begin() as connection:
            row = {"event_type": "t", "details": {}, "created_at": frozen}
            await connection.execute(insert(SYSTEM_AUDIT_LOG), [row])

    async with engine.connect() as connection:
        assert await connection.scalar(select(SYSTEM_AUDIT_LOG.c.created_at)) == INSTANTS[0] - timedelta(seconds=27)


@pytest.mark.parametrize("name", ["sqlite", "postgresql+asyncpg", "mysql+asyncmy"])
def test_nothing_is_stored_as_nothing_and_a_naive_instant_not_at_all(name: str) -> None:
    dialect = make_url(f"{name}://").get_dialect()()
    column = UtcDateTime()

    assert column.process_bind_param(None, dialect) is None
    assert column.process_result_value(None, dialect) is None
    with pytest.raises(ValueError, match=r"2025-10-10T06:00:00 has no time zone"):
        column.process_bind_param(datetime(2025, 10, 10, 6, 0), dialect)  # noqa: DTZ001 - that is the mistake


@given(st.datetimes(timezones=st.just(UTC)))
def test_the_text_of_an_instant_means_that_instant(instant: datetime) -> None:
    assert datetime.fromisoformat(instant_text(instant)) == instant
    assert instant_text(instant.replace(tzinfo=None)) == instant_text(instant)
