"""The five profiles: one mechanism, and what tells them apart (Partner Center profile resources)."""

from __future__ import annotations

import pytest

from partnercenter.service import seed
from partnercenter.service.asgi import Service
from partnercenter.wire.json_text import JsonObject
from tests.service.stage import SECOND, Answer, Desk, ask, token

ALL = ("billing", "legalbusiness", "organization", "support", "mpn")
WRITABLE = ALL[:4]
# Path of the PUT → a body after the published examples, PascalCase or camelCase as there.
BODIES: dict[str, JsonObject] = {
    "billing": {"companyName": "Contoso", "purchaseOrderNumber": "9001"},
    "legalbusiness": {"CompanyName": "Contoso", "VettingStatus": "rejected", "CompanyApproverEmail": "a@contoso.com"},
    "organization": {"companyName": "Contoso", "tenantId": SECOND, "language": "es", "culture": "es-US"},
    "support": {
        "Email": "email@sample.com",
        "Telephone": "48291736",
        "Website": "www.microsoft.com",
        "ProfileType": "support_profile",
        "Attributes": {"ObjectType": "PartnerSupportProfile"},
    },
    "supportprofile": {"Email": "email@sample.com", "Telephone": "4255555555", "Website": "www.microsoft.com"},
}


def _get(service: Service, name: str, query: str = "") -> Answer:
    return ask(service, "GET", f"/v1/profiles/{name}{query}")


def _put(service: Service, name: str, *lines: tuple[str, str], **changes: object) -> Answer:
    return ask(service, "PUT", f"/v1/profiles/{name}", lines=lines, body={**BODIES[name], **changes})  # type: ignore[dict-item]  # JSON


SEEN = {
    "billing": ("BillingProfile", "BillingProfile", "/profiles/billing", True),
    "legalbusiness": ("LegalBusinessProfile", "LegalBusinessProfile", "/profiles/legalbusiness", False),
    "organization": ("OrganizationProfile", "OrganizationProfile", "/profiles/organization", True),
    "support": ("PartnerSupportProfile", "support_profile", "/v1/profiles/support", False),
    "mpn": ("MpnProfile", "MpnProfile", "/profiles/mpn", False),
}


@pytest.mark.parametrize(("name", "seen"), SEEN.items())
def test_the_answer_has_type_link_and_tag_where_the_published_example_has_them(
    service: Service, name: str, seen: tuple[str, str, str, bool]
) -> None:
    answer = _get(service, name)
    document = answer.json()
    attributes, links = document["attributes"], document["links"]
    assert isinstance(attributes, dict)
    assert links == {"self": {"uri": seen[2], "method": "GET", "headers": []}}
    assert (attributes["objectType"], document["profileType"], "etag" in attributes) == (seen[0], seen[1], seen[3])


@pytest.mark.parametrize("name", ALL)
def test_every_profile_has_its_entity_tag_in_the_header(service: Service, name: str) -> None:
    assert (_get(service, name).headers.get("ETag") or "").startswith('"')


@pytest.mark.parametrize("name", BODIES)
def test_a_put_after_the_published_example_is_accepted(service: Service, name: str) -> None:
    assert _put(service, name).status == 200


@pytest.mark.parametrize("name", WRITABLE)
def test_c01_the_current_tag_lets_a_put_pass(service: Service, name: str) -> None:
    assert _put(service, name, ("If-Match", _get(service, name).headers.get("ETag") or "")).status == 200


@pytest.mark.parametrize("name", WRITABLE)
def test_c26_the_tag_of_another_profile_does_not(service: Service, name: str) -> None:
    other = "support" if name == "billing" else "billing"
    tag = _get(service, other).headers.get("ETag") or ""
    assert _put(service, name, ("If-Match", tag)).status == 412


@pytest.mark.parametrize("name", WRITABLE)
def test_d08_a_stale_tag_in_the_body_is_a_precondition_of_every_profile(service: Service, name: str) -> None:
    assert _put(service, name, **{_attributes(name): {"etag": "stale"}}).code() == 2055


def _attributes(name: str) -> str:
    return "Attributes" if "Attributes" in BODIES[name] else "attributes"


@pytest.mark.parametrize("name", WRITABLE)
def test_i01_a_replay_gets_the_first_answer(service: Service, name: str) -> None:
    ids = ("MS-RequestId", "9231559e-ed95-41e4-810b-e754ae32dc2f")
    assert _put(service, name, ids).body == _put(service, name, ids).body


