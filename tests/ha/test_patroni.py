"""The configuration of Patroni: strict, and with a lock that nobody overwrites."""

from __future__ import annotations

from pathlib import Path

import pytest

from ha import patroni
from ha.machines import Machine


def _program(folder: Path, version: str) -> str:
    program = folder / "patroni"
    program.write_text(f"#!/bin/sh\necho patroni {version}\n")
    program.chmod(0o700)
    return str(program)


def _machine(number: int) -> Machine:
    return Machine(f"db{number}", f"198.18.0.{number}", f"198.19.0.{number}", Path("/nowhere"), ())


def _cluster(configuration: dict[str, patroni.Json]) -> dict[str, patroni.Json]:
    bootstrap = configuration["bootstrap"]
    assert isinstance(bootstrap, dict)
    cluster = bootstrap["dcs"]
    assert isinstance(cluster, dict)
    return cluster


def test_a_leader_without_a_standby_waits_instead_of_going_on_alone(tmp_path: Path) -> None:
    programs = {"patroni": _program(tmp_path, "4.0.4"), "initdb": "/usr/lib/postgresql/15/bin/initdb"}
    cluster = _cluster(patroni.configuration(_machine(1), [_machine(1)], programs, "password"))
    assert (cluster["synchronous_mode"], cluster["synchronous_mode_strict"]) == (True, True)


def test_the_times_obey_the_rule_of_patroni(tmp_path: Path) -> None:
    programs = {"patroni": _program(tmp_path, "4.0.4"), "initdb": "/usr/lib/postgresql/15/bin/initdb"}
    cluster = _cluster(patroni.configuration(_machine(1), [_machine(1)], programs, "password"))
    ttl, loop_wait, retry_timeout = (cluster[name] for name in ("ttl", "loop_wait", "retry_timeout"))
    assert isinstance(ttl, int)
    assert isinstance(loop_wait, int)
    assert isinstance(retry_timeout, int)
    assert loop_wait + 2 * retry_timeout <= ttl


@pytest.mark.parametrize(("version", "section"), [("3.0.2", "etcd"), ("3.0.3", "etcd3"), ("4.0.4", "etcd3")])
def test_a_patroni_that_overwrites_the_lock_talks_to_etcd_by_version_2(
    tmp_path: Path, version: str, section: str
) -> None:
    assert patroni.lock_protocol(_program(tmp_path, version)) == section
