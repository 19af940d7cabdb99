"""A seed document: what is left out is made the same every time, and every mistake is told at once."""

from __future__ import annotations

import json

import pytest

from partnercenter.rules import country_rules, profile_rules
from partnercenter.service import seed, seed_defaults
from partnercenter.service.operations.profile_kinds import BILLING, LEGAL_BUSINESS, ORGANIZATION, SUPPORT
from partnercenter.service.seed_document import read_seed, write_seed
from partnercenter.service.seed_shapes import SeedError
from partnercenter.service.token_authority import Tenant
from partnercenter.wire.json_text import JsonObject, JsonValue

MINIMAL: JsonObject = {"partners": [{"tenant": "contoso.example"}]}


def with_partner(**members: JsonValue) -> JsonObject:
    """One partner."""
    return {"partners": [{"tenant": "contoso.example", **members}]}


def mistakes_in(document: JsonValue) -> tuple[str, ...]:
    with pytest.raises(SeedError) as refused:
        read_seed(document)
    return refused.value.mistakes


def test_a_domain_is_enough_and_gives_the_same_every_time() -> None:
    assert read_seed(MINIMAL) == read_seed(MINIMAL)


def test_a_domain_has_three_users_and_a_refresh_token() -> None:
    directory = read_seed(MINIMAL).directory
    names = [user.user_principal_name for user in directory.users]
    assert names == [f"{name}@contoso.example" for name in ("admin", "billing", "helpdesk")]
    assert directory.refresh_tokens[0].token == "local-refresh-token-of-contoso.example"
    assert directory.refresh_tokens[0].user_id == directory.users[0].id


def test_a_domain_has_all_five_profiles() -> None:
    seeded = read_seed(MINIMAL)
    (kinds,) = seeded.profiles.values()
    assert sorted(kinds) == ["billing", "legalbusiness", "mpn", "organization", "support"]


@pytest.mark.parametrize("country", country_rules.countries())
def test_what_is_made_for_a_country_is_acceptable_there(country: str) -> None:
    made = seed_defaults.profiles(Tenant("x", "contoso.example", "Contoso"), country)
    kinds = (BILLING, LEGAL_BUSINESS, ORGANIZATION, SUPPORT)
    assert [profile_rules.violations(kind.shape.from_wire(made[kind.name])) for kind in kinds] == [[]] * 4


def test_the_published_seed_written_down_is_read_as_itself_to_the_letter() -> None:
    again = read_seed(write_seed(seed.PUBLISHED))
    assert again == seed.PUBLISHED
    assert json.dumps(again.profiles) == json.dumps(seed.PUBLISHED.profiles)


def test_what_is_given_takes_the_place_of_what_is_made() -> None:
    document = with_partner(name="Contoso", country="DE", mpnId="77", billing={"purchaseOrderNumber": "9321"})
    seeded = read_seed(document)
    kinds = seeded.profiles[seeded.directory.tenants[0].id]
    assert kinds["billing"]["purchaseOrderNumber"] == "9321"
    assert kinds["billing"]["companyName"] == "Contoso"
    assert kinds["billing"]["billingCurrency"] == "EUR"
    assert kinds["mpn"] == {"partnerName": "Contoso", "mpnId": "77"}


def test_part_of_an_address_is_made_up_with_the_rest_of_its_country() -> None:
    seeded = read_seed(with_partner(billing={"address": {"country": "DE", "city": "Berlin"}}))
    (kinds,) = seeded.profiles.values()
    address = kinds["billing"]["address"]
    assert isinstance(address, dict)
    assert (address["city"], "state" in address, "postalCode" in address) == ("Berlin", False, True)


def test_a_user_without_a_second_factor_or_a_role_can_be_had() -> None:
    users: list[JsonValue] = [{"name": "plain", "role": "none", "mfa": False}, {"name": "kim", "role": "billing-admin"}]
    plain, kim = read_seed(with_partner(users=users)).directory.users
    assert (plain.second_factor, plain.roles) == (None, ())
    assert (kim.second_factor, len(kim.roles)) == (seed.SECOND_FACTOR, 1)


def test_the_refresh_token_is_that_of_the_first_global_admin() -> None:
    users: list[JsonValue] = [{"name": "a", "role": "helpdesk"}, {"name": "b", "role": "global admin"}]
    directory = read_seed(with_partner(users=users)).directory
    assert directory.refresh_tokens[0].user_id == directory.users[1].id


