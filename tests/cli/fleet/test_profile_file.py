"""The file of `plan` and `apply`: YAML and CSV as people write them, and what is said when they slip."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from partnercenter.cli.fleet.profile_file import read_file
from partnercenter.fleet.wanted import WantedPartner


def _read(folder: Path, text: str | bytes, name: str = "profiles.yaml") -> list[WantedPartner]:
    place = folder / name
    place.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_file(place)


def _refusal(folder: Path, text: str | bytes, name: str = "profiles.yaml") -> str:
    with pytest.raises(click.UsageError) as refused:
        _read(folder, text, name)
    return refused.value.message


def _values(partners: list[WantedPartner]) -> list[tuple[str, str, object]]:
    return [
        (partner.tenant, f"{profile.kind.word}.{member.path}", member.value)
        for partner in partners
        for profile in partner.profiles
        for member in profile.members
    ]


def test_yaml_says_what_is_wanted_of_each_partner(tmp_path: Path) -> None:
    text = """
partners:
  - tenant: contoso.com
    billing: {purchaseOrderNumber: "0123", billingDay: 15, address: {city: Redmond, addressLine2: null}}
  - {tenant: fabrikam.com, support: {email: help@fabrikam.com}}
"""
    assert _values(_read(tmp_path, text)) == [
        ("contoso.com", "billing.purchaseOrderNumber", "0123"),
        ("contoso.com", "billing.billingDay", 15),
        ("contoso.com", "billing.address.city", "Redmond"),
        ("contoso.com", "billing.address.addressLine2", None),
        ("fabrikam.com", "support.email", "help@fabrikam.com"),
    ]


def test_csv_says_the_same_and_an_empty_cell_leaves_alone(tmp_path: Path) -> None:
    text = (
        "\ufefftenant,billing.purchaseOrderNumber,billing.address.addressLine1,billing.address.addressLine2\r\n"
        'contoso.com,0123,"1, ""A"" Street",\r\n'
        "fabrikam.com,,,null\r\n\r\n"
    )
    assert _values(_read(tmp_path, text, "profiles.csv")) == [
        ("contoso.com", "billing.purchaseOrderNumber", "0123"),
        ("contoso.com", "billing.address.addressLine1", '1, "A" Street'),
        ("fabrikam.com", "billing.address.addressLine2", None),
    ]


def test_ten_thousand_partners_are_no_trouble(tmp_path: Path) -> None:
    lines = [
        f'  - {{tenant: t{number}.example, billing: {{purchaseOrderNumber: "{number}"}}}}' for number in range(10_000)
    ]
    assert len(_read(tmp_path, "partners:\n" + "\n".join(lines))) == 10_000


_ONE = "partners:\n  - tenant: contoso.com\n    billing: "

YAML_MISTAKES = {
    "an octal": (_ONE + "{purchaseOrderNumber: 0123}", "line 3: billing.purchaseOrderNumber: It is a text, and YAML"),
    "a word that is no word": (_ONE + "{companyName: NO}", 'Put it in quotes: "NO"'),
    "a name twice": (_ONE + "{companyName: a, companyName: b}", "'companyName' twice in one object, again in line 3"),
    "an alias": ("x: &x [1]\npartners: *x", "has an alias (*name) in line 2"),
    "no YAML": ("partners: [", "is not YAML"),
    "nothing": ("", "the one member partners"),
    "another member": ("partners: []\nversion: 1", "the one member partners"),
    "no list": ("partners: {tenant: contoso.com}", "no list of partners"),
    "an empty list": ("partners: []", "There is no partner in it"),
    "no tenant": ("partners: [{billing: {companyName: x}}]", "line 1: a partner names its tenant"),
    "a tenant that is a number": ("partners: [{tenant: 7, billing: {companyName: x}}]", "names its tenant as a text"),
    "a partner that is none": ("partners: [contoso.com]", "line 1: a partner names its tenant"),
    "a profile that is none": (_ONE + "x", "line 3: billing is no object of members"),
    "a mistyped profile": ("partners: [{tenant: c.com, biling: {companyName: x}}]", "Did you mean billing?"),
    "a list": (_ONE + "{companyName: [x]}", "billing.companyName is a list"),
    "two documents": (_ONE + "{companyName: x}\n---\n" + _ONE + "{companyName: y}", "two documents"),
}


@pytest.mark.parametrize(("text", "said"), YAML_MISTAKES.values(), ids=YAML_MISTAKES.keys())
def test_a_mistake_in_yaml_is_named(tmp_path: Path, text: str, said: str) -> None:
    assert said in _refusal(tmp_path, text)


CSV_MISTAKES = {
    "no header": ("contoso.com,1\n", "no column tenant"),
    "semicolons": ("tenant;billing.companyName\nc.com;x\n", "between semicolons"),
    "a mistyped column": ("tenant,billing.companyNam\nc.com,x\nd.com,y\n", "line 1: billing.companyNam: There is no"),
    "a column twice": ("tenant,billing.companyName,billing.companyName\nc.com,x,y\n", "stands twice"),
    "a short row": ("tenant,billing.companyName\nc.com\n", "line 2: there are 2 columns, and here stand 1"),
    "a quote that does not end": ('tenant,billing.companyName\nc.com,"x\n', "line 2: unexpected end"),
    "a day that is none": ("tenant,billing.billingDay\nc.com,x\n", "line 2: billing.billingDay: It is a whole number"),
    "nothing": ("", "no column tenant"),
}


@pytest.mark.parametrize(("text", "said"), CSV_MISTAKES.values(), ids=CSV_MISTAKES.keys())
def test_a_mistake_in_csv_is_named(tmp_path: Path, text: str, said: str) -> None:
    assert said in _refusal(tmp_path, text, "profiles.csv")


def test_csv_of_another_encoding_is_refused(tmp_path: Path) -> None:
    assert "CSV UTF-8" in _refusal(tmp_path, "tenant,billing.companyName\nc.com,ä\n".encode("latin-1"), "p.csv")


def test_hundreds_of_mistakes_are_counted_and_not_all_shown(tmp_path: Path) -> None:
    rows = "".join(f"t{number}.example,x\n" for number in range(500))
    said = _refusal(tmp_path, "tenant,billing.billingDay\n" + rows, "p.csv")
    assert said.endswith("and 480 more.")
    assert len(said.splitlines()) == 22


def test_every_mistake_in_yaml_is_told_at_once(tmp_path: Path) -> None:
    text = """
