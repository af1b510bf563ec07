"""Where one HTTP/1.1 message ends and the next begins: faults hit messages, not whatever bytes one write held."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

_HEAD_MAX = 64 * 1024
_END_OF_HEAD = b"\r\n\r\n"
_NEVER_A_BODY = frozenset({204, 304})


class MalformedMessageError(ValueError):
    """A peer wrote bytes that are no HTTP/1.1 message; the text says which part."""


@dataclass(frozen=True, slots=True)
class Head:
    """A message's first line and what of its header fields decides its length."""

    first_line: str
    content_length: int | None
    chunked: bool

    @property
    def method(self) -> str:
        """A request's method."""
        return self.first_line.split(" ", 2)[0]

    @property
    def path(self) -> str:
        """A request's path without its query."""
        return self.first_line.split(" ", 2)[1].partition("?")[0]

    @property
    def status(self) -> int:
        """A response's status code."""
        return int(self.first_line.split(" ", 2)[1])


@dataclass(frozen=True, slots=True)
class Fragment:
    """Some bytes of one message; the first fragment holds the whole head."""

    head: Head
    data: bytes
    is_first: bool
    is_last: bool


class _Part(Enum):
    HEAD = auto()
    BODY = auto()
    CHUNK_SIZE = auto()
    CHUNK = auto()
    TRAILER = auto()
    REST = auto()


class MessageReader:
    """Cuts one direction's bytes into fragments. A response reader must be told to which method it answers."""

    def __init__(self) -> None:
        self._buffer = b""
        self._part = _Part.HEAD
        self._head: Head | None = None
        self._missing = 0
        self._is_first = True
        self._out: list[Fragment] = []

    def feed(self, data: bytes, *, answers: str | None = None) -> list[Fragment]:
        """Fragments that `data` completes; `answers` is the request's method where the bytes are a response's."""
        self._buffer += data
        while self._buffer and self._step(answers):
            pass
        out, self._out = self._out, []
        return out

    def _step(self, answers: str | None) -> bool:
        match self._part:
            case _Part.HEAD:
                return self._read_head(answers)
            case _Part.BODY | _Part.CHUNK:
                return self._read_counted()
            case _Part.CHUNK_SIZE | _Part.TRAILER:
                return self._read_line()
            case _Part.REST:
                self._emit(len(self._buffer), is_last=False)
        return True

    def _read_head(self, answers: str | None) -> bool:
        end = self._buffer.find(_END_OF_HEAD)
        if end < 0:
            if len(self._buffer) > _HEAD_MAX:
                raise MalformedMessageError(f"no end of the header fields in {_HEAD_MAX} bytes")
            return False
        self._head = head = _parse_head(self._buffer[:end])
        self._is_first = True
        self._part, self._missing = _body_of(head, answers)
        self._emit(end + len(_END_OF_HEAD), is_last=self._part is _Part.HEAD)
        return True

    def _read_counted(self) -> bool:
        size = min(self._missing, len(self._buffer))
        self._missing -= size
        done = self._missing == 0
        is_last = done and self._part is _Part.BODY
        if done:
            self._part = _Part.HEAD if is_last else _Part.CHUNK_SIZE
        self._emit(size, is_last=is_last)
        return True

    def _read_line(self) -> bool:
        end = self._buffer.find(b"\r\n")
        if end < 0:
            return False
        line, size = self._buffer[:end], end + 2
        if self._part is _Part.TRAILER:
            is_last = not line
            self._part = _Part.HEAD if is_last else _Part.TRAILER
            self._emit(size, is_last=is_last)
            return True
        length = _chunk_size(line)
        self._part, self._missing = (_Part.CHUNK, length + 2) if length else (_Part.TRAILER, 0)
        self._emit(size, is_last=False)
        return True

    def _emit(self, size: int, *, is_last: bool) -> None:
        assert self._head is not None
        data, self._buffer = self._buffer[:size], self._buffer[size:]
        self._out.append(Fragment(self._head, data, self._is_first, is_last))
        self._is_first = False


def _parse_head(raw: bytes) -> Head:
    first, *fields = raw.decode("latin-1").split("\r\n")
    if first.count(" ") < 1:
        raise MalformedMessageError(f"first line {first!r}: expected a request or status line")
    values = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in fields)}
    length = values.get("content-length")
    if length is not None and not length.isdecimal():
        raise MalformedMessageError(f"Content-Length {length!r}: expected a number")
    chunked = values.get("transfer-encoding", "").lower().endswith("chunked")
    return Head(first, None if length is None else int(length), chunked)


def _body_of(head: Head, answers: str | None) -> tuple[_Part, int]:
    if answers is not None and (answers == "HEAD" or head.status in _NEVER_A_BODY or 100 < head.status < 200):
        return (_Part.REST, 0) if head.status == 101 else (_Part.HEAD, 0)
    if head.chunked:
        return _Part.CHUNK_SIZE, 0
    if head.content_length:
        return _Part.BODY, head.content_length
    until_close = answers is not None and head.content_length is None and head.status >= 200
    return (_Part.REST, 0) if until_close else (_Part.HEAD, 0)


def _chunk_size(line: bytes) -> int:
    try:
        return int(line.partition(b";")[0], 16)
    except ValueError:
        raise MalformedMessageError(f"chunk size {line[:20]!r}: expected hexadecimal digits") from None
