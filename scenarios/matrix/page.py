"""The matrix as one HTML page without network: tables by mode and identity, each cell opens its counterexample."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from scenarios.matrix.cells import Cell, CellVerdict, every_subset, name_of
from scenarios.matrix.findings import findings
from scenarios.matrix.runner import Matrix
from scenarios.matrix.sufficiency import minimal, sufficient, views

_SIGNS = {CellVerdict.PROVED: "✓", CellVerdict.VIOLATED: "✗", CellVerdict.INCONCLUSIVE: "?"}
_STYLE = """
:root { color-scheme: light dark; --yes: #0a7a3f; --no: #b3261e; --open: #8a6100; --line: #8884; }
@media (prefers-color-scheme: dark) { :root { --yes: #5fd08d; --no: #ff8a80; --open: #f0c35a; } }
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 90rem; padding: 0 1rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; margin: .5rem 0 2rem; }
th, td { border: 1px solid var(--line); padding: .25rem .5rem; text-align: left; vertical-align: top; }
th { font-weight: 600; }
td { min-width: 3.2rem; }
summary { cursor: pointer; font-weight: 700; }
summary:focus-visible { outline: 3px solid currentColor; outline-offset: 2px; }
.proved summary { color: var(--yes); } .violated summary { color: var(--no); }
.inconclusive summary { color: var(--open); }
details[open] { max-width: 24rem; font-size: .9em; }
code { overflow-wrap: anywhere; user-select: all; }
.least { outline: 2px solid var(--yes); outline-offset: -2px; }
"""


def page(matrix: Matrix) -> str:
    """The whole page; its only language is English, its only script none."""
    said = "".join(f"<li>{escape(line)}</li>" for line in findings(matrix))
    tables = "".join(_view(f"{mode}, {identity}", cells) for (mode, identity), cells in views(matrix.cells).items())
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>slotproof matrix</title><style>{_STYLE}</style></head><body><main>"
        "<h1>Which layers suffice</h1>"
        "<p>✓ proved up to the bound in the cell, ✗ violated, ? inconclusive. A cell opens with a click or with Enter: "
        "what was seen, and the command that shows it again. A frame marks the smallest subsets that suffice.</p>"
        f"<h2>Findings</h2><ul>{said}</ul>{tables}</main></body></html>\n"
    )


def _view(title: str, cells: Sequence[Cell]) -> str:
    least = minimal(sufficient(cells))
    by_place = {(cell.question.layers, cell.question.scenario): cell for cell in cells}
    scenarios = list(dict.fromkeys(cell.question.scenario for cell in cells))
    heads = "".join(f'<th scope="col">{escape(name)}</th>' for name in scenarios)
    rows = "".join(
        f'<tr><th scope="row"{" class=least" if layers in least else ""}>{name_of(layers)}</th>'
        + "".join(_cell(by_place[layers, name]) for name in scenarios)
        + "</tr>"
        for layers in every_subset()
    )
    return (
        f'<h2>{escape(title)}</h2><div class="scroll"><table><thead><tr><th scope="col">layers</th>{heads}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def _cell(cell: Cell) -> str:
    tally = cell.tally
    label = f"{cell.verdict}: {name_of(cell.question.layers)} in {cell.question.scenario}"
    seen = (
        f"of {tally.runs} runs {tally.correct} correct; duplicates {tally.duplicates}, lost links {tally.lost_links}, "
        f"falsehoods {tally.falsehoods}, false rejections {tally.false_rejections}, ghosts {tally.ghosts}"
    )
    return (
        f'<td class="{cell.verdict}"><details><summary aria-label="{escape(label)}">{_SIGNS[cell.verdict]}</summary>'
        f"<p>{escape(str(cell.verdict))}: {escape(cell.bound)}</p><p>{escape(cell.reason)}</p><p>{escape(seen)}</p>"
        f"<code>{escape(cell.command)}</code></details></td>"
    )
