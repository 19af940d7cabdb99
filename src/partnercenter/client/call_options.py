"""What every operation can be told beside its subject, as keyword arguments: `get(timeout=5, locale="de-DE")`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypedDict, cast

from partnercenter.client.errors import ConfigurationError
from partnercenter.wire import guid, headers


class CallOptions(TypedDict, total=False):
    """The options of one call. Each goes before the setting of the client that says the same.

    request_id: a GUID for MS-RequestId, the idempotency key; a new one if left out. correlation_id: a GUID for
        MS-CorrelationId, by which calls that belong together are found in logs (Partner Center REST headers).
    timeout: seconds that one attempt may take.
    headers: lines to send beside the client's own. Those that carry the call itself cannot be among them.
    locale: sent as X-Locale, as in de-DE: the language of the answers.
    """

    request_id: str | None
    correlation_id: str | None
    timeout: float | None
    headers: Mapping[str, str]
    locale: str | None


# Lines that carry the call itself; a second one of the same name, or another value, would make it another call.
_OWN_LINES = frozenset(
    name.lower()
    for name in (
        headers.AUTHORIZATION,
        headers.CONTENT_LENGTH,
        headers.CONTENT_TYPE,
        headers.CONNECTION,
        headers.EXPECT,
        headers.IF_MATCH,
        headers.IF_NONE_MATCH,
        headers.MS_CORRELATION_ID,
        headers.MS_REQUEST_ID,
        headers.TRANSFER_ENCODING,
        headers.X_LOCALE,
        "Host",
    )
)
_NAMES = tuple(CallOptions.__annotations__)
# RFC 9110 §5.6.2, tchar: what a field name is made of.
_NAME_SIGNS = frozenset("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")


def check_names(options: Iterable[str]) -> None:
    """Raise TypeError for an option that there is none of, as Python does for any other argument."""
    for name in options:
        if name not in _NAMES:
            raise TypeError(f"got an unexpected keyword argument {name!r}; there are {', '.join(_NAMES)}")


def another(options: CallOptions | None) -> CallOptions:
    """`options` for another request of the same errand, which has an id of its own ("MS-RequestId")."""
    return cast("CallOptions", {name: value for name, value in (options or {}).items() if name != "request_id"})


def guid_or_new(name: str, given: str | None) -> str:
    """`given` if it is a GUID, a new one if it is None. name: of the option. Raises ConfigurationError."""
    if given is None:
        return guid.new_guid()
    read = guid.read_guid(given) if isinstance(given, str) else None
    if read is None:
        raise ConfigurationError(f"{name} is not a GUID; leave it out, or give that of an earlier call.")
    return read


def checked_timeout(given: float | None) -> float | None:
    """`given`, if seconds can be so. Raises ConfigurationError."""
    if given is not None and not (isinstance(given, (int, float)) and 0 < given < float("inf")):
        raise ConfigurationError("timeout must be a number of seconds, more than 0.")
    return given


def checked_locale(given: str | None) -> str | None:
    """`given`, if a header can carry it. Raises ConfigurationError."""
    if given is not None and not (isinstance(given, str) and given and _fits(given)):
        raise ConfigurationError("locale goes into a header: a language tag such as de-DE.")
    return given


def further_lines(given: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """`given` as header lines (RFC 9110 §5). Raises ConfigurationError that names the line and never its value."""
    if not isinstance(given, Mapping):
        raise ConfigurationError("headers has to be a mapping of names to values.")
    for name, value in given.items():
        if not isinstance(name, str) or not name or not _NAME_SIGNS.issuperset(name):
            raise ConfigurationError(f"headers has {str(name)[:40]!a}, which is no name of a header.")
        if name.lower() in _OWN_LINES:
            raise ConfigurationError(
                f"headers has {name}, which the client writes itself.",
                next_step="Leave it out; ids, locale, timeout and If-Match have arguments of their own.",
            )
        if not isinstance(value, str) or not _fits(value):
            raise ConfigurationError(f"headers has a value for {name} that cannot stand in a header line.")
    return tuple(given.items())


def _fits(value: str) -> bool:
    # RFC 9110 §5.5: blanks at the ends are no part of a value.
    return value.isascii() and value.isprintable() and value == value.strip()
