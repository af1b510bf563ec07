"""The code that Cal.com mails to a booker whose address an event type wants to be verified.

Source: Cal.com, verifyCodeUnAuthenticated: a time-based one-time password (RFC 6238) of six digits, with a
secret made of the address, good for its own quarter of an hour and the next.
"""

from __future__ import annotations

import hashlib
import hmac

from fake_calcom.times import MS_PER_MINUTE

STEP_MS = 15 * MS_PER_MINUTE
DIGITS = 6
_KEY = "the encryption key of this deployment"


def code_of(email: str, now_ms: int) -> str:
    """Return the code that is mailed to this address at this instant, e.g. `048213`."""
    return _code(email, now_ms // STEP_MS)


def is_valid_code(email: str, code: str, now_ms: int) -> bool:
    """Tell whether a code was mailed to this address in this quarter of an hour or the one before."""
    step = now_ms // STEP_MS
    given = code.encode(errors="surrogatepass")
    return any(hmac.compare_digest(_code(email, step - back).encode(), given) for back in (0, 1))


def _code(email: str, step: int) -> str:
    secret = hashlib.sha256((email + _KEY).encode(errors="surrogatepass")).digest()
    mac = hmac.new(secret, step.to_bytes(8, "big", signed=True), "sha1").digest()
    offset = mac[-1] & 0xF
    number = int.from_bytes(mac[offset : offset + 4], "big") & 0x7FFF_FFFF
    return f"{number % 10**DIGITS:0{DIGITS}d}"
