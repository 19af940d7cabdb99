"""A report on the disk, for its owner alone; one process writes it at a time."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from partnercenter.fleet.report import AgreedLine, AnyLine, ReadyLine, ReportError, ResumedLine, encode
from partnercenter.fleet.report_file import ReportFile
from tests.fleet.test_report import BEGUN, PLAN, PLANNED, T

_HEAD: list[AnyLine] = [PLAN, PLANNED, ReadyLine(T, planned=1), AgreedLine(T)]


def _text(*lines: AnyLine) -> bytes:
    return b"".join(map(encode, lines))


def test_it_is_readable_for_its_owner_alone(tmp_path: Path) -> None:
    place = tmp_path / "report"
    ReportFile.create(place, _HEAD).close()
    assert place.stat().st_mode & 0o777 == 0o600


def test_a_file_that_is_there_is_never_written_over(tmp_path: Path) -> None:
    place = tmp_path / "report"
    place.write_text("mine")
    with pytest.raises(FileExistsError):
        ReportFile.create(place, _HEAD)
    assert place.read_text() == "mine"


def test_a_line_is_on_the_disk_when_append_returns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[bytes] = []
    place = tmp_path / "report"
    with ReportFile.create(place, _HEAD) as report:
        monkeypatch.setattr(os, "fsync", lambda _descriptor: synced.append(place.read_bytes()))
        report.append(BEGUN)
    assert synced == [_text(*_HEAD, BEGUN)]


def test_half_a_line_is_taken_away_before_the_next_one(tmp_path: Path) -> None:
    place = tmp_path / "report"
    place.write_bytes(_text(*_HEAD, BEGUN)[:-5])
    with ReportFile.reopen(place)[0] as report:
        report.append(ResumedLine(T))
    assert place.read_bytes() == _text(*_HEAD, ResumedLine(T))


def test_two_processes_do_not_write_one_report(tmp_path: Path) -> None:
    with ReportFile.create(tmp_path / "report", _HEAD) as report, pytest.raises(ReportError, match="Another process"):
        ReportFile.reopen(report.path)


def test_no_line_follows_one_that_could_not_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int, text: memoryview) -> int:
        raise OSError(28, "No space left on device")

    with ReportFile.create(tmp_path / "report", _HEAD) as report:
        with monkeypatch.context() as patch:
            patch.setattr(os, "write", full)
            with pytest.raises(OSError, match="No space left"):
                report.append(BEGUN)
        with pytest.raises(OSError, match="earlier line"):
            report.append(BEGUN)
    assert report.path.read_bytes() == _text(*_HEAD)


def test_whoever_still_appends_after_the_end_is_refused(tmp_path: Path) -> None:
    report = ReportFile.create(tmp_path / "report", _HEAD)
    report.close()
    with pytest.raises(OSError, match="earlier line"):
        report.append(BEGUN)
