"""Reads a JSON object field by field. What is wrong becomes a ClientMistakeError that names the place."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from booking_core.web.mistakes import ClientMistakeError

TEXT_MAX = 200  # characters of a name or service; nobody's is longer, and the columns hold no more than 255
UNPROCESSABLE = 422

_EMAIL = re.compile(r"[^@\s\"'<>,;:\\()\[\]]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_PHONE_NOISE = re.compile(r"[\s()/.\-]")
_CALL_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
# What language models write for "nothing was said".
_NOTHING = {"", "null", "none", "n/a", "unbekannt", "unknown"}


def read_object(body: bytes) -> dict[str, Any]:
    """The JSON object that the body holds; 400 when it holds none."""
    try:
        parsed = json.loads(body.decode(), parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise ClientMistakeError(400, "the body is not JSON", expected="a JSON object in UTF-8") from None
    if not isinstance(parsed, dict):
        raise ClientMistakeError(400, "the body is not a JSON object", expected="a JSON object")
    return parsed


def _refuse_constant(name: str) -> float:
    raise ValueError(name)


class Fields:
    """One object of a body. Names are tried in order: German first, then the English alias."""

    def __init__(self, values: Mapping[str, Any], where: str) -> None:
        self._values = values
        self._where = where

    def inner(self, name: str, *, required: bool = True) -> Fields:
        """A nested object."""
        value = self._values.get(name)
        if value is None and not required:
            value = {}
        if not isinstance(value, dict):
            raise self._mistake(name, "this is not an object", "a JSON object")
        return Fields(value, f"{self._where}.{name}" if self._where else name)

    def text(self, *names: str) -> str:
        """A text that must be there."""
        found = self.text_or_none(*names)
        if found is None:
            raise self._mistake(names[0], "this is missing", "a text")
        return found

    def text_or_none(self, *names: str) -> str | None:
        """A text, its spaces set right, or None when it is absent or says that nothing was said."""
        name = next((name for name in names if self._values.get(name) is not None), None)
        if name is None:
            return None
        value = self._values[name]
        if not isinstance(value, str):
            raise self._mistake(name, "this is not a text", "a text")
        text = " ".join(value.split())
        if len(text) > TEXT_MAX:
            raise self._mistake(name, "this is too long", f"at most {TEXT_MAX} characters")
        if any(unicodedata.category(sign) in {"Cc", "Cs"} for sign in text):
            raise self._mistake(name, "this holds control characters", "printable text")
        return None if text.lower() in _NOTHING else text

    def email(self, *names: str) -> str | None:
        """An e-mail address or None."""
        text = self.text_or_none(*names)
        if text is not None and not _EMAIL.fullmatch(text):
            raise self._mistake(names[0], "this is not an e-mail address", "an address such as name@example.com")
        return text

    def phone(self, *names: str) -> str | None:
        """A phone number in E.164 or None; a German national number (0…) gets its +49."""
        text = self.text_or_none(*names)
        number = phone_number(text) if text else None
        if text is not None and number is None:
            raise self._mistake(names[0], "this is not a phone number", "a number such as +491701234567")
        return number

    def call_id(self, *, required: bool) -> str | None:
        """Retell's id of a call."""
        text = self.text("call_id") if required else self.text_or_none("call_id")
        if text is not None and not _CALL_ID.fullmatch(text):
            raise self._mistake("call_id", "this is not a call id", "1 to 64 letters, digits, - or _")
        return text

    def mistake(self, name: str, problem: str, expected: str) -> ClientMistakeError:
        """A mistake of a field that somebody else found out."""
        return self._mistake(name, problem, expected)

    def _mistake(self, name: str, problem: str, expected: str) -> ClientMistakeError:
        where = f"{self._where}.{name}" if self._where else name
        return ClientMistakeError(UNPROCESSABLE, problem, where=where, expected=expected)


def phone_number(text: str) -> str | None:
    """E.164, or None for what is not a number (`anonymous`)."""
    digits = _PHONE_NOISE.sub("", text)
    if digits.startswith("00"):
        digits = "+" + digits[2:]
    elif digits.startswith("0"):
        digits = "+49" + digits[1:]
    return digits if re.fullmatch(r"\+[1-9][0-9]{6,14}", digits) else None
