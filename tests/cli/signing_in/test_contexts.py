"""Named services and users."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess
from threading import Thread

import pytest
from click.shell_completion import ShellComplete

from partnercenter import SignInError, cli
from partnercenter.cli.chosen import CHOSEN
from partnercenter.cli.signing_in import context_file, contexts
from partnercenter.cli.signing_in.context_file import Context
from partnercenter.cli.signing_in.session import open_for_tenant
from tests.cli.in_process import command_line
from tests.running_service import RunningService, running_service

FIRST, SECOND = "a0000000-0000-4000-8000-000000000001", "a0000000-0000-4000-8000-000000000002"

Run = Callable[..., "CompletedProcess[str]"]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """The command line with contexts in a folder of the test's own, and no other variable."""

    def command(*arguments: str, **environ: str) -> CompletedProcess[str]:
        return command_line(*arguments, environ={"PARTNERCENTER_CONFIG_DIR": str(tmp_path / "config"), **environ})

    return command


@pytest.fixture
def local(run: Run, local_service: RunningService) -> Run:
    """With the context `local`, which is the local service's."""
    assert run("contexts", "add", "local", "--from-data", str(local_service.folder)).returncode == 0
    return run


def facts(shown: CompletedProcess[str]) -> dict[str, object]:
    assert shown.returncode == 0, shown.stderr
    found = json.loads(shown.stdout)
    assert isinstance(found, dict)
    return found


def test_a_context_of_a_running_service_is_its_user(local: Run) -> None:
    shown = facts(local("--context", "local", "whoami", "-o", "json"))
    assert (shown["user"], shown["context"]) == ("admin@first.partner.example", "local")


def test_a_context_of_a_running_service_may_be_the_second_partner(run: Run, local_service: RunningService) -> None:
    run("contexts", "add", "second", "--from-data", str(local_service.folder), "--tenant", SECOND)
    assert facts(run("--context", "second", "whoami", "-o", "json"))["tenant"] == SECOND


def test_a_context_of_a_local_service_follows_it_to_another_port(run: Run, tmp_path: Path) -> None:
    with running_service(tmp_path / "data"):
        run("contexts", "add", "local", "--from-data", str(tmp_path / "data"))
    with running_service(tmp_path / "data") as again:
        shown = facts(run("--context", "local", "whoami", "-o", "json"))
    assert shown["baseUrl"] == again.base_url


def test_a_context_whose_local_service_does_not_run_says_how_to_start_it(run: Run, tmp_path: Path) -> None:
    with running_service(tmp_path / "data"):
        run("contexts", "add", "local", "--from-data", str(tmp_path / "data"))
    refused = run("--context", "local", "whoami")
    assert refused.returncode == 1
    assert "partnercenter serve --data" in refused.stderr
    assert "partnercenter contexts add local --from-data FOLDER" in refused.stderr


def test_no_secret_is_in_the_file(local: Run, local_service: RunningService, tmp_path: Path) -> None:
    text = (tmp_path / "config" / "contexts.json").read_text()
    for name in ("PARTNERCENTER_CLIENT_SECRET", "PARTNERCENTER_REFRESH_TOKEN"):
        assert local_service.variables[name] not in text


def test_the_file_is_for_its_owner_alone(local: Run, tmp_path: Path) -> None:
    assert (tmp_path / "config" / "contexts.json").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "config").stat().st_mode & 0o777 == 0o700


def test_a_context_in_use_speaks_for_commands_that_name_none(local: Run) -> None:
    local("contexts", "use", "local")
    assert facts(local("whoami", "-o", "json"))["context"] == "local"


def test_the_variable_names_a_context(local: Run) -> None:
    shown = facts(local("whoami", "-o", "json", PARTNERCENTER_CONTEXT="local"))
    assert shown["signedInBy"] == "the context local: PARTNERCENTER_CONTEXT names it"


def test_the_option_goes_before_the_variable_and_the_exported_user(local: Run, local_service: RunningService) -> None:
    exports = local_service.variables | {"PARTNERCENTER_CONTEXT": "none"}
    assert facts(local("--context", "local", "whoami", "-o", "json", **exports))["context"] == "local"


