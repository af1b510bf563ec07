"""Shapes of JSON objects, checked as class-validator checks them: same order, same sentences.

A `Shape` is a list of properties; `problems` walks a value and returns what is wrong; the two renderers at
the end make the two texts that Cal.com answers.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import reduce
from typing import TYPE_CHECKING, Any

from fake_calcom.errors import EnvelopeError, bad_request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping


@dataclass(slots=True, frozen=True)
class Check:
    """One constraint: class-validator's name of it, the test, and its sentence (`$property` is filled in).

    schema says the same as JSON Schema, where the name alone does not.
    """

    name: str
    passes: Callable[[Any], bool]
    sentence: str
    schema: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True, frozen=True)
class Problem:
    """One property that is wrong: its constraints broken, and the problems inside it."""

    property: str
    value: Any
    constraints: Mapping[str, str]
    children: tuple[Problem, ...] = ()


@dataclass(slots=True, frozen=True)
class Property:
    """One property of a shape. `nested` describes an object, or with `each` every object of a list."""

    name: str
    checks: tuple[Check, ...] = ()
    required: bool = False
    nested: Shape | None = None
    each: bool = False

    def test(self) -> Callable[[Any], bool]:
        """Return what tells of a value that is there whether nothing is wrong with it."""
        tests = [check.passes for check in self.checks]
        if self.nested is not None:
            tests.append(_tells_of_items(self.nested.fits) if self.each else self.nested.fits)
        return reduce(_both, tests) if tests else lambda _: True


@dataclass(slots=True, frozen=True)
class Shape:
    """An object's properties; `whole` are constraints on the object itself, by their property's name."""

    properties: tuple[Property, ...]
    whole: tuple[tuple[str, Check], ...] = ()
    open: bool = False
    by_name: Mapping[str, Property] = field(init=False)
    tests: Mapping[str, Callable[[Any], bool]] = field(init=False)
    required: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", {p.name: p for p in self.properties})
        object.__setattr__(self, "tests", {p.name: p.test() for p in self.properties})
        object.__setattr__(self, "required", tuple(p.name for p in self.properties if p.required))

    def fits(self, value: Any) -> bool:
        """Tell whether nothing is wrong, looking only at what is there: a fifth of the time of naming problems."""
        if not isinstance(value, dict):
            return False
        for name, given in value.items():
            test = self.tests.get(name)
            if test is None:
                if not self.open:
                    return False
            elif given is not None and not test(given):
                return False
        for name in self.required:
            if value.get(name) is None:
                return False
        for _, check in self.whole:  # noqa: SIM110 - a generator here costs as much as the checks
            if not check.passes(value):
                return False
        return True

    def problems(self, value: Mapping[str, Any]) -> tuple[Problem, ...]:
        """Return everything wrong with an object, unknown properties first."""
        return () if self.fits(value) else tuple(self._walk(value))

    def _walk(self, value: Mapping[str, Any]) -> Iterator[Problem]:
        if not self.open:
            for name in value:
                if name not in self.by_name:
                    sentence = f"property {name} should not exist"
                    yield Problem(name, value[name], {"whitelistValidation": sentence})
        for prop in self.properties:
            given = value.get(prop.name)
            if given is None and not prop.required:
                continue
            problem = _problem_of(prop, given)
            if problem is not None:
                yield problem
        for name, check in self.whole:
            if not check.passes(value):
                yield Problem(name, None, {check.name: check.sentence})


def _both(first: Callable[[Any], bool], second: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: first(value) and second(value)


def _tells_of_items(fits: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, list) and all(fits(item) for item in value)


def _problem_of(prop: Property, value: Any) -> Problem | None:
    constraints: dict[str, str] = {}
    for check in prop.checks:
        if not check.passes(value):
            constraints[check.name] = check.sentence.replace("$property", prop.name)
    children: tuple[Problem, ...] = ()
    if prop.nested is not None and value is not None:
        children = _children(prop, prop.nested, value, constraints)
    return Problem(prop.name, value, constraints, children) if constraints or children else None


def _children(prop: Property, nested: Shape, value: Any, constraints: dict[str, str]) -> tuple[Problem, ...]:
    if prop.each and isinstance(value, list):
        return tuple(_item_problems(nested, value))
    if not prop.each and isinstance(value, dict):
        return nested.problems(value)
    kind = "an array" if prop.each else "either object or array"
    constraints["nestedValidation"] = f"nested property {prop.name} must be {kind}"
    return ()


def _item_problems(nested: Shape, items: list[Any]) -> Iterator[Problem]:
    for index, item in enumerate(items):
        if not isinstance(item, dict):
            sentence = f"each value in nested property {index} must be either object or array"
            yield Problem(str(index), item, {"nestedValidation": sentence})
        elif children := nested.problems(item):
            yield Problem(str(index), item, {}, children)


def joined_message(problems: tuple[Problem, ...]) -> str:
    """Return the booking and slot pipes' one string: note the comma without a space and the trailing space."""
    return "".join(
        f"{p.property} property is wrong,{', '.join(p.constraints.values())} {joined_message(p.children)}"
        for p in problems
    )


def refuse_joined(shape: Shape, value: Mapping[str, Any]) -> None:
    """Raise the 400 of a booking or slot pipe when the value does not have the shape."""
    if problems := shape.problems(value):
        raise bad_request(joined_message(problems))


def refuse_listed(shape: Shape, value: Mapping[str, Any]) -> None:
    """Raise the 400 of the global ValidationPipe: a fixed message, the list in `details.errors`."""
    if problems := shape.problems(value):
        details = {"errors": [_as_json(p) for p in problems]}
        raise EnvelopeError(400, "BadRequestException", "Bad Request Exception", details)


def first_path(problems: tuple[Problem, ...]) -> tuple[str, str]:
    """Return the path of the first broken property, e.g. `users[0].name`, and its sentence."""
    path, level = "", problems
    while True:
        problem = level[0]
        path += f"[{problem.property}]" if problem.property.isdigit() else f".{problem.property}"
        if problem.constraints:
            return path.removeprefix("."), ", ".join(problem.constraints.values())
        level = problem.children


def _as_json(problem: Problem) -> dict[str, Any]:
    return {
        "property": problem.property,
        "constraints": dict(problem.constraints),
        "children": [_as_json(child) for child in problem.children],
    }
