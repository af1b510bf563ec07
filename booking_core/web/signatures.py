"""Signatures over raw bytes, compared in constant time. Pure; the clock's reading is passed in."""

from __future__ import annotations

import hashlib
import hmac
import re
from datetime import UTC, datetime, timedelta

RETELL_HEADER = "X-Retell-Signature"
CALCOM_HEADER = "X-Cal-Signature-256"
RETELL_VALID_FOR = timedelta(minutes=5)  # as Retell's own SDK has it, before and after

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_RETELL = re.compile(r"v=([0-9]{1,16}),d=([0-9a-f]{64})")
_CALCOM = re.compile(r"[0-9a-f]{64}")


def sign_retell(body: bytes, key: str, now: datetime) -> str:
    """Retell's header: `v=<unix ms>,d=<hex HMAC-SHA256 of body + the same digits>`, keyed with the API key."""
    stamp = str(round(now.timestamp() * 1000))
    return f"v={stamp},d={_digest(key, body + stamp.encode())}"


def is_from_retell(body: bytes, signature: str, key: str, now: datetime) -> bool:
    """Whether Retell signed these bytes within the last five minutes."""
    parts = _RETELL.fullmatch(signature)
    if parts is None:
        return False
    age_ms = abs(now.timestamp() * 1000 - int(parts[1]))
    genuine = hmac.compare_digest(_digest(key, body + parts[1].encode()), parts[2])
    return genuine and age_ms <= RETELL_VALID_FOR / timedelta(milliseconds=1)


def signed_at(signature: str) -> datetime:
    """When Retell signed, by its own clock (UTC, whole milliseconds); of a signature that was found genuine."""
    parts = _RETELL.fullmatch(signature)
    assert parts is not None, "a genuine signature has this form"
    return _EPOCH + timedelta(milliseconds=int(parts[1]))


def sign_calcom(body: bytes, secret: str) -> str:
    """Cal.com's header: lower-case hex HMAC-SHA256 of the body (Cal.com: sendPayload)."""
    return _digest(secret, body)


def is_from_calcom(body: bytes, signature: str, secret: str) -> bool:
    """Whether Cal.com signed these bytes; its literal `no-secret-provided` is no signature."""
    return _CALCOM.fullmatch(signature) is not None and hmac.compare_digest(_digest(secret, body), signature)


def _digest(key: str, signed: bytes) -> str:
    return hmac.new(key.encode(), signed, hashlib.sha256).hexdigest()
