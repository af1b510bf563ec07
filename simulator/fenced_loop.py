"""The doors of an event loop that lead outside the simulation: each refuses, and names the way round."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Any, NoReturn, TypeVarTuple, Unpack

from simulator.errors import FenceError

if TYPE_CHECKING:
    import contextvars
    from collections import deque
    from collections.abc import Callable

Ts = TypeVarTuple("Ts")

_NETWORK = "use an in-memory transport (simulator.adapters.aiohttp_memory) or simulator.network"
_PROCESS = "use simulation.node(...).start(...)"


class FencedLoop(asyncio.BaseEventLoop):
    """A base loop without selector, sockets, processes and threads."""

    _ready: deque[Any]  # the base's own; typeshed does not know them
    _stopping: bool
    _task_factory: Any
    if TYPE_CHECKING:

        def _check_closed(self) -> None: ...

    def __init__(self) -> None:
        super().__init__()
        self._home_thread = threading.get_ident()

    def call_soon_threadsafe(
        self, callback: Callable[[Unpack[Ts]], object], *args: *Ts, context: contextvars.Context | None = None
    ) -> asyncio.Handle:
        """As call_soon: there is one thread. Another one is refused."""
        if threading.get_ident() != self._home_thread:
            msg = f"a foreign thread calls {callback!r} on the simulated loop: {_PROCESS}"
            raise FenceError(msg)
        return self.call_soon(callback, *args, context=context)

    def refuse_pool(self, executor: object) -> None:
        """A pool of threads or processes has no place in a run."""
        if executor is not None:
            msg = f"run_in_executor with {type(executor).__name__}: pass None, the simulation runs it inline"
            raise FenceError(msg)

    async def getaddrinfo(self, host: Any, port: Any, **_: Any) -> NoReturn:
        """There is no name service."""
        _refuse(f"getaddrinfo({host!r}, {port!r})", _NETWORK)

    async def getnameinfo(self, sockaddr: Any, flags: int = 0) -> NoReturn:  # noqa: ARG002 - asyncio's signature
        """There is no name service."""
        _refuse(f"getnameinfo({sockaddr!r})", _NETWORK)

    async def create_connection(self, *_: Any, **options: Any) -> NoReturn:
        """There are no sockets."""
        _refuse(f"create_connection({options.get('host')!r})", _NETWORK)

    async def create_server(self, *_: Any, **__: Any) -> NoReturn:
        """There are no sockets."""
        _refuse("create_server()", _NETWORK)

    async def create_datagram_endpoint(self, *_: Any, **__: Any) -> NoReturn:
        """There are no sockets."""
        _refuse("create_datagram_endpoint()", _NETWORK)

    async def subprocess_exec(self, *_: Any, **__: Any) -> NoReturn:
        """There are no other processes."""
        _refuse("subprocess_exec()", _PROCESS)

    async def subprocess_shell(self, *_: Any, **__: Any) -> NoReturn:
        """There are no other processes."""
        _refuse("subprocess_shell()", _PROCESS)

    def add_signal_handler(self, sig: int, callback: Callable[[Unpack[Ts]], object], *args: *Ts) -> None:
        """A simulated process gets no signals; registering for one is harmless."""

    def remove_signal_handler(self, sig: int) -> bool:  # noqa: ARG002 - asyncio's signature
        """Nothing was registered."""
        return False

    def _write_to_self(self) -> None:
        """There is no selector to wake."""


def _refuse(what: str, instead: str) -> NoReturn:
    msg = f"{what} inside a simulation: {instead}"
    raise FenceError(msg)
