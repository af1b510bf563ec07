"""Many universes behind one server: parallel tests share the port and nothing else.

A tenant is a fake of its own: state, clock, faults, journal, identifiers. It is reached by its base path
(`http://host:port/__tenant__/NAME` in place of `http://host:port`, control door included), or by any API key of
its world, in the control door's `Authorization` header too.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fake_calcom.auth import KEY_PREFIX, credential
from fake_calcom.errors import WorldError
from fake_calcom.wire import JSON_TYPE, Answer, encode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fake_calcom.app import FakeCalcom
    from fake_calcom.wire import Call

PREFIX = "/__tenant__/"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
TENANTS_MAX = 1000


class Tenants:
    """The tenants of one fake, by name. `make` builds one from its name."""

    def __init__(self, make: Callable[[str], FakeCalcom]) -> None:
        self._make = make
        self._fakes: dict[str, FakeCalcom] = {}

    def __len__(self) -> int:
        return len(self._fakes)

    def __iter__(self) -> Iterator[str]:
        return iter(tuple(self._fakes))

    def get(self, name: str) -> FakeCalcom:
        """Return the tenant of this name, made when there is none yet; WorldError for an impossible name."""
        if name not in self._fakes:
            if not NAME.fullmatch(name):
                raise WorldError("a tenant's name is letters, figures and _.- (up to 64)", "tenant")
            if len(self._fakes) >= TENANTS_MAX:
                raise WorldError(f"there are {TENANTS_MAX} tenants already", "tenant")
            self._fakes[name] = self._make(name)
        return self._fakes[name]

    async def remove(self, name: str) -> None:
        """Forget a tenant; WorldError when there is none of this name."""
        if name not in self._fakes:
            raise WorldError(f"no tenant has the name {name!r}", "name")
        await self._fakes.pop(name).close()

    async def close(self) -> None:
        """Forget every tenant."""
        for name in self:
            await self.remove(name)

    def find(self, owner: FakeCalcom, call: Call) -> tuple[FakeCalcom, Call] | None:
        """Return whose call it is, and the call as that fake sees it; None for a tenant nobody has made."""
        if call.target.startswith(PREFIX):
            name, slash, rest = call.target[len(PREFIX) :].partition("/")
            inner = call._replace(target=slash + rest or "/")
            if name in self._fakes:
                return self._fakes[name], inner
            made = inner.target.startswith("/__fake__") and bool(NAME.fullmatch(name))
            return (self.get(name), inner) if made else None
        return (self._by_key(owner, call) if self._fakes else owner), call

    def _by_key(self, owner: FakeCalcom, call: Call) -> FakeCalcom:
        token, _ = credential(call.headers.get("Authorization"))
        if token is None or not token.startswith(KEY_PREFIX):
            return owner
        holders = (fake for fake in (owner, *self._fakes.values()) if fake.universe.directory.user_of_key(token))
        return next(holders, owner)


def no_such_tenant() -> Answer:
    """Return what is answered below the base path of a tenant that nobody has made."""
    error = {"message": "no such tenant: load its world, or open one of its control routes, first", "where": "tenant"}
    return Answer(404, encode({"error": error}), {"Content-Type": JSON_TYPE})
