"""The control door's verbs for named snapshots, forks and tenants."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fake_calcom.control.fields import known_members, text
from fake_calcom.errors import WorldError
from fake_calcom.tenants import PREFIX

if TYPE_CHECKING:
    from fake_calcom.control.routes import ControlCall


async def get_snapshots(call: ControlCall) -> dict[str, Any]:
    """GET /__fake__/snapshots: the names of the states kept."""
    return {"data": call.fake.shelf.names()}


async def keep_snapshot(call: ControlCall) -> dict[str, Any]:
    """POST /__fake__/snapshots: keep the present state under `name`."""
    call.fake.shelf.keep(_name(call))
    return await get_snapshots(call)


async def restore_snapshot(call: ControlCall) -> dict[str, Any]:
    """POST /__fake__/snapshots/restore: become the state kept under `name`."""
    call.fake.shelf.restore(_name(call))
    return await get_snapshots(call)


async def drop_snapshot(call: ControlCall) -> dict[str, Any]:
    """DELETE /__fake__/snapshots?name=: keep it no longer."""
    call.fake.shelf.drop(call.query.one("name") or "")
    return await get_snapshots(call)


async def get_tenants(call: ControlCall) -> dict[str, Any]:
    """GET /__fake__/tenants: each with its base path."""
    return {"data": [{"name": name, "base": f"{PREFIX}{name}"} for name in call.fake.tenants]}


async def add_tenant(call: ControlCall) -> dict[str, Any]:
    """POST /__fake__/tenants: make the tenant `name`, empty, or with `fork` true in the state of this fake."""
    body = known_members(call.body, ("name", "fork"))
    forks = body.get("fork", False)
    if not isinstance(forks, bool):
        raise WorldError("expected true or false", "fork")
    name = text(body, "name") or ""
    if forks:
        call.fake.fork(name)
    else:
        call.fake.tenants.get(name)
    return await get_tenants(call)


async def remove_tenant(call: ControlCall) -> dict[str, Any]:
    """DELETE /__fake__/tenants?name=: forget a tenant."""
    await call.fake.tenants.remove(call.query.one("name") or "")
    return await get_tenants(call)


def _name(call: ControlCall) -> str:
    return text(known_members(call.body, ("name",)), "name") or ""
