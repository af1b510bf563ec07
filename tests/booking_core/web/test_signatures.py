"""Signatures: ours and the public retell-sdk's agree, and nothing else passes."""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from retell.lib.webhook_auth import symmetric  # the agent's side, as Retell publishes it

from booking_core.web.signatures import is_from_calcom, is_from_retell, sign_calcom, sign_retell
from tests.booking_core.web.rig import KEY, gateway, wish

NOW = datetime(2025, 10, 6, 9, 0, tzinfo=UTC)
NOW_MS = round(NOW.timestamp() * 1000)
BODY = '{"name":"collect","args":{"name":"Zoë 🦊"}}'


def test_what_the_sdk_signs_is_accepted() -> None:
    signature = symmetric["sign"](BODY, KEY, NOW_MS)

    assert is_from_retell(BODY.encode(), signature, KEY, NOW)


def test_the_sdk_accepts_what_we_sign() -> None:
    assert symmetric["verify"](BODY, KEY, sign_retell(BODY.encode(), KEY, NOW), {"timestamp": NOW_MS})


@pytest.mark.parametrize(
    ("seconds", "accepted"), [(0, True), (300, True), (-300, True), (300.001, False), (-301, False)]
)
def test_a_signature_is_good_for_five_minutes_either_way_as_in_the_sdk(seconds: float, *, accepted: bool) -> None:
    signature = sign_retell(BODY.encode(), KEY, NOW)
    later = NOW + timedelta(seconds=seconds)

    ours = is_from_retell(BODY.encode(), signature, KEY, later)
    theirs = symmetric["verify"](BODY, KEY, signature, {"timestamp": later.timestamp() * 1000})

    assert ours is theirs is accepted


@pytest.mark.parametrize(
    "forged",
    [
        "",
        "v=1,d=",
        f"v={NOW_MS},d={'0' * 64}",
        f"v={NOW_MS}",
        f"d={'0' * 64},v={NOW_MS}",
        f"v={'9' * 400},d={'0' * 64}",
        f"v=-{NOW_MS},d={'0' * 64}",
        f"v={NOW_MS},d={'ä' * 64}",
    ],
)
def test_a_forged_signature_is_refused(forged: str) -> None:
    assert not is_from_retell(BODY.encode(), forged, KEY, NOW)


def test_a_changed_byte_a_changed_time_and_another_key_are_refused() -> None:
    signature = sign_retell(BODY.encode(), KEY, NOW)
    moved = signature.replace(f"v={NOW_MS}", f"v={NOW_MS + 1}")

    assert not is_from_retell(BODY.encode() + b" ", signature, KEY, NOW)
    assert not is_from_retell(BODY.encode(), moved, KEY, NOW)
    assert not is_from_retell(BODY.encode(), signature, "another", NOW)


def test_cal_com_signs_the_raw_bytes() -> None:
    expected = hmac.new(b"secret", b'{"a": 1}', hashlib.sha256).hexdigest()

    assert sign_calcom(b'{"a": 1}', "secret") == expected
    assert is_from_calcom(b'{"a": 1}', expected, "secret")
    assert not is_from_calcom(b'{"a":1}', expected, "secret")
    assert not is_from_calcom(b'{"a": 1}', "no-secret-provided", "secret")
    assert not is_from_calcom(b'{"a": 1}', expected.upper(), "secret")


async def test_the_gateway_refuses_what_retell_did_not_sign(tmp_path: Path) -> None:
    async with gateway(tmp_path) as rig:
        unsigned = await rig.retell("collect-appointment", wish(), **{"X-Retell-Signature": ""})
        forged = await rig.retell("collect-appointment", wish(), **{"X-Retell-Signature": f"v=1,d={'0' * 64}"})
        garbage = await rig.retell("webhook", b"\xff\x00", **{"X-Retell-Signature": "ÿ"})

        assert [unsigned.status, forged.status, garbage.status] == [401, 401, 401]
        assert await rig.count("calls") == 0
