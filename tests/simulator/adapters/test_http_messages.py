"""Messages are found whatever the cuts between writes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.adapters.http_messages import Fragment, MalformedMessageError, MessageReader

BODIES = st.binary(max_size=50)


def request(body: bytes) -> bytes:
    return b"POST /v2/bookings?x=1 HTTP/1.1\r\nHost: cal\r\nContent-Length: %d\r\n\r\n" % len(body) + body


def chunked(parts: list[bytes]) -> bytes:
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts if part)
    return b"POST /v2/bookings HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks + b"0\r\nTrailer: 1\r\n\r\n"


MESSAGES = st.lists(st.one_of(BODIES.map(request), st.lists(BODIES, max_size=4).map(chunked)), min_size=1, max_size=4)


@given(messages=MESSAGES, data=st.data())
def test_every_message_is_found_whatever_the_cuts(messages: list[bytes], data: st.DataObject) -> None:
    stream = b"".join(messages)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=8)))
    reader = MessageReader()

    fragments: list[Fragment] = []
    for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        fragments += reader.feed(stream[start:end])

    assert whole_messages(fragments) == messages
    assert [fragment.is_first for fragment in fragments].count(True) == len(messages)


@pytest.mark.parametrize(
    ("answers", "head"),
    [
        ("HEAD", b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n"),
        ("GET", b"HTTP/1.1 204 No Content\r\n\r\n"),
        ("GET", b"HTTP/1.1 304 Not Modified\r\nContent-Length: 10\r\n\r\n"),
        ("POST", b"HTTP/1.1 100 Continue\r\n\r\n"),
        ("POST", b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
    ],
)
def test_some_answers_have_no_body_whatever_they_say(answers: str, head: bytes) -> None:
    fragments = MessageReader().feed(head, answers=answers)

    assert [(fragment.is_first, fragment.is_last) for fragment in fragments] == [(True, True)]


def test_an_answer_without_a_length_lasts_until_the_connection_closes() -> None:
    fragments = MessageReader().feed(b"HTTP/1.1 200 OK\r\n\r\nsome bytes", answers="GET")

    assert b"".join(fragment.data for fragment in fragments).endswith(b"some bytes")
    assert not any(fragment.is_last for fragment in fragments)


def test_a_head_tells_method_path_and_status() -> None:
    asked = MessageReader().feed(request(b""))[0].head
    answered = (
        MessageReader().feed(b"HTTP/1.1 429 Too Many Requests\r\nContent-Length: 0\r\n\r\n", answers="POST")[0].head
    )

    assert (asked.method, asked.path, answered.status) == ("POST", "/v2/bookings", 429)


@pytest.mark.parametrize(
    ("bytes_on_the_wire", "complaint"),
    [
        (b"nonsense\r\n\r\n", "first line 'nonsense'"),
        (b"GET / HTTP/1.1\r\nContent-Length: many\r\n\r\n", "Content-Length 'many'"),
        (b"GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", "chunk size b'xyz'"),
        (b"x" * 70_000, "no end of the header fields"),
    ],
)
def test_what_is_no_message_is_refused_with_the_reason(bytes_on_the_wire: bytes, complaint: str) -> None:
    with pytest.raises(MalformedMessageError, match=complaint):
        MessageReader().feed(bytes_on_the_wire)


def whole_messages(fragments: list[Fragment]) -> list[bytes]:
    messages, current = [], b""
    for fragment in fragments:
        current += fragment.data
        if fragment.is_last:
            messages.append(current)
            current = b""
    assert current == b""
    return messages
