"""Shell completion: asked for as the shell does it, and by bash itself."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.in_process import command_line

SHELLS = ["bash", "zsh", "fish", "powershell"]


def run(command: list[str], folder: Path, **variables: str) -> str:
    """The output of `command`, for which `partnercenter` is this one."""
    script = folder / "partnercenter"
    script.write_text(
        f"#!{sys.executable}\nimport sys\nsys.argv[0] = 'partnercenter'\n"
        "from partnercenter.__main__ import main\nmain()\n"
    )
    script.chmod(0o700)
    environ = {**os.environ, "PATH": f"{folder}:{os.environ['PATH']}", "PARTNERCENTER_CONFIG_DIR": str(folder)}
    ended = subprocess.run(
        command, env=environ | variables, capture_output=True, text=True, timeout=60, check=True, cwd=folder
    )
    assert ended.stderr == ""
    return ended.stdout


def completed(folder: Path, *words: str) -> list[str]:
    """What bash offers for the last of `words`, taken apart at `=` as bash does it."""
    typed = " ".join(f"'{word}'" for word in words)
    script = (
        'eval "$(partnercenter completion bash)"\n'
        f"COMP_WORDS=({typed}); COMP_CWORD={len(words) - 1}; COMPREPLY=()\n"
        '_partnercenter_completion partnercenter\nprintf "%s\\n" "${COMPREPLY[@]}"\n'
    )
    return run(["bash", "-c", script], folder).split()


def test_bash_completes_a_verb(tmp_path: Path) -> None:
    assert completed(tmp_path, "partnercenter", "bil") == ["billing"]


def test_bash_completes_a_command_of_a_profile(tmp_path: Path) -> None:
    assert completed(tmp_path, "partnercenter", "support", "re") == ["restore"]


def test_bash_completes_an_option(tmp_path: Path) -> None:
    assert completed(tmp_path, "partnercenter", "billing", "get", "--q") == ["--query"]


def test_bash_completes_a_format(tmp_path: Path) -> None:
    assert completed(tmp_path, "partnercenter", "billing", "get", "-o", "") == ["table", "json", "yaml", "tsv"]


def test_bash_completes_a_member_up_to_its_value(tmp_path: Path) -> None:
    assert completed(tmp_path, "partnercenter", "billing", "set", "address.ci") == ["address.city="]


def test_bash_completes_a_member_to_unset(tmp_path: Path) -> None:
    offered = completed(tmp_path, "partnercenter", "legal", "set", "--unset", "ve")
    assert offered == []  # nobody vets himself
    assert "companyApproverEmail" in completed(tmp_path, "partnercenter", "legal", "set", "--unset", "companyApprover")


@pytest.mark.parametrize("typed", [["=", "G"], ["=G"]])
def test_bash_completes_a_country_behind_the_equals_sign(tmp_path: Path, typed: list[str]) -> None:
    words = ["address.country", *typed] if typed[0] == "=" else [f"address.country{typed[0]}"]
    offered = completed(tmp_path, "partnercenter", "billing", "set", *words)
    assert "GB" in offered
    assert all(code.startswith("G") for code in offered)


def test_bash_completes_a_country_of_which_nothing_is_typed(tmp_path: Path) -> None:
    assert "US" in completed(tmp_path, "partnercenter", "billing", "set", "address.country", "=")


def test_bash_completes_a_change_after_another_one(tmp_path: Path) -> None:
    words = ["purchaseOrderNumber", "=", "1", "comp"]
    assert completed(tmp_path, "partnercenter", "billing", "set", *words) == ["companyName="]


def test_bash_completes_the_name_of_a_context(tmp_path: Path) -> None:
    (tmp_path / "contexts.json").write_text('{"current": null, "contexts": {"production": {}, "china": {}}}')
    assert completed(tmp_path, "partnercenter", "--context", "pro") == ["production"]


def asked(folder: Path, shell: str, words: str, word: str) -> str:
    """What the script of `shell` gets when it asks."""
    variables = {"_PARTNERCENTER_COMPLETE": f"{shell}_complete", "COMP_WORDS": words, "COMP_CWORD": word}
    return run(["partnercenter"], folder, **variables)


def test_zsh_gets_the_help_beside_the_verb(tmp_path: Path) -> None:
    assert asked(tmp_path, "zsh", "partnercenter supp", "1").startswith("plain\nsupport\nRead, change and check")


def test_fish_gets_a_member_with_its_country(tmp_path: Path) -> None:
    typed = "address.country=GB"
    assert asked(tmp_path, "fish", f"partnercenter billing set {typed}", typed) == f"plain,{typed}\n"


def test_powershell_gets_a_member_with_its_country(tmp_path: Path) -> None:
    typed = "address.country=GB"
    assert asked(tmp_path, "powershell", f"partnercenter billing set {typed}", "3") == f"plain\n{typed}\n_\n"


@pytest.mark.parametrize("shell", SHELLS)
def test_every_shell_gets_a_script_that_asks_under_the_name_of_the_command(shell: str) -> None:
    script = command_line("completion", shell)
    assert script.returncode == 0, script.stderr
    assert "partnercenter" in script.stdout
    assert "_PARTNERCENTER_COMPLETE" in script.stdout
    assert f"{shell}_complete" in script.stdout


def test_a_shell_that_is_none_of_them_exits_2() -> None:
    assert command_line("completion", "tcsh").returncode == 2


@pytest.mark.parametrize(("words", "least"), [("partnercenter ", 1), ("partnercenter billing ", 2)])
def test_completing_a_verb_loads_none_of_them(tmp_path: Path, words: str, least: int) -> None:
    loaded = (
        "import sys\nsys.argv=['partnercenter']\nfrom partnercenter.__main__ import main\n"
        "try: main()\nexcept SystemExit: pass\n"
        "print([name for name in ('msal', 'yaml', 'httpx2', 'partnercenter.service') if name in sys.modules])"
    )
    variables = {"_PARTNERCENTER_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(least)}
    assert run([sys.executable, "-c", loaded], tmp_path, **variables).splitlines()[-1] == "[]"
