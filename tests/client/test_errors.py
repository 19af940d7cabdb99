"""The errors: a tree, a next step each, and values that can be pickled, copied and compared."""

from __future__ import annotations

import copy
import pickle

import pytest

from partnercenter.client import errors
from partnercenter.client.errors import PartnerCenterError

TREE = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, PartnerCenterError)]

NUMBERS = {"status": 412, "code": "2055", "description": "No.", "data": ("a", "b"), "source": "s", "retry_after": 1.5}


def example(kind: type[PartnerCenterError]) -> PartnerCenterError:
    error = kind("It happened.", request_id="r-1", correlation_id="c-1")
    error.__dict__.update({name: value for name, value in NUMBERS.items() if name in error.__dict__})
    if isinstance(error, errors.OutcomeUnknownError):
        error.last = errors.ServerError("Busy.", status=503)
    return error


@pytest.mark.parametrize("kind", TREE)
def test_every_class_is_drawn_in_the_tree(kind: type[PartnerCenterError]) -> None:
    assert f" {kind.__name__} " in f" {errors.__doc__} ".replace("\n", " ")


@pytest.mark.parametrize("kind", TREE)
def test_every_name_ends_in_error(kind: type[PartnerCenterError]) -> None:
    assert kind.__name__.endswith("Error")


@pytest.mark.parametrize("kind", TREE)
def test_the_default_next_step_is_that_of_the_docstring(kind: type[PartnerCenterError]) -> None:
    step = kind("x").next_step
    assert step
    assert step in " ".join((kind.__doc__ or "").split())


@pytest.mark.parametrize("kind", TREE)
def test_it_comes_back_from_a_pickle_equal(kind: type[PartnerCenterError]) -> None:
    error = example(kind)
    assert pickle.loads(pickle.dumps(error)) == error


@pytest.mark.parametrize("kind", TREE)
def test_a_copy_is_equal_and_has_the_same_text(kind: type[PartnerCenterError]) -> None:
    error = example(kind)
    assert copy.deepcopy(error) == copy.copy(error) == error
    assert str(copy.copy(error)) == str(error)


@pytest.mark.parametrize("kind", TREE)
def test_the_text_tells_the_ids_and_the_next_step(kind: type[PartnerCenterError]) -> None:
    text = str(example(kind))
    assert text.startswith("It happened (")
    assert "r-1" in text
    assert "c-1" in text
    assert text.endswith(kind("x").next_step)


def test_a_refusal_tells_status_and_code() -> None:
    assert "(HTTP 412, code 2055, " in str(example(errors.PreconditionFailedError))


def test_errors_of_other_classes_or_texts_are_not_equal() -> None:
    one = errors.NotFoundError("x", status=404)
    assert one != errors.NotFoundError("y", status=404)
    assert one != errors.RefusedError("x", status=404)


def test_equal_errors_have_equal_hashes() -> None:
    assert len({example(errors.ServerError), example(errors.ServerError)}) == 1


def test_without_docstrings_there_is_no_next_step_but_still_an_error() -> None:
    bare = type("BareError", (Exception,), {"__doc__": None})
    assert errors.documented_next_step(bare) == ""
