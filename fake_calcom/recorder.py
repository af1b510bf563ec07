"""Write down every call that may change something, one JSON line each, and play it again.

The first line is the state at the beginning. Bodies are kept as they were sent, so a recording holds whatever
personal data the session held, and API keys: it is a test's own file, not a log.
"""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

from multidict import CIMultiDict

from fake_calcom.clock import FakeClock
from fake_calcom.errors import WorldError
from fake_calcom.times import iso, parse_iso, to_datetime
from fake_calcom.wire import Call

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import TextIO

    from fake_calcom.app import FakeCalcom
    from fake_calcom.wire import Answer

FORMAT = 1
READING = frozenset(("GET", "HEAD", "OPTIONS"))


class Recorder:
    """Writes the calls of one fake to a stream, from `start` to `stop`."""

    def __init__(self, fake: FakeCalcom) -> None:
        self._fake = fake
        self._stream: TextIO | None = None

    def start(self, stream: TextIO) -> None:
        """Begin with the present state. What Python changes meanwhile (worlds, faults) is not recorded."""
        self._stream = stream
        self._write({"format": FORMAT, "snapshot": self._fake.snapshot()})

    def stop(self) -> None:
        """Record no more; the stream is its owner's to close."""
        self._stream = None

    def note(self, call: Call) -> None:
        """Write one call down, if it may change something."""
        if self._stream is None or call.method in READING:
            return
        self._write(
            {
                "at": iso(self._fake.universe.now_ms()),
                "method": call.method,
                "target": call.target,
                "headers": dict(call.headers),
                "body": base64.b64encode(call.body).decode(),
                "peer": call.peer,
            }
        )

    def _write(self, line: dict[str, Any]) -> None:
        assert self._stream is not None, "only a recorder that was started writes"
        self._stream.write(json.dumps(line, separators=(",", ":"), ensure_ascii=False) + "\n")


async def replay(fake: FakeCalcom, lines: Iterable[str]) -> list[Answer]:
    """Become the recorded state and send every recorded call, one after the other; return the answers.

    A fake with a clock of its own is put to the instant of each call. WorldError names the line that is wrong.
    """
    answers = []
    for number, line in enumerate(lines, 1):
        try:
            value = json.loads(line)
            if number == 1:
                fake.restore(value["snapshot"])
                continue
            at_ms, call = parse_iso(value["at"]), _read_call(value)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise WorldError(f"not a recorded call ({type(error).__name__}: {error})", f"line {number}") from None
        if isinstance(fake.clock, FakeClock) and at_ms is not None:
            fake.clock.set(to_datetime(at_ms))
        answers.append(await fake.answer(call))
    return answers


def _read_call(value: dict[str, Any]) -> Call:
    headers = CIMultiDict(value["headers"].items())
    return Call(value["method"], value["target"], headers, base64.b64decode(value["body"]), value["peer"])
