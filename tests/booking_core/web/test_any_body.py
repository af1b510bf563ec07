"""A property: whatever JSON is sent, the gateway answers below 500 and writes only what it accepts."""

from __future__ import annotations

import asyncio
import tempfile
from http import HTTPStatus
from pathlib import Path
from typing import Any, Self

import jsonschema_rs
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.core.result import Ok

from booking_core.web.openapi import openapi_document
from tests.booking_core.web.rig import GatewayRig, Heard, gateway

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
NAMES = st.text(min_size=1, max_size=250) | st.sampled_from(["Ada", "🦊", "\u202ex", "a\x00b", "';--"])
DAYS = st.sampled_from(["2025-10-10", "10.10.", "morgen", "31.2.2026", "9999-01-01", "29.03.2026"]) | st.text(
    max_size=12
)
TIMES = st.sampled_from(["08:00", "8 Uhr", "halb neun", "25:00", "02:30"]) | st.text(max_size=8)
ARGS = st.fixed_dictionaries(
    {"datum": DAYS | JSON, "uhrzeit": TIMES | JSON, "name": NAMES | JSON},
    optional={
        "dienstleistung": st.sampled_from(["Beratung", "beratung", "Nichts"]) | JSON,
        "email": st.sampled_from(["ada@example.com", "@", "termin@askproai.de"]) | JSON,
        "telefon": st.sampled_from(["+491701234567", "0170 1234567", "none"]) | JSON,
        "call_id": st.sampled_from(["call_1", "call_2"]) | JSON,
        "sprache": st.sampled_from(["de", "en"]) | JSON,
    },
)
CALLS = st.fixed_dictionaries(
    {"call_id": st.sampled_from(["call_1", "call_2", ""]) | JSON},
    optional={"from_number": st.sampled_from(["+491701234567", "anonymous"]) | JSON},
)
BODIES = st.fixed_dictionaries({"call": CALLS | JSON, "args": ARGS | JSON}, optional={"name": JSON}) | JSON


def analysed(call: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    return ARGS.map(lambda said: call | {"call_analysis": {"custom_analysis_data": said}})


ENVELOPES = st.fixed_dictionaries(
    {
        "event": st.sampled_from(["call_started", "call_analyzed"]) | JSON,
        "call": CALLS.flatmap(analysed),
    }
)


class OneGateway:
    """One gateway for all examples of a test, on a loop of its own."""

    def __enter__(self) -> Self:
        self._runner = asyncio.Runner()
        self._folder = tempfile.TemporaryDirectory()
        self._context = gateway(Path(self._folder.name))
        self.rig: GatewayRig = self._runner.run(self._context.__aenter__())
        return self

    def __exit__(self, *_: object) -> None:
        self._runner.run(self._context.__aexit__(None, None, None))
        self._runner.close()
        self._folder.cleanup()

    def send(self, path: str, body: Any) -> Heard:
        """Send, and hold the answer to the property."""

        async def exchange() -> Heard:
            before = await self.rig.count("calls")
            heard = await self.rig.retell(path, body)
            assert heard.status in {200, 400, 422}
            assert "Traceback" not in str(heard.body)
            assert heard.status == 200 or await self.rig.count("calls") == before
            return heard

        return self._runner.run(exchange())


def test_no_body_of_a_function_call_ends_in_a_500() -> None:
    with OneGateway() as one:

        @settings(max_examples=80, suppress_health_check=[HealthCheck.too_slow])
        @given(BODIES, st.sampled_from(["collect-appointment", "check-availability"]))
        def hold(body: Any, path: str) -> None:
            one.send(path, body)

        hold()


def test_no_call_event_ends_in_a_500() -> None:
    with OneGateway() as one:

        @settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
        @given(ENVELOPES)
        def hold(body: Any) -> None:
            one.send("webhook", body)

        hold()


def test_what_the_contract_allows_is_served_or_told_and_answers_as_it_says() -> None:
    """schemathesis makes bodies from the OpenAPI document and checks the answers against it."""
    with OneGateway() as one:
        contract = schemathesis.openapi.from_dict(openapi_document())
        operations = [found.ok() for found in contract.get_all_operations() if isinstance(found, Ok)]
        functions = [operation for operation in operations if operation.path.startswith("/api/retell/")]

        @settings(max_examples=80, suppress_health_check=list(HealthCheck))
        @given(st.one_of(*(operation.as_strategy() for operation in functions)))
        def hold(case: Any) -> None:
            heard = one.send(case.operation.path.removeprefix("/api/retell/"), case.body)
            if heard.status == HTTPStatus.OK and "received" not in heard.body:
                answer = case.operation.definition.raw["responses"]["200"]["content"]["application/json"]["schema"]
                assert jsonschema_rs.is_valid(answer, heard.body)

        assert len(functions) == 5
        hold()