version: 1
partners:
  - {billing: {companyNam: x}}
  - {tenant: nobody.example, biling: {}}
  - {tenant: no domain, support: x, billing: {companyName: [x], adress: {}}}
  - {tenant: contoso.com, billing: {cty: x}}
"""
    assert [line.partition(";")[0].partition(",")[0] for line in _refusal(tmp_path, text).splitlines()[1:]] == [
        "  line 2: version: There is no such member",
        "  line 4: a partner names its tenant as a text",
        "  line 4: billing.companyNam: There is no such member",
        "  line 5: biling: There is no such profile",
        "  line 6: support is no object of members. Write it as in: partners: [{tenant: contoso.com",
        "  line 6: billing.companyName is a list",
        "  line 6: billing.adress: There is no such member",
        "  line 6: a tenant is named by its id or its domain",
        "  line 7: billing.cty: There is no such member",
    ]


def test_an_object_without_members_that_is_mistyped_is_named(tmp_path: Path) -> None:
    said = _refusal(tmp_path, "partners: [{tenant: c.com, biling: {}}]")
    assert said.endswith("Did you mean billing?")


def test_every_mistake_in_csv_is_told_at_once(tmp_path: Path) -> None:
    text = "tenat,billing.companyNam,billing.billingDay\nc.com,x,1\nd.com,x,1,1\ne.com,,x\nf.com,"
    told = _refusal(tmp_path, text, "p.csv").splitlines()[1:]
    assert told[1].endswith("Did you mean tenant?")
    assert [line.partition(".")[0] for line in told] == [
        "  line 1: there is no column tenant",
        "  line 1: tenat: There is no such profile; there are billing, legal, organization, support",
        "  line 1: billing",
        "  line 3: there are 3 columns, and here stand 4",
        "  line 4: billing",
        "  line 5: there are 3 columns, and here stand 2",
    ]
