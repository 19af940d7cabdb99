"""`apply` asks once, on a terminal; in a real cloud it says where before."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import pytest

from partnercenter.cli.exit_codes import ExitCode
from partnercenter.cli.fleet import apply_run
from partnercenter.cli.fleet.apply_start import Start
from partnercenter.cli.fleet.manner import Manner
from partnercenter.fleet.report import AnyLine, ChangedMember, PlanLine, PlannedLine, ReadyLine
from partnercenter.fleet.signed_in import SignedIn
from tests.cli.fleet.stage import Fleet, running_fleet
from tests.cli.terminal import Terminal, terminal

_T = "2026-01-31T12:00:00.000Z"
_PRODUCTION = "https://api.partnercenter.microsoft.com"


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    with running_fleet(tmp_path_factory.mktemp("fleet"), 1) as running:
        yield running


@contextmanager
def _apply(fleet: Fleet, folder: Path, website: str) -> Iterator[Terminal]:
    """`apply` on a terminal, of a file that wants that website."""
    place = folder / "profiles.yaml"
    place.write_text(f"partners: [{{tenant: t0.example, support: {{website: {website}}}}}]")
    environ = {**fleet.service.environ, **fleet.environ}
    arguments = ("apply", "-f", str(place), "--credentials", str(fleet.credentials))
    with terminal(*arguments, environ=environ) as shown:
        yield shown


def test_the_answer_no_applies_nothing(fleet: Fleet, tmp_path: Path) -> None:
    with _apply(fleet, tmp_path, "www.refused.example") as shown:
        assert "→ www.refused.example" in shown.until("Apply to 1 partner? [y/N]: ")
        shown.type("n")
        assert shown.exit_code() == ExitCode.INTERRUPTED
    assert list(tmp_path.glob("*.jsonl")) == []


def test_the_answer_yes_applies_what_was_shown(fleet: Fleet, tmp_path: Path) -> None:
    with _apply(fleet, tmp_path, "www.agreed.example") as shown:
        shown.until("[y/N]: ")
        shown.type("y")
        shown.until("1 update applied.")
        assert shown.exit_code() == 0


def test_what_takes_long_has_a_bar(fleet: Fleet, tmp_path: Path) -> None:
    fleet.fail("update_support_profile", "slow", seconds=2)
    with _apply(fleet, tmp_path, "www.slow.example") as shown:
        shown.until("[y/N]: ")
        shown.type("y")
        shown.until("Applying")
        shown.until("1 update applied.")


def _of_production() -> Start:
    planned = PlannedLine(
        _T,
        tenant="contoso.com",
        profile="billing",
        tag="t",
        changes=[ChangedMember("companyName", "a", "b")],
        user="admin@contoso.com",
        service=_PRODUCTION,
    )
    head = PlanLine(_T, format=1, file="", salt="", fingerprint="")
    lines: list[AnyLine] = [head, planned, ReadyLine(_T, planned=1)]
    return Start(Path("profiles.yaml"), [], lines, ExitCode.OK)


def _nobody(tenant: str) -> SignedIn:
    raise AssertionError(f"{tenant} was asked")


def test_production_is_named_and_nothing_is_done_without_a_terminal_and_without_yes(
    capsys: pytest.CaptureFixture[str],
) -> None:
    manner = Manner(_nobody, parallel=1, keep_going=False, yes=False, as_json=False)  # type: ignore[arg-type]
    with pytest.raises(click.UsageError, match="This is production"):
        apply_run.begin(_of_production(), None, manner)
    assert f"{_PRODUCTION}, 1 tenant, admin@contoso.com: apply to 1 partner" in capsys.readouterr().err
