"""JSON Schemas of what the fake answers. Members named are promised; others may come along."""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
WHOLE: Schema = {"type": "integer"}
TRUTH: Schema = {"type": "boolean"}
OPEN: Schema = {"type": "object"}
INSTANT: Schema = {"type": "string", "format": "date-time"}
MAYBE_TEXT: Schema = {"type": ["string", "null"]}
MAYBE_WHOLE: Schema = {"type": ["integer", "null"]}


def obj(**properties: Schema) -> Schema:
    """Return an object with these members, all of them promised."""
    return {"type": "object", "properties": properties, "required": list(properties)}


def many(items: Schema) -> Schema:
    """Return a list of these."""
    return {"type": "array", "items": items}


def ref(name: str) -> Schema:
    """Return a reference to one of `COMPONENTS`."""
    return {"$ref": f"#/components/schemas/{name}"}


STATUSES: Schema = {"enum": ["accepted", "pending", "cancelled", "rejected", "awaiting_host"]}
PERSON = obj(name=TEXT, email=TEXT, timeZone=TEXT)
BOOKING = obj(
    id=WHOLE,
    uid=TEXT,
    title=TEXT,
    description=MAYBE_TEXT,
    hosts=many(PERSON),
    status=STATUSES,
    start=INSTANT,
    end=INSTANT,
    duration=WHOLE,
    eventTypeId=WHOLE,
    eventType=obj(id=WHOLE, slug=TEXT),
    attendees=many(obj(name=TEXT, email=TEXT, timeZone=TEXT, absent=TRUTH)),
    location=MAYBE_TEXT,
    absentHost=TRUTH,
    createdAt=INSTANT,
    updatedAt=INSTANT,
    metadata=OPEN,
    icsUid=TEXT,
)
BOOKING_OLD = obj(id=WHOLE, uid=TEXT, title=TEXT, startTime=INSTANT, endTime=INSTANT, status=TEXT, attendees=many(OPEN))
EVENT_TYPE = obj(id=WHOLE, title=TEXT, slug=TEXT, lengthInMinutes=WHOLE)
SCHEDULE = obj(id=WHOLE, ownerId=WHOLE, name=TEXT, timeZone=TEXT, availability=many(OPEN), isDefault=TRUTH)
WEBHOOK = obj(id=TEXT, triggers=many(TEXT), subscriberUrl=TEXT, active=TRUTH)
TEAM = obj(id=WHOLE, name=TEXT, slug=TEXT)
ME = obj(id=WHOLE, email=TEXT, timeZone=TEXT, username=MAYBE_TEXT, defaultScheduleId=MAYBE_WHOLE)
RESERVATION = obj(
    eventTypeId=WHOLE,
    slotStart=INSTANT,
    slotEnd=INSTANT,
    slotDuration=WHOLE,
    reservationUid=TEXT,
    reservationUntil=INSTANT,
)
PAGINATION = obj(
    returnedItems=WHOLE,
    totalItems=WHOLE,
    itemsPerPage=WHOLE,
    remainingItems=WHOLE,
    currentPage=WHOLE,
    totalPages=WHOLE,
    hasNextPage=TRUTH,
    hasPreviousPage=TRUTH,
)
SLOT_DAYS: Schema = {"type": "object", "additionalProperties": many(obj(start=TEXT))}
ENVELOPE_ERROR = obj(status={"const": "error"}, timestamp=INSTANT, path=TEXT, error=obj(code=TEXT, message=TEXT))
RAW_ERROR = obj(statusCode=WHOLE, message=TEXT)
COMPONENTS: dict[str, Schema] = {
    "Booking": BOOKING,
    "BookingOld": BOOKING_OLD,
    "EventType": EVENT_TYPE,
    "Schedule": SCHEDULE,
    "Webhook": WEBHOOK,
    "Team": TEAM,
    "Me": ME,
    "Reservation": RESERVATION,
    "Pagination": PAGINATION,
    "EnvelopeError": ENVELOPE_ERROR,
    "RawError": RAW_ERROR,
    "Error": {"anyOf": [ref("EnvelopeError"), ref("RawError")]},
}


def one(name: str) -> Schema:
    """Return a success whose `data` is one of these."""
    return success(ref(name))


def several(name: str) -> Schema:
    """Return a success whose `data` is a list of these."""
    return success(many(ref(name)))


def either(name: str) -> Schema:
    """Return a success whose `data` is one of these, or the list of a series."""
    return success({"anyOf": [ref(name), many(ref(name))]})


def success(data: Schema) -> Schema:
    """Return the success envelope."""
    return obj(status={"const": "success"}, data=data)


DONE = obj(status={"const": "success"})
