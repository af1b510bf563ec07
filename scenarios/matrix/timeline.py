"""A run as HTML without script: a column for each lane, a row for each step, messages from lane to lane. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from html import escape
from typing import Any
from zoneinfo import ZoneInfo

LANES_MAX = 9  # as many classes the style has; a scenario of two callers has five lanes
_BERLIN = ZoneInfo("Europe/Berlin")

Json = Mapping[str, Any]


def run_html(story: Json) -> str:
    """Lanes and steps of a story, then the tables of what is left."""
    lanes = story["lanes"]
    places = {lane["id"]: place for place, lane in enumerate(lanes, start=2)}  # column 1 is the clock
    size = f"n{len(lanes)}"
    names = "".join(
        f'<span class="{_columns(place, place)}">{escape(lane["name"])}<small>{escape(lane["note"])}</small></span>'
        for lane, place in zip(lanes, places.values(), strict=True)
    )
    lives = "".join(f'<i class="{_columns(place, place)}"></i>' for place in places.values())
    rows = "".join(
        f'<li class="row {size}">{clock}{_step(step, places)}</li>'
        for step, clock in zip(story["steps"], _clocks(story["steps"]), strict=True)
    )
    return (
        f'<div class="run"><div class="row names {size}">{names}</div>'
        f'<div class="row lives {size}" aria-hidden="true">{lives}</div><ol>{rows}</ol></div>'
        + "".join(_table(table) for table in story["tables"])
    )


def lanes_css() -> str:
    """The classes that place things on lanes: a policy of hashes allows no style at an element."""
    sizes = [f".n{lanes} {{ grid-template-columns: 92px repeat({lanes}, 1fr); }}" for lanes in range(1, LANES_MAX + 1)]
    places = [
        f".{_columns(first, last)} {{ grid-column: {first} / {last + 1}; }}"
        for first in range(2, LANES_MAX + 2)
        for last in range(first, LANES_MAX + 2)
    ]
    arrows = [  # from the middle of one lane to the middle of another
        f".s{span} {{ margin-inline: calc(50% / {span}); }}" for span in range(2, LANES_MAX + 1)
    ]
    return "\n".join([*sizes, *places, *arrows]) + "\n"


def _columns(first: int, last: int) -> str:
    return f"l{first}-{last}"


def _clocks(steps: Sequence[Json]) -> list[str]:
    """The gateway's clock where it differs from the row above."""
    told = [datetime.fromtimestamp(step["at_ms"] / 1000, UTC).astimezone(_BERLIN) for step in steps]
    texts = [f"{instant:%H:%M:%S}.{instant.microsecond // 1000:03d}" for instant in told]
    return [
        "" if place and texts[place - 1] == text else f'<time class="clock">{text}</time>'
        for place, text in enumerate(texts)
    ]


def _step(step: Json, places: Mapping[str, int]) -> str:
    everywhere = (2, max(places.values()))
    source = places.get(step["source"])
    target = places.get(step.get("target", step["source"]))
    is_message = source is not None and target is not None and source != target
    first, last = everywhere if source is None or target is None else (min(source, target), max(source, target))
    words = [step["kind"], step.get("tone", "plain"), _columns(first, last)]
    if is_message:
        words += [f"s{last - first + 1}", "right" if target == last else "left"]
        words += ["answer"] * bool(step.get("is_answer")) + ["lost"] * bool(step.get("is_lost"))
    detail = "" if step["kind"] == "order" else step.get("detail", "")  # a decision's is the name of its question
    small = f"<small>{escape(detail)}</small>" if detail else ""
    return f'<div class="step {" ".join(words)}"><span>{escape(step["label"])}</span>{small}</div>'


def _table(table: Json) -> str:
    if not table["rows"]:
        return f'<p class="soft">{escape(table["title"])}: none</p>'
    heads = "".join(f'<th scope="col">{escape(name)}</th>' for name in table["columns"])
    rows = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in table["rows"])
    return (
        f'<div class="scroll"><table><caption>{escape(table["title"])}</caption><thead><tr>{heads}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )
