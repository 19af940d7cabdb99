"""The fingerprint tells whether a file wants the same, and nothing else."""

from __future__ import annotations

from partnercenter.fleet.fingerprint import fingerprint, new_salt
from tests.fleet.stage import row, wanted

_SALT = new_salt()
_A = row("a.example", billing_taxId="12-345678", support_email="a@a.example")
_A_IN_ANOTHER_ORDER = row("A.example", support_email="a@a.example", billing_TaxId="12-345678")
_B = row("b.example", billing_taxId="1")


def test_order_and_spelling_do_not_matter() -> None:
    assert fingerprint(wanted(_A, _B), _SALT) == fingerprint(wanted(_B, _A_IN_ANOTHER_ORDER), _SALT)


def test_another_value_has_another_fingerprint() -> None:
    other = row("b.example", billing_taxId="2")
    assert fingerprint(wanted(_A, _B), _SALT) != fingerprint(wanted(_A, other), _SALT)


def test_another_report_has_another_fingerprint_of_the_same() -> None:
    assert fingerprint(wanted(_A), _SALT) != fingerprint(wanted(_A), new_salt())
