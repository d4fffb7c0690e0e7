"""Self-contained HTML pages: one file, offline, no way out, nothing untrusted interpreted.

Everything put into a template is made printable and escaped unless it is `Markup` that this
package built. The page's content security policy is the second lock: nothing may be fetched,
and no script runs but the one whose hash the page names.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Sequence
from functools import cache
from importlib import resources
from typing import Any

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from graders import plaintext, words

_POLICY = ("default-src 'none'", "style-src 'unsafe-inline'", "base-uri 'none'")


def render(
    package: str, *, script: str = "", policy: Sequence[str] = (), **context: Any
) -> str:
    """The template `page.html` of `package`, filled in.

    `script` is the only JavaScript that may run on the page, but for what the directives in
    `policy` allow.
    """
    template = _environment(package).get_template("page.html")
    rules = [*_POLICY, *([script_rule([script])] if script else []), *policy]
    return template.render(policy="; ".join(rules), script=Markup(script), **context)


def script_rule(scripts: Iterable[str]) -> str:
    """The directive that lets these scripts run, told by their hashes, and no other."""
    digests = [hashlib.sha256(script.encode()).digest() for script in dict.fromkeys(scripts)]
    hashes = [f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests]
    return " ".join(["script-src", *hashes])


def asset(package: str, name: str) -> Markup:
    """A style sheet or script of ours, as it stands."""
    return Markup(resources.files(package).joinpath(name).read_text(encoding="utf-8"))


@cache
def _environment(package: str) -> Environment:
    environment = Environment(
        loader=ChoiceLoader([PackageLoader(package, ""), PackageLoader(__name__, "")]),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_printable,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["base_css"] = asset(__name__, "base.css")
    environment.globals["page_css"] = asset(package, "page.css")
    environment.filters["points"] = words.points
    environment.filters["lecture"] = words.lecture
    environment.filters["one_line"] = plaintext.one_line
    return environment


def _printable(value: Any) -> Any:
    if isinstance(value, Markup) or not isinstance(value, str):
        return value
    return plaintext.printable(value)
