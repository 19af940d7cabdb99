"""The language of refusals."""

from __future__ import annotations

import ast
import string
from pathlib import Path

import pytest

import partnercenter
from partnercenter.rules import reasons
from partnercenter.service.asgi import Service
from partnercenter.service.languages import CATALOGUES, catalogue_of, language
from partnercenter.service.refusals import Reason
from partnercenter.wire.cultures import CULTURES
from tests.service.stage import ask, page_body

SOURCE = Path(partnercenter.__file__).parent
# Whose argument is a sentence for the reader, and at which place it stands.
TOLD_BY = {"Violation": 1, "JsonTextError": 0, "MalformedPreconditionError": 0}


def _sentences_in(path: Path) -> set[str]:
    found = set()
    tree = ast.parse(path.read_text("utf-8"))
    constants = {
        node.targets[0].id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    }
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in TOLD_BY):
            continue
        place = TOLD_BY[node.func.id]
        told = node.args[place] if len(node.args) > place else None
        if isinstance(told, ast.Constant) and isinstance(told.value, str):
            found.add(told.value)
        elif isinstance(told, ast.Name) and told.id in constants:
            found.add(constants[told.id])
    return found


def _sentences() -> set[str]:
    rooms = [*(SOURCE / "wire").rglob("*.py"), *(SOURCE / "service").rglob("*.py")]
    written = set().union(*map(_sentences_in, rooms))
    # What a client alone reads: `json_text.read_lenient`, `write`.
    ours = {"The text is not valid JSON.", "A text has a lone surrogate."}
    return {reason.value.description for reason in Reason} | set(reasons.ALL) | written - ours


def _fields(sentence: str) -> set[str | None]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


@pytest.mark.parametrize("culture", CATALOGUES)
def test_a_catalogue_has_every_sentence_that_a_refusal_can_tell(culture: str) -> None:
    catalogue = catalogue_of(culture)
    assert sorted(sentence for sentence in _sentences() if not catalogue.get(sentence)) == []


@pytest.mark.parametrize("culture", CATALOGUES)
def test_a_translation_is_filled_from_the_same_facts(culture: str) -> None:
    catalogue = catalogue_of(culture)
    assert [english for english, told in catalogue.items() if _fields(english) != _fields(told)] == []


@pytest.mark.parametrize("culture", CATALOGUES)
def test_a_catalogue_has_no_sentence_that_nobody_tells(culture: str) -> None:
    told_with_facts = ("If-Match", "If-None-Match", "The body is nested", "must be a", "must be t", "vettingVersion")
    spare = catalogue_of(culture).keys() - _sentences()
    assert [sentence for sentence in sorted(spare) if not sentence.startswith(told_with_facts)] == []


@pytest.mark.parametrize("culture", sorted(CULTURES))
def test_every_documented_culture_has_a_language(culture: str) -> None:
    assert language(culture).culture == (culture if culture in CATALOGUES else "en-US")


@pytest.mark.parametrize("asked", [None, "", "xx", "../../etc", "zh-TW, en", "x" * 10_000])
def test_h19_anything_else_is_english(asked: str | None) -> None:
    assert language(asked).culture == "en-US"


def test_a_refusal_is_told_in_the_language_asked_for(service: Service) -> None:
    answer = ask(service, "GET", "/v1/nothing", lines=[("X-Locale", "zh-TW")])
    assert answer.json()["description"] == "沒有此資源。請檢查路徑。"


def test_a_refusal_says_which_language_it_is_in(service: Service) -> None:
    assert ask(service, "GET", "/v1/nothing", lines=[("X-Locale", "zh-tw")]).headers.get("Content-Language") == "zh-TW"


def test_violations_are_told_in_it_too(service: Service) -> None:
    answer = ask(service, "PUT", lines=[("X-Locale", "zh-TW")], body=page_body(CompanyName="x" * 201))
    assert answer.json()["data"] == ["companyName: 最多 200 個字元"]


def test_the_code_is_the_same_in_every_language(service: Service) -> None:
    codes = {ask(service, "GET", "/v1/nothing", lines=[("X-Locale", name)]).code() for name in ("en-US", "zh-TW", "x")}
    assert codes == {1000}
