"""Output files: refused before the work begins when they cannot be written, and never left half-written."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from scenarios.errors import UsageError


def writable(path: Path) -> Path:
    """The path itself when a file can be made there; UsageError otherwise."""
    if path.is_dir():
        raise UsageError(f"{path} is a directory, expected the path of a file to write")
    if not path.absolute().parent.is_dir():
        raise UsageError(f"cannot write {path}: there is no directory {path.absolute().parent}")
    if not os.access(path if path.exists() else path.absolute().parent, os.W_OK):
        raise UsageError(f"cannot write {path}: permission denied")
    return path


def write_whole(path: Path, text: str) -> None:
    """Write beside it, then rename: a reader sees the old file or the whole new one."""
    if path.exists() and not path.is_file():  # a device or a pipe: nothing to rename over
        path.write_text(text, encoding="utf-8")
        return
    try:
        handle, name = tempfile.mkstemp(dir=path.absolute().parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except OSError as problem:
        raise UsageError(f"cannot write {path}: {problem.strerror}") from None
