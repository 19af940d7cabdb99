"""What pytest makes of the fixture: errors at the end of a test, the summary, workers, and a package without extras."""

from __future__ import annotations

import importlib
import subprocess
import sys
import textwrap

import pytest

from partnercenter.testing import PartnerCenterDouble

pytest_plugins = ["pytester"]

_READS = """
def test_reads(partner_center):
    partner_center.client().profiles.billing_profile.get()
"""
_SENDS_NO_TAG = """
from partnercenter import ClientSettings, Concurrency

def test_sends_no_tag(partner_center):
    settings = ClientSettings(concurrency=Concurrency.NONE)
    billing = partner_center.client(settings=settings).profiles.billing_profile
    billing.update(billing.get())
"""


@pytest.fixture(autouse=True)
def _everything_is_loaded(partner_center: PartnerCenterDouble) -> None:
    """An inner pytest forgets the modules that it loads, and some libraries cannot be loaded twice."""
    partner_center.client().profiles.billing_profile.get()


def _run(pytester: pytest.Pytester, source: str, *arguments: str) -> pytest.RunResult:
    pytester.makepyfile(textwrap.dedent(source))
    return pytester.runpytest_inprocess("-p", "no:cacheprovider", *arguments)


def test_a_planned_fault_that_never_happened_is_an_error_at_the_end(pytester: pytest.Pytester) -> None:
    result = _run(
        pytester,
        """
        def test_meets_nothing(partner_center):
            partner_center.faults.plan("update_billing_profile", "reset", after=1, times=2)
        """,
    )
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*update_billing_profile: reset, 2 to come after 1 more requests"])


def test_unused_faults_can_be_allowed(pytester: pytest.Pytester) -> None:
    result = _run(
        pytester,
        """
        def test_meets_nothing(partner_center):
            partner_center.faults.plan("*", "reset")
            partner_center.faults.allow_unused()
        """,
    )
    result.assert_outcomes(passed=1)


def test_a_test_that_failed_is_not_blamed_for_faults_that_it_never_met(pytester: pytest.Pytester) -> None:
    result = _run(
        pytester,
        """
        def test_fails(partner_center):
            partner_center.faults.plan("*", "reset")
            assert False
        """,
    )
    result.assert_outcomes(failed=1)


def test_a_test_that_was_skipped_or_expected_to_fail_is_not_blamed_either(pytester: pytest.Pytester) -> None:
    result = _run(
        pytester,
        """
        import pytest

        def test_skips(partner_center):
            partner_center.faults.plan("*", "reset")
            pytest.skip("not here")

        @pytest.mark.xfail
        def test_fails(partner_center):
            partner_center.faults.plan("*", "reset")
            assert False
        """,
    )
    result.assert_outcomes(skipped=1, xfailed=1)


def test_a_fixture_that_fails_is_the_only_error(pytester: pytest.Pytester) -> None:
    result = _run(
        pytester,
        """
        import pytest

        @pytest.fixture
        def broken(partner_center):
            partner_center.faults.plan("*", "reset")
            raise OSError

        def test_never_runs(broken): ...
        """,
    )
    result.assert_outcomes(errors=1)


def test_faults_of_one_test_do_not_meet_the_next(pytester: pytest.Pytester) -> None:
    first = 'def test_plans(partner_center):\n    partner_center.faults.plan("*", "reset")\n'
    _run(pytester, first + _READS).assert_outcomes(passed=2, errors=1)


def test_bad_manners_are_listed_at_the_end(pytester: pytest.Pytester) -> None:
    result = _run(pytester, _SENDS_NO_TAG)
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["*manners of the client*", "*::test_sends_no_tag", "*tag*"])


