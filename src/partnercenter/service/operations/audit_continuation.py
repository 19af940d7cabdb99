"""The continuation token: where the next page of an audit query begins, without anything kept for it.

It holds a sequence and a fingerprint of tenant, query and sequence. Somebody who knows how it is made can make
one, and gains nothing: the tenant of a list is always the caller's, so it says where in one's own list to go on.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping

from partnercenter.service.refusals import Reason, Refusal
from partnercenter.wire import headers, json_text
from partnercenter.wire.shapes import Violation

_SEQUENCE_BYTES = 8
_FINGERPRINT_BYTES = 16
_DOMAIN = "partnercenter continuation token 1"

# A sequence is a positive number of SQLite: eight bytes with a sign.
_SIGN_BIT = 0x80
_NOT_OURS = "must be that of links.next, sent with the same query; begin again without it"


def make_token(tenant_id: str, parameters: Mapping[str, str], sequence: int) -> str:
    """The token of the page that follows the record with `sequence`."""
    place = sequence.to_bytes(_SEQUENCE_BYTES, "big")
    return base64.urlsafe_b64encode(place + _fingerprint(tenant_id, parameters, place)).decode()


def read_token(token: str, tenant_id: str, parameters: Mapping[str, str]) -> int:
    """The sequence that the token holds. Raises Refusal QUERY_INVALID if it is not one of this tenant and query."""
    try:
        raw = base64.b64decode(token, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    place, fingerprint = raw[:_SEQUENCE_BYTES], raw[_SEQUENCE_BYTES:]
    made_by_us = len(place) == _SEQUENCE_BYTES and place[0] < _SIGN_BIT
    if not made_by_us or fingerprint != _fingerprint(tenant_id, parameters, place):
        raise Refusal(Reason.QUERY_INVALID, [Violation(headers.MS_CONTINUATION_TOKEN, _NOT_OURS)])
    return int.from_bytes(place, "big")


def _fingerprint(tenant_id: str, parameters: Mapping[str, str], place: bytes) -> bytes:
    # As JSON with sorted members, so that no two queries make the same bytes.
    facts = json_text.write_sorted([_DOMAIN, tenant_id, dict(parameters), place.hex()])
    return hashlib.sha256(facts).digest()[:_FINGERPRINT_BYTES]
