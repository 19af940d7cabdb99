"""A token that was accepted once is judged anew in every request; only its signature is not verified again."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from partnercenter.service import seed
from partnercenter.service.gate import authentication as authentication_module
from partnercenter.service.gate.authentication import LEEWAY_SECONDS, Authentication
from partnercenter.service.gate.signed_claims import SignedClaims, read_signed
from partnercenter.service.gate.verified_tokens import VerifiedTokens
from partnercenter.service.refusals import Reason, Refusal
from partnercenter.service.token_authority import Accounts, SigningKeys
from partnercenter.service.token_authority.keys import OVERLAP_SECONDS
from partnercenter.wire.clouds import Cloud
from partnercenter.wire.messages import Headers
from tests.service.stage import BASE_URL, FIRST, NOW, claims, keys
from tests.service.token_authority.forging import forging_keys, good, secret, with_claims

BASE64URL = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


class Gate:
    """Authentication whose time, accounts and keys a test can change between two requests."""

    def __init__(self, signing: SigningKeys | None = None, **changes: VerifiedTokens) -> None:
        self.now = NOW
        self.accounts = Accounts(seed.DIRECTORY)
        signing = signing or forging_keys()
        self.authentication = Authentication(
            signing.public_keys, BASE_URL, Cloud.GLOBAL, self.accounts, lambda: self.now, **changes
        )

    @property
    def verified(self) -> VerifiedTokens:
        """What is remembered."""
        return self.authentication.verified

    def accepts(self, token: str) -> bool:
        """Whether a request with this token passes; a refusal is the one of a token that is not accepted."""
        refusals = []
        try:
            self.authentication.caller(Headers({"Authorization": f"Bearer {token}"}))
        except Refusal as refusal:
            refusals.append(refusal.reason)
        assert refusals in ([], [Reason.TOKEN_NOT_ACCEPTED])
        return not refusals


@pytest.fixture
def gate() -> Gate:
    """A gate that has accepted the good token."""
    gate = Gate()
    assert gate.accepts(good())
    return gate


def own_keys() -> SigningKeys:
    """Keys that a test may rotate."""
    return SigningKeys(secret())


def test_a_signature_is_verified_once(gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []

    def counted(token: str, keys: Mapping[str, RSAPublicKey]) -> SignedClaims:
        read.append(token)
        return read_signed(token, keys)

    monkeypatch.setattr(authentication_module, "read_signed", counted)
    other = with_claims(sub="another")
    assert [gate.accepts(token) for token in (good(), other, other, good())] == [True] * 4
    assert read == [other]


def test_the_caller_is_the_same_each_time(gate: Gate) -> None:
    lines = Headers({"Authorization": f"Bearer {good()}"})
    assert gate.authentication.caller(lines) == Gate().authentication.caller(lines)


def test_a_token_that_has_expired_since_is_refused(gate: Gate) -> None:
    gate.now = NOW + 3600 + LEEWAY_SECONDS
    assert not gate.accepts(good())


def test_a_token_of_a_clock_that_was_set_back_is_refused(gate: Gate) -> None:
    gate.now = NOW - LEEWAY_SECONDS - 1
    assert not gate.accepts(good())


@pytest.mark.parametrize("disabled", [seed.BILLING_ADMIN.id, seed.APP_USER.id, FIRST], ids=["user", "app", "tenant"])
def test_a_token_whose_holder_was_disabled_since_is_refused_until_enabled_again(gate: Gate, disabled: str) -> None:
    gate.accounts.disable(disabled)
    assert not gate.accepts(good())
    gate.accounts.enable(disabled)
    assert gate.accepts(good())


def test_the_roles_are_those_of_the_directory_at_this_moment(gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate.accounts, "roles_of", lambda _: frozenset[str]())
    assert not gate.authentication.caller(Headers({"Authorization": f"Bearer {good()}"})).roles


def test_a_token_of_a_key_that_was_removed_since_is_refused() -> None:
    own = own_keys()
    gate, token = Gate(own), own.sign(claims())
    assert gate.accepts(token)
    own.rotate(NOW, overlap_seconds=0)
    assert not gate.accepts(token)


def test_a_token_of_a_key_that_was_rotated_since_is_accepted_during_the_overlap_and_not_after() -> None:
    own = own_keys()
    gate, token = Gate(own), own.sign(claims(exp=int(NOW) + 24 * 3600))
    assert gate.accepts(token)
    own.rotate(NOW - 120)
    assert gate.accepts(token)
    gate.now = NOW - 120 + OVERLAP_SECONDS
    assert gate.now < NOW + 24 * 3600
    assert not gate.accepts(token)


def test_another_key_under_the_same_id_is_not_the_key_that_verified(gate: Gate) -> None:
    (other,) = keys().public_keys(NOW).values()
    gate.authentication = replace(gate.authentication, keys=lambda _: {forging_keys().kid: other})
    assert not gate.accepts(good())


@pytest.mark.parametrize("part", [0, 1, 2], ids=["header", "claims", "signature"])
def test_a_token_with_one_bit_changed_is_refused(gate: Gate, part: int) -> None:
    parts = good().split(".")
    for place in range(0, len(parts[part]), 5):
        letter = BASE64URL[BASE64URL.index(parts[part][place]) ^ 1]
        changed = [*parts]
        changed[part] = f"{parts[part][:place]}{letter}{parts[part][place + 1 :]}"
        assert not gate.accepts(".".join(changed)), place


@pytest.mark.parametrize(
    "spelled", [lambda token: token + "=", lambda token: token + "A", lambda token: token + ".", str.lower]
)
def test_another_spelling_of_an_accepted_token_is_refused(gate: Gate, spelled: Callable[[str], str]) -> None:
    assert not gate.accepts(spelled(good()))


def test_a_token_with_half_a_character_is_refused(gate: Gate) -> None:
    assert not gate.accepts(good() + "\ud800")


REFUSED = {
    "expired": lambda: with_claims(iat=int(NOW) - 900, nbf=int(NOW) - 900, exp=int(NOW) - 300),
    "another-audience": lambda: with_claims(aud="https://contoso.example"),
    "another-issuer": lambda: with_claims(iss="https://contoso.example"),
    "no-such-user": lambda: with_claims(oid=seed.APP_USER.id),
    "cut": lambda: good()[:-1],
    "another-key": lambda: keys().sign(claims()),
}


@pytest.mark.parametrize("refused", REFUSED.values(), ids=REFUSED.keys())
def test_a_token_that_is_refused_is_not_remembered(refused: Callable[[], str]) -> None:
    gate = Gate()
    assert not gate.accepts(refused())
    assert len(gate.verified) == 0


def test_a_token_of_the_retired_audience_is_not_remembered() -> None:
    gate = Gate()
    old = with_claims(aud="https://graph.windows.net")
    with pytest.raises(Refusal):
        gate.authentication.caller(Headers({"Authorization": f"Bearer {old}"}))
    assert len(gate.verified) == 0


def test_no_more_tokens_are_remembered_than_the_bound() -> None:
    gate = Gate(verified=VerifiedTokens(most=3))
    assert all(gate.accepts(with_claims(sub=str(number))) for number in range(5))
    assert len(gate.verified) == 3


def test_the_token_that_was_asked_for_longest_ago_makes_room() -> None:
    gate = Gate(verified=VerifiedTokens(most=2))
    first, second, third = (with_claims(sub=str(number)) for number in range(3))
    for token in (first, second, first, third):
        gate.accepts(token)
    public = forging_keys().public_keys(NOW)
    assert [gate.verified.find(token, public) is not None for token in (first, second, third)] == [True, False, True]


def test_neither_token_nor_signature_lies_in_memory(gate: Gate) -> None:
    remembered = [(digest, signed.claims, signed.kid) for digest, signed in gate.verified._known.items()]
    kept = pickle.dumps(remembered)
    assert not [part for part in good().split(".") if part.encode() in kept]
    assert [len(digest) for digest, *_ in remembered] == [32]
