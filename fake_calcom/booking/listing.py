"""The bookings a caller may see: scope, filters, order, pages (source: Cal.com, the bookings list)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fake_calcom.errors import trpc_error
from fake_calcom.state.bookings import ACCEPTED, CANCELLED, PENDING, REJECTED
from fake_calcom.state.directory import ADMINISTRATORS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fake_calcom.dto.list_bookings import ListQuery
    from fake_calcom.state.bookings import Row
    from fake_calcom.state.entities import User
    from fake_calcom.universe import Universe

OVER = (CANCELLED, REJECTED)
SORT_FIELDS = {
    "sortStart": "start_ms",
    "sortEnd": "end_ms",
    "sortCreated": "created_ms",
    "sortUpdatedAt": "updated_ms",
}
LATEST_FIRST = frozenset((frozenset(("past",)), frozenset(("cancelled",))))


@dataclass(slots=True, frozen=True)
class Page:
    """One page of bookings; `total` ignores the filters on created and updated, as Cal.com's does."""

    rows: list[Row]
    total: int
    take: int
    skip: int

    def pagination(self) -> dict[str, Any]:
        """Return the pagination block of the answer."""
        return {
            "returnedItems": len(self.rows),
            "totalItems": self.total,
            "itemsPerPage": self.take,
            "remainingItems": max(0, self.total - self.skip - len(self.rows)),
            "currentPage": self.skip // self.take + 1,
            "totalPages": math.ceil(self.total / self.take),
            "hasNextPage": self.skip + len(self.rows) < self.total,
            "hasPreviousPage": self.skip > 0,
        }


def list_bookings(universe: Universe, caller: User, query: ListQuery) -> Page:
    """Return a page of the bookings that the caller hosts, attends or administers."""
    if query.event_type_ids and not query.event_type_ids <= universe.directory.event_types.keys():
        raise trpc_error(400)
    now_ms = universe.now_ms()
    counted = [row for row in _in_scope(universe, caller, query) if _passes(universe, row, query, now_ms)]
    rows = [row for row in counted if _in_history(row, query)]
    _sort(rows, query)
    return Page(rows[query.skip : query.skip + query.take], len(counted), query.take, query.skip)


def _in_scope(universe: Universe, caller: User, query: ListQuery) -> Iterator[Row]:
    bookings, directory = universe.bookings, universe.directory
    numbers = None if query.attendee_email is None else bookings.numbers_of_email(query.attendee_email)
    seen: set[int] = set()
    sources = [bookings.of_user(caller.id)]
    sources += [
        bookings.of_event_type(event_type.id)
        for event_type in directory.event_types.values()
        if event_type.team_id is not None
        and directory.teams[event_type.team_id].members.get(caller.id) in ADMINISTRATORS
    ]
    for source in sources:
        for row in source:
            if row.number not in seen and (numbers is None or row.number in numbers):
                seen.add(row.number)
                yield row


def _passes(universe: Universe, row: Row, query: ListQuery, now_ms: int) -> bool:
    event_type = universe.directory.event_types.get(row.event_type_id)
    team_id = event_type.team_id if event_type else None
    return (
        (query.statuses is None or any(_has_status(row, s, now_ms) for s in query.statuses))
        and (query.booking_uid is None or row.uid == query.booking_uid)
        and (query.event_type_ids is None or row.event_type_id in query.event_type_ids)
        and (query.team_ids is None or team_id in query.team_ids)
        and row.start_ms >= query.times.get("afterStart", row.start_ms)
        and row.end_ms <= query.times.get("beforeEnd", row.end_ms)
        and (query.attendee_name is None or query.attendee_name in row.names())
    )


def _in_history(row: Row, query: ListQuery) -> bool:
    times = query.times
    return times.get("afterCreatedAt", row.created_ms) <= row.created_ms <= times.get(
        "beforeCreatedAt", row.created_ms
    ) and times.get("afterUpdatedAt", row.updated_ms) <= row.updated_ms <= times.get("beforeUpdatedAt", row.updated_ms)


def _has_status(row: Row, status: str, now_ms: int) -> bool:
    is_over, is_series = row.status in OVER, row.series_uid is not None
    match status:
        case "upcoming":
            return row.end_ms >= now_ms and (row.status == ACCEPTED if is_series else not is_over)
        case "recurring":
            return row.end_ms >= now_ms and is_series and not is_over
        case "past":
            return row.end_ms <= now_ms and not is_over
        case "unconfirmed":
            return row.end_ms >= now_ms and row.status == PENDING
        case _:
            return is_over


def _sort(rows: list[Row], query: ListQuery) -> None:
    """Sort in place: the first sort named weighs most; without one by start."""
    if not query.sorts:
        rows.sort(key=lambda row: (row.start_ms, row.number), reverse=query.statuses in LATEST_FIRST)
        return
    for name, descending in reversed(query.sorts):
        field = SORT_FIELDS[name]
        rows.sort(key=lambda row: (getattr(row, field), row.number), reverse=descending)
