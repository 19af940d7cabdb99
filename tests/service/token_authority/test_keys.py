"""The signing key: made once, kept safe, refused when it is not."""

from __future__ import annotations

import hashlib
import json
import os
import stat
from base64 import urlsafe_b64encode
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from partnercenter.service.token_authority import SigningKeyError, SigningKeys
from partnercenter.wire.json_text import write, write_sorted

NOW = 1_790_000_000
_NOT_ON_WINDOWS = pytest.mark.skipif(os.name == "nt", reason="no mode bits")


def _write(path: Path, key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> None:
    text = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(text)
    path.chmod(0o600)


def test_the_key_stays_the_same_at_the_next_start(tmp_path: Path) -> None:
    first = SigningKeys.load_or_create(tmp_path / "new" / "place")
    assert SigningKeys.load_or_create(tmp_path / "new" / "place").kid == first.kid


@_NOT_ON_WINDOWS
def test_the_file_is_for_its_owner_only_and_no_other_file_stays(tmp_path: Path) -> None:
    SigningKeys.load_or_create(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["signing-key.pem"]
    assert stat.S_IMODE((tmp_path / "signing-key.pem").stat().st_mode) == 0o600


@_NOT_ON_WINDOWS
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_a_key_that_others_can_read_is_refused_with_the_way_out(tmp_path: Path, mode: int) -> None:
    SigningKeys.load_or_create(tmp_path)
    (tmp_path / "signing-key.pem").chmod(mode)
    with pytest.raises(SigningKeyError, match="chmod 600"):
        SigningKeys.load_or_create(tmp_path)


def test_a_small_key_is_refused(tmp_path: Path) -> None:
    small = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # made to be refused
    _write(tmp_path / "signing-key.pem", small)
    with pytest.raises(SigningKeyError, match="2048"):
        SigningKeys.load_or_create(tmp_path)


def test_a_key_of_another_kind_is_refused(tmp_path: Path) -> None:
    _write(tmp_path / "signing-key.pem", ec.generate_private_key(ec.SECP256R1()))
    with pytest.raises(SigningKeyError, match="RSA"):
        SigningKeys.load_or_create(tmp_path)


def test_a_file_that_is_no_key_is_refused_and_not_quoted(tmp_path: Path) -> None:
    (tmp_path / "signing-key.pem").write_text("surprise")
    (tmp_path / "signing-key.pem").chmod(0o600)
    with pytest.raises(SigningKeyError, match="not a PEM private key") as raised:
        SigningKeys.load_or_create(tmp_path)
    assert "surprise" not in str(raised.value)


def test_a_place_where_no_directory_can_be_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SigningKeyError, match="Give this account"):
        SigningKeys.load_or_create(tmp_path / "file" / "keys")


def test_starts_at_the_same_time_end_with_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        kids = {keys.kid for keys in pool.map(SigningKeys.load_or_create, [tmp_path] * 4)}
    assert len(kids) == 1


def _published(keys: SigningKeys) -> dict[str, str]:
    (key,) = json.loads(write(keys.jwks(NOW)))["keys"]
    return dict(key)


def test_the_published_key_set_has_public_members_only(keys: SigningKeys) -> None:
    assert set(_published(keys)) == {"kty", "use", "alg", "kid", "n", "e"}


def test_the_kid_is_the_rfc_7638_thumbprint(keys: SigningKeys) -> None:
    key = _published(keys)
    digest = hashlib.sha256(write_sorted({name: key[name] for name in ("e", "kty", "n")})).digest()
    assert keys.kid == urlsafe_b64encode(digest).rstrip(b"=").decode()


def test_a_token_names_its_key_and_type(keys: SigningKeys) -> None:
    header = jwt.get_unverified_header(keys.sign({"a": 1}))
    assert header == {"alg": "RS256", "typ": "JWT", "kid": keys.kid}


def test_a_file_system_without_hard_links_will_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "link", refuse)
    first = SigningKeys.load_or_create(tmp_path)
    assert SigningKeys.load_or_create(tmp_path).kid == first.kid
    assert len(list(tmp_path.iterdir())) == 1
