"""The doctor: each finding against the real thing that it is about."""

from __future__ import annotations

import json
import socket
import ssl
import time
from collections.abc import Mapping
from email.utils import formatdate
from pathlib import Path

import pytest
import trustme

from tests.cli.in_process import command_line
from tests.cli.sign_in import login
from tests.client.listening import answering, listening, plain
from tests.running_service import RunningService, running_service

CLOSED = "https://localhost:1"
PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")
CA_VARIABLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR")


class Findings:
    """What the doctor found, by subject; of several of one subject the worst."""

    def __init__(self, printed: str, code: int) -> None:
        self.code = code
        order = ["skipped", "ok", "warning", "problem"]
        self.all = sorted(json.loads(printed), key=lambda finding: order.index(finding["state"]))
        self.worst = {finding["subject"]: finding for finding in self.all}

    def state(self, subject: str) -> str:
        return str(self.worst[subject]["state"])

    def mend(self, subject: str) -> str:
        return str(self.worst[subject]["mend"])

    def told(self, subject: str) -> str:
        return str(self.worst[subject]["told"])


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*PROXIES, *CA_VARIABLES):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


def doctor(environ: Mapping[str, str], *before: str, config: Path = Path("/nonexistent")) -> Findings:
    ended = command_line(*before, "doctor", "-o", "json", environ={"PARTNERCENTER_CONFIG_DIR": str(config), **environ})
    assert ended.returncode in (0, 1), ended.stderr
    return Findings(ended.stdout, ended.returncode)


@pytest.fixture
def exports(local_service: RunningService) -> dict[str, str]:
    """What a shell has after `partnercenter env`, without what is for other tools."""
    found = local_service.variables
    return {name: value for name, value in found.items() if name.startswith("PARTNERCENTER_")}


def test_where_everything_works_every_finding_is_ok(exports: dict[str, str]) -> None:
    found = doctor(exports)
    assert {finding["state"] for finding in found.all} == {"ok"}
    assert found.code == 0


def test_everything_is_looked_at(exports: dict[str, str]) -> None:
    subjects = "versions sign-in trust proxy dns tls clock authority token mfa roles api"
    assert set(doctor(exports).worst) == set(subjects.split())


def test_where_nothing_is_configured_the_doctor_says_how_to_begin() -> None:
    found = doctor({})
    assert found.code == 1
    assert found.state("sign-in") == "problem"
    assert "partnercenter login" in found.mend("sign-in")
    assert found.state("versions") == "ok"
    assert found.state("api") == "skipped"


def test_a_service_that_is_down_is_a_problem_that_serve_mends(exports: dict[str, str]) -> None:
    found = doctor(exports | {"PARTNERCENTER_BASE_URL": CLOSED})
    assert found.state("connection") == "problem"
    assert found.mend("connection") == "partnercenter serve"


def test_a_name_without_an_address_is_a_problem(exports: dict[str, str]) -> None:
    found = doctor(exports | {"PARTNERCENTER_BASE_URL": "https://nowhere.invalid"})
    assert found.state("dns") == "problem"
    assert "nowhere.invalid" in found.mend("dns")


def test_the_trust_is_told_in_words(exports: dict[str, str]) -> None:
    told = doctor(exports).told("trust")
    assert told == f"only the one certificate authority in {exports['PARTNERCENTER_CA_BUNDLE']}"


def test_a_wrong_ca_is_a_problem_whose_mend_can_be_pasted(exports: dict[str, str], tmp_path: Path) -> None:
    trustme.CA().cert_pem.write_to_path(tmp_path / "other.pem")
    found = doctor(exports | {"PARTNERCENTER_CA_BUNDLE": str(tmp_path / "other.pem")})
    assert found.state("tls") == "problem"
    assert found.mend("tls") == 'eval "$(partnercenter env)"'


