"""A profile between its three states: as sent, as stored, as answered."""

from __future__ import annotations

from partnercenter.service.operations.profile_kinds import ProfileKind
from partnercenter.service.storage import StoredProfile
from partnercenter.wire import json_text
from partnercenter.wire.casing import Casing
from partnercenter.wire.entity_tag import EntityTag
from partnercenter.wire.json_text import JsonObject
from partnercenter.wire.profiles import Link, P, ResourceAttributes, ResourceLinks
from partnercenter.wire.shapes import Shape, Violation

_SELF_METHOD = "GET"


def profile_of(kind: ProfileKind[P], stored: StoredProfile) -> P:
    """The writable members of a stored version."""
    return kind.shape.from_wire(stored.document)


def replacement(kind: ProfileKind[P], old: P, sent: P) -> P:
    """Make of `sent`, which is changed, the version that a PUT of it puts in the place of `old`.

    A PUT replaces: null and absent alike clear a member, but for those that cannot be cleared. What the service
    itself sets (links, attributes, types, read-only members) is ignored, as clients send whole profiles back.
    """
    for name in (*kind.required, *kind.kept):
        if not is_given(getattr(sent, name)):
            setattr(sent, name, getattr(old, name))
    for name in kind.read_only:
        setattr(sent, name, getattr(old, name))
    sent.profile_type, sent.links, sent.attributes = None, ResourceLinks(), ResourceAttributes()
    return sent


def changed_fixed_members(kind: ProfileKind[P], old: P, new: P) -> list[Violation]:
    """A violation for each fixed member that has another value than before."""
    return [
        Violation(member.wire_name, "is fixed for this partner; send the value that it has")
        for member in type(new).members()
        if member.python_name in kind.fixed and getattr(new, member.python_name) != getattr(old, member.python_name)
    ]


def stored_document(profile: Shape) -> JsonObject:
    """What is kept of a profile: the writable members, nulls as they were sent."""
    document = profile.to_wire()
    return {name: value for name, value in document.items() if name not in ("profileType", "links", "attributes")}


def camel_case_answer(kind: ProfileKind[P], document: JsonObject, tag: EntityTag) -> bytes:
    """A stored version as an answer carries it: without its nulls, with empty texts, like every recorded reply.

    document: what is kept of it, which is spelled in camelCase already.
    """
    etag: JsonObject = {"etag": tag.value} if kind.tag_in_body else {}
    attributes = etag | {"objectType": kind.object_type}
    itself: JsonObject = {"uri": kind.self_uri, "method": _SELF_METHOD, "headers": []}
    own: JsonObject = {"profileType": kind.profile_type, "links": {"self": itself}, "attributes": attributes}
    return json_text.write(_without_nulls(document) | own)


def pascal_case_answer(kind: ProfileKind[P], profile: P, tag: EntityTag) -> bytes:
    """A profile, which gets the members that the service sets, as an answer in PascalCase carries it.

    It keeps the nulls of the request and has no `ProfileType`, like the published reply.
    """
    profile.links = links_of(kind)
    profile.attributes = ResourceAttributes(etag=tag.value if kind.tag_in_body else None, object_type=kind.object_type)
    return json_text.write(profile.to_wire(Casing.PASCAL))


def links_of(kind: ProfileKind[P]) -> ResourceLinks:
    """The links of the one profile of this kind that a partner has."""
    return ResourceLinks(self_=Link(uri=kind.self_uri, method=_SELF_METHOD, headers=[]))


def is_given(value: object) -> bool:
    """Whether a member that cannot be cleared was given a value: 0 as a day and an object without members are none."""
    return not (value is None or value == 0 or (isinstance(value, Shape) and value.is_blank and not value.is_seen))


def _without_nulls(document: JsonObject) -> JsonObject:
    return {
        name: _without_nulls(value) if isinstance(value, dict) else value
        for name, value in document.items()
        if value is not None
    }
