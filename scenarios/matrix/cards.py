"""A cell as a button in the table, and the card that it opens: what was found, and the counterexample. Pure."""

from __future__ import annotations

from html import escape

from scenarios.matrix.cells import Cell, CellVerdict, Counterexample, name_of
from scenarios.matrix.timeline import run_html

SIGNS = {CellVerdict.PROVED: "✓", CellVerdict.VIOLATED: "✗", CellVerdict.INCONCLUSIVE: "?"}
TURNED_DOWN, GHOST = "r", "g"


def button(cell: Cell, card_id: str) -> str:
    """What stands in the table; it opens the card by Enter, Space or a click, without script."""
    tally = cell.tally
    marks = TURNED_DOWN * bool(tally.false_rejections) + GHOST * bool(tally.ghosts)
    label = f"{name_of(cell.question.layers)} in {cell.question.scenario}: {cell.verdict}"
    return (
        f'<button type="button" class="cell {cell.verdict}" popovertarget="{card_id}" aria-label="{escape(label)}">'
        f"{SIGNS[cell.verdict]}{f'<sup>{marks}</sup>' if marks else ''}</button>"
    )


def card(cell: Cell, card_id: str) -> str:
    """What the button opens; Esc closes it."""
    question = cell.question
    subset = ("No layer", "Layer")[len(question.layers)] if len(question.layers) < 2 else "Layers"
    numbers = f" {name_of(question.layers)}" if question.layers else ""
    heading = f"{subset}{numbers} in {question.scenario}"
    head = (
        f'<div class="head"><h2 class="{cell.verdict}">{SIGNS[cell.verdict]} {escape(heading)}</h2>'
        '<span class="spring"></span>'
        f'<button type="button" popovertarget="{card_id}" popovertargetaction="hide">Close</button></div>'
    )
    parts = [
        head,
        _line(f"{question.mode}, {question.identity}: {cell.verdict}, {cell.bound}", "soft"),
        _line(cell.reason, "broken"),
        _line(_shared(cell), "soft"),
        _line(_seen(cell), "soft"),
        f"<p><code>{escape(cell.command)}</code></p>",
    ]
    if cell.counterexample is not None:
        parts.append(_counterexample(cell.counterexample))
    return (
        f'<div popover id="{card_id}" class="card" role="dialog" aria-label="{escape(heading)}">{"".join(parts)}</div>'
    )


def _shared(cell: Cell) -> str:
    if cell.same_as is None:
        return ""
    idle = " and ".join(f"Layer {layer}" for layer in cell.same_as if layer not in cell.question.layers)
    return f"The schedules are those of {name_of(cell.same_as)}: {idle} decided nothing in any of them."


def _seen(cell: Cell) -> str:
    tally = cell.tally
    found = {
        "duplicates": tally.duplicates,
        "lost links": tally.lost_links,
        "falsehoods": tally.falsehoods,
        "own booking turned down": tally.false_rejections,
        "ghosts": tally.ghosts,
    }
    rest = "".join(f", {what} {number}" for what, number in found.items() if number)
    return f"{tally.correct} of {tally.runs} runs broke no promise{rest}"


def _counterexample(shown: Counterexample) -> str:
    told = (
        f"Run again it came to the same, byte for byte (digest {shown.digest})."
        if shown.replays
        else "Run again it did not come to the same."
    )
    return _line(f"The run: {shown.deviates}.") + _line(told, "soft") + run_html(shown.story)


def _line(text: str, kind: str = "") -> str:
    return f'<p class="{kind}">{escape(text)}</p>' if text else ""
