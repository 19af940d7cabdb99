"""The compose file and its Dockerfile. No container is run: they are read, and what they name is there and is taken."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml

from partnercenter.cli.local import serve
from partnercenter.service import seed
from tests.running_service import running_service

COMPOSE = Path(__file__).parents[2] / "examples" / "compose" / "compose.yaml"
DOCKERFILE = COMPOSE.with_name("Dockerfile")
CHECKOUT = (COMPOSE.parent / "../..").resolve()
SERVICES: Mapping[str, Mapping[str, object]] = yaml.safe_load(COMPOSE.read_text("utf-8"))["services"]
SERVER, CLIENT = SERVICES["partner-center"], SERVICES["client"]
INSTRUCTIONS = re.sub(r"\\\n", " ", DOCKERFILE.read_text("utf-8")).splitlines()


def _texts(value: object) -> list[str]:
    assert isinstance(value, list)
    return [str(each) for each in value]


def _environment(service: Mapping[str, object]) -> dict[str, str]:
    found = service["environment"]
    assert isinstance(found, dict)
    return found


def _instruction(name: str) -> str:
    return next(line.split(maxsplit=1)[1] for line in reversed(INSTRUCTIONS) if line.startswith(f"{name} "))


def _options(arguments: list[str]) -> dict[str, object]:
    """What `partnercenter serve` takes them for; click.UsageError if it does not."""
    verb, *rest = arguments
    assert verb == "serve"
    return serve.command.make_context("serve", rest, resilient_parsing=False).params


def test_the_service_is_one_for_tests_that_others_reach_under_its_name() -> None:
    options = _options(_texts(SERVER["command"]))
    chosen = {name: options[name] for name in ("test", "host", "base_url", "port")}
    expected = {"test": True, "host": "0.0.0.0", "base_url": "https://partner-center:8443", "port": 8443}
    assert chosen == expected


def test_the_image_alone_serves_tests_too() -> None:
    options = _options([str(each) for each in yaml.safe_load(_instruction("CMD"))])
    assert (options["test"], options["host"], str(options["data"])) == (True, "0.0.0.0", "/data")


def test_the_build_has_what_it_copies() -> None:
    build = SERVER["build"]
    assert isinstance(build, dict)
    assert (COMPOSE.parent / build["context"]).resolve() == CHECKOUT
    assert CHECKOUT / build["dockerfile"] == DOCKERFILE
    copied = [shlex.split(line)[1:-1] for line in INSTRUCTIONS if line.startswith("COPY ") and "--from" not in line]
    assert [source for sources in copied for source in sources if not (CHECKOUT / source).exists()] == []


def test_what_is_copied_is_not_ignored() -> None:
    kept = DOCKERFILE.with_name("Dockerfile.dockerignore").read_text("utf-8").splitlines()
    copied = [shlex.split(line)[1:-1] for line in INSTRUCTIONS if line.startswith("COPY ") and "--from" not in line]
    assert {f"!{source}" for sources in copied for source in sources} <= set(kept)


def test_the_client_waits_until_the_service_is_healthy() -> None:
    assert CLIENT["depends_on"] == {"partner-center": {"condition": "service_healthy"}}


def test_who_runs_the_service_is_not_root_and_can_be_read_by_the_client() -> None:
    user = re.search(r"useradd .*--uid (\d+) (\w+)", DOCKERFILE.read_text("utf-8"))
    assert user
    assert (_instruction("USER"), CLIENT["user"]) == (user[2], user[1])


def test_the_client_mounts_the_folder_of_the_service_where_its_ca_is_named() -> None:
    assert "data:/data:ro" in _texts(CLIENT["volumes"])
    assert [_environment(CLIENT)[name] for name in ("PARTNERCENTER_CA_BUNDLE", "NODE_EXTRA_CA_CERTS")] == [
        "/data/ca.pem",
        "/data/ca.pem",
    ]


def test_the_client_is_given_what_the_seed_publishes() -> None:
    given = _environment(CLIENT)
    token = seed.PUBLISHED.directory.refresh_tokens[0]
    user = seed.PUBLISHED.directory.find_user(token.user_id)
    assert user
    assert [
        given[f"PARTNERCENTER_{name}"] for name in ("TENANT_ID", "CLIENT_ID", "CLIENT_SECRET", "REFRESH_TOKEN")
    ] == [
        user.tenant_id,
        seed.APP_USER.id,
        seed.APP_USER.secret,
        token.token,
    ]


def test_both_have_the_same_admin_token() -> None:
    name = "PARTNERCENTER_ADMIN_TOKEN"
    assert _environment(SERVER)[name] == _environment(CLIENT)[name]


def test_the_admin_token_that_stands_there_is_taken_and_the_health_check_passes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = re.search(r":-([^}]+)", _environment(SERVER)["PARTNERCENTER_ADMIN_TOKEN"])
    assert token
    monkeypatch.setenv("PARTNERCENTER_ADMIN_TOKEN", token[1])
    check = _instruction("HEALTHCHECK").partition("CMD ")[2].replace("/data", str(tmp_path / "data"))
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environ = {**os.environ, "PATH": path}
    before = subprocess.run(["sh", "-c", check], env=environ, timeout=60, check=False, capture_output=True)
    with running_service(tmp_path / "data", "--test") as service:
        assert service.variables["PARTNERCENTER_ADMIN_TOKEN"] == token[1]
        after = subprocess.run(["sh", "-c", check], env=environ, timeout=60, check=False, capture_output=True)
    assert (before.returncode != 0, after.returncode) == (True, 0)


def test_the_mounted_files_are_there() -> None:
    sources = [volume.partition(":")[0] for volume in _texts(CLIENT["volumes"]) if volume.startswith(".")]
    script = Path(_texts(CLIENT["command"])[1])
    [folder] = [COMPOSE.parent / source for source in sources]
    assert (folder / script.name).exists()
