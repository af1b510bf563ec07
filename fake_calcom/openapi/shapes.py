"""A shape that checks requests, said again as JSON Schema."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fake_calcom.dto.shape import Property, Shape

Schema = dict[str, Any]

OF_CHECK: dict[str, Schema] = {
    "isString": {"type": "string"},
    "isNotEmpty": {"minLength": 1},
    "isInt": {"type": "integer"},
    "isNumber": {"type": "number"},
    "isBoolean": {"type": "boolean"},
    "isObject": {"type": "object"},
    "isArray": {"type": "array"},
    "isDateString": {"type": "string", "format": "date-time"},
    "isISO8601": {"type": "string", "format": "date-time"},
    "isTimeZone": {"type": "string"},
    "isUrl": {"type": "string", "format": "uri"},
    "isLocation": {"type": ["string", "object"]},
    "isMetadata": {"type": "object", "additionalProperties": {"type": "string"}},
}


def schema_of(shape: Shape) -> Schema:
    """Return the JSON Schema of an object of this shape."""
    schema: Schema = {
        "type": "object",
        "properties": {prop.name: schema_of_property(prop) for prop in shape.properties},
        "additionalProperties": shape.open,
    }
    required = [prop.name for prop in shape.properties if prop.required]
    return schema | {"required": required} if required else schema


def schema_of_property(prop: Property) -> Schema:
    """Return the JSON Schema of one property: what its checks say together."""
    schema: Schema = {}
    for check in prop.checks:
        schema |= check.schema or OF_CHECK.get(check.name, {})
    if prop.nested is not None:
        inner = schema_of(prop.nested)
        schema |= {"type": "array", "items": inner} if prop.each else inner
    return schema


def parameters_of(shape: Shape) -> list[Schema]:
    """Return a query's parameters."""
    return [
        {"name": prop.name, "in": "query", "required": prop.required, "schema": schema_of_property(prop)}
        for prop in shape.properties
    ]
