"""How spoken words are made comparable, and the error for a word that cannot be understood."""

from __future__ import annotations

import re

_TRANSLITERATION = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", ",": " ", "\u00a0": " "})

TENS = {"zwanzig": 20, "dreissig": 30, "vierzig": 40, "fuenfzig": 50}
UNITS = {
    "null": 0, "ein": 1, "eins": 1, "zwei": 2, "zwo": 2, "drei": 3, "vier": 4, "fuenf": 5, "sechs": 6, "sieben": 7,
    "acht": 8, "neun": 9, "zehn": 10, "elf": 11, "zwoelf": 12, "dreizehn": 13, "vierzehn": 14, "fuenfzehn": 15,
    "sechzehn": 16, "siebzehn": 17, "achtzehn": 18, "neunzehn": 19,
}  # fmt: skip


class WordingError(ValueError):
    """A date or time that is not one. `expected` tells the agent what to ask for; the text quotes nothing of it."""

    def __init__(self, problem: str, expected: str) -> None:
        super().__init__(problem)
        self.problem = problem
        self.expected = expected


def plain(text: str) -> str:
    """Lower case, umlauts spelt out, one space between words: `Übermorgen,  früh` is `uebermorgen frueh`."""
    return " ".join(text.lower().translate(_TRANSLITERATION).split())


def number(word: str) -> int | None:
    """A number below 60 in digits or German words (`8`, `acht`, `fuenfunddreissig`), or None."""
    if re.fullmatch(r"[0-9]{1,2}", word):
        return int(word)
    if word in UNITS:
        return UNITS[word]
    unit, joined, tens = word.rpartition("und")
    if tens not in TENS or (joined and unit not in UNITS):
        return None
    return TENS[tens] + (UNITS[unit] if joined else 0)
