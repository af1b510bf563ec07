"""The matrix as one HTML page without script or network: findings, tables by mode and identity, a card a cell. Pure."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from hashlib import sha256
from html import escape
from importlib.resources import files

from scenarios.matrix.cards import GHOST, SIGNS, TURNED_DOWN, button, card
from scenarios.matrix.cells import Cell, CellVerdict, every_subset, name_of
from scenarios.matrix.findings import Finding, findings, suffices
from scenarios.matrix.runner import Matrix
from scenarios.matrix.sufficiency import minimal, sufficient, views
from scenarios.matrix.timeline import lanes_css

_LEAD = "Every subset of the four layers, in every scenario and database mode, with resolution on"
_LEGEND = (
    f"{SIGNS[CellVerdict.PROVED]} proved up to the bound that the cell names and nothing beyond it, "
    f"{SIGNS[CellVerdict.VIOLATED]} violated, {SIGNS[CellVerdict.INCONCLUSIVE]} inconclusive. "
    f"{TURNED_DOWN}: a layer turned the caller's own booking down and resolution saved it. "
    f"{GHOST}: a booking stayed at Cal.com without a row. A cell opens with a click, Enter or Space: what was seen, "
    "the command that shows it again, and the counterexample; Esc closes it. "
    "Green rows are the smallest subsets that suffice."
)


def page(matrix: Matrix) -> str:
    """The whole page."""
    style = _style()
    policy = f"default-src 'none'; style-src '{_fingerprint(style)}'; base-uri 'none'; form-action 'none'"
    of_views = views(matrix.cells)
    links = "".join(f'<a href="#{_anchor(*key)}">{escape(_title(*key))}</a>' for key in of_views)
    tables = "".join(_view(*key, cells) for key, cells in of_views.items())
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        f"<title>slotproof: which layers suffice</title><style>{style}</style></head><body>"
        '<a class="skip" href="#tables">Skip to the tables</a>'
        f'<header class="bar"><div class="titles"><h1>Which layers suffice</h1><p>{_LEAD}. {_counts(matrix)}</p></div>'
        '<span class="spring"></span><code>slotproof matrix</code></header>'
        f'<main><section class="card"><h2>Findings</h2><ul class="findings">'
        f"{''.join(_finding(finding) for finding in findings(matrix))}</ul></section>"
        f'<section class="card" id="tables"><p class="legend">{_LEGEND}</p><nav aria-label="Tables">{links}</nav>'
        f"</section>{tables}</main></body></html>\n"
    )


def _counts(matrix: Matrix) -> str:
    number = {verdict: sum(cell.verdict is verdict for cell in matrix.cells) for verdict in CellVerdict}
    shown = [cell.counterexample for cell in matrix.cells if cell.counterexample is not None]
    return (
        f"{len(matrix.cells):,} cells: {', '.join(f'{number[verdict]:,} {verdict}' for verdict in CellVerdict)}; "
        f"{sum(one.replays for one in shown)} of {len(shown)} counterexamples replayed to the same violation."
    )


def _finding(finding: Finding) -> str:
    command = f"<code>{escape(finding.command)}</code>" if finding.command else ""
    where = f"<b>{escape(finding.where)}</b>: " if finding.where else ""
    return f"<li>{where}{escape(finding.says)}{command}</li>"


def _view(mode: str, identity: str, cells: Sequence[Cell]) -> str:
    least = minimal(sufficient(cells))
    place = _anchor(mode, identity)
    by_place = {(cell.question.layers, cell.question.scenario): (number, cell) for number, cell in enumerate(cells)}
    scenarios = list(dict.fromkeys(cell.question.scenario for cell in cells))
    heads = "".join(f'<th scope="col">{escape(name)}</th>' for name in scenarios)
    rows = []
    for layers in every_subset():
        buttons = (by_place[layers, name] for name in scenarios)
        row = "".join(f"<td>{button(cell, f'{place}-{number}')}</td>" for number, cell in buttons)
        rows.append(f'<tr{" class=least" * (layers in least)}><th scope="row">{name_of(layers)}</th>{row}</tr>')
    cards = "".join(card(cell, f"{place}-{number}") for number, cell in enumerate(cells))
    title = escape(_title(mode, identity))
    return (
        f'<section class="card" id="{place}"><h2>{title}</h2><p>{suffices(cells)}</p>'
        f'<div class="grid" tabindex="0" role="region" aria-label="{title}"><table>'
        f'<thead><tr><th scope="col">layers</th>{heads}</tr></thead><tbody>{"".join(rows)}</tbody></table></div>'
        f"{cards}</section>"
    )


def _title(mode: str, identity: str) -> str:
    return f"{mode}, {identity}: {'one e-mail for all' if identity == 'shared' else 'an e-mail for every call'}"


def _anchor(mode: str, identity: str) -> str:
    return f"{mode}-{identity}"


def _style() -> str:
    report = files("scenarios.report.html").joinpath("static", "report.css").read_text(encoding="utf-8")
    own = files(__package__).joinpath("static", "matrix.css").read_text(encoding="utf-8")
    return report + own + lanes_css()


def _fingerprint(text: str) -> str:
    return "sha256-" + b64encode(sha256(text.encode()).digest()).decode()
