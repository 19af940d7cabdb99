"""The body of an update can be made again to the letter, and no report has the tax id."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnercenter import BillingProfile
from partnercenter.fleet import sent_body
from partnercenter.fleet.changes import plan
from partnercenter.fleet.sent_body import RebuildError
from partnercenter.service import seed
from partnercenter.wire import json_text
from partnercenter.wire.json_text import JsonObject
from tests.fleet.stage import row, wanted

[_OF_ORDER] = wanted(row("contoso.com", billing_purchaseOrderNumber="9"))[0].profiles
[_OF_TAX_ID] = wanted(row("contoso.com", billing_taxId="98-765432"))[0].profiles


def _profile(**changes: object) -> BillingProfile:
    document: JsonObject = {**seed.FIRST_BILLING_PROFILE, "attributes": {"etag": "t"}}
    document.update(changes)  # type: ignore[arg-type]
    return BillingProfile.from_wire(document, strict=False)


def test_the_tax_id_of_the_profile_is_not_kept() -> None:
    kept = sent_body.without_tax_id(_profile())
    assert b"12-345678" not in json_text.write(kept)
    assert sent_body.needs_profile(kept, _OF_ORDER)


def test_it_comes_back_from_the_profile_as_it_stands() -> None:
    sent = plan(_OF_ORDER, _profile()).profile
    again = sent_body.rebuilt(sent_body.without_tax_id(sent), _OF_ORDER, _profile(attributes={"etag": "later"}))
    assert json_text.write(again.to_wire()) == json_text.write(sent.to_wire())


def test_one_that_is_wanted_comes_back_from_the_file() -> None:
    sent = plan(_OF_TAX_ID, _profile()).profile
    kept = sent_body.without_tax_id(sent)
    assert not sent_body.needs_profile(kept, _OF_TAX_ID)
    assert sent_body.rebuilt(kept, _OF_TAX_ID, None).to_wire() == sent.to_wire()


def test_one_that_is_no_text_is_hidden_too_and_comes_back() -> None:
    profile = _profile(taxId=12345678)
    kept = sent_body.without_tax_id(profile)
    assert kept["taxId"] == sent_body.HIDDEN
    assert sent_body.rebuilt(kept, _OF_ORDER, profile).to_wire() == profile.to_wire()


def test_one_that_is_gone_cannot_come_back() -> None:
    with pytest.raises(RebuildError):
        sent_body.rebuilt(sent_body.without_tax_id(_profile()), _OF_ORDER, _profile(taxId=None))


def test_a_body_without_one_needs_nothing_else() -> None:
    kept = sent_body.without_tax_id(_profile(taxId=None))
    assert not sent_body.needs_profile(kept, _OF_ORDER)
    assert sent_body.rebuilt(kept, _OF_ORDER, None).to_wire() == _profile(taxId=None).to_wire()


_TEXTS = st.none() | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=5)
_DOCUMENTS = st.fixed_dictionaries(
    {},
    optional={
        "companyName": _TEXTS,
        "address": st.none() | st.fixed_dictionaries({}, optional={"city": _TEXTS, "zone": _TEXTS}),
        "taxId": _TEXTS | st.integers(),
        "billingDay": st.none() | st.integers(0, 40),
        "attributes": st.fixed_dictionaries({"etag": st.just("t")}, optional={"x": _TEXTS}),
        "somethingNew": _TEXTS | st.lists(st.integers()) | st.floats(allow_nan=False, allow_infinity=False),
    },
)


@given(_DOCUMENTS)
def test_whatever_was_read_is_sent_again_to_the_letter(document: JsonObject) -> None:
    sent = plan(_OF_ORDER, BillingProfile.from_wire(document, strict=False)).profile
    kept = json_text.read_strict(json_text.write(sent_body.without_tax_id(sent)))
    assert isinstance(kept, dict)
    now = BillingProfile.from_wire(document, strict=False)
    assert json_text.write(sent_body.rebuilt(kept, _OF_ORDER, now).to_wire()) == json_text.write(sent.to_wire())
