"""The docs say what the program does: tables are compared with the code, printed output with what is printed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from partnercenter.cli.exit_codes import ExitCode
from partnercenter.service import refusals, seed
from partnercenter.service.settings import Option, options
from partnercenter.wire.error_envelope import ErrorCode
from tests.docs.snippets import same
from tests.running_service import RunningService

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


def _page(name: str) -> str:
    return (ROOT / "docs" / name).read_text("utf-8")


def _blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def test_settings_lists_every_option_of_serve_with_its_default_and_meaning() -> None:
    rows = re.findall(r"^\| `--([a-z-]+)` \| (.+?) \| (.+?) \|$", _page("settings.md"), re.MULTILINE)
    assert rows == [(option.name, _default(option), option.help + _choices(option)) for option in options()]


def _default(option: Option) -> str:
    if option.default == "":
        return "none"
    return "off" if option.default is False else f"`{option.typed_default}`"


def _choices(option: Option) -> str:
    return f" ({', '.join(f'`{choice}`' for choice in option.choices)})" if option.choices else ""


def test_settings_lists_every_exit_code() -> None:
    rows = re.findall(r"^\| (\d+) \| (.+?) \|$", _page("settings.md"), re.MULTILINE)
    assert rows == [(str(code.value), code.meaning) for code in ExitCode]


def test_errors_lists_every_code() -> None:
    rows = re.findall(r"^\| (\d+) \| \d", _page("errors.md"), re.MULTILINE)
    assert {int(code) for code in rows} == set(ErrorCode)


def test_errors_lists_every_refusal_with_its_status() -> None:
    rows = re.findall(r"^\| (\d+) \| ([\d, ]+) \|", _page("errors.md"), re.MULTILINE)
    listed = {(int(code), int(status)) for code, statuses in rows for status in statuses.split(", ")}
    coded = [reason.value for reason in refusals.Reason if reason.value.code is not None]
    assert {(int(answer.code or 0), answer.status) for answer in coded} <= listed


def test_seed_data_lists_every_tenant_user_and_application() -> None:
    page, directory = _page("seed-data.md"), seed.DIRECTORY
    published = [
        *(text for tenant in directory.tenants for text in (tenant.id, tenant.domain, tenant.name)),
        *(text for user in directory.users for text in (user.id, user.user_principal_name, user.password)),
        *(text for app in directory.applications for text in (app.id, app.secret, *app.redirect_uris)),
        *(token.token for token in directory.refresh_tokens),
        seed.SECOND_FACTOR,
    ]
    assert [text for text in published if str(text) not in page] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_to_a_file(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)", page.read_text("utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_the_decisions_are_listed() -> None:
    listed = re.findall(r"\]\((\d{4}-[\w-]+\.md)\)", _page("decisions/README.md"))
    assert listed == sorted(path.name for path in (ROOT / "docs" / "decisions").glob("0*.md"))


def test_the_tour_names_files_that_are_there() -> None:
    named = re.findall(r"`((?:client|service|wire|gate|endpoints|operations|storage)/[\w/]+\.py)`", _page("tour.md"))
    package = ROOT / "src" / "partnercenter"
    assert named
    assert [name for name in named if not ((package / name).exists() or (package / "service" / name).exists())] == []


def _without_chance(text: str) -> str:
    """The text with what differs from run to run replaced: tags, ids, times, the random number, where it is called."""
    for pattern, word in (
        (r"eyJ[\w=+/-]+", "<tag>"),
        (r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "<guid>"),
        (r"\d{4}-\d\d-\d\dT[\d:.]+Z", "<date>"),
        (r"\d+\.\d s\b", "<seconds>"),
        (r"\b9\d{3}\b(?! →)", "<number>"),
        (r"\.venv/bin/", ""),
    ):
        text = re.sub(pattern, word, text)
    return text


def test_the_readme_prints_what_quickstart_prints() -> None:
    shown = next(block for block in _blocks("console") if block.startswith("$ make quickstart\n"))
    command, installing, *story = shown.splitlines()
    assert f'echo "{installing.strip()}"' in (ROOT / "Makefile").read_text().replace("$(VENV)", ".venv")
    assert command == "$ make quickstart"
    run = [sys.executable, "-m", "partnercenter", "quickstart"]
    environ = {name: value for name, value in os.environ.items() if name not in ("FORCE_COLOR", "COLUMNS")}
    told = subprocess.run(run, capture_output=True, text=True, timeout=60, check=True, env=environ)
    printed = _without_chance(told.stderr + told.stdout)
    assert same([_without_chance(line) for line in story], printed), printed


def test_the_curl_of_the_readme_reads_the_profile(local_service: RunningService) -> None:
    block = next(block for block in _blocks("console") if "curl" in block)
    script = "\n".join(line.removeprefix("$ ") for line in block.splitlines())
    read = subprocess.run(
        ["bash", "-c", script], env=local_service.environ, capture_output=True, text=True, timeout=60, check=True
    )
    assert '"companyName":"TEST_TEST_BugBash1"' in read.stdout
