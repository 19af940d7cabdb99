"""The docstrings of the package, as the reference of the SDK is told them."""

from __future__ import annotations

from docs.generator.docstrings import as_rest


def _told(docstring: str) -> str:
    return "\n".join(as_rest(docstring.splitlines()))


def test_an_argument_is_an_item_of_a_list() -> None:
    assert (
        _told("Does it.\n\nsize: how many.\n    At most ten.") == "Does it.\n\n\n* **size**: how many.\n  At most ten."
    )


def test_arguments_on_one_line_are_items_of_their_own() -> None:
    assert _told("one, two: a pair. three: another one.") == "\n* **one, two**: a pair.\n* **three**: another one."


def test_what_follows_the_arguments_is_a_paragraph() -> None:
    assert _told("size: how many.\nRaises ValueError.") == "\n* **size**: how many.\n\nRaises ValueError."


def test_an_example_is_a_literal_block() -> None:
    assert _told("Does it.\n\n    size: int = 1\n    size += 1") == "Does it.\n\n::\n\n    size: int = 1\n    size += 1"


def test_a_name_that_ends_in_an_underscore_is_no_link() -> None:
    assert _told("The PARTNERCENTER_ variables and self_.") == "The PARTNERCENTER\\_ variables and self\\_."
