"""What the trace says of messages and statements, read back: `http` and `sql` events become plain data.

The trace notes a message as the bytes that went over the wire and a statement with its values; nothing here guesses
beyond that, and what cannot be read is shown as it stands.
"""

from __future__ import annotations

import ast
import json
import re
from dataclasses import dataclass
from typing import Any

_ROUTE = re.compile(r"([^:]+?)->([^:]+): (b['\"].*)", re.DOTALL)
_FAULT = re.compile(r"(.+?)->(.+?): (\S+) (\S+?): (\w+)\(.*")
_VERB = re.compile(r"\s*(\w+)(?:\s+INTO)?")
_TABLE = re.compile(r"\b(?:FROM|INTO|UPDATE)\s+\"?(\w+)", re.IGNORECASE)
BODY_CHARS_MAX = 4_000  # of a message's body that is shown
SQL_CHARS_MAX = 700


@dataclass(frozen=True, slots=True)
class Message:
    """One HTTP message between two hosts: `first_line` as sent, `body` parsed where it is JSON."""

    source: str
    target: str
    first_line: str
    body: Any

    @property
    def is_answer(self) -> bool:
        """Whether it answers a request."""
        return self.first_line.startswith("HTTP/")

    @property
    def words(self) -> str:
        """`POST /v2/bookings` of a request, `201 Created` of an answer."""
        if self.is_answer:
            return self.first_line.partition(" ")[2]
        method, _, rest = self.first_line.partition(" ")
        return f"{method} {rest.partition(' ')[0].partition('?')[0]}"

    @property
    def shown_body(self) -> str:
        """The body for a reader, indented where it is JSON, cut where it is long."""
        text = self.body if isinstance(self.body, str) else json.dumps(self.body, ensure_ascii=False, indent=1)
        return text if len(text) <= BODY_CHARS_MAX else f"{text[:BODY_CHARS_MAX]}\n… {len(text):,} characters in all"


@dataclass(frozen=True, slots=True)
class Statement:
    """One SQL statement: `verb` in capitals, the first table it names, and how it failed when it did."""

    verb: str
    table: str
    text: str
    error: str = ""

    @property
    def frames(self) -> bool:
        """Whether it only begins or ends a transaction, or asks nothing of a table."""
        return not self.table


@dataclass(frozen=True, slots=True)
class LostMessage:
    """A fault that hit a message: between whom, which request, and the fault's name."""

    client: str
    server: str
    request: str
    fault: str

    @property
    def is_answer(self) -> bool:
        """Whether the request arrived and only its answer did not."""
        return self.fault in {"LoseResponse", "ResetResponse", "TruncateResponse", "GarbleResponse"}

    @property
    def is_lost(self) -> bool:
        """Whether anything at all was lost; a delay loses nothing."""
        return self.is_answer or self.fault in {"DropRequest", "ResetRequest", "RefuseConnection", "HangConnection"}


def read_message(text: str) -> Message | None:
    """The message of an `http` event; None when it is no whole message (a later piece of a body)."""
    match = _ROUTE.fullmatch(text)
    if match is None:
        return None
    try:
        raw = ast.literal_eval(match[3])
    except (ValueError, SyntaxError):
        return None
    head, _, body = raw.decode("utf-8", "replace").partition("\r\n\r\n")
    first_line = head.partition("\r\n")[0]
    if "HTTP/1." not in first_line:
        return None
    return Message(match[1], match[2], first_line, _parsed(body))


def read_statement(text: str) -> Statement:
    """The statement of an `sql` event."""
    said, _, error = text.rpartition(" -> ") if " -> " in text else (text, "", "")
    if error and not re.match(r"\w*(Error|Warning)\b", error):
        said, error = text, ""
    verb = _VERB.match(said)
    table = _TABLE.search(said)
    shown = " ".join(said.removesuffix("[]").removesuffix("()").split())
    shown = shown if len(shown) <= SQL_CHARS_MAX else f"{shown[:SQL_CHARS_MAX]} …"
    return Statement(verb[1].upper() if verb else "", table[1] if table else "", shown, error)


def read_fault(text: str) -> LostMessage | None:
    """The fault of a `fault` event."""
    match = _FAULT.fullmatch(text)
    return None if match is None else LostMessage(match[1], match[2], f"{match[3]} {match[4]}", match[5])


def _parsed(body: str) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return body
