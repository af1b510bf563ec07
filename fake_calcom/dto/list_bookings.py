"""The query of GET /v2/bookings. Parameters it does not know are dropped, not refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fake_calcom.dto.checks import ARRAY, INT, STRICT_DATE, STRING, at_least, at_most, each_of, one_of
from fake_calcom.dto.shape import Property, Shape
from fake_calcom.times import parse_iso

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fake_calcom.routing import Query

STATUSES = ("upcoming", "recurring", "past", "cancelled", "unconfirmed")
TAKE_DEFAULT, TAKE_MAX = 100, 250
TIME_FILTERS = (
    "afterStart",
    "beforeEnd",
    "afterCreatedAt",
    "beforeCreatedAt",
    "afterUpdatedAt",
    "beforeUpdatedAt",
)
SORTS = {
    "sortStart": "SortStart",
    "sortEnd": "SortEnd",
    "sortCreated": "SortCreated",
    "sortUpdatedAt": "SortCreated",  # upstream reuses the text
}
NUMBER_LISTS = ("eventTypeIds", "teamsIds")
NUMBERS = ("eventTypeId", "teamId", "take", "skip")
TEXTS = ("attendeeEmail", "attendeeName", "bookingUid")

_STATUS = each_of(STATUSES, f"Invalid status. Allowed are {', '.join(STATUSES)}")
LIST_BOOKINGS = Shape(
    (
        Property("status", (_STATUS,)),
        *(Property(name, (STRING,)) for name in TEXTS),
        Property("eventTypeId", (INT,)),
        Property("teamId", (INT,)),
        *(Property(name, (ARRAY,)) for name in NUMBER_LISTS),
        *(Property(name, (STRICT_DATE,)) for name in TIME_FILTERS),
        *(
            Property(name, (one_of(("asc", "desc"), f'{label} must be either "asc" or "desc".'),))
            for name, label in SORTS.items()
        ),
        Property("take", (at_most(TAKE_MAX), at_least(1), INT)),
        Property("skip", (at_least(0), INT)),
    )
)


@dataclass(slots=True, frozen=True)
class ListQuery:
    """What a caller wants to see; None leaves a filter out. Times are milliseconds, edges inclusive."""

    statuses: frozenset[str] | None
    attendee_email: str | None
    attendee_name: str | None
    booking_uid: str | None
    event_type_ids: frozenset[int] | None
    team_ids: frozenset[int] | None
    times: Mapping[str, int]
    sorts: tuple[tuple[str, bool], ...]
    take: int
    skip: int


def list_values(query: Query) -> dict[str, Any]:
    """Return the known parameters, lists split and numbers read, for the shape to check."""
    values: dict[str, Any] = {}
    for name in (*TEXTS, *TIME_FILTERS, *SORTS):
        values[name] = query.one(name)
    for name in NUMBERS:
        values[name] = _number(query.one(name))
    for name in NUMBER_LISTS:
        items = query.many(name)
        values[name] = None if items is None else [_number(item) for item in items]
    values["status"] = query.many("status")
    if values["attendeeEmail"] is not None:
        values["attendeeEmail"] = values["attendeeEmail"].replace(" ", "+")
    return values


def read_list_query(values: Mapping[str, Any]) -> ListQuery:
    """Return the query of checked values."""
    times = {name: parse_iso(values[name]) for name in TIME_FILTERS if values[name] is not None}
    return ListQuery(
        statuses=None if values["status"] is None else frozenset(values["status"]),
        attendee_email=values["attendeeEmail"],
        attendee_name=values["attendeeName"],
        booking_uid=values["bookingUid"],
        event_type_ids=_ids(values["eventTypeIds"], values["eventTypeId"]),
        team_ids=_ids(values["teamsIds"], values["teamId"]),
        times={name: ms for name, ms in times.items() if ms is not None},
        sorts=tuple((name, values[name] == "desc") for name in SORTS if values[name]),
        take=TAKE_DEFAULT if values["take"] is None else int(values["take"]),
        skip=int(values["skip"] or 0),
    )


def _ids(many: list[Any] | None, one: Any) -> frozenset[int] | None:
    found = [value for value in (*(many or ()), one) if isinstance(value, int)]
    return None if many is None and one is None else frozenset(found)


def _number(text: str | None) -> Any:
    """Return a query's number, or its text when it is none: the shape then says so."""
    if text is None:
        return None
    try:
        return int(text) if len(text) <= 18 else text
    except ValueError:
        return text
