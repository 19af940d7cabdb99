"""The directive `public-names`: the public names of the package that live in one module, from their docstrings."""

from __future__ import annotations

import inspect
import re
from importlib import import_module

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from docs.generator.docstrings import as_rest

PACKAGES = ("partnercenter.testing", "partnercenter")
"""Where public names are imported from, the deepest first."""
_MADE_BY_THE_CLIENT = "partnercenter.client.resources"
_PRIVATE_ARGUMENT = re.compile(r"(?<=[( ])_\w+: [^,)]*, ")


class PublicNames(SphinxDirective):
    """Describes every class and function of a module of the package that is public.

    Argument: the module, below `partnercenter`. Public is what `__all__` of its package names; with the option `all`
    whatever the module defines without an underscore.
    """

    required_arguments = 1
    option_spec = {"all": directives.flag}  # noqa: RUF012 - so it is declared by docutils

    def run(self) -> list[nodes.Node]:
        """The descriptions, in the order of the module."""
        place = f"partnercenter.{self.arguments[0]}"
        defined = [name for name, value in vars(import_module(place)).items() if _lives_in(place, value)]
        public = [name for name in defined if not name.startswith("_")]
        if "all" in self.options:
            return self._described(place, public)
        package = next(package for package in PACKAGES if place.startswith(package))
        return self._described(package, [name for name in public if name in import_module(package).__all__])

    def _described(self, place: str, names: list[str]) -> list[nodes.Node]:
        module = import_module(place)
        rest = "\n".join(_words(getattr(module, name), f"{place}.{name}") for name in names)
        return self.parse_text_to_nodes(f"```{{eval-rst}}\n{rest}\n```")


def _lives_in(place: str, value: object) -> bool:
    return getattr(value, "__module__", None) == place and bool(inspect.isclass(value) or inspect.isfunction(value))


def _words(value: object, name: str) -> str:
    """The words of autodoc that describe one class or function."""
    if not inspect.isclass(value):
        return f".. autofunction:: {name}\n"
    directive = "autoexception" if issubclass(value, BaseException) else "autoclass"
    return f".. {directive}:: {name}\n   :members:\n   :undoc-members:\n   :show-inheritance:\n"


def _tell(app: Sphinx, what: str, name: str, value: object, options: object, lines: list[str]) -> None:  # noqa: PLR0917
    # What a named tuple says of its members, everybody can see.
    lines[:] = [] if "".join(lines[:1]).startswith("Alias for field number") else as_rest(lines)


def _sign(  # noqa: PLR0917
    app: Sphinx, what: str, name: str, value: object, options: object, signature: str | None, gives: str | None
) -> tuple[str | None, str | None]:
    if what == "class" and getattr(value, "__module__", "") == _MADE_BY_THE_CLIENT:
        return "", gives
    return signature and _PRIVATE_ARGUMENT.sub("", signature), gives


def setup(app: Sphinx) -> dict[str, bool]:
    """Called by Sphinx."""
    app.add_directive("public-names", PublicNames)
    app.connect("autodoc-process-docstring", _tell)
    app.connect("autodoc-process-signature", _sign)
    return {"parallel_read_safe": True}