@pytest.mark.parametrize("content", [None, "", "no certificate"])
def test_a_ca_bundle_that_cannot_be_used_is_a_problem(
    exports: dict[str, str], tmp_path: Path, content: str | None
) -> None:
    if content is not None:
        (tmp_path / "ca.pem").write_text(content)
    assert doctor(exports | {"PARTNERCENTER_CA_BUNDLE": str(tmp_path / "ca.pem")}).state("trust") == "problem"


@pytest.mark.parametrize("variable", CA_VARIABLES)
def test_a_variable_that_names_a_ca_bundle_which_is_not_there_is_a_problem(
    exports: dict[str, str], variable: str
) -> None:
    found = doctor(exports | {variable: "/nonexistent/ca.pem"})
    assert found.state("trust") == "problem"
    assert found.mend("trust") == f"unset {variable}"


def test_a_variable_of_requests_that_only_the_authority_obeys_is_a_warning(
    exports: dict[str, str], local_service: RunningService
) -> None:
    bundle = exports.pop("PARTNERCENTER_CA_BUNDLE")
    found = doctor(exports | {"REQUESTS_CA_BUNDLE": bundle})
    assert found.state("trust") == "warning"
    assert found.mend("trust") == f"export PARTNERCENTER_CA_BUNDLE={bundle}"


def test_a_host_that_speaks_no_tls_is_a_problem(exports: dict[str, str]) -> None:
    def speak_plainly(connection: socket.socket) -> None:
        connection.recv(1)
        connection.sendall(plain(b""))

    with listening(speak_plainly) as address:
        found = doctor(exports | {"PARTNERCENTER_BASE_URL": address.replace("http:", "https:")})
    assert found.state("tls") == "problem"


def test_plain_http_is_a_warning(tmp_path: Path) -> None:
    with running_service(tmp_path, "--no-tls") as service:
        exports = {name: value for name, value in service.variables.items() if name.startswith("PARTNERCENTER_")}
        found = doctor(exports)
    assert found.state("sign-in") == "problem"  # MSAL refuses plain http
    assert found.state("tls") == "warning"


@pytest.mark.parametrize(("seconds", "state"), [(0, "ok"), (60, "warning"), (-60, "warning"), (3600, "problem")])
def test_the_clock_of_the_service_is_compared_with_this_one(
    exports: dict[str, str], tmp_path: Path, seconds: int, state: str
) -> None:
    authority, context = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    date = formatdate(time.time() - seconds, usegmt=True)
    with listening(answering(plain(b"", "401 Unauthorized", f"Date: {date}")), context) as address:
        found = doctor(
            exports | {"PARTNERCENTER_BASE_URL": address, "PARTNERCENTER_CA_BUNDLE": str(tmp_path / "ca.pem")}
        )
    assert found.state("clock") == state


def test_a_proxy_for_a_host_elsewhere_is_a_warning_without_its_password(exports: dict[str, str]) -> None:
    with listening(answering(plain(b"", "403 Forbidden"))) as address:
        proxy = address.replace("http://", "http://jo:canary@")
        found = doctor(exports | {"PARTNERCENTER_BASE_URL": "https://elsewhere.invalid", "HTTPS_PROXY": proxy})
    assert found.state("proxy") == "warning"
    assert found.mend("proxy") == 'export NO_PROXY="elsewhere.invalid,$NO_PROXY"'
    assert "canary" not in json.dumps(found.all)


