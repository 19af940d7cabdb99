"""Every row of the catalogue of bad inputs has a test case, or a reason why not."""

from __future__ import annotations

import importlib
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.catalogue.all_rows import ALL_ROWS, COUNTS, rows_in

ROOT = Path(__file__).parents[2]
ROOMS = ("catalogue", "service", "races", "conformance", "http_server", "storage_promises", "docs")
FEWEST_COVERED = 250
SENTENCE = re.compile(r"(?:\S+ ){5,}\S+")


@pytest.fixture(scope="module")
def covered() -> Counter[str]:
    """How many test cases each row has."""
    rooms = [f"tests/{room}" for room in ROOMS]
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", *rooms]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr
    return Counter(row for line in done.stdout.splitlines() for row in rows_in(line))


@pytest.fixture(scope="module")
def excused() -> dict[str, str]:
    """Row → why it has no test case."""
    names = sorted(path.stem for path in Path(__file__).parent.glob("not_covered_*.py"))
    tables: list[dict[str, str]] = [importlib.import_module(f"tests.catalogue.{name}").REASONS for name in names]
    assert sum(map(len, tables)) == len({row for table in tables for row in table}), "a row is excused twice"
    return {row: reason for table in tables for row, reason in table.items()}


def test_there_are_267_rows() -> None:
    assert (len(ALL_ROWS), sum(COUNTS.values())) == (267, 267)


def test_an_id_is_found_in_the_parameters_and_in_the_name_of_a_test() -> None:
    found = {
        "t.py::test_a_line[F14-folded]": {"F14"},
        "t.py::test_a_line[F14]": {"F14"},
        "t.py::test_a_line[put-C26-other]": {"C26"},
        "t.py::test_a_line[s01-other-links]": {"S01"},
        "t.py::test_f38_two_are_answered": {"F38"},
        "t.py::test_c01_c16_a_tag_holds[header]": {"C01", "C16"},
        "t.py::TestBackend::test_t16_nothing_is_written[A15-b]": {"T16", "A15"},
    }
    assert {node: set(rows_in(node)) for node in found} == found


def test_what_only_looks_like_an_id_is_none() -> None:
    nodes = (
        "t.py::test_d04_a_decision[d01-casing]",
        "t.py::test_p17_a_promise",
        "t.py::test_a_name_with_f14_inside",
        "t.py::test_a_line[F99-none]",
        "t.py::test_a_line[F140]",
        "t.py::test_a_line[x-a12-y]",
        "tests/f01_x/t.py::test_a_line",
        "3 tests collected in 0.10s",
    )
    assert [set(rows_in(node)) for node in nodes] == [set()] * len(nodes)


def test_every_row_has_a_test_case_or_a_reason(covered: Counter[str], excused: dict[str, str]) -> None:
    assert sorted(ALL_ROWS - covered.keys() - excused.keys()) == []


def test_no_row_has_both(covered: Counter[str], excused: dict[str, str]) -> None:
    assert sorted(covered.keys() & excused.keys()) == []


def test_only_rows_are_excused(excused: dict[str, str]) -> None:
    assert sorted(excused.keys() - ALL_ROWS) == []


def test_at_least_250_rows_have_a_test_case(covered: Counter[str]) -> None:
    assert len(covered) >= FEWEST_COVERED


def test_every_reason_is_a_sentence(excused: dict[str, str]) -> None:
    assert [row for row, reason in excused.items() if not SENTENCE.fullmatch(reason)] == []