def test_manners_of_one_run_are_not_those_of_the_next(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(
        """
        from _pytest.runner import runtestprotocol

        def pytest_runtest_protocol(item, nextitem):  # as plugins do that run a failed test again
            for _ in range(2):
                runtestprotocol(item, nextitem=nextitem, log=True)
            return True
        """
    )
    second = "    import pathlib\n    if pathlib.Path('ran').exists(): return\n    pathlib.Path('ran').touch()\n"
    source = _SENDS_NO_TAG.replace("(partner_center):\n", "(partner_center):\n" + second)
    result = _run(pytester, source)
    assert str(result.stdout).count("::test_sends_no_tag") == 1


@pytest.mark.parametrize("how", ["option", "ini"])
def test_bad_manners_fail_the_test_where_that_is_set(pytester: pytest.Pytester, how: str) -> None:
    if how == "ini":
        pytester.makeini("[pytest]\npartner_center_manners = fail")
    arguments = ["--partner-center-manners=fail"] if how == "option" else []
    _run(pytester, _SENDS_NO_TAG, *arguments).assert_outcomes(passed=1, errors=1)


def test_bad_manners_can_be_hidden(pytester: pytest.Pytester) -> None:
    result = _run(pytester, _SENDS_NO_TAG, "--partner-center-manners=off")
    result.stdout.no_fnmatch_line("*manners of the client*")


def test_bad_manners_that_are_meant_are_not_reported(pytester: pytest.Pytester) -> None:
    meant = _SENDS_NO_TAG + "    partner_center.manners.allow_bad()\n"
    _run(pytester, meant, "--partner-center-manners=fail").assert_outcomes(passed=1)


def test_a_setting_that_is_none_is_refused(pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]\npartner_center_manners = perhaps")
    result = _run(pytester, _READS)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*partner_center_manners is 'perhaps'; it can be report, fail, off."])


def test_the_fixture_is_listed_with_its_meaning(pytester: pytest.Pytester) -> None:
    result = _run(pytester, "", "--fixtures")
    result.stdout.fnmatch_lines(["*A running Partner Center in this process*"])


def test_an_asynchronous_test_awaits_its_client(pytester: pytest.Pytester) -> None:
    result = _run(
        pytester,
        """
        import pytest

        @pytest.fixture
        def anyio_backend():
            return "asyncio"

        @pytest.mark.anyio
        async def test_reads(partner_center):
            profile = await partner_center.async_client().profiles.billing_profile.get()
            assert profile.company_name == "TEST_TEST_BugBash1"
        """,
    )
    result.assert_outcomes(passed=1)


def _run_in_workers(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, workers: int) -> pytest.RunResult:
    # Without all the other plugins of this environment, which take longer to load than the tests to run.
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    return pytester.runpytest_subprocess("-p", "xdist", "-p", "partnercenter.testing.plugin", "-n", str(workers))


def test_every_worker_has_a_partner_center_of_its_own(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytester.makepyfile(
        """
        import pytest

        @pytest.mark.parametrize("number", range(6))
        def test_writes(partner_center, number):
            billing = partner_center.client().profiles.billing_profile
            profile = billing.get()
            assert profile.purchase_order_number == "9888"
            profile.purchase_order_number = str(number)
            billing.update(profile)
        """
    )
    _run_in_workers(pytester, monkeypatch, 2).assert_outcomes(passed=6)


def test_manners_travel_from_a_worker_to_the_terminal(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytester.makepyfile(_SENDS_NO_TAG)
    result = _run_in_workers(pytester, monkeypatch, 1)
    result.stdout.fnmatch_lines(["*manners of the client*", "*::test_sends_no_tag"])


def test_without_the_service_the_fixture_says_what_to_install(pytester: pytest.Pytester) -> None:
    pytester.makeconftest('import sys\nsys.modules["apsw"] = None\n')
    pytester.makepyfile(_READS)
    result = pytester.runpytest_subprocess()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(['*apsw is not installed. Install it: pip install "partnercenter?service?"'])


def test_modules_of_the_package_are_loaded_as_they_are() -> None:
    loader = importlib.import_module("partnercenter.testing.people").__loader__
    assert type(loader).__name__ == "SourceFileLoader"


def test_the_marker_sets_the_service_for_a_test_a_class_or_a_module(pytester: pytest.Pytester) -> None:
    result = _run(
        pytester,
        """
        import pytest
        from partnercenter import MfaRequiredError

        pytestmark = pytest.mark.partner_center(mfa="off")

        def test_of_the_module(partner_center):
            partner_center.client(user="nomfa").profiles.billing_profile.get()

        @pytest.mark.partner_center(mfa="enforce")
        def test_of_its_own(partner_center):
            with pytest.raises(MfaRequiredError):
                partner_center.client(user="nomfa").profiles.billing_profile.get()
        """,
        "--strict-markers",
    )
    result.assert_outcomes(passed=2)


def test_a_marker_that_sets_nothing_that_there_is_says_what_there_is(pytester: pytest.Pytester) -> None:
    source = "import pytest\npytestmark = pytest.mark.partner_center(port=1)\n" + _READS
    result = _run(pytester, source)
    result.stdout.fnmatch_lines(["*port cannot be set for a test. These can: preset, cloud,*"])
    result.stdout.no_fnmatch_line("*another exception*")


def test_a_project_that_does_not_use_the_fixture_loads_next_to_nothing() -> None:
    asked = (
        "import sys, pytest; before = set(sys.modules); import partnercenter.testing.plugin;"
        "print(len(set(sys.modules) - before))"
    )
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert int(done.stdout) <= 3
