"""Puts data, style and script into one file. Its policy forbids every request and every script but its own."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Mapping, Sequence
from hashlib import sha256
from html import escape
from importlib.resources import files
from string import Template
from typing import Any

STYLES = ("report.css", "diagram.css")
SCRIPTS = ("dom.js", "words.js", "layout.js", "draw.js", "panels.js", "main.js")  # each uses those before it
_IMPORT = re.compile(r"^import .*;\n", re.MULTILINE)
_EXPORT = re.compile(r"^export ", re.MULTILINE)


def report_page(document: Mapping[str, Any]) -> str:
    """The whole file for a document of `documents`."""
    style = "".join(_read(name) for name in STYLES)
    script = join_modules([_read(name) for name in SCRIPTS])
    return Template(_read("report.html")).substitute(
        title=escape(str(document["title"])),
        policy=f"default-src 'none'; style-src '{_fingerprint(style)}'; script-src '{_fingerprint(script)}'; "
        "base-uri 'none'; form-action 'none'",
        style=style,
        script=script,
        data=json.dumps(document, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c"),
    )


def join_modules(sources: Sequence[str]) -> str:
    """Modules of one folder as one script: nothing is imported any more, since everything is there."""
    return "".join(_EXPORT.sub("", _IMPORT.sub("", source)) for source in sources)


def _fingerprint(text: str) -> str:
    return "sha256-" + b64encode(sha256(text.encode()).digest()).decode()


def _read(name: str) -> str:
    return files(__package__).joinpath("static", name).read_text(encoding="utf-8")