@pytest.mark.parametrize("name", WRITABLE)
def test_d24_an_update_is_audited_under_a_word_of_its_own(desk: Desk, service: Service, name: str) -> None:
    _put(service, name)
    kind = {"legalbusiness": "legal_business"}.get(name, name)
    assert desk.audit()[0]["operationType"] == f"update_partner_{kind}_profile"


def test_d23_both_paths_of_the_support_profile_are_one_profile(service: Service) -> None:
    _put(service, "supportprofile", Telephone="1")
    assert (_get(service, "support").json()["telephone"], _get(service, "supportprofile").json()["telephone"]) == (
        "1",
        "1",
    )


def test_d23_partnernetworkprofile_is_the_mpn_profile(service: Service) -> None:
    assert _get(service, "partnernetworkprofile").body == _get(service, "mpn").body


def test_h26_nobody_puts_the_mpn_profile(service: Service) -> None:
    answer = ask(service, "PUT", "/v1/profiles/mpn", body={"partnerName": "x"})
    assert (answer.status, answer.headers.get("Allow")) == (405, "GET, HEAD, OPTIONS")


def test_the_own_mpn_id_gives_the_own_profile(service: Service) -> None:
    assert _get(service, "mpn", f"?mpnId={seed.FIRST_MPN_ID}").json()["partnerName"] == "TEST_TEST_BugBash1"


def test_t01_another_partners_mpn_id_gives_the_id_alone(service: Service) -> None:
    document = _get(service, "mpn", f"?mpnId={seed.SECOND_MPN_ID}").json()
    assert (document["mpnId"], "partnerName" in document) == (seed.SECOND_MPN_ID, False)


def test_an_mpn_id_that_nobody_has_is_a_404_with_the_documented_code(service: Service) -> None:
    answer = _get(service, "mpn", "?mpnId=9999999")
    assert (answer.status, answer.code()) == (404, 3000)


@pytest.mark.parametrize("version", ["none", "Current", "current", "lastFinalized", "LastFinalized"])
def test_a_vetting_version_is_taken_in_any_case(service: Service, version: str) -> None:
    assert _get(service, "legalbusiness", f"?vettingVersion={version}").status == 200


def test_a_vetting_version_that_there_is_not_is_refused(service: Service) -> None:
    answer = _get(service, "legalbusiness", "?vettingVersion=next")
    assert (answer.status, answer.code()) == (400, 900126)


def test_s06_nobody_vets_himself(service: Service) -> None:
    _put(service, "legalbusiness", VettingStatus="rejected", VettingSubStatus="other")
    document = _get(service, "legalbusiness").json()
    assert (document["vettingStatus"], document["vettingSubStatus"]) == ("authorized", "none")


@pytest.mark.parametrize("member", ["id", "tenantId", "domain"])
def test_s05_an_organization_cannot_become_another(service: Service, member: str) -> None:
    before = _get(service, "organization").json()[member]
    _put(service, "organization", **{member: "other"})
    assert _get(service, "organization").json()[member] == before


def test_d20_a_support_telephone_is_never_checked(service: Service) -> None:
    assert _put(service, "support", Telephone="call us").status == 200


APPLICATIONS = {"legalbusiness": 200, "billing": 403, "organization": 403, "support": 403, "mpn": 403}


@pytest.mark.parametrize(("name", "status"), APPLICATIONS.items())
def test_an_application_alone_reads_the_legal_business_and_no_other(service: Service, name: str, status: int) -> None:
    app: JsonObject = {"idtyp": "app", "appid": seed.APP_ONLY.id, "scp": "", "upn": "", "amr": [], "wids": []}
    bearer = token(**{**app, "oid": _principal()})
    assert ask(service, "GET", f"/v1/profiles/{name}", bearer=bearer).status == status


def _principal() -> str:
    from partnercenter.service.token_authority.directory import service_principal_id

    return service_principal_id(seed.FIRST_TENANT.id, seed.APP_ONLY.id)


@pytest.mark.parametrize("name", ALL)
def test_the_second_tenant_has_profiles_of_its_own(service: Service, name: str) -> None:
    user = seed.SECOND_BILLING_ADMIN
    bearer = token(tid=user.tenant_id, oid=user.id, wids=[*user.roles])
    assert ask(service, "GET", f"/v1/profiles/{name}", bearer=bearer).body != _get(service, name).body
