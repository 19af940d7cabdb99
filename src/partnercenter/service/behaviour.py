"""Where the documentation leaves room: the switches that every request meets, and what each can be set to."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum


class Switch(Enum):
    """On or off."""

    ON = "on"
    OFF = "off"

    def __bool__(self) -> bool:
        return self is Switch.ON


class Doubtful(Enum):
    """What becomes of a request that the documentation neither allows nor forbids."""

    ACCEPT = "accept"
    REFUSE = "refuse"


class ReplyCasing(Enum):
    """How the answer to a PUT spells its member names: as the body that was sent, or always in camelCase."""

    MIRROR = "mirror"
    CAMEL = "camel"


class Pkce(Enum):
    """Which clients have to prove at the token endpoint that it was they who began the sign-in (RFC 7636)."""

    PUBLIC = "public"
    ALWAYS = "always"


@dataclass(frozen=True, slots=True)
class Behaviour:
    """One setting of all switches; the defaults are those of the preset `documented`."""

    casing: ReplyCasing = field(
        default=ReplyCasing.MIRROR,
        metadata={"help": "Member names of the answer to a PUT: as in its body, or always camelCase."},
    )
    bom: Switch = field(
        default=Switch.OFF,
        metadata={"help": "A byte order mark before the JSON of every success, as recorded in 2019."},
    )
    absent_members: Doubtful = field(
        default=Doubtful.ACCEPT,
        metadata={"help": "A PUT without company name, address, contact or currency: the stored one is kept, or 400."},
    )
    unwritable_members: Doubtful = field(
        default=Doubtful.ACCEPT,
        metadata={"help": "A PUT with unknown members, or with other values of read-only ones: ignored, or 400."},
    )
    missing_tag: Doubtful = field(
        default=Doubtful.ACCEPT, metadata={"help": "A PUT that names no entity tag: the last writer wins, or 428."}
    )
    bare_tags: Doubtful = field(
        default=Doubtful.ACCEPT,
        metadata={"help": "An entity tag without its double quotes in If-Match: as if it had them, or 400."},
    )
    missing_request_id: Doubtful = field(
        default=Doubtful.ACCEPT,
        metadata={"help": "A PUT without MS-RequestId, which cannot be repeated safely: done, or 400."},
    )
    pkce: Pkce = field(
        default=Pkce.PUBLIC, metadata={"help": "Who must use PKCE to sign in with a code: public clients, or all."}
    )
