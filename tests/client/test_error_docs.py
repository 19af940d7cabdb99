"""Every error names its entry in docs/errors.md, and the page has an entry for every error."""

from __future__ import annotations

import copy
import pickle
import re
import traceback
from pathlib import Path

import pytest

from partnercenter.client import errors
from partnercenter.client.errors import PartnerCenterError, RefusedError
from partnercenter.wire.error_envelope import ErrorCode

PAGE = (Path(__file__).parents[2] / errors.DOCS).read_text("utf-8")
ENTRIES = dict(re.findall(r"^### (\w+)\n\n(.*?)(?=\n\n##|\Z)", PAGE, re.MULTILINE | re.DOTALL))
CLASSES = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, PartnerCenterError)]


def anchor(heading: str) -> str:
    return f"{errors.DOCS}#{heading.lower()}"


def test_the_page_has_one_entry_for_every_code_and_every_class_and_no_other() -> None:
    headings = re.findall(r"^### (.+)$", PAGE, re.MULTILINE)
    assert sorted(headings) == sorted([*(f"{code:d}" for code in ErrorCode), *(kind.__name__ for kind in CLASSES)])


@pytest.mark.parametrize("heading", sorted(ENTRIES))
def test_every_entry_tells_cause_and_cure(heading: str) -> None:
    assert ENTRIES[heading].count("*Cause:*") == ENTRIES[heading].count("*Cure:*") > 0


@pytest.mark.parametrize("kind", CLASSES)
def test_an_error_without_a_code_leads_to_the_entry_of_its_class(kind: type[PartnerCenterError]) -> None:
    assert kind("x").docs == anchor(kind.__name__)


@pytest.mark.parametrize("code", [f"{code:d}" for code in ErrorCode])
def test_a_refusal_leads_to_the_entry_of_its_code(code: str) -> None:
    assert RefusedError("x", code=code).docs == anchor(code)


def test_a_code_that_nobody_knows_leads_to_the_entry_of_the_class() -> None:
    assert errors.BadRequestError("x", code="4711").docs == anchor("BadRequestError")


def test_an_error_of_somebody_elses_class_leads_to_the_entry_of_ours() -> None:
    theirs = type("TheirError", (errors.NotFoundError,), {})
    assert theirs("x").docs == anchor("NotFoundError")


@pytest.mark.parametrize("same", [copy.copy, copy.deepcopy, lambda error: pickle.loads(pickle.dumps(error))])
def test_a_traceback_ends_with_the_entry_however_the_error_came(same: object) -> None:
    assert callable(same)
    error = same(errors.PreconditionFailedError("x", code="2055"))
    assert traceback.format_exception(error)[-1] == "See docs/errors.md#2055\n"


def test_the_text_of_an_error_does_not_grow_by_it() -> None:
    assert "docs/" not in str(RefusedError("x", code="2055"))
