"""From an entry of the journal to a line of curl that asks the same again."""

from __future__ import annotations

import shlex

from partnercenter.cli.local.journal.entries import Entry
from partnercenter.wire import headers

# curl writes these itself, for the message that it sends (RFC 9112 §6, RFC 9110 §7.2 and §7.6.1).
_OF_THE_CONNECTION = {"host", "content-length", "transfer-encoding", "connection", "te"}
_NEEDS_CARE = set("{}[]")  # curl takes them for lists of URLs

_NOT_KEPT = ("****", "[removed]", "bytes that are not JSON]")


def curl(entry: Entry) -> str:
    """The command, in one shell line; comments before it say what the journal does not know.

    The service and its CA are those of the variables that `partnercenter env` exports; the token is that of $TOKEN.
    """
    words = [
        "curl",
        '--cacert "$PARTNERCENTER_CA_BUNDLE"',
        *_method(entry),
        *_care(entry.target),
        _address(entry.target),
    ]
    given = {name.lower() for name, _ in entry.headers}
    words += [_header(name, value) for name, value in entry.headers if name.lower() not in _OF_THE_CONNECTION]
    if entry.body:
        if "content-type" not in given:
            words.append(f"-H {shlex.quote(headers.CONTENT_TYPE + ':')}")  # else curl calls it a form
        words.append(f"--data-raw {shlex.quote(entry.body)}")
    return "\n".join([*_remarks(entry), " ".join(words)])


def _method(entry: Entry) -> list[str]:
    if entry.method == "HEAD":
        return ["--head"]  # with -X curl would wait for a body
    expected = "POST" if entry.body else "GET"
    return [] if entry.method == expected else [f"-X {shlex.quote(entry.method)}"]


def _care(target: str) -> list[str]:
    return [
        *(["--globoff"] if _NEEDS_CARE & set(target) else []),
        *(["--path-as-is"] if "/." in target else []),
    ]


def _address(target: str) -> str:
    if target.startswith("/"):
        return '"$PARTNERCENTER_BASE_URL"' + shlex.quote(target)
    return shlex.quote(target)


def _header(name: str, value: str) -> str:
    if name.lower() == "authorization":
        scheme = "Basic" if value.lower().startswith("basic ") else "Bearer"  # RFC 9110 §11.1
        return f'-H "{headers.AUTHORIZATION}: {scheme} $TOKEN"'
    # A line without a value is written with a semicolon (curl(1), "--header").
    return f"-H {shlex.quote(f'{name}: {value}' if value else f'{name};')}"


def _remarks(entry: Entry) -> list[str]:
    said = f"answered {entry.status}" if entry.status else "not answered"
    remarks = [f"# {entry.sequence}: {entry.time}, {said}{f', fault {entry.fault}' if entry.fault else ''}"]
    if any(sign in entry.target + entry.body for sign in _NOT_KEPT):
        remarks.append(
            "# The journal does not keep all of it: write in what was [removed] or masked before you send this."
        )
    return remarks