def test_no_two_of_a_thousand_partners_share_anything() -> None:
    seeded = read_seed({"partners": [{"tenant": f"p{n}.example"} for n in range(1000)]})
    assert (
        len(seeded.profiles) == len(seeded.mpn_ids) == len({t.token for t in seeded.directory.refresh_tokens}) == 1000
    )


WRONG: dict[str, tuple[JsonValue, str]] = {
    "no-object": ([], "must be an object"),
    "no-partners": ({}, "partners: must be a list of 1 to 10000"),
    "a-word-nobody-knows": (
        {"partner": [], **MINIMAL},
        "has a member 'partner' that is not known (is partners meant?); it can have partners",
    ),
    "no-tenant": ({"partners": [{}]}, "partners[0]: tenant must be a domain name in lower case, as contoso.example"),
    "no-domain": ({"partners": [{"tenant": "A b"}]}, "partners[0]: tenant must be a domain name"),
    "twice": ({"partners": [{"tenant": "a.example"}] * 2}, "two partners have the same tenant"),
    "no-guid": (with_partner(id="x"), "partners[0]: id must be a GUID"),
    "no-country": (with_partner(country="XX"), "partners[0]: country must be the ISO 3166-1 alpha-2 code"),
    "a-number": (with_partner(mpnId=77), "partners[0].mpnId: must be text"),
    "short-token": (with_partner(refreshToken="x"), "partners[0]: refreshToken must be 16 to 250 letters"),
    "nobody": (with_partner(users=[]), "partners[0].users: must be a list of 1 to 100"),
    "no-role": (with_partner(users=[{"name": "a", "role": "king"}]), "partners[0].users[0]: role must be one of"),
    "no-name": (with_partner(users=[{"role": "none"}]), "partners[0].users[0]: name must be what stands before"),
    "two-of-a-name": (with_partner(users=[{"name": "a", "role": "none"}] * 2), "two users of a partner have the same"),
    "wrong-type": (with_partner(billing={"billingDay": "x"}), "partners[0].billing.billingDay: must be a whole number"),
    "rule": (with_partner(billing={"billingDay": 40}), "partners[0].billing.billingDay: must be a day of the month"),
    "by-country": (
        with_partner(legal={"address": {"country": "DE", "postalCode": "1"}}),
        "partners[0].legal.address.postalCode: must be a postal code of DE",
    ),
    "unknown-member": (
        with_partner(support={"fax": "1"}),
        "partners[0].support: has a member 'fax' that is not known; it can",
    ),
}


@pytest.mark.parametrize(("document", "mistake"), WRONG.values(), ids=WRONG.keys())
def test_a_document_that_is_no_seed_is_refused(document: JsonValue, mistake: str) -> None:
    assert any(told.startswith(mistake) for told in mistakes_in(document))


def test_all_mistakes_are_told_at_once() -> None:
    document: JsonObject = {"partners": [{"tenant": "A", "users": [{"name": "a"}]}, {"tenant": "b.example", "id": "x"}]}
    told = mistakes_in(document)
    assert len(told) == 3
    assert len(mistakes_in({"partners": [{}] * 1000})) == 100


def test_a_wrong_type_hides_no_other_mistake() -> None:
    billing: JsonObject = {"purchaseOrderNumber": 9000, "foo": 1, "billingDay": 40, "address": {"citi": "Berlin"}}
    told = mistakes_in(with_partner(mpnId=7, nme="Contoso", billing=billing, users=[{"name": "a", "role": "king"}]))
    assert [mistake.partition(";")[0].partition(",")[0] for mistake in told] == [
        "partners[0].mpnId: must be text",
        "partners[0]: has a member 'nme' that is not known (is name meant?)",
        "partners[0].users[0]: role must be one of: global admin",
        "partners[0].billing.purchaseOrderNumber: must be text",
        "partners[0].billing.billingDay: must be a day of the month",
        "partners[0].billing: has a member 'foo' that is not known",
        "partners[0].billing.address: has a member 'citi' that is not known (is city meant?)",
    ]


def test_no_mistake_repeats_a_value() -> None:
    secret = "s3cr3t"
    document = with_partner(
        refreshToken=secret, name="\n" + secret, billing={"taxId": 1, "fax": secret, "billingDay": 99}
    )
    assert secret not in " ".join(mistakes_in(document))
