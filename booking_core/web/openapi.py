"""The gateway's contract as an OpenAPI document, for clients, for tests, and for Retell's form of a custom function:
an operation's `args` schema is what Retell asks for as the function's parameters.
"""

from __future__ import annotations

from typing import Any

from booking_core.domain.outcomes import Status
from booking_core.web.fields import TEXT_MAX

Schema = dict[str, Any]

_DAY = "a day: 2025-10-10, 10.10.2025, 10.10., morgen, Freitag"
_TIME = "a time of day: 08:00, 8 Uhr, halb neun"
_ARGUMENTS: dict[str, str] = {
    "datum": _DAY,
    "uhrzeit": _TIME,
    "name": "the caller's name",
    "dienstleistung": "the wanted service; the first one when left out",
    "email": "the caller's e-mail address, if one was given",
    "telefon": "the caller's phone number, used when the network shows none",
    "call_id": "the call's id; must agree with call.call_id",
    "sprache": "de (default) or en: what the answer's message is written in",
    "altes_datum": f"of the appointment to be moved; the next one when left out. {_DAY}",
    "alte_uhrzeit": f"of the appointment to be moved. {_TIME}",
    "neues_datum": _DAY,
    "neue_uhrzeit": _TIME,
}
_CALLER = ("name", "email", "telefon", "call_id", "sprache")
# path: (what it does, required arguments, optional ones)
_FUNCTIONS: dict[str, tuple[str, tuple[str, ...], tuple[str, ...]]] = {
    "collect-appointment": (
        "Book an appointment",
        ("datum", "uhrzeit", "name"),
        ("dienstleistung", "email", "telefon", "call_id", "sprache"),
    ),
    "check-availability": ("List the free starts of a day", ("datum",), ("dienstleistung", *_CALLER)),
    "cancel-appointment": ("Cancel an appointment, or the next one", (), ("datum", "uhrzeit", *_CALLER)),
    "reschedule-appointment": (
        "Move an appointment",
        ("neues_datum", "neue_uhrzeit"),
        ("altes_datum", "alte_uhrzeit", *_CALLER),
    ),
}
_MISTAKES = {
    "400": "the body is not a JSON object",
    "401": "the signature is missing, wrong or too old",
    "413": "the body is larger than 1 MiB",
    "415": "the body is not declared as application/json",
    "422": "a field is missing or wrong: `error.where` names it, `error.expected` says what it should be",
    "500": "the gateway failed; nothing of the cause is told",
}


def openapi_document() -> Schema:
    """The document; every call makes a new one."""
    paths = {f"/api/retell/{name}": {"post": _function(*told)} for name, told in _FUNCTIONS.items()}
    paths["/api/retell/webhook"] = {"post": _operation("Retell tells of a call", _call_event(), _ANY)}
    paths["/api/calcom/webhook"] = {"post": _operation("Cal.com tells of a booking", _calcom_event(), _ANY)}
    return {
        "openapi": "3.1.0",
        "info": {"title": "slotproof gateway", "version": "1"},
        "paths": paths,
    }


_ANY: Schema = {"type": "object"}
_TEXT: Schema = {"type": "string", "maxLength": TEXT_MAX}


def _function(what: str, required: tuple[str, ...], optional: tuple[str, ...]) -> Schema:
    args = _object({name: _TEXT | {"description": _ARGUMENTS[name]} for name in (*required, *optional)}, required)
    body = _object({"name": _TEXT, "call": _call(), "args": args}, ("call", "args"))
    return _operation(what, body, _answer())


def _call() -> Schema:
    call_id = {"type": "string", "pattern": "^[A-Za-z0-9_-]{1,64}$"}
    return _object({"call_id": call_id, "from_number": _TEXT, "to_number": _TEXT}, ("call_id",))


def _call_event() -> Schema:
    wish = _object(dict.fromkeys(("datum", "uhrzeit", "name", "dienstleistung", "email", "telefon"), _TEXT), ())
    analysis = _object({"custom_analysis_data": wish}, ())
    call = _call()
    call["properties"]["call_analysis"] = analysis
    events = {"type": "string", "enum": ["call_started", "call_ended", "call_analyzed"]}
    return _object({"event": events, "call": call}, ("event", "call"))


def _calcom_event() -> Schema:
    return _object({"triggerEvent": _TEXT, "createdAt": _TEXT, "payload": _ANY}, ("triggerEvent",))


def _answer() -> Schema:
    return _object(
        {
            "success": {"type": "boolean"},
            "status": {"type": "string", "enum": [status.value for status in Status]},
            "message": {"type": "string"},
            "bestaetigung_status": {"type": "string"},
            "appointment_id": {"type": "integer"},
            "alternatives": {"type": "array", "items": {"type": "string", "format": "date-time"}},
            "reminder": {"type": "string"},
        },
        ("success", "status", "message", "bestaetigung_status"),
    )


def _operation(what: str, body: Schema, answer: Schema) -> Schema:
    mistakes = {status: {"description": why} for status, why in _MISTAKES.items()}
    return {
        "summary": what,
        "requestBody": {"required": True, "content": {"application/json": {"schema": body}}},
        "responses": {"200": {"description": "done", "content": {"application/json": {"schema": answer}}}} | mistakes,
    }


def _object(properties: Schema, required: tuple[str, ...]) -> Schema:
    return {"type": "object", "properties": properties, "required": list(required)}
