"""What a PUT says that the documentation neither allows nor forbids, for a service that refuses what is doubtful."""

from __future__ import annotations

from partnercenter.service.behaviour import Behaviour, Doubtful
from partnercenter.service.operations.profile_document import is_given, links_of
from partnercenter.service.operations.profile_kinds import ProfileKind
from partnercenter.wire.casing import camel
from partnercenter.wire.profiles import P
from partnercenter.wire.shapes import Shape, Violation


def doubts(kind: ProfileKind[P], old: P, sent: P, behaviour: Behaviour) -> list[Violation]:
    """A violation for each member of `sent` about which the service is strict; what it accepts is ignored later.

    Takes the unknown members from `sent`: they are never stored.
    """
    found: list[Violation] = []
    if behaviour.absent_members is Doubtful.REFUSE:
        found += [
            Violation(camel(name), "must be given") for name in kind.required if not is_given(getattr(sent, name))
        ]
    if behaviour.unwritable_members is Doubtful.REFUSE:
        found += [Violation(path, "has members that are not known; leave them out") for path in sent.unknown_at()]
        found += [
            Violation(path, "is set by the service; send the value that it has") for path in _changed(kind, old, sent)
        ]
    sent.forget_unknown()
    return found


def _changed(kind: ProfileKind[P], old: P, sent: P) -> list[str]:
    """The read-only members that were sent with another value than the profile has."""
    names = [camel(name) for name in kind.read_only if getattr(sent, name) not in (None, getattr(old, name))]
    if sent.profile_type not in (None, kind.profile_type):
        names.append("profileType")
    if not _agrees(sent.links, links_of(kind)):
        names.append("links")
    # The .NET client sends the name of its class, which is not always the documented one.
    if sent.attributes.object_type not in (None, kind.object_type, kind.shape.__name__):
        names.append("attributes.objectType")
    return names


def _agrees(sent: Shape, own: Shape) -> bool:
    """Whether everything that was sent is as it stands; clients that do not know a member leave it out."""
    for member in type(sent).members():
        mine, theirs = getattr(own, member.python_name), getattr(sent, member.python_name)
        agrees = _agrees(theirs, mine) if isinstance(theirs, Shape) else theirs in (None, mine)
        if not agrees:
            return False
    return True
