"""What a fate makes of a message: pure functions from bytes to what is put on the wire instead."""

from __future__ import annotations

from http import HTTPStatus

from simulator.adapters.http_faults import (
    Answer,
    DelayResponse,
    GarbleResponse,
    LoseResponse,
    ResetResponse,
    ResponseFate,
    SlowBody,
    TruncateResponse,
)
from simulator.adapters.memory_transport import Closing, Data, Parcel

_END_OF_HEAD = b"\r\n\r\n"
_GARBAGE = b"{"  # opens a JSON object over and over: no parser accepts it, and its length is right


def response_parcels(fate: ResponseFate | Answer, message: bytes) -> tuple[Parcel, ...]:
    """What reaches the caller instead of the server's whole answer `message` (head and body)."""
    head, separator, body = message.partition(_END_OF_HEAD)
    head += separator
    parcels: tuple[Parcel, ...]
    match fate:
        case LoseResponse():
            parcels = ()
        case ResetResponse(share):
            kept = message[: int(len(message) * share)]
            parcels = (Data(kept), Closing(is_reset=True)) if kept else (Closing(is_reset=True),)
        case TruncateResponse():
            parcels = (Data(message[: len(message) - max(1, len(message) // 4)]), Closing())
        case GarbleResponse():
            parcels = (Data(head + _GARBAGE * len(body)),)
        case DelayResponse(seconds):
            parcels = (Data(message, delay_s=seconds),)
        case SlowBody(piece_bytes, pause_s):
            pieces = [body[start : start + piece_bytes] for start in range(0, len(body), piece_bytes)]
            parcels = (Data(head), *(Data(piece, delay_s=pause_s) for piece in pieces))
        case Answer():
            parcels = (Data(written(fate)),)
    return parcels


def written(answer: Answer) -> bytes:
    """The bytes of an answer that no server gave."""
    retry_after = [] if answer.retry_after_s is None else [f"Retry-After: {answer.retry_after_s}"]
    lines = [
        f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}",
        "Content-Type: application/json",
        *retry_after,
        f"Content-Length: {len(answer.body)}",
    ]
    return "\r\n".join(lines).encode() + _END_OF_HEAD + answer.body