def test_an_exported_user_goes_before_the_context_in_use(local: Run, local_service: RunningService) -> None:
    local("contexts", "use", "local")
    assert facts(local("whoami", "-o", "json", **local_service.variables))["context"] is None


def test_an_exported_user_and_an_exported_context_are_refused(local: Run, local_service: RunningService) -> None:
    refused = local("whoami", **local_service.variables, PARTNERCENTER_CONTEXT="local")
    assert refused.returncode == 2
    assert "each names a user" in refused.stderr


def test_exports_of_another_service_than_the_context_in_use_are_refused(local: Run) -> None:
    local("contexts", "use", "local")
    refused = local("whoami", PARTNERCENTER_BASE_URL="https://localhost:1")
    assert refused.returncode == 2
    assert "PARTNERCENTER_BASE_URL is https://localhost:1" in refused.stderr


def test_another_cloud_than_that_of_the_context_is_refused(local: Run) -> None:
    refused = local("--cloud", "china", "--context", "local", "whoami")
    assert refused.returncode == 2
    assert "another cloud" in refused.stderr


def test_a_context_that_is_not_there_is_told_those_that_are(local: Run) -> None:
    refused = local("--context", "lokal", "whoami")
    assert refused.returncode == 2
    assert "There are: local." in refused.stderr


def test_secrets_are_read_from_where_the_context_says(run: Run, local_service: RunningService, tmp_path: Path) -> None:
    found = local_service.variables
    (tmp_path / "secret").write_text(found["PARTNERCENTER_CLIENT_SECRET"] + "\n")
    places = ("--client-secret", f"file:{tmp_path / 'secret'}", "--refresh-token", "env:MY_TOKEN")
    where = {
        name: found[f"PARTNERCENTER_{name.upper()}"] for name in ("base_url", "authority", "ca_bundle", "client_id")
    }
    options = [part for name, value in where.items() for part in (f"--{name.replace('_', '-')}", value)]
    run("contexts", "add", "job", *options, "--tenant", FIRST, *places)
    refused = run("--context", "job", "whoami")
    assert "The variable MY_TOKEN, where the context has its refresh token" in refused.stderr
    shown = run("--context", "job", "whoami", "-o", "json", MY_TOKEN=found["PARTNERCENTER_REFRESH_TOKEN"])
    assert facts(shown)["user"] == "admin@first.partner.example"


REAL = ("--cloud", "global", "--tenant", "contoso.onmicrosoft.com", "--client-id", "0a1b", "--refresh-token", "env:X")


def kept(folder: Path) -> dict[str, dict[str, str]]:
    """The members of every context, as they stand in the file."""
    found = json.loads((folder / "config" / "contexts.json").read_text())["contexts"]
    assert isinstance(found, dict)
    return found


def test_a_context_of_a_folder_does_not_become_one_of_a_cloud(local: Run, tmp_path: Path) -> None:
    before = kept(tmp_path)
    refused = local("contexts", "add", "local", *REAL)
    assert refused.returncode == 2
    assert "(--cloud, --refresh-token)" in refused.stderr
    assert "contexts remove local" in refused.stderr
    assert kept(tmp_path) == before


def test_a_context_of_a_cloud_does_not_become_one_of_a_folder(
    run: Run, local_service: RunningService, tmp_path: Path
) -> None:
    run("contexts", "add", "job", *REAL)
    before = kept(tmp_path)
    assert run("contexts", "add", "job", "--from-data", str(local_service.folder)).returncode == 2
    assert kept(tmp_path) == before


@pytest.mark.parametrize(
    "other",
    [
        ("--cloud", "china"),
        ("--base-url", "https://localhost:1"),
        ("--authority", "https://localhost:1"),
        ("--ca-bundle", "ca.pem"),
        ("--client-secret", "env:X"),
        ("--refresh-token", "env:X"),
    ],
)
def test_a_folder_and_another_service_are_refused_together(
    run: Run, local_service: RunningService, other: tuple[str, str]
) -> None:
    refused = run("contexts", "add", "both", "--from-data", str(local_service.folder), *other)
    assert refused.returncode == 2
    assert other[0] in refused.stderr
    assert run("contexts", "list").stdout.startswith("There are no contexts")


