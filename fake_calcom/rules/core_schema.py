"""What the core's own schema refuses after the input class let it through (source: Cal.com, Zod schemas)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from fake_calcom.errors import schema_error
from fake_calcom.rules.booking_fields import javascript_type

if TYPE_CHECKING:
    from collections.abc import Mapping

# Cal.com's emailRegex in our words: a local part without leading or doubled dots, and a dotted domain.
_EMAIL = re.compile(
    r"(?!\.)(?!.*\.\.)[A-Z0-9_+\-'.]*[A-Z0-9_+\-]@([A-Z0-9]([A-Z0-9-]*[A-Z0-9])?\.)+[A-Z]{2,}", re.IGNORECASE | re.ASCII
)
EMAIL_LENGTH_MAX = 254


def is_email(text: str) -> bool:
    """Tell whether the core takes this for an e-mail address."""
    return len(text) <= EMAIL_LENGTH_MAX and bool(_EMAIL.fullmatch(text))


def refuse_wrong_values(metadata: Mapping[str, Any], email: str, guests: tuple[str, ...]) -> None:
    """Raise the 400 (code BAD_REQUEST) for metadata that is not text, or for a malformed e-mail."""
    issues = [
        f"metadata.{key} - Expected string, received {javascript_type(value) if value is not None else 'null'}, "
        for key, value in metadata.items()
        if not isinstance(value, str)
    ]
    if issues:
        raise schema_error("".join(issues))
    if not is_email(email):
        raise schema_error("responses - {email}email_validation_error, ")
    if guests and not all(map(is_email, guests)):
        raise schema_error("responses - {guests}email_validation_error, ")
