"""`-o` and `--query`: what a program and a person get of one result."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
import yaml

from partnercenter.cli.output import Format, show
from partnercenter.wire.json_text import JsonValue
from tests.cli.in_process import command_line
from tests.cli.stage import Stage
from tests.running_service import RunningService


def shown(*options: str) -> subprocess.CompletedProcess[str]:
    return command_line("billing", "get", *options)


def tsv(value: JsonValue, capsys: pytest.CaptureFixture[str]) -> str:
    show(value, Format.TSV)
    return capsys.readouterr().out


def test_tsv_is_one_line_for_each_element(capsys: pytest.CaptureFixture[str]) -> None:
    assert tsv([["a", 1], ["b", None]], capsys) == "a\t1\nb\t\n"


def test_tsv_of_an_object_is_its_values(capsys: pytest.CaptureFixture[str]) -> None:
    assert tsv({"a": "x", "b": True}, capsys) == "x\ttrue\n"


def test_tsv_of_a_text_is_the_text(capsys: pytest.CaptureFixture[str]) -> None:
    assert tsv("x", capsys) == "x\n"


def test_tsv_of_nothing_is_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert tsv(None, capsys) == ""


def test_tsv_keeps_a_cell_a_cell(capsys: pytest.CaptureFixture[str]) -> None:
    assert tsv(["a\tb\nc\\d"], capsys) == "a\\tb\\nc\\\\d\n"


@pytest.mark.parametrize(
    ("format_", "read"), [("json", json.loads), ("yaml", yaml.safe_load), ("tsv", lambda text: text.strip())]
)
def test_query_picks_from_every_format(stage: Stage, format_: str, read: object) -> None:
    picked = shown("--query", "address.city", "-o", format_).stdout
    assert callable(read)
    assert read(picked) == "Redmond"


def test_query_before_the_format_is_the_same(stage: Stage) -> None:
    assert shown("-o", "json", "--query", "address.city").stdout == '"Redmond"\n'


def test_query_of_a_table_prints_a_text_as_it_is(stage: Stage) -> None:
    assert shown("--query", "address.city").stdout == "Redmond\n"


def test_query_that_picks_nothing_prints_nothing(stage: Stage) -> None:
    assert shown("--query", "nothing").stdout == ""


def test_query_of_a_table_prints_an_object_as_rows(stage: Stage) -> None:
    assert (
        shown("--query", "{town: address.city, number: purchaseOrderNumber}").stdout
        == "town    Redmond\nnumber  9888\n"
    )


def test_query_of_a_table_prints_objects_below_their_titles(stage: Stage) -> None:
    stage.change(city="Seattle")
    table = command_line("billing", "history", "--query", "items[].changes[].{member: member, new: new}").stdout
    assert table == "member        new\naddress.city  Seattle\n"


def test_query_of_a_table_prints_arrays_as_lines(stage: Stage) -> None:
    assert shown("--query", "[[address.city, address.state], [`1`, `true`]]").stdout == "Redmond  WA\n1  true\n"


@pytest.mark.parametrize("expression", ["taxId", "{id: taxId}", "[taxId]", "to_string(@)"])
def test_no_query_prints_a_tax_id_in_a_table(stage: Stage, expression: str) -> None:
    assert "12-345678" not in shown("--query", expression).stdout


def test_a_program_gets_the_tax_id_whole(stage: Stage) -> None:
    assert shown("--query", "taxId", "-o", "tsv").stdout == "12-345678\n"


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("a..b", "from character 3 on.\n  a..b\n    ^"),
        ("a.[b", "from character 5 on"),
        ("a # b", "from character 3 on"),
        ("", "it is empty"),
        ("lenght(a)", "there is no function lenght()"),
        ("[].{a: length(a, b)}", "length() does not take 2 arguments but 1"),
        ("&address", "is an argument of a function"),
        ("[&address]", "is an argument of a function"),
    ],
)
def test_a_wrong_expression_exits_2_and_shows_the_place(stage: Stage, expression: str, said: str) -> None:
    refused = shown("--query", expression)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert said in refused.stderr


def test_a_wrong_expression_is_told_before_anything_is_sent(stage: Stage) -> None:
    command_line("billing", "set", "purchaseOrderNumber=1", "--query", "lenght(@)")
    assert stage.sent == []


@pytest.mark.parametrize("expression", ["abs(taxId)", "abs(@)"])
def test_an_expression_that_does_not_fit_shows_no_value(stage: Stage, expression: str) -> None:
    refused = shown("--query", expression, "-o", "json")
    assert refused.returncode == 2
    assert "abs() cannot take " in refused.stderr
    assert "12-345678" not in refused.stderr


def test_a_slice_that_goes_nowhere_does_not_fit(stage: Stage) -> None:
    refused = shown("--query", "links.self.headers[::0]")
    assert (refused.returncode, "does not fit its result" in refused.stderr) == (2, True)


def test_no_query_prints_a_tax_id_of_a_difference_in_a_table(stage: Stage) -> None:
    wanted = b"taxId: 98-765432"
    picked = command_line("billing", "diff", "--file", "-", "--query", "differences", given=wanted).stdout
    assert "*******78" in picked
    assert not {"12-345678", "98-765432"} & set(picked.split())


def test_an_expression_that_does_not_fit_the_result_says_that_the_command_was_carried_out(stage: Stage) -> None:
    refused = command_line("billing", "set", "purchaseOrderNumber=1", "--query", "length(billingDay)")
    assert refused.returncode == 2
    assert "The command was carried out" in refused.stderr
    assert stage.updates() == 1


@pytest.mark.parametrize("library", ["jmespath", "yaml"])
def test_a_library_is_not_loaded_before_it_is_needed(local_service: RunningService, library: str) -> None:
    script = (
        "import sys\nsys.argv = ['partnercenter', 'billing', 'get']\nfrom partnercenter.__main__ import main\n"
        f"try: main()\nfinally: print('{library}' in sys.modules)"
    )
    command = [sys.executable, "-c", script]
    told = subprocess.run(command, env=local_service.environ, capture_output=True, text=True, timeout=60, check=False)
    assert told.stdout.splitlines()[-1] == "False"