def test_a_mixed_context_of_an_earlier_version_sends_no_secret(local: Run, tmp_path: Path) -> None:
    file = tmp_path / "config" / "contexts.json"
    content = json.loads(file.read_text())
    content["contexts"]["local"] |= {"cloud": "global", "refresh_token": "env:X"}
    file.write_text(json.dumps(content))
    refused = local("--context", "local", "whoami", X="canary-of-a-real-cloud")
    assert refused.returncode == 2
    assert "a secret of one could be sent to the other" in refused.stderr


def test_a_secret_does_not_follow_a_context_to_another_authority(run: Run, tmp_path: Path) -> None:
    run("contexts", "add", "job", *REAL)
    refused = run("contexts", "add", "job", "--cloud", "china")
    assert refused.returncode == 2
    assert "(--refresh-token)" in refused.stderr
    assert kept(tmp_path)["job"]["cloud"] == "global"


def test_a_context_may_go_to_another_authority_with_secrets_of_that_one(run: Run, tmp_path: Path) -> None:
    run("contexts", "add", "job", *REAL)
    assert run("contexts", "add", "job", "--cloud", "china", "--refresh-token", "env:CHINA").returncode == 0
    assert (kept(tmp_path)["job"]["cloud"], kept(tmp_path)["job"]["refresh_token"]) == ("china", "env:CHINA")


def test_where_nobody_was_signed_in_a_logout_says_so_and_who_stays(local: Run) -> None:
    said = local("logout", "--context", "local").stdout
    assert said == ("Nobody was signed in to the context local. Its user is that of the local service, who stays.\n")


def test_a_logout_from_a_job_names_the_place_of_its_user(run: Run) -> None:
    run("contexts", "add", "job", *REAL)
    assert run("--context", "job", "logout").stdout.endswith("Its user is that of env:X, who stays.\n")


def test_a_secret_itself_is_refused_and_not_repeated(run: Run) -> None:
    refused = run("contexts", "add", "job", "--cloud", "global", "--client-secret", "canary-secret")
    assert refused.returncode == 2
    assert "canary" not in refused.stderr + refused.stdout


@pytest.mark.parametrize("name", ["", "a/b", "..", "-x", "ä", "x" * 65])
def test_a_name_that_is_no_file_name_is_refused(run: Run, name: str) -> None:
    assert run("contexts", "add", "--cloud", "global", "--", name).returncode == 2


def test_a_context_without_a_cloud_is_refused(run: Run) -> None:
    refused = run("contexts", "add", "nowhere", "--tenant", FIRST)
    assert refused.returncode == 2
    assert "--from-data FOLDER" in refused.stderr


def test_the_list_marks_the_one_in_use_and_says_what_is_production(local: Run) -> None:
    local("contexts", "add", "production", "--cloud", "global", "--tenant", "contoso.example", "--client-id", "x")
    local("contexts", "use", "local")
    listed = json.loads(local("contexts", "list", "-o", "json").stdout)
    assert [(one["name"], one["inUse"], one["production"]) for one in listed] == [
        ("local", True, False),
        ("production", False, True),
    ]
    assert local("contexts", "list").stdout.splitlines()[1].startswith("*  local")
    assert [line.split("\t")[1] for line in local("contexts", "list", "-o", "tsv").stdout.splitlines()] == [
        "local",
        "production",
    ]


def test_where_there_are_contexts_but_none_is_in_use_they_are_named(local: Run) -> None:
    refused = local("whoami")
    assert refused.returncode == 3
    assert "partnercenter contexts use local" in refused.stderr


def test_an_empty_list_says_how_to_begin(run: Run) -> None:
    assert "contexts add --help" in run("contexts", "list").stdout


def test_a_removed_context_is_gone_with_its_tokens(local: Run, tmp_path: Path) -> None:
    local("contexts", "use", "local")
    assert local("contexts", "remove", "local").returncode == 0
    assert local("contexts", "show", "local").returncode == 2
    assert list((tmp_path / "config" / "tokens").glob("*.json")) == []


