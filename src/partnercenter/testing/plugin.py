"""The pytest plugin: the fixture `partner_center`, what is reported of it, and the guard against real clouds.

pytest loads this module in every project of an environment that has the package, so it loads nothing itself:
everything else is imported when a test first asks for the fixture.
"""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from partnercenter.testing.double import PartnerCenterDouble
    from partnercenter.testing.running import Running

FIXTURE = "partner_center"
_MARKER_ARGUMENTS = "preset=, cloud=, mfa=, roles=, throttle=, ..."
SECTION = "Partner Center: manners of the client"

_MANNERS = "partner_center_manners"
_REAL_CLOUDS = "partner_center_real_clouds"
_CHOICES = {
    _MANNERS: (
        ("report", "fail", "off"),
        "what becomes of bad manners of a client (it did not wait for Retry-After, sent no entity tag, ...)",
    ),
    _REAL_CLOUDS: (
        ("auto", "refuse", "allow"),
        "whether the SDK may reach Microsoft's clouds; auto: not if a collected test uses the fixture partner_center",
    ),
}
# The name and the words of client/cloud_guard.py, which is not loaded for them.
_GUARD_VARIABLE = "PARTNERCENTER_REAL_CLOUDS"

_manners_key = pytest.StashKey[str]()
_passed_key = pytest.StashKey[bool]()
_variable_key = pytest.StashKey[str | None]()


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    """Each setting as an option of the command line and in the configuration file."""
    _load_package_as_it_is(pluginmanager)
    group = parser.getgroup("partnercenter", "Partner Center in the process (fixture partner_center)")
    for name, (choices, text) in _CHOICES.items():
        group.addoption(
            f"--{name.replace('_', '-')}", choices=choices, help=f"{text}; the default is {choices[0]} (ini: {name})"
        )
        parser.addini(name, f"{', '.join(choices)}: {text}", default=choices[0])


def _load_package_as_it_is(pluginmanager: pytest.PytestPluginManager) -> None:
    """Have pytest rewrite the asserts of this module alone, not of every module of the package that it came with.

    It does so for the whole distribution of a plugin ("Assertion Rewriting", pytest documentation): whoever tests
    with the SDK would wait for its modules to be parsed again. There is no public way to say no; without it, as
    with a pytest that has another one, tests run all the same.
    """
    getattr(pluginmanager.rewrite_hook, "_must_rewrite", set()).discard("partnercenter")


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known; refuse a setting that is none before a test runs."""
    config.addinivalue_line(
        "markers", f"{FIXTURE}({_MARKER_ARGUMENTS}): how the fixture {FIXTURE} is set, as `serve` is"
    )
    for name in _CHOICES:
        _setting(config, name)


@pytest.hookimpl(trylast=True)
def pytest_collection_finish(session: pytest.Session) -> None:
    """Put the guard up, if it is to be up."""
    config = session.config
    wanted = _setting(config, _REAL_CLOUDS)
    uses_fixture = any(FIXTURE in getattr(item, "fixturenames", ()) for item in session.items)
    # Whoever has set the variable has decided, but for an explicit setting of pytest.
    automatic = wanted == "auto" and uses_fixture and _GUARD_VARIABLE not in os.environ
    if wanted == "auto" and not automatic:
        return
    config.stash[_variable_key] = os.environ.get(_GUARD_VARIABLE)
    # The variable, so that child processes of the tests obey it, too.
    os.environ[_GUARD_VARIABLE] = "refuse" if automatic else wanted


def pytest_unconfigure(config: pytest.Config) -> None:
    """Leave the environment as it was: pytest may have been called by a program that goes on."""
    before = config.stash.get(_variable_key, "")
    if before:
        os.environ[_GUARD_VARIABLE] = before
    elif before is None:
        os.environ.pop(_GUARD_VARIABLE, None)


@pytest.fixture(scope="session")
def _partner_center_running() -> Iterator[Running]:
    """The one double of this process (of this worker, with pytest-xdist)."""
    from partnercenter.testing.running import Running, ServiceMissingError

    try:
        running = Running.start()
    except ServiceMissingError as error:
        raise _failure(error) from None
    yield running
    running.stop()


@pytest.fixture
def partner_center(
    _partner_center_running: Running, request: pytest.FixtureRequest
) -> Generator[PartnerCenterDouble, None, None]:
    """A running Partner Center in this process, as new for every test: `partner_center.client()` is signed in.

    At the end planned faults that never happened fail the test, and bad manners of clients are reported.
    """
    from partnercenter.service.settings import SettingsError
    from partnercenter.testing.double import PartnerCenterDouble

    try:
        double = PartnerCenterDouble(_partner_center_running, _switches(request.node))
    except SettingsError as error:
        raise _failure(error) from None
    yield double
    try:
        faults, manners = double.faults.tell_unused(), double.manners.report()
    finally:
        double.end()
    complaints = []
    if faults:
        complaints.append(faults)
    if manners:
        wanted = _setting(request.config, _MANNERS)
        if wanted == "report":
            request.node.stash[_manners_key] = manners
        elif wanted == "fail":
            complaints.append(f"A client had bad manners:\n{manners}\n{_MANNERS_ADVICE}")
    # A test that failed, was skipped or was expected to fail may have ended before it met its faults, and says more
    # than these; so does another fixture that could not be made.
    if complaints and request.node.stash.get(_passed_key, False):
        pytest.fail("\n".join(complaints), pytrace=False)


def _failure(error: Exception) -> BaseException:
    """What pytest.fail raises, for `raise ... from None`: else pytest shows `error` once more, as what led to it."""
    return pytest.fail.Exception(str(error), pytrace=False)


_MANNERS_ADVICE = "If the test means it: partner_center.manners.allow_bad()."


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Note whether the test passed; put the manners into its report, which travels from workers to the terminal."""
    report = yield
    if call.when in ("setup", "call"):
        item.stash[_passed_key] = call.when == "call" and report.passed
    manners = item.stash.get(_manners_key, "")
    if call.when == "teardown" and manners:
        report.sections.append((SECTION, manners))
        del item.stash[_manners_key]  # a test can be run once more
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """List the bad manners of passed tests, too; pytest itself shows the sections of failed ones alone."""
    told = [
        (report.nodeid, content)
        for reports in terminalreporter.stats.values()
        for report in reports
        for title, content in getattr(report, "sections", ())
        if title == SECTION
    ]
    if not told:
        return
    terminalreporter.section(SECTION)
    for nodeid, content in told:
        terminalreporter.write_line(nodeid, yellow=True)
        for line in content.splitlines():
            terminalreporter.write_line(f"  {line}")
    terminalreporter.write_line(f"{_MANNERS_ADVICE} To have them fail tests: {_MANNERS} = fail; to hide them: off.")


def _switches(node: pytest.Item) -> dict[str, object]:
    """What the markers of a test, its class and its module say; the closest wins."""
    markers = reversed(list(node.iter_markers(FIXTURE)))
    return {name: value for marker in markers for name, value in marker.kwargs.items()}


def _setting(config: pytest.Config, name: str) -> str:
    """The option of the command line, else that of the configuration file. Raises UsageError."""
    given = str(config.getoption(name) or config.getini(name))
    choices = _CHOICES[name][0]
    if given not in choices:
        raise pytest.UsageError(f"{name} is {given!r}; it can be {', '.join(choices)}.")
    return given
