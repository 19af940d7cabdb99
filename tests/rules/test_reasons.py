"""The table of sentences is closed."""

from __future__ import annotations

from partnercenter.rules import reasons


def test_every_sentence_stands_once_in_the_list_of_all() -> None:
    sentences = [value for name, value in vars(reasons).items() if name.isupper() and isinstance(value, str)]
    assert sorted(reasons.ALL) == sorted(sentences)
    assert len(set(reasons.ALL)) == len(reasons.ALL)


def test_a_sentence_tells_what_would_be_right_after_the_name_of_the_member() -> None:
    assert all(reason.startswith(("must ", "is required")) for reason in reasons.ALL)