def test_a_proxy_at_which_nobody_listens_is_a_problem(exports: dict[str, str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    elsewhere = {"PARTNERCENTER_BASE_URL": "https://elsewhere.invalid", "HTTPS_PROXY": f"http://127.0.0.1:{port}"}
    assert doctor(exports | elsewhere).state("proxy") == "problem"


@pytest.mark.parametrize(
    "proxy", ["http://proxy.invalid:abc", "http://jo:canary", "http://[::1", "proxy.invalid:99999"]
)
def test_a_proxy_that_is_no_address_is_a_problem(exports: dict[str, str], proxy: str) -> None:
    found = doctor(exports | {"PARTNERCENTER_BASE_URL": "https://elsewhere.invalid", "HTTPS_PROXY": proxy})
    assert (found.state("proxy"), "is no address" in found.told("proxy")) == ("problem", True)
    assert "canary" not in str(found.all)


def test_a_ca_bundle_that_cannot_be_used_is_not_taken_for_a_service_that_is_down(exports: dict[str, str]) -> None:
    found = doctor(exports | {"PARTNERCENTER_CA_BUNDLE": "/nowhere.pem"})
    assert (found.state("trust"), found.state("tls")) == ("problem", "skipped")
    assert "connection" not in found.worst


def test_a_proxy_does_not_catch_what_stays_on_this_machine(exports: dict[str, str]) -> None:
    assert doctor(exports | {"HTTPS_PROXY": "http://127.0.0.1:1"}).state("proxy") == "ok"


def test_a_tenant_that_the_authority_does_not_know_is_a_problem(exports: dict[str, str]) -> None:
    found = doctor(exports | {"PARTNERCENTER_TENANT_ID": "a0000000-0000-4000-8000-00000000000f"})
    assert found.state("authority") == "problem"


def test_a_wrong_secret_is_a_problem_of_the_token_that_says_what_to_check(exports: dict[str, str]) -> None:
    found = doctor(exports | {"PARTNERCENTER_CLIENT_SECRET": "wrong"})
    assert (found.state("token"), found.state("mfa")) == ("problem", "skipped")
    assert "client secret" in found.mend("token")


def test_a_user_without_a_second_factor_is_a_problem(local_service: RunningService, tmp_path: Path) -> None:
    login(local_service, tmp_path, user="nomfa@first.partner.example")
    found = doctor({}, config=tmp_path)
    assert found.state("mfa") == "problem"
    assert "aka.ms/mfasetup" in found.mend("mfa")
    assert "900421" in found.told("api")


def test_a_user_without_a_role_is_a_warning_and_refused_by_the_api(
    local_service: RunningService, tmp_path: Path
) -> None:
    login(local_service, tmp_path, user="norole@first.partner.example")
    found = doctor({}, config=tmp_path)
    assert (found.state("roles"), found.state("api")) == ("warning", "problem")
    assert "900150" in found.told("api")


def test_a_token_of_which_the_refresh_has_ended_is_a_problem_that_a_login_mends(
    local_service: RunningService, tmp_path: Path
) -> None:
    login(local_service, tmp_path)
    file = tmp_path / "tokens" / "default.json"
    (account,) = json.loads(file.read_text())
    file.write_text(json.dumps({account: {"refreshToken": "x.y.z"}}))
    found = doctor({}, config=tmp_path)
    assert found.state("token") == "problem"
    assert "Sign in again" in found.mend("token")


def test_the_guard_against_real_clouds_is_a_finding(exports: dict[str, str]) -> None:
    cloud = {name: value for name, value in exports.items() if name.split("_", 1)[1] not in ("BASE_URL", "AUTHORITY")}
    found = doctor(cloud | {"PARTNERCENTER_REAL_CLOUDS": "refuse"})
    assert found.state("guard") == "problem"


def test_a_query_picks_the_lines_that_mend_what_is_wrong(exports: dict[str, str]) -> None:
    query = ("--query", "[?state=='problem'].mend", "-o", "tsv")
    down = {**exports, "PARTNERCENTER_BASE_URL": CLOSED, "PARTNERCENTER_CONFIG_DIR": "/nonexistent"}
    assert command_line("doctor", *query, environ=down).stdout == "partnercenter serve\npartnercenter serve\n"


def test_a_table_has_each_finding_with_the_line_that_mends_it(exports: dict[str, str]) -> None:
    ended = command_line(
        "doctor", environ={**exports, "PARTNERCENTER_BASE_URL": CLOSED, "PARTNERCENTER_CONFIG_DIR": "/nonexistent"}
    )
    assert ended.returncode == 1
    lines = ended.stdout.splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith("problem"))
    assert lines[at + 1].strip() == "mend: partnercenter serve"
    assert lines[-1].startswith("2 problem(s)")
