"""What scripts ask for often is answered at once."""

from __future__ import annotations

import subprocess
import sys

import pytest

import partnercenter


def _python(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=True).stdout


def test_the_version_is_that_of_the_package() -> None:
    told = subprocess.run(
        [sys.executable, "-m", "partnercenter", "--version"], capture_output=True, text=True, timeout=30, check=True
    )
    assert told.stdout == f"partnercenter {partnercenter.__version__}\n"


@pytest.mark.parametrize("library", ["click", "typing", "importlib.metadata", "msgspec"])
def test_the_version_is_told_without_loading_the_command_line(library: str) -> None:
    code = (
        "import sys; sys.argv = ['partnercenter', '--version']\n"
        "from partnercenter.__main__ import main; main(); print(sorted(sys.modules))"
    )
    assert f"'{library}'" not in _python(code)


@pytest.mark.parametrize("library", ["click", "httpx2", "msal", "opentelemetry", "partnercenter.client"])
def test_importing_the_package_loads_none_of_its_rooms(library: str) -> None:
    assert f"'{library}'" not in _python("import sys, partnercenter; print(sorted(sys.modules))")


@pytest.mark.parametrize("library", ["partnercenter.service", "partnercenter.client", "hypothesis", "httpx2", "yaml"])
def test_the_pytest_plugin_loads_nothing_before_a_test_asks_for_it(library: str) -> None:
    assert f"'{library}'" not in _python("import sys, partnercenter.testing.plugin; print(sorted(sys.modules))")


@pytest.mark.parametrize("library", ["rich", "httpx2", "msal", "yaml", "asyncio", "partnercenter.client"])
@pytest.mark.parametrize(
    "words", [["--help"], ["billing", "get", "--help"], ["billing", "--help"], ["legal", "--help"]]
)
def test_a_help_text_is_shown_without_loading_what_does_the_work(words: list[str], library: str) -> None:
    code = (
        f"import sys; sys.argv = ['partnercenter', *{words}]\n"
        "from partnercenter.__main__ import main\n"
        "try: main()\nexcept SystemExit: print(sorted(sys.modules))"
    )
    assert f"'{library}'" not in _python(code)
