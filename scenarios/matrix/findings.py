"""What the matrix says, in words: which subsets suffice, and what each layer does, cannot do, or breaks. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scenarios.matrix.cells import ALL, Cell, CellVerdict, Layers, name_of
from scenarios.matrix.counterexamples import PLAIN_ORDER, SERVERS_ORDER
from scenarios.matrix.measure import SKEW_QUESTION
from scenarios.matrix.runner import TWO_CALLERS, Matrix
from scenarios.matrix.sufficiency import minimal, sufficient, views
from scenarios.replay import command_of


@dataclass(frozen=True, slots=True)
class Finding:
    """A sentence drawn from the cells alone, where it holds (modes and identity), and a command that shows it."""

    says: str
    where: str = ""
    command: str = ""

    def __str__(self) -> str:
        return f"{self.where}: {self.says}" if self.where else self.says


def findings(matrix: Matrix) -> list[Finding]:
    """What holds in several modes is said once for all of them, with the first one's command."""
    modes: dict[tuple[str, str], list[str]] = {}
    commands: dict[tuple[str, str], str] = {}
    for (mode, identity), cells in views(matrix.cells).items():
        for says, command in _of_view(cells):
            modes.setdefault((identity, says), []).append(mode)
            commands.setdefault((identity, says), command)
    said = [
        Finding(says, f"{', '.join(where)}, {identity}", commands[identity, says])
        for (identity, says), where in modes.items()
    ]
    return [*said, *_of_skew(matrix)]


def _of_view(cells: Sequence[Cell]) -> Iterator[tuple[str, str]]:
    yield suffices(cells), ""
    yield from _proofs(cells)
    for layer in ALL:
        yield from _alone(cells, layer)
    yield from _races_of_layer_3(cells)
    yield from _wrong_owners(cells)
    for layer in ALL:
        yield from _only(cells, layer)
    whole = _broken(cells, ALL)
    if whole:
        yield f"all four layers do not suffice in {_scenarios(whole)}", whole[0].command
    ghosts = [cell for cell in _with(cells, ALL) if cell.tally.ghosts]
    if ghosts:
        yield f"with all four layers a booking can stay at Cal.com without a row in {_scenarios(ghosts)}", _one(ghosts)


def suffices(cells: Sequence[Cell]) -> str:
    """Which smallest subsets suffice, or, where some cells have no verdict, which nothing refuted."""
    least = minimal(sufficient(cells))
    open_cells = sum(cell.verdict is CellVerdict.INCONCLUSIVE for cell in cells)
    names = ", ".join(map(name_of, least)) or "not among these"
    if open_cells:
        return f"the smallest subsets that nothing refuted: {names}; {open_cells} cells are inconclusive"
    return "no layer is needed" if least == [()] else f"the smallest subsets that suffice: {names}"


def _proofs(cells: Sequence[Cell]) -> Iterator[tuple[str, str]]:
    """How far the sufficient subsets are proved for two callers: those that were looked at hardest."""
    decisive = [*minimal(sufficient(cells)), ALL]
    for cell in cells:
        question = cell.question
        if question.scenario == TWO_CALLERS and cell.preemptions and question.layers in decisive:
            subset = "no layer at all" if not question.layers else f"Layers {name_of(question.layers)}"
            most = "one preemption" if cell.preemptions == 1 else f"{cell.preemptions} preemptions"
            yield f"{subset} held in all {cell.schedules:,} schedules of two callers with at most {most}", cell.command


def _alone(cells: Sequence[Cell], layer: int) -> Iterator[tuple[str, str]]:
    """What one layer stops by itself of what happens without any, what gets past it, and what it breaks."""
    alone, without = _broken(cells, (layer,)), _broken(cells, ())
    held = {c.question.scenario for c in _with(cells, (layer,)) if c.verdict is CellVerdict.PROVED}
    stopped = [cell for cell in without if cell.question.scenario in held]
    if without and stopped:
        rest = f", and lets {_scenarios(alone)} through" if alone else ""
        yield f"Layer {layer} alone stops {_scenarios(stopped)}{rest}", stopped[0].command
    elif alone:
        yield f"Layer {layer} alone stops nothing: {_scenarios(alone)} get through", alone[0].command
    own = [cell for cell in _with(cells, (layer,)) if cell.tally.false_rejections]
    if own:
        said = f"Layer {layer} turns down the caller's own booking in {_scenarios(own)}; resolution has to save it"
        yield said, _one(own)


def _races_of_layer_3(cells: Sequence[Cell]) -> Iterator[tuple[str, str]]:
    for cell in _broken(cells, (3,)):
        shown = cell.counterexample
        if shown is not None and shown.deviates not in {PLAIN_ORDER, SERVERS_ORDER}:
            scenario = cell.question.scenario
            yield f"Layer 3 alone is a race in {scenario}: plain order holds, another order does not", cell.command


def _wrong_owners(cells: Sequence[Cell]) -> Iterator[tuple[str, str]]:
    for cell in _broken(cells, (4,)):
        if cell.tally.falsehoods:
            scenario = cell.question.scenario
            yield f"Layer 4 alone lets the wrong customer own the row in {scenario}", cell.command


def _only(cells: Sequence[Cell], layer: int) -> Iterator[tuple[str, str]]:
    """What all the others together let through, and all four do not."""
    others = tuple(other for other in ALL if other != layer)
    whole = {cell.question.scenario for cell in _broken(cells, ALL)}
    only = [cell for cell in _broken(cells, others) if cell.question.scenario not in whole]
    if only:
        yield f"only Layer {layer} stops {_scenarios(only)}: {name_of(others)} let it through", only[0].command


def _with(cells: Sequence[Cell], layers: Layers) -> list[Cell]:
    return [cell for cell in cells if cell.question.layers == layers]


def _broken(cells: Sequence[Cell], layers: Layers) -> list[Cell]:
    return [cell for cell in _with(cells, layers) if cell.verdict is CellVerdict.VIOLATED]


def _scenarios(cells: Sequence[Cell]) -> str:
    return ", ".join(cell.question.scenario for cell in cells)


def _one(cells: Sequence[Cell]) -> str:
    return cells[0].command


def _of_skew(matrix: Matrix) -> Iterator[Finding]:
    rejected = [skew for skew, turned_down in matrix.skews.items() if turned_down]
    if not rejected:
        yield Finding("at no skew that was swept does Layer 1 turn an ordinary new booking down")
        return
    least = max(rejected)
    command = f"{command_of(SKEW_QUESTION.scenario, SKEW_QUESTION.settings)} --skew {least}"
    said = f"from {-least} s that the gateway's clock is ahead of Cal.com's, Layer 1 turns every new booking down"
    yield Finding(said, command=command)
