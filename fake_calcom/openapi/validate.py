"""Check a JSON value against the part of JSON Schema that the contract uses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fake_calcom.openapi.contents import COMPONENTS
from fake_calcom.times import parse_iso

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

REF = "#/components/schemas/"
TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "object": (dict,),
    "array": (list,),
    "null": (type(None),),
}


def problems(schema: Mapping[str, Any], value: Any, path: str = "") -> list[str]:
    """Return what is wrong with a value, each with its path; empty when it fits."""
    return list(_problems(schema, value, path))


def _problems(schema: Mapping[str, Any], value: Any, path: str) -> Iterator[str]:
    if "$ref" in schema:
        yield from _problems(COMPONENTS[schema["$ref"].removeprefix(REF)], value, path)
        return
    if "anyOf" in schema and not any(not problems(one, value) for one in schema["anyOf"]):
        nearest = min((problems(one, value, path) for one in schema["anyOf"]), key=len)
        yield from nearest
    wanted = schema.get("type")
    if wanted is not None and not _has_type(value, [wanted] if isinstance(wanted, str) else wanted):
        yield f"{path or 'value'}: expected {wanted}, given {type(value).__name__}"
        return
    yield from _limits(schema, value, path or "value")
    if isinstance(value, dict):
        yield from _members(schema, value, path)
    elif isinstance(value, list) and "items" in schema:
        for index, item in enumerate(value):
            yield from _problems(schema["items"], item, f"{path}[{index}]")


def _has_type(value: Any, names: list[str]) -> bool:
    if isinstance(value, bool):
        return "boolean" in names
    if isinstance(value, float) and value.is_integer() and "integer" in names:
        return True
    return any(isinstance(value, TYPES[name]) for name in names)


def _limits(schema: Mapping[str, Any], value: Any, path: str) -> Iterator[str]:
    if "const" in schema and value != schema["const"]:
        yield f"{path}: expected {schema['const']!r}, given {value!r}"
    if "enum" in schema and value not in schema["enum"]:
        yield f"{path}: expected one of {schema['enum']}, given {value!r}"
    if isinstance(value, str) and schema.get("format") == "date-time" and parse_iso(value) is None:
        yield f"{path}: expected a date and time, given {value!r}"
    if isinstance(value, str) and len(value) < schema.get("minLength", 0):
        yield f"{path}: expected at least {schema['minLength']} characters"
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        if value < schema.get("minimum", value):
            yield f"{path}: expected at least {schema['minimum']}, given {value}"
        if value > schema.get("maximum", value):
            yield f"{path}: expected at most {schema['maximum']}, given {value}"


def _members(schema: Mapping[str, Any], value: dict[str, Any], path: str) -> Iterator[str]:
    known = schema.get("properties", {})
    for name in schema.get("required", ()):
        if name not in value:
            yield f"{path}.{name}".removeprefix(".") + ": missing"
    others = schema.get("additionalProperties", True)
    for name, item in value.items():
        inner = known.get(name, others)
        where = f"{path}.{name}".removeprefix(".")
        if inner is False:
            yield f"{where}: not documented"
        elif isinstance(inner, dict):
            yield from _problems(inner, item, where)
