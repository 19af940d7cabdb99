"""What crosses the border of the SDK is a value: it can be pickled, copied and compared, and shows no secret."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import partnercenter
from partnercenter import (
    AccessToken,
    Address,
    AddressStatus,
    AddressValidation,
    AsyncPartnerCenter,
    AuditRecord,
    AuthorizationCodeCredential,
    BillingProfile,
    ClientCredentialsCredential,
    ClientSettings,
    Cloud,
    Collision,
    Concurrency,
    Contact,
    CountryValidationRules,
    DeviceCodeCredential,
    DeviceCodePrompt,
    FixedToken,
    Headers,
    LegalBusinessProfile,
    Merge,
    MpnProfile,
    OrganizationProfile,
    PartnerCenter,
    PartnerCenterError,
    PreconditionFailedError,
    RawAnswer,
    RefreshTokenCredential,
    RefusedError,
    Request,
    Response,
    SupportProfile,
    VettingVersion,
    Violation,
)
from partnercenter.client import errors
from partnercenter.wire.json_text import JsonObject, JsonValue
from partnercenter.wire.shapes import Shape, members_of
from tests.client.tiny_authority import TENANT

SHAPES: list[type[Shape]] = [
    Address,
    AddressValidation,
    AuditRecord,
    BillingProfile,
    Contact,
    CountryValidationRules,
    LegalBusinessProfile,
    MpnProfile,
    OrganizationProfile,
    SupportProfile,
]
ERRORS = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, PartnerCenterError)]

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
json_values: st.SearchStrategy[JsonValue] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
line_texts = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=12)
headers = st.lists(st.tuples(line_texts, line_texts), max_size=4).map(Headers)
responses = st.builds(Response, st.integers(100, 599), headers, st.binary(max_size=20))


def documents(shape: type[Shape]) -> st.SearchStrategy[JsonObject]:
    """Objects with members that the class knows, of any type, and others that it does not."""
    names = st.sampled_from([member.wire_name for member in members_of(shape).values()]) | texts
    return st.dictionaries(names, json_values, max_size=8)


shapes = st.sampled_from(SHAPES).flatmap(
    lambda kind: documents(kind).map(lambda document: kind.from_wire(document, strict=False))
)
profiles = documents(BillingProfile).map(lambda document: BillingProfile.from_wire(document, strict=False))
values = st.one_of(
    shapes,
    headers,
    responses,
    st.builds(Request, st.sampled_from(["GET", "PUT"]), line_texts, headers, st.binary(max_size=20)),
    st.builds(RawAnswer, shapes | responses, st.lists(responses, min_size=1, max_size=3)),
    st.builds(Collision, texts, json_values, json_values, json_values),
    st.builds(Merge, profiles, st.tuples(st.builds(Collision, texts, json_values, json_values, json_values))),
    st.builds(Violation, texts, texts, st.dictionaries(texts, texts | st.integers(), max_size=2)),
    st.builds(
        ClientSettings,
        cloud=st.sampled_from([cloud for cloud in Cloud if not cloud.addresses.retired]),
        concurrency=st.sampled_from(Concurrency),
        timeout=st.floats(0.1, 1e6),
        most_attempts=st.integers(1, 99),
        locale=line_texts,
    ),
    st.builds(DeviceCodePrompt, texts, texts, texts, st.integers()),
    st.sampled_from(AddressStatus),
    st.sampled_from(VettingVersion),
    st.sampled_from(Cloud),
)


@st.composite
def any_errors(draw: st.DrawFn) -> PartnerCenterError:
    """An error of any class, with anything in its attributes but for the profiles."""
    error = draw(st.sampled_from(ERRORS))(draw(texts), request_id=draw(texts), correlation_id=draw(st.none() | texts))
    if isinstance(error, RefusedError):
        error.status, error.code, error.description = draw(st.integers(300, 599)), draw(texts), draw(texts)
        error.data, error.retry_after = tuple(draw(st.lists(texts, max_size=3))), draw(st.none() | st.floats(0, 100))
    if isinstance(error, errors.OutcomeUnknownError):
        error.last = errors.ServerError(draw(texts), status=503)
    return error


def pickled(value: object) -> object:
    return pickle.loads(pickle.dumps(value))


no_hurry = settings(deadline=None, max_examples=50)
same = pytest.mark.parametrize("same", [pickled, copy.copy, copy.deepcopy])


@same
@no_hurry
@given(value=values)
def test_what_comes_of_a_value_is_equal_and_shows_the_same(same: Callable[[object], object], value: object) -> None:
    again = same(value)
    assert again == value
    assert type(again) is type(value)
    assert repr(again) == repr(value)


@same
@no_hurry
@given(error=any_errors())
def test_what_comes_of_an_error_is_equal_and_says_the_same(
    same: Callable[[object], object], error: PartnerCenterError
) -> None:
    again = same(error)
    assert again == error
    assert str(again) == str(error)
    assert isinstance(again, PartnerCenterError)
    assert again.docs == error.docs


@no_hurry
@given(one=values, other=values)
def test_values_are_equal_only_if_both_sides_say_so(one: object, other: object) -> None:
    assert (one == other) is (other == one)
    assert (one != other) is not (one == other)


@no_hurry
@given(document=documents(BillingProfile), tag=texts)
def test_a_copy_is_another_object_whose_changes_stay_its_own(document: JsonObject, tag: str) -> None:
    profile = BillingProfile.from_wire(document, strict=False)
    before = profile.to_wire()
    copied = copy.deepcopy(profile)
    copied.attributes.etag, copied.address.city, copied.tax_id = tag, tag, tag
    assert profile.to_wire() == before


SECRET = "canary-secret"
HOLDERS = [
    AccessToken(SECRET, 1),
    FixedToken(SECRET),
    RefreshTokenCredential("client", SECRET, tenant_id=TENANT, client_secret=SECRET),
    DeviceCodeCredential("client", prompt=print, tenant_id=TENANT),
    ClientCredentialsCredential("client", SECRET, tenant_id=TENANT),
    AuthorizationCodeCredential("client", SECRET, redirect_uri="https://localhost", tenant_id=TENANT),
    PartnerCenter(FixedToken(SECRET)),
    AsyncPartnerCenter(FixedToken(SECRET)),
]


@pytest.mark.parametrize("holder", HOLDERS, ids=lambda holder: type(holder).__name__)
@pytest.mark.parametrize("same", [pickle.dumps, copy.copy, copy.deepcopy])
def test_what_holds_a_secret_refuses_to_be_copied_and_says_so(same: Callable[[object], object], holder: object) -> None:
    with pytest.raises(TypeError, match=rf"{type(holder).__name__} holds a secret"):
        same(holder)


@pytest.mark.parametrize("holder", HOLDERS, ids=lambda holder: type(holder).__name__)
def test_what_holds_a_secret_shows_it_nowhere(holder: object) -> None:
    assert "canary" not in f"{holder!r} {holder}"


def parts_of(client: PartnerCenter | AsyncPartnerCenter) -> list[object]:
    return [client, *_public(client), *_public(client.profiles)]


def _public(holder: object) -> list[object]:
    return [value for name, value in vars(holder).items() if not name.startswith("_")]


@pytest.mark.parametrize("kind", [PartnerCenter, AsyncPartnerCenter])
def test_every_part_of_a_client_shows_what_it_is_shortly(kind: type[PartnerCenter]) -> None:
    settings = ClientSettings(base_url="https://localhost:8443")
    shown = [repr(part) for part in parts_of(kind(FixedToken(SECRET), settings=settings))]
    assert len(shown) == 11
    assert [text for text in shown if len(text) > 300 or "canary" in text or " at 0x" in text] == []
    assert all("https://localhost:8443" in text for text in shown)


def test_a_profile_of_a_client_shows_its_address() -> None:
    partner = PartnerCenter(FixedToken("t"), settings=ClientSettings(base_url="https://localhost:8443"))
    shown = "ProfileOperations('https://localhost:8443/v1/profiles/billing')"
    assert repr(partner.profiles.billing_profile) == shown


def test_a_refused_update_carries_profiles_and_shows_nothing_of_them() -> None:
    error = PreconditionFailedError("It moved.", status=412, code="2055")
    error.base = error.mine = error.theirs = BillingProfile(tax_id=SECRET, company_name=SECRET)
    shown = f"{error!r} {error} {error.args} {error.facts()} {error.details()} {getattr(error, '__notes__', '')}"
    assert "canary" not in shown
    assert b"canary" not in pickle.dumps(error)


def test_a_shape_shows_itself_shortly_however_long_its_members_are() -> None:
    profile = BillingProfile(company_name="x" * 1000, purchase_order_number="9888")
    assert len(repr(profile)) == 300
    assert repr(profile).endswith("xxx...)")


def test_a_merge_and_a_raw_answer_show_themselves_shortly_however_many_parts_they_have() -> None:
    collisions = tuple(Collision(f"address.line{number}", "a", "b", "c") for number in range(100))
    assert len(repr(Merge(BillingProfile(), collisions))) == 300
    assert len(repr(RawAnswer([], [Response(200)] * 100))) == 300


def test_a_merge_and_a_collision_show_no_tax_id() -> None:
    profile = BillingProfile(tax_id=SECRET)
    assert "canary" not in repr(Merge(profile, (Collision("taxId", SECRET, SECRET, SECRET),)))


NOT_VALUES = {
    # What others implement.
    *("AsyncCredential", "AsyncTransport", "Credential", "Telemetry", "Transport", "CallOptions"),
    # What only this process can use.
    *("AsgiTransport", "AsyncAsgiTransport", "AsyncHttpTransport", "HttpTransport", "OpenTelemetry", "Clock"),
    # Tested where they stand: what holds tokens, and errors of transports, which the SDK turns into its own.
    *("CachedCredential", "InteractiveCredential", "TokenCache"),
    *("AnswerLostError", "RequestNotSentError", "TransportError"),
}


def test_every_public_class_is_looked_at_here_or_is_no_value() -> None:
    kinds = {name for name in partnercenter.__all__ if isinstance(getattr(partnercenter, name), type)}
    assert kinds - set(globals()) - {kind.__name__ for kind in ERRORS} - NOT_VALUES == set()