def test_a_damaged_file_is_refused(run: Run, tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "contexts.json").write_text('{"contexts": {"a": {"what": 1}}}')
    refused = run("contexts", "list")
    assert refused.returncode == 2
    assert "does not hold contexts" in refused.stderr


@pytest.mark.parametrize("member", ['"cloud": "mars"', '"tenant": 5', '"tokens": "what"', '"tokens": null'])
def test_a_context_with_a_value_that_is_none_of_ours_is_refused(run: Run, tmp_path: Path, member: str) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "contexts.json").write_text(f'{{"current": "a", "contexts": {{"a": {{{member}}}}}}}')
    refused = run("whoami")
    assert refused.returncode == 2
    assert "does not hold contexts" in refused.stderr


def test_contexts_that_are_added_at_once_are_all_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARTNERCENTER_CONFIG_DIR", str(tmp_path / "config"))

    def add(name: str) -> None:
        with context_file.changing() as contexts:
            contexts.named[name] = Context(cloud="global")

    threads = [Thread(target=add, args=(f"c{number}",)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(context_file.read().named) == 8


def test_a_shell_completes_the_names_of_contexts(local: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARTNERCENTER_CONFIG_DIR", str(tmp_path / "config"))
    shell = ShellComplete(cli._cli, {}, "partnercenter", "_PARTNERCENTER_COMPLETE")
    for line in (["--context"], ["contexts", "use"]):
        assert [item.value for item in shell.get_completions(line, "l")] == ["local"]


@pytest.mark.parametrize(
    "verb",
    ["login", "logout", "whoami", "doctor", "contexts", *(f"contexts {verb}" for verb in contexts.command.commands)],
)
def test_every_verb_about_signing_in_has_a_help_text_with_an_example(run: Run, verb: str) -> None:
    assert f"partnercenter {verb}" in run(*verb.split(), "--help").stdout.split("Example", 1)[1]


@pytest.fixture
def opened(local: Run, local_service: RunningService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two contexts, for clients that are opened in this process."""
    local("contexts", "add", "second", "--from-data", str(local_service.folder), "--tenant", SECOND)
    for name in local_service.variables:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PARTNERCENTER_CONFIG_DIR", str(tmp_path / "config"))
    monkeypatch.setattr(CHOSEN, "context", None)


@pytest.mark.usefixtures("opened")
@pytest.mark.parametrize("tenant", [SECOND, SECOND.upper(), "second.partner.example"])
def test_a_tenant_is_found_by_its_id_and_by_its_domain(tenant: str) -> None:
    with open_for_tenant(tenant) as partner:
        assert partner.profiles.billing_profile.get().company_name == "Zweiter Partner GmbH"


@pytest.mark.usefixtures("opened")
def test_a_tenant_of_nobody_is_told_how_to_sign_in() -> None:
    with pytest.raises(SignInError, match=r"partnercenter login --tenant third\.example"):
        open_for_tenant("third.example")


@pytest.mark.usefixtures("opened")
def test_a_context_that_is_named_speaks_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CHOSEN, "context", "local")
    open_for_tenant(FIRST).close()
    with pytest.raises(SignInError, match=SECOND):
        open_for_tenant(SECOND)


@pytest.mark.usefixtures("opened")
def test_a_context_of_another_cloud_than_was_chosen_does_not_speak(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CHOSEN, "cloud", "china")
    with pytest.raises(SignInError):
        open_for_tenant(FIRST)


@pytest.mark.usefixtures("opened")
def test_clients_of_many_tenants_are_opened_by_threads() -> None:
    found: list[str] = []

    def read(tenant: str) -> None:
        with open_for_tenant(tenant) as partner:
            found.append(str(partner.profiles.billing_profile.get().company_name))

    threads = [Thread(target=read, args=(tenant,)) for tenant in (FIRST, SECOND) * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == ["TEST_TEST_BugBash1"] * 2 + ["Zweiter Partner GmbH"] * 2


def test_exports_name_two_tenants(
    local_service: RunningService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in local_service.variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("PARTNERCENTER_CONFIG_DIR", str(tmp_path))
    for tenant in (FIRST, "second.partner.example"):
        open_for_tenant(tenant).close()
