"""What the matrix says, in words: which subsets suffice, and what each layer does, cannot do, or breaks. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from scenarios.matrix.cells import Cell, CellVerdict, Layers, name_of
from scenarios.matrix.runner import Matrix
from scenarios.matrix.sufficiency import minimal, sufficient, views

ALL: Layers = (1, 2, 3, 4)


def findings(matrix: Matrix) -> list[str]:
    """Sentences, each drawn from the cells alone."""
    said: list[str] = []
    for (mode, identity), cells in views(matrix.cells).items():
        said.append(_suffices(mode, identity, cells))
        said += [f"{mode}, {identity}: {line}" for line in _of_view(cells)]
    return [*said, *_of_skew(matrix)]


def _suffices(mode: str, identity: str, cells: Sequence[Cell]) -> str:
    least = [name_of(layers) for layers in minimal(sufficient(cells))]
    open_cells = sum(cell.verdict is CellVerdict.INCONCLUSIVE for cell in cells)
    proviso = f"; {open_cells} cells are inconclusive" if open_cells else ""
    return f"{mode}, {identity}: the smallest subsets that suffice are {', '.join(least) or 'not among these'}{proviso}"


def _of_view(cells: Sequence[Cell]) -> Iterator[str]:
    own = [c.question.scenario for c in cells if c.question.layers == (1,) and c.tally.false_rejections]
    if own:
        yield f"Layer 1 turns down the caller's own booking in {', '.join(own)}; resolution has to save it"
    for cell in _broken(cells, (3,)):
        if cell.tally.duplicates and cell.question.scenario in {"two-callers", "one-caller-twice"}:
            yield f"Layer 3 alone is a race in {cell.question.scenario}: two look, then two insert"
    for cell in _broken(cells, (4,)):
        if cell.tally.falsehoods:
            yield f"Layer 4 alone lets the wrong customer own the row in {cell.question.scenario}"
    whole = {cell.question.scenario for cell in _broken(cells, ALL)}
    only_4 = [c.question.scenario for c in _broken(cells, (1, 2, 3)) if c.question.scenario not in whole]
    if only_4:
        yield f"only Layer 4 stops {', '.join(only_4)}: Layers 1 to 3 together let it through"
    if whole:
        yield f"all four layers do not suffice in {', '.join(sorted(whole))}"


def _broken(cells: Sequence[Cell], layers: Layers) -> list[Cell]:
    return [cell for cell in cells if cell.question.layers == layers and cell.verdict is CellVerdict.VIOLATED]


def _of_skew(matrix: Matrix) -> Iterator[str]:
    rejected = [skew for skew, turned_down in matrix.skews.items() if turned_down]
    if rejected:
        ahead = -max(rejected)
        yield f"from {ahead} s that the gateway's clock is ahead of Cal.com's, Layer 1 turns every new booking down"
    else:
        yield "at no skew that was swept does Layer 1 turn an ordinary new booking down"
