"""An index from one key to one or many row numbers that stays flat in memory and in the collector's work.

A lone number is kept as it is; from the second on they share an `array`, which the garbage collector does
not walk. With a dict of sets its pauses reach hundreds of milliseconds at a few hundred thousand bookings.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

Key = TypeVar("Key", bound="Hashable")


class Many(Generic[Key]):
    """Row numbers by key, in rising order."""

    def __init__(self) -> None:
        self._numbers: dict[Key, int | array[int]] = {}

    def copy(self) -> Many[Key]:
        """Return an index with the same numbers that changes by itself."""
        twin: Many[Key] = Many()
        twin._numbers = {key: held if isinstance(held, int) else held[:] for key, held in self._numbers.items()}
        return twin

    def add(self, key: Key, number: int) -> None:
        """Add a number; adding it twice is the same as once."""
        held = self._numbers.setdefault(key, number)
        if held is number:  # the first of its key
            return
        if isinstance(held, int):
            if held == number:
                return
            held = self._numbers[key] = array("q", [held])
        if held[-1] < number:  # the ordinary case: numbers only grow
            held.append(number)
            return
        place = bisect_left(held, number)
        if held[place] != number:
            held.insert(place, number)

    def remove(self, key: Key, number: int) -> None:
        """Remove a number, if it is there."""
        held = self._numbers.get(key)
        if held is None:
            return
        if isinstance(held, int):
            if held == number:
                del self._numbers[key]
            return
        place = bisect_left(held, number)
        if place < len(held) and held[place] == number:
            held.pop(place)
        if not held:
            del self._numbers[key]

    def holds(self, key: Key, number: int) -> bool:
        """Tell whether a key has this number."""
        held = self.get(key)
        place = bisect_left(held, number)
        return place < len(held) and held[place] == number

    def get(self, key: Key) -> Sequence[int]:
        """Return the numbers of a key, oldest first."""
        held = self._numbers.get(key)
        if held is None:
            return ()
        return (held,) if isinstance(held, int) else held
