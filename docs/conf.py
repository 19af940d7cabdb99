"""How the documentation is built: `make docs`. The pages are Markdown; the references are made from the code."""

from __future__ import annotations

import sys
from pathlib import Path

from sphinx.application import Sphinx

sys.path.insert(0, str(Path(__file__).parents[1]))  # for `docs.generator`

project = "partnercenter"
extensions = ["myst_parser", "sphinx.ext.autodoc", "docs.generator.sdk_reference", "docs.generator.cli_reference"]
html_theme = "furo"
html_title = "partnercenter"
html_show_copyright = False
html_copy_source = False
html_static_path = ["generator/static"]
html_css_files = ["tables.css"]
exclude_patterns = ["_build"]

suppress_warnings = ["misc.highlighting_failure"]  # console blocks hold output, in no language

myst_heading_anchors = 4  # links as errors.md#2055 name headings, as on GitHub

autodoc_member_order = "bysource"
autodoc_preserve_defaults = True
autodoc_typehints = "signature"
autodoc_class_signature = "mixed"
add_module_names = False
autodoc_type_aliases = {"JsonValue": "JsonValue"}  # instead of all that it can be
python_use_unqualified_type_names = True
python_maximum_signature_line_length = 100
default_role = "code"  # the docstrings write `name`, as Markdown does

_RECORDS = "\n\n```{toctree}\n:hidden:\n:glob:\n\n0*\n```\n"


def _hang_in_the_records(app: Sphinx, page: str, source: list[str]) -> None:
    """The decision records hang below their list, which stays plain Markdown."""
    if page == "decisions/README":
        source[0] += _RECORDS


def setup(app: Sphinx) -> None:
    """Called by Sphinx."""
    app.connect("source-read", _hang_in_the_records)
