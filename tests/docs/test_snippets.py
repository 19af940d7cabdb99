"""Every block of the docs is run as a reader would, or a reason is given here why it is only shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.fences import Fence, Kind, fences
from tests.docs.not_run import NOT_RUN
from tests.docs.snippets import RUN, run_page

ROOT = Path(__file__).parents[2]
PAGES = {
    str(page.relative_to(ROOT)): page
    for page in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
    if "_build" not in page.parts
}


def _is_excused(name: str, fence: Fence) -> bool:
    return (name, _first_line(fence)) in NOT_RUN


def _first_line(fence: Fence) -> str:
    return next((line.strip() for line in fence.text.splitlines() if line.strip()), "")


def _to_run(name: str) -> list[Fence]:
    return [fence for fence in fences(PAGES[name]) if fence.kind in RUN and not _is_excused(name, fence)]


@pytest.mark.parametrize("name", [name for name in PAGES if _to_run(name)])
def test_the_blocks_of_the_page_run_and_print_what_it_shows(name: str, tmp_path: Path) -> None:
    wrong = run_page(_to_run(name), tmp_path)
    if wrong:
        pytest.fail(f"{name}, {wrong}", pytrace=False)  # of a page, the block tells more than a traceback


def _only_shown() -> set[tuple[str, str]]:
    return {
        (name, _first_line(fence))
        for name, page in PAGES.items()
        for fence in fences(page)
        if fence.kind is Kind.SHOWN or _is_excused(name, fence)
    }


def test_whatever_is_not_run_has_a_reason() -> None:
    assert sorted(_only_shown() - set(NOT_RUN)) == []


def test_no_reason_is_left_of_a_block_that_is_gone() -> None:
    assert sorted(set(NOT_RUN) - _only_shown()) == []
