"""One call as a value: what the user asked, the same in every attempt."""

from __future__ import annotations

from dataclasses import dataclass, field

from partnercenter.client import call_options
from partnercenter.client.call_options import CallOptions
from partnercenter.client.redaction import without_values
from partnercenter.wire.entity_tag import EntityTag


@dataclass(frozen=True, slots=True)
class Call:
    """What the user asked.

    path: from the version on, with the query.
    request_id: the idempotency key (Partner Center REST headers, "MS-RequestId").
    body: None for a request without one.
    if_match: the version that may be replaced. if_none_match: the version that need not come again.
    secrets: texts that no error may show, whatever the service echoes.
    changes_something: whether carrying it out leaves a trace: no GET does (RFC 9110 §9.2.1), and not every POST.
    further_lines: header lines beside those of every request.
    timeout, locale: those of this call; None for the settings'.
    any_content: whether a success may have any content, or none; else it has to be JSON.
    """

    method: str
    path: str
    request_id: str
    correlation_id: str
    body: bytes | None = field(default=None, repr=False)
    if_match: EntityTag | None = None
    if_none_match: EntityTag | None = None
    secrets: tuple[str, ...] = field(default=(), repr=False)
    changes_something: bool = False
    further_lines: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    timeout: float | None = None
    locale: str | None = None
    any_content: bool = False

    @property
    def told(self) -> str:
        """Method and path for errors and logs, without what stands in the query."""
        return f"{self.method} {without_values(self.path)}"


def new_call(
    method: str,
    path: str,
    options: CallOptions | None = None,
    *,
    body: bytes | None = None,
    if_match: EntityTag | None = None,
    if_none_match: EntityTag | None = None,
    secrets: tuple[str, ...] = (),
    changes_something: bool = False,
    further_lines: tuple[tuple[str, str], ...] = (),
    any_content: bool = False,
) -> Call:
    """The call with the ids, the limits and the lines that `options` name; new ids if they name none.

    Raises ConfigurationError for an option that cannot be so, and TypeError for one that there is none of.
    """
    options = options or {}
    call_options.check_names(options)
    return Call(
        method,
        path,
        call_options.guid_or_new("request_id", options.get("request_id")),
        call_options.guid_or_new("correlation_id", options.get("correlation_id")),
        body=body,
        if_match=if_match,
        if_none_match=if_none_match,
        secrets=secrets,
        changes_something=changes_something,
        further_lines=further_lines + call_options.further_lines(options.get("headers") or {}),
        timeout=call_options.checked_timeout(options.get("timeout")),
        locale=call_options.checked_locale(options.get("locale")),
        any_content=any_content,
    )
