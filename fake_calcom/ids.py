"""Seeded identifiers: one seed gives one sequence, so that a session's history repeats byte for byte."""

from __future__ import annotations

import hashlib
import operator
import random
import uuid
from typing import TYPE_CHECKING, Any

from fake_calcom.times import iso_without_ms, to_ms

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

FIRST_BOOKING_ID = 41_001
BASE58 = "123456789abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ"  # flickr's order, as short-uuid uses it
PAIRS = tuple(high + low for high in BASE58 for low in BASE58)
NAMESPACE = uuid.NAMESPACE_URL.bytes
SHORT_UUID_LENGTH = 22  # 58 ** 22 is the first power above 2 ** 128


def short_uuid(value: int) -> str:
    """Return a uuid's number in flickr base 58, 22 characters (source: the short-uuid library, which Cal.com uses)."""
    text = ""
    for _ in range(SHORT_UUID_LENGTH // 4):  # four digits at a time: a quarter of the divisions of a large number
        value, four = divmod(value, 58**4)
        text = PAIRS[four // 58**2] + PAIRS[four % 58**2] + text
    return PAIRS[value] + text


def derived_uid(organizer_username: str, start: datetime, now: datetime) -> str:
    """Return a booking's uid as Cal.com derives it (source: handleNewBooking, the uid of a new booking)."""
    name = f"{organizer_username}:{iso_without_ms(to_ms(start))}:{to_ms(now)}"
    return short_uuid(number_of_uuid5(name))


def number_of_uuid5(name: str) -> int:
    """Return `uuid.uuid5(uuid.NAMESPACE_URL, name).int` without making the object."""
    digest = hashlib.sha1(NAMESPACE + name.encode(), usedforsecurity=False).digest()
    number = int.from_bytes(digest[:16], "big")
    return number & ~(0xF000 << 64 | 0xC000 << 48) | 5 << 76 | 0x8000 << 48


def seed_of_tenant(seed: int, name: str) -> int:
    """Return the seed of a tenant: other than its neighbours', and the same in every run."""
    return int.from_bytes(hashlib.sha256(f"{seed}:tenant:{name}".encode()).digest()[:8], "big")


class SeededIds:
    """The default source of identifiers. Equal seeds give equal sequences."""

    def __init__(self, seed: int = 0) -> None:
        self._seed = seed
        self._random = random.Random(seed)
        self._requests = random.Random(f"requests:{seed}")  # apart: a read must not shift later uids
        self._next_booking_id = FIRST_BOOKING_ID

    def booking_id(self) -> int:
        """Return the next booking's numeric id."""
        self._next_booking_id += 1
        return self._next_booking_id - 1

    def booking_uid(self, organizer_username: str, start: datetime, now: datetime) -> str:
        """Return a booking's uid as Cal.com derives it from its organizer, its start and the present."""
        return derived_uid(organizer_username, start, now)

    def uuid(self) -> str:
        """Return a version 4 uuid."""
        return str(uuid.UUID(int=self._random.getrandbits(128), version=4))

    def request_id(self) -> str:
        """Return the value of one answer's `X-Request-Id`."""
        digits = f"{self._requests.getrandbits(128):032x}"
        return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"

    def api_key(self, user_key: str) -> str:
        """Return the API key of a world's user: the same for equal seed and key."""
        digest = hashlib.sha256(f"{self._seed}:{user_key}".encode()).hexdigest()
        return f"cal_test_{digest[:32]}"

    def checkpoint(self) -> Mapping[str, Any]:
        """Return the whole position as JSON values."""
        return {
            "seed": self._seed,
            "next_booking_id": self._next_booking_id,
            "random": _random_state(self._random),
            "requests": _random_state(self._requests),
        }

    def rewind(self, position: Mapping[str, Any]) -> None:
        """Return to a position that `checkpoint` gave; ValueError when it is not one."""
        try:
            seed, next_id = (operator.index(position[name]) for name in ("seed", "next_booking_id"))
            used, requests = (_random_from(position[name]) for name in ("random", "requests"))
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"not a position of these ids: {error}") from None
        self._seed, self._next_booking_id = seed, next_id
        self._random, self._requests = used, requests


def _random_state(source: random.Random) -> list[object]:
    version, words, gauss = source.getstate()
    return [version, list(words), gauss]


def _random_from(state: Any) -> random.Random:
    version, words, gauss = state
    source = random.Random()
    source.setstate((version, tuple(words), gauss))
    return source
