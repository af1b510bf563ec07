"""Assemble the OpenAPI document from the routes and the table of operations."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from fake_calcom.auth import Access
from fake_calcom.openapi.contents import COMPONENTS, ref
from fake_calcom.openapi.operations import OPERATIONS, Operation
from fake_calcom.openapi.shapes import parameters_of, schema_of
from fake_calcom.versions import EVERY, HEADER

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from fake_calcom.routing import Route

PLACE = re.compile(r"\{(\w+)\}")
JSON = "application/json"


def document(routes: Iterable[Route]) -> dict[str, Any]:
    """Return the contract. Routes that share path and method (served by version) are one OpenAPI operation."""
    groups: dict[tuple[str, str], list[Route]] = {}
    for route in routes:
        groups.setdefault((route.path, route.method.lower()), []).append(route)
    paths: dict[str, dict[str, Any]] = {}
    for (path, method), group in groups.items():
        paths.setdefault(path, {})[method] = _operation(path, group)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Cal.com API v2 as slotproof's fake serves it", "version": "2024-08-13"},
        "paths": paths,
        "components": {
            "schemas": COMPONENTS,
            "securitySchemes": {"apiKey": {"type": "http", "scheme": "bearer", "bearerFormat": "cal_..."}},
        },
    }


def answer_schema(operation: str, status: int) -> Mapping[str, Any] | None:
    """Return the schema of an operation's JSON answer of a status; None when that status is not documented."""
    described = OPERATIONS[operation]
    if status == described.status:
        return described.answer
    return COMPONENTS["Error"] if status in described.statuses else None


def documented_statuses(routes: Iterable[Route]) -> dict[str, tuple[int, ...]]:
    """Return the statuses of each operation, its success first."""
    return {route.operation: OPERATIONS[route.operation].statuses for route in routes}


def _operation(path: str, group: list[Route]) -> dict[str, Any]:
    described = [OPERATIONS[route.operation] for route in group]
    operation: dict[str, Any] = {
        "operationId": group[0].operation,
        "x-operations": {route.operation: sorted(route.versions) for route in group},
        "parameters": [*_path_parameters(path), _version_parameter(group), *_query_parameters(described)],
        "responses": _responses(described),
    }
    bodies = [schema_of(one.body) for one in described if one.body is not None]
    if bodies:
        schema = bodies[0] if len(bodies) == 1 else {"anyOf": bodies}
        required = any(body.get("required") for body in bodies)
        operation["requestBody"] = {"required": required, "content": {JSON: {"schema": schema}}}
    if group[0].access is not Access.OPTIONAL:
        operation["security"] = [{"apiKey": []}]
    return operation


def _path_parameters(path: str) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
        for name in PLACE.findall(path)
    ]


def _version_parameter(group: list[Route]) -> dict[str, Any]:
    served = sorted(frozenset().union(*(route.versions for route in group)))
    required = served != sorted(EVERY)
    return {"name": HEADER, "in": "header", "required": required, "schema": {"enum": served}}


def _query_parameters(described: list[Operation]) -> list[dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for one in described:
        for parameter in parameters_of(one.query) if one.query is not None else ():
            needed = parameter["required"] and parameter["name"] not in one.optional
            found.setdefault(parameter["name"], parameter | {"required": needed})
    return list(found.values())


def _responses(described: list[Operation]) -> dict[str, Any]:
    successes: dict[int, list[Any]] = {}
    refusals: set[int] = set()
    for one in described:
        if one.answer:
            successes.setdefault(one.status, []).append(one.answer)
        refusals.update(one.statuses[1:])
    responses: dict[str, Any] = {str(status): _response("refused", ref("Error")) for status in sorted(refusals)}
    for status, answers in successes.items():
        responses[str(status)] = _response("done", answers[0] if len(answers) == 1 else {"anyOf": answers})
    if not successes:
        responses["200"] = {"description": "done", "content": {"text/html": {"schema": {"type": "string"}}}}
    return responses


def _response(description: str, schema: Any) -> dict[str, Any]:
    return {"description": description, "content": {JSON: {"schema": schema}}}
