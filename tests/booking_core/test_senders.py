"""Messages to customers leave by file or console."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from booking_core.ports.messages import Message, MessageNotSentError
from booking_core.senders import ConsoleSender, FileSender

MESSAGE = Message("sms", "+491700000001", "Ihr Termin ist gebucht.")


async def test_a_file_gets_one_json_object_a_line(tmp_path: Path) -> None:
    outbox = tmp_path / "outbox.jsonl"

    await FileSender(outbox)(MESSAGE)
    await FileSender(outbox)(MESSAGE)

    lines = [json.loads(line) for line in outbox.read_text(encoding="utf-8").splitlines()]
    assert lines == [{"channel": "sms", "recipient": "+491700000001", "text": "Ihr Termin ist gebucht."}] * 2


async def test_a_file_that_cannot_be_written_is_a_message_not_sent(tmp_path: Path) -> None:
    with pytest.raises(MessageNotSentError, match="No such file"):
        await FileSender(tmp_path / "missing" / "outbox.jsonl")(MESSAGE)


async def test_the_console_tells_that_a_message_left_and_not_whose_it_is() -> None:
    screen = io.StringIO()

    await ConsoleSender(screen)(MESSAGE)

    assert screen.getvalue() == '{"message": "notification sent", "channel": "sms", "recipient": "…01"}\n'
