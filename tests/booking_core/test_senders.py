"""Messages reach a file whole, and the console without whose they are."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from booking_core.ports.messages import Message, MessageNotSentError
from booking_core.senders import ConsoleSender, FileSender

MESSAGE = Message("sms", "+491701234567", "Ihr Termin am 10.10.2025 um 08:00 Uhr ist gebucht.")


async def test_the_file_gets_the_whole_message(tmp_path: Path) -> None:
    send = FileSender(tmp_path / "outbox.jsonl")

    await send(MESSAGE)
    await send(MESSAGE)

    lines = (tmp_path / "outbox.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["recipient"] for line in lines] == ["+491701234567"] * 2


async def test_a_file_that_cannot_be_written_leaves_the_message_in_the_outbox(tmp_path: Path) -> None:
    with pytest.raises(MessageNotSentError):
        await FileSender(tmp_path / "no" / "folder")(MESSAGE)


async def test_the_console_shows_no_person() -> None:
    stream = io.StringIO()

    await ConsoleSender(stream)(MESSAGE)

    assert "4917012345" not in stream.getvalue()
    assert json.loads(stream.getvalue())["channel"] == "sms"
