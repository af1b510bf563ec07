"""A client's mistakes: a 4xx that says what, where and what was expected; no row, no call of Cal.com, no 500."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.booking_core.web.rig import GatewayRig, call_body, gateway, wish

LONG = "x" * 10_000


def changed(**args: Any) -> dict[str, Any]:
    return wish(**args)


def without(*names: str) -> dict[str, Any]:
    body = wish()
    for name in names:
        del body["args"][name]
    return body


async def nothing_happened(rig: GatewayRig) -> bool:
    rows = [await rig.count(table) for table in ("calls", "customers", "appointments", "booking_attempts")]
    return not any(rows) and not rig.calcom.heard


WRONG_BODIES: list[tuple[Any, int, str]] = [
    (b"", 400, "body"),
    (b"{", 400, "body"),
    (b'{"call": ', 400, "body"),
    (b"[]", 400, "body"),
    (b"null", 400, "body"),
    (b"\xff\xfe", 400, "body"),
    (b'{"a": NaN}', 400, "body"),
    (b"[" * 200_000, 400, "body"),
    (b'{"a": ' + b"9" * 5000 + b"}", 400, "body"),
    ({}, 422, "call"),
    ({"call": [], "args": {}}, 422, "call"),
    ({"call": call_body()}, 422, "args"),
    ({"call": call_body(), "args": "datum"}, 422, "args"),
    ({"call": {}, "args": wish()["args"]}, 422, "call.call_id"),
    ({"call": {"call_id": 5}, "args": wish()["args"]}, 422, "call.call_id"),
    ({"call": {"call_id": "a b; DROP TABLE calls"}, "args": wish()["args"]}, 422, "call.call_id"),
    ({"call": {"call_id": "x" * 65}, "args": wish()["args"]}, 422, "call.call_id"),
    (changed(call_id="call_other"), 422, "args.call_id"),
    (without("datum"), 422, "args.datum"),
    (without("uhrzeit"), 422, "args.uhrzeit"),
    (without("name"), 422, "args.name"),
    (changed(datum=20251010), 422, "args.datum"),
    (changed(datum="31.02.2026"), 422, "args.datum"),
    (changed(datum="9999-12-31"), 422, "args.datum"),
    (changed(datum="bald"), 422, "args.datum"),
    (changed(datum=LONG), 422, "args.datum"),
    (changed(uhrzeit="25:00"), 422, "args.uhrzeit"),
    (changed(uhrzeit=["8"]), 422, "args.uhrzeit"),
    (changed(datum="29.03.2026", uhrzeit="02:30"), 422, "args.uhrzeit"),
    (changed(name={"first": "Ada"}), 422, "args.name"),
    (changed(name="   "), 422, "args.name"),
    (changed(name=LONG), 422, "args.name"),
    (changed(name="Ada\u0000Byron"), 422, "args.name"),
    (changed(name="\ud800"), 422, "args.name"),
    (changed(name=True), 422, "args.name"),
    (changed(email="ada"), 422, "args.email"),
    (changed(email="ada@example"), 422, "args.email"),
    (changed(email="a@b.c\u0007"), 422, "args.email"),
    (changed(email=7), 422, "args.email"),
    (changed(telefon="call me"), 422, "args.telefon"),
    (changed(telefon=491701234567), 422, "args.telefon"),
    (changed(dienstleistung=LONG), 422, "args.dienstleistung"),
    (changed(dienstleistung=5), 422, "args.dienstleistung"),
]


@pytest.mark.parametrize(("body", "status", "where"), WRONG_BODIES, ids=range(len(WRONG_BODIES)))
async def test_a_wrong_body_is_told_what_where_and_what_was_expected(
    tmp_path: Path, body: Any, status: int, where: str
) -> None:
    async with gateway(tmp_path) as rig:
        heard = await rig.retell("collect-appointment", body)

        assert heard.status == status
        assert heard.body["success"] is False
        assert heard.body["error"]["where"] == where
        assert heard.body["error"]["expected"]
        assert await nothing_happened(rig)


@pytest.mark.parametrize(
    "name",
    [
        "🦊 Fuchs",
        "محمد علي",
        "\u202ekcarB",
        "Robert'); DROP TABLE customers;--",
        "a\nERROR fake=line",
        "%s %n {0} ${jndi:x}",
    ],
)
async def test_odd_names_are_names(tmp_path: Path, name: str) -> None:
    async with gateway(tmp_path) as rig:
        heard = await rig.retell("collect-appointment", changed(name=name))

        assert heard.body["status"] == "booked"
        assert await rig.count("customers") == 1


async def test_a_body_over_one_mebibyte_is_refused(tmp_path: Path) -> None:
    async with gateway(tmp_path) as rig:
        heard = await rig.retell("collect-appointment", json.dumps(changed(name="x" * 1024 * 1024)).encode())

        assert heard.status == 413
        assert await nothing_happened(rig)


async def test_another_content_type_is_refused(tmp_path: Path) -> None:
    async with gateway(tmp_path) as rig:
        heard = await rig.retell("collect-appointment", wish(), **{"Content-Type": "text/plain"})

        assert heard.status == 415
        assert await nothing_happened(rig)


async def test_unknown_paths_and_methods_are_told_as_json(tmp_path: Path) -> None:
    async with gateway(tmp_path) as rig:
        unknown = await rig.retell("book-me", wish())
        async with rig.client.get("/api/retell/collect-appointment") as wrong_method:
            told = await wrong_method.json()

        assert unknown.status == 404
        assert wrong_method.status == 405
        assert told["success"] is False


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({"event": "call_analyzed"}, "call"),
        ({"call": call_body()}, "event"),
        ({"event": 5, "call": call_body()}, "event"),
        ({"event": "call_ended", "call": call_body() | {"call_analysis": "good"}}, "call.call_analysis"),
    ],
)
async def test_a_misshapen_call_event_is_told(tmp_path: Path, body: Any, where: str) -> None:
    async with gateway(tmp_path) as rig:
        heard = await rig.retell("webhook", body)

        assert heard.status == 422
        assert heard.body["error"]["where"] == where
        assert await nothing_happened(rig)


async def test_a_mistake_quotes_nothing_of_what_was_sent(tmp_path: Path) -> None:
    async with gateway(tmp_path) as rig:
        heard = await rig.retell("collect-appointment", changed(email="hansi@@sputer", datum="Hansi Sputer"))

        assert "hansi" not in json.dumps(heard.body).lower()
