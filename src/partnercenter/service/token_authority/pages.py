"""The pages that people see: templates, and the headers that keep a page from being misused."""

from __future__ import annotations

import functools
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

from partnercenter.wire.messages import Headers, Response

if TYPE_CHECKING:
    import jinja2

_TEMPLATES = Path(__file__).parent / "templates"


def render(
    template: str, status: int = 200, *, leaves: bool = False, script: bool = False, **values: object
) -> Response:
    """The page `template` with `values`, every one of them escaped.

    leaves: its form may end at another origin. script: it has the one script that submits its form.
    """
    nonce = secrets.token_urlsafe(16)
    text = _environment().get_template(template).render(nonce=nonce, **values)
    headers = Headers(
        {
            "Content-Type": "text/html; charset=utf-8",
            "Content-Security-Policy": _policy(nonce, leaves=leaves, script=script),
            "Referrer-Policy": "no-referrer",
        }
    )
    return Response(status, headers, text.encode())


@functools.cache
def _environment() -> jinja2.Environment:
    # Imported with the first page: a service that shows none starts faster.
    import jinja2

    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _policy(nonce: str, *, leaves: bool, script: bool) -> str:
    parts = ["default-src 'none'", f"style-src 'nonce-{nonce}'", "frame-ancestors 'none'", "base-uri 'none'"]
    if script:
        parts.append(f"script-src 'nonce-{nonce}'")
    if not leaves:
        # Browsers apply form-action to the redirects after a form too, and on through the application's own.
        parts.append("form-action 'self'")
    return "; ".join(parts)
