"""The error envelope `{code, description, data, source}`, its closed list of codes, and the dialects beside it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum

from partnercenter.wire import json_text
from partnercenter.wire.json_text import JsonObject, JsonValue

LONGEST_DESCRIPTION = 1024


class ErrorCode(IntEnum):
    """Every code that the service answers with (Partner Center error codes; decisions of ours are marked).

    400     401  access denied: the token is not accepted
    1000    404  not found
    2055    400, 412  the entity tag is no longer valid
    3000    400  a member has an invalid value; 404  there is no partner with this MPN id
    27002   400  a member is not acceptable for the country
    800001  401  the request carries no token
    800002  400  the request is not understood (ours for 406, 408, 413 to 417, 428, 431, 501, 505 too)
    800003  500  unexpected error (ours for 503 too)
    900126  400  a word is none of those that it can be
    900127  405, 501  the operation is not supported (ours: documented with 400)
    900150  403  the caller's roles do not allow the operation
    900329  403  the resource does not take application permissions (App-only)
    900420  401  the audience of the token is no longer supported
    900421  401  the token carries no MFA claim
    """

    ACCESS_DENIED = 400
    NOT_FOUND = 1000
    ENTITY_TAG_NOT_VALID = 2055
    INVALID_PROPERTY = 3000
    INVALID_FOR_COUNTRY = 27002
    TOKEN_MISSING = 800001
    INVALID_REQUEST = 800002
    UNEXPECTED = 800003
    WORD_NOT_KNOWN = 900126
    NOT_SUPPORTED = 900127
    ROLE_NOT_ALLOWED = 900150
    APP_ONLY_NOT_SUPPORTED = 900329
    AUDIENCE_RETIRED = 900420
    MFA_REQUIRED = 900421


@dataclass(frozen=True, slots=True)
class ErrorEnvelope:
    """What a refusal says.

    code: as text, because services send integers, texts and sometimes words. "" if there was none.
    description: for a person; at most LONGEST_DESCRIPTION characters.
    data: one line for each thing that is wrong.
    source: the part of the service that refused.
    """

    code: str = ""
    description: str = ""
    data: tuple[str, ...] = ()
    source: str = ""

    def to_wire(self) -> bytes:
        """The envelope as the service writes it: camelCase, the code an integer, no byte order mark."""
        return json_text.write(
            {
                "code": int(self.code),
                "description": self.description[:LONGEST_DESCRIPTION],
                "data": list(self.data),
                "source": self.source,
            }
        )


def read_error(body: bytes) -> ErrorEnvelope:
    """What `body` says, in whichever dialect: the envelope, the gateway's `{statusCode, message}`,
    `{error: {code, message}}`, plain text or HTML, or nothing. Never raises; an error has to be readable.
    """
    try:
        value = json_text.read_lenient(body)
    except json_text.JsonTextError:
        return ErrorEnvelope(description=_plain_text(body))
    members = {name.lower(): inner for name, inner in value.items()} if isinstance(value, dict) else {}
    inner = members.get("error")
    if isinstance(inner, dict):
        members = {name.lower(): value for name, value in inner.items()}
    return _envelope(members)


def _envelope(members: JsonObject) -> ErrorEnvelope:
    data = members.get("data")
    return ErrorEnvelope(
        code=_text(members.get("code", members.get("statuscode"))),
        description=_text(members.get("description", members.get("message")))[:LONGEST_DESCRIPTION],
        data=tuple(_text(line) for line in data) if isinstance(data, list) else (),
        source=_text(members.get("source")),
    )


def _text(value: JsonValue) -> str:
    if isinstance(value, (str, int)) and not isinstance(value, bool):
        return str(value)
    return "" if value is None else json_text.write(value).decode()


def _plain_text(body: bytes) -> str:
    text = re.sub(r"<[^<>]*>|\s+", " ", body.decode("utf-8", "replace"))
    return " ".join(text.split())[:LONGEST_DESCRIPTION]
