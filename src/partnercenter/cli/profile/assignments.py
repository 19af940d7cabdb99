"""`set member=value` and `--unset member`: from a path and a text to a changed profile."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator

import click

from partnercenter.wire.casing import fold
from partnercenter.wire.json_text import JsonValue
from partnercenter.wire.shapes import Member, Shape, members_of

READ_ONLY = ("links", "attributes", "profileType")


def apply(profile: Shape, to_set: Iterable[str], to_unset: Iterable[str]) -> None:
    """Change `profile` as the command says. click.UsageError for a path or a value that does not fit."""
    _refuse_twice([*(assignment.partition("=")[0] for assignment in to_set), *to_unset])
    for assignment in to_set:
        path, equals, text = assignment.partition("=")
        if not equals:
            raise click.UsageError(f"A change is written MEMBER=VALUE, as in purchaseOrderNumber=9888; got {path!r}.")
        owner, member = _find(profile, path.strip())
        setattr(owner, member.python_name, _value(member, path, text))
    for path in to_unset:
        owner, member = _find(profile, path.strip())
        setattr(owner, member.python_name, None)


def paths_of(shape: type[Shape], read_only: Collection[str] = ()) -> Iterator[tuple[str, Member]]:
    """Every member that a caller can change, by its path (`address.city`), in the order of the wire.

    read_only: names of members, beside those that the service sets in every profile.
    """
    for member in shape.members():
        if member.wire_name in READ_ONLY or member.wire_name in read_only:
            continue
        if member.shape is None:
            yield member.wire_name, member
            continue
        for path, inner in paths_of(member.shape):
            yield f"{member.wire_name}.{path}", inner


def value_at(profile: Shape, path: str) -> JsonValue:
    """The value of the member at `path`, one of `paths_of`; None if it has none."""
    owner, member = _find(profile, path)
    found: JsonValue = getattr(owner, member.python_name)
    return found


def put(profile: Shape, path: str, value: JsonValue) -> None:
    """Give the member at `path`, one of `paths_of`, a value of its type, or none."""
    owner, member = _find(profile, path)
    setattr(owner, member.python_name, value)


def _refuse_twice(paths: list[str]) -> None:
    folded = [fold(path.strip()) for path in paths]
    for path in paths:
        if folded.count(fold(path.strip())) > 1:
            raise click.UsageError(f"{path} is named twice. Say once what it is to be.")


def _find(profile: Shape, path: str) -> tuple[Shape, Member]:
    *parents, name = path.split(".")
    owner = profile
    for parent in parents:
        inner = getattr(owner, _member(profile, owner, parent, path).python_name)
        if not isinstance(inner, Shape):
            raise click.UsageError(f"{path}: {parent} has no members.")
        owner = inner
    member = _member(profile, owner, name, path)
    if issubclass(member.expects, Shape):
        inner_names = ", ".join(f"{path}.{inner.wire_name}" for inner in member.expects.members())
        raise click.UsageError(f"{path} is an object. Name one of its members: {inner_names}.")
    return owner, member


def _member(profile: Shape, owner: Shape, name: str, path: str) -> Member:
    """The member `name` of `owner`, which is `profile` or an object in it. path: what was typed, for the sentence."""
    member = members_of(type(owner)).get(fold(name))
    names = ", ".join(m.wire_name for m in type(owner).members() if m.wire_name not in READ_ONLY)
    if member is None:
        from partnercenter.fleet.member_paths import meant  # for a mistyped member alone

        near = meant(path, [known for known, _ in paths_of(type(profile))])
        said = f"{path if name else repr(path)} is not a member of the {_title(owner)}; it has: {names}.{near}"
        raise click.UsageError(said)
    if member.wire_name in READ_ONLY:
        raise click.UsageError(f"{path} cannot be changed. What can: {names}.")
    return member


def _title(owner: Shape) -> str:
    """What sentences call it: the words of its type."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", type(owner).__name__).lower()


def _value(member: Member, path: str, text: str) -> str | int:
    if member.expects is not int:
        return text
    try:
        return int(text)
    except ValueError:
        raise click.UsageError(f"{path} is a whole number; got {text!r}.") from None
