"""What runs the blocks of the docs sees what is wrong with one: it is tried on pages that are made for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.fences import Command, Kind, commands, fences
from tests.docs.snippets import run_page, same


def _page(folder: Path, *blocks: tuple[str, str]) -> Path:
    page = folder / "page.md"
    page.write_text("\n\n".join(f"```{info}\n{text}\n```" for info, text in blocks), "utf-8")
    return page


@pytest.mark.parametrize(
    ("info", "kind"),
    [
        ("python", Kind.PYTHON),
        ("console", Kind.CONSOLE),
        ("python test_it.py", Kind.TESTS),
        ("python pytest", Kind.TESTS),
        ("python change.py", Kind.FILE),
        ("yaml profiles.yaml", Kind.FILE),
        ("yaml", Kind.SHOWN),
        ("text", Kind.SHOWN),
        ("", Kind.SHOWN),
        ("{toctree}", Kind.BUILD),
    ],
)
def test_the_words_behind_the_backticks_say_what_is_done_with_a_block(tmp_path: Path, info: str, kind: Kind) -> None:
    assert [fence.kind for fence in fences(_page(tmp_path, (info, "x")))] == [kind]


def test_a_block_inside_a_list_is_one_too(tmp_path: Path) -> None:
    (tmp_path / "page.md").write_text("1. First\n\n   ```console\n   $ true\n   ```\n", "utf-8")
    assert [fence.text for fence in fences(tmp_path / "page.md")] == ["$ true\n"]


def test_a_command_goes_on_after_a_backslash_and_after_a_second_prompt() -> None:
    assert commands("$ a \\\n  b\nprinted\n$ cat <<E\n> c\n> E\n") == [
        Command("a \\\n  b", ("printed",)),
        Command("cat <<E\nc\nE", ()),
    ]


def test_a_console_block_that_begins_with_no_command_is_refused() -> None:
    with pytest.raises(ValueError, match="begins with a command"):
        commands("printed\n")


@pytest.mark.parametrize(
    ("shown", "printed", "expected"),
    [
        (["a"], "a\n", True),
        (["a"], "b\n", False),
        (["a"], "a\nb\n", False),
        (["a ... c"], "a b c\n", True),
        (["a ... c"], "a b\nc\n", False),
        (["a", "...", "c"], "a\nb\nb\nc\n", True),
        (["a", "...", "c"], "a\nc\n", True),
        (["..."], "", True),
        (["a", "..."], "a b\n", False),
        (["a"], "\x1b[32ma\x1b[0m  \n", True),
    ],
)
def test_three_dots_stand_for_anything(shown: list[str], printed: str, expected: bool) -> None:
    assert same(shown, printed) is expected


@pytest.mark.parametrize(
    "blocks",
    [
        [("console", "$ echo one\ntwo")],
        [("console", "$ false")],
        [("python", "raise SystemExit")],
        [("python", "assert False")],
        [("python test_it.py", "def test_it():\n    assert False")],
    ],
    ids=["another-output", "a-failed-command", "an-exit", "an-exception", "a-failed-test"],
)
def test_a_block_that_does_not_do_what_the_page_says_is_found(tmp_path: Path, blocks: list[tuple[str, str]]) -> None:
    assert run_page(fences(_page(tmp_path, *blocks)), tmp_path / "place").startswith("line 1: ")


def test_a_page_is_one_shell_one_python_and_one_folder(tmp_path: Path) -> None:
    page = _page(
        tmp_path,
        ("console", "$ export WORD=kept"),
        ("console", "$ echo $WORD\nkept"),
        ("python", "word = 'kept'"),
        ("python", "assert word == 'kept'"),
        ("text words.txt", "kept"),
        ("console", "$ cat words.txt\nkept"),
    )
    assert run_page(fences(page), tmp_path / "place") == ""


def test_what_keeps_running_is_stopped_when_the_page_ends(tmp_path: Path) -> None:
    page = _page(
        tmp_path,
        ("console", "$ (echo $BASHPID > pid; echo begun; exec sleep 600)   # one terminal\nbegun"),
        ("console", '$ kill -0 "$(cat pid)"'),
    )
    assert run_page(fences(page), tmp_path / "place") == ""
    assert _has_ended((tmp_path / "place" / "here" / "pid").read_text().strip())


def _has_ended(pid: str) -> bool:
    # An ended process that nobody has waited for is still listed, as a zombie (proc(5)).
    stat = Path("/proc", pid, "stat")
    return not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] == "Z"
