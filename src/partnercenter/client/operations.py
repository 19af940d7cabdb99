"""The operations, each a flow: what is asked, and what the answer is read as."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial

from partnercenter.client import exchange
from partnercenter.client.attempts import Session, ask
from partnercenter.client.call import new_call
from partnercenter.client.call_options import CallOptions
from partnercenter.client.conversation import Flow
from partnercenter.client.errors import ConfigurationError
from partnercenter.client.profile_kinds import ProfileKind, VettingVersion
from partnercenter.client.settings import Concurrency
from partnercenter.wire.address_validation import AddressValidation
from partnercenter.wire.country_rules import CountryValidationRules
from partnercenter.wire.profiles import Address, P, ResourceAttributes


def get_access_token(session: Session) -> Flow[str]:
    """The token that the next call would carry."""
    return (yield from session.tokens.token()).token


def get_profile(
    session: Session,
    kind: ProfileKind[P],
    query: Mapping[str, str | None] | None = None,
    *,
    options: CallOptions | None = None,
) -> Flow[P]:
    """Read a profile. query: the parameters of this kind; one that is None is left out."""
    call = new_call("GET", exchange.with_query(kind.path, query or {}), options)
    return (yield from ask(session, call, partial(exchange.read_profile, kind)))


def get_profile_if_changed(
    session: Session, kind: ProfileKind[P], known: P, *, options: CallOptions | None = None
) -> Flow[P | None]:
    """Read a profile unless it still is the version `known` (RFC 9110 §13.1.2)."""
    exchange.check_is(kind.shape, known, f"A {kind.name}")
    call = new_call("GET", kind.path, options, if_none_match=exchange.known_tag(known))
    return (yield from ask(session, call, partial(exchange.read_profile_if_changed, kind)))


def vetting_query(version: VettingVersion | None) -> Mapping[str, str | None]:
    """The query of "Get the legal business profile"; the service takes Current if there is none.

    Raises ConfigurationError if `version` is another thing.
    """
    if version is not None:
        exchange.check_is(VettingVersion, version, "vetting_version")
    return {"vettingVersion": version.value if version else None}


def mpn_query(mpn_id: str | None) -> Mapping[str, str | None]:
    """The query of "Get a partner by MPN id". Raises ConfigurationError if `mpn_id` is not digits."""
    if mpn_id is not None and not _is_text_of("[0-9]+", mpn_id):
        raise ConfigurationError("mpn_id is digits as text, as in 4391507; None is one's own.")
    return {"mpnId": mpn_id}


def replace_profile(
    session: Session, kind: ProfileKind[P], profile: P, *, options: CallOptions | None = None
) -> Flow[P]:
    """Replace a profile, one call; `profile` itself is left as it is."""
    concurrency = session.settings.concurrency
    body = exchange.update_body(profile, with_tag=concurrency.in_body)
    call = new_call(
        "PUT",
        kind.path,
        options,
        body=exchange.write_body(body),
        if_match=exchange.entity_tag(profile) if concurrency.in_header else None,
        secrets=exchange.secrets_of(body),
        changes_something=True,
    )
    return (yield from ask(session, call, partial(exchange.read_profile, kind)))


def check_can_be_sent(session: Session, kind: ProfileKind[P], profile: P) -> None:
    """Raise ConfigurationError unless `profile` is of this kind and says which version it may replace."""
    exchange.check_is(kind.shape, profile, f"A {kind.name}")
    exchange.check_is(ResourceAttributes, profile.attributes, "attributes")
    if session.settings.concurrency is not Concurrency.NONE:
        exchange.check_has_tag(profile)


def get_country_rules(session: Session, iso2: str, options: CallOptions | None = None) -> Flow[CountryValidationRules]:
    """Read what the service asks of an address in one country ("Get address formatting rules by market")."""
    if not _is_text_of("[A-Za-z]{2}", iso2):
        raise ConfigurationError("A country is named by the two letters of ISO 3166-1 alpha-2, as in GB.")
    call = new_call("GET", f"{exchange.COUNTRY_RULES}{iso2.upper()}", options)
    read = partial(exchange.read_shape, CountryValidationRules, "set of rules of a country")
    return (yield from ask(session, call, read))


def validate_address(session: Session, address: Address, options: CallOptions | None = None) -> Flow[AddressValidation]:
    """Ask for a verdict on an address ("Validate an address"), which nobody keeps: the POST changes nothing."""
    exchange.check_is(Address, address, "An address")
    body = exchange.write_body(address.to_wire(keep_nulls=False))
    call = new_call("POST", "/v1/validations/address", options, body=body)
    return (yield from ask(session, call, partial(exchange.read_shape, AddressValidation, "verdict on an address")))


def _is_text_of(pattern: str, value: object) -> bool:
    return isinstance(value, str) and re.fullmatch(pattern, value, re.ASCII) is not None
