"""Every way in which a call can end without its result.

    PartnerCenterError                  next_step, request_id, correlation_id
    ├── ConfigurationError              the fault is on this side; nothing was sent
    ├── SignInError                     the token authority said no
    ├── NoAnswerError                   there is no answer that can be relied on
    │   ├── ServiceUnreachableError     no answer came
    │   ├── OutcomeUnknownError         an update may or may not have been carried out
    │   └── AnswerNotUnderstoodError    something came, and it is not the answer
    └── RefusedError                    the service said no: status, code, description, data, source
        ├── BadRequestError             400
        ├── PreconditionFailedError     412, 428, or code 2055
        ├── UnauthorizedError           401
        │   ├── MfaRequiredError        401/900421
        │   └── AudienceRetiredError    401/900420
        ├── ForbiddenError              403
        │   ├── AppOnlyNotSupportedError  403/900329
        │   └── RoleNotAllowedError     403/900150
        ├── NotFoundError               404
        ├── ThrottledError              429
        └── ServerError                 5xx

The sentence behind "Next step:" in the docstring of a class is what its errors tell the user.
Errors can be pickled, copied and compared, and no token, secret or tax id is in what they tell, or in what is chained
to them. The profiles that two of them carry, for a merge or for another try, stay in the process (decision 35).
"""

from __future__ import annotations

import copy
import inspect
from typing import Final, Self, overload

from partnercenter.wire.error_envelope import ErrorCode
from partnercenter.wire.merge import Merge, merge
from partnercenter.wire.profiles import P, Profile

DOCS: Final = "docs/errors.md"
"""The page with an entry for every code of the service and every class of this module."""

_MARK = "Next step:"
_CODES = frozenset(f"{code:d}" for code in ErrorCode)


class PartnerCenterError(Exception):
    """Anything that this SDK raises on purpose.

    next_step: what to do now, one sentence for a person.
    request_id, correlation_id: the ids of the call, for a support ticket; None before anything was sent.

    Next step: Read the message; it says what happened.
    """

    def __init__(
        self,
        message: str,
        *,
        next_step: str | None = None,
        request_id: str | None = None,
        correlation_id: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.next_step = documented_next_step(type(self)) if next_step is None else next_step
        self.request_id = request_id
        self.correlation_id = correlation_id
        self.add_note(f"See {self.docs}")  # shown below a traceback; `str` stays short

    @property
    def docs(self) -> str:
        """Where cause and cure stand: the page and the heading."""
        named = next(kind for kind in type(self).__mro__ if kind.__module__ == __name__)
        return f"{DOCS}#{named.__name__.lower()}"

    def facts(self) -> list[str]:
        """What stands in brackets behind the message."""
        named = (("request id", self.request_id), ("correlation id", self.correlation_id))
        return [f"{name} {value}" for name, value in named if value]

    def details(self) -> list[str]:
        """What stands on lines of their own below the message."""
        return []

    def __str__(self) -> str:
        facts = ", ".join(self.facts())
        told = f"{self.message.rstrip('.')} ({facts})." if facts else self.message
        below = "".join(f"\n  - {detail}" for detail in self.details())
        return f"{told}{below}\n{self.next_step}" if below else f"{told} {self.next_step}".rstrip()

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and self._told() == other._told()

    def __hash__(self) -> int:
        return hash((type(self), self.message, self.request_id))

    def _told(self) -> dict[str, object]:
        """The texts and numbers of the error: what is compared, and what leaves the process with it."""
        return {name: value for name, value in self.__dict__.items() if not isinstance(value, Profile)}

    def __reduce__(self) -> tuple[type[PartnerCenterError], tuple[str, ...], dict[str, object]]:
        # A profile holds a tax id, and what is pickled ends in queues, caches and crash reports.
        return type(self), (self.message,), self._told()

    def __copy__(self) -> Self:
        copied = type(self)(self.message)
        copied.__dict__.update(self.__dict__)
        return copied

    def __deepcopy__(self, memo: dict[int, object]) -> Self:
        copied = self.__copy__()
        copied.__dict__.update(copy.deepcopy(self.__dict__, memo))
        return copied


def documented_next_step(error: type[PartnerCenterError]) -> str:
    """The next step that the docstring of `error` names; that of its parent if it names none."""
    for kind in error.__mro__:
        _, mark, step = (inspect.cleandoc(kind.__doc__ or "")).partition(_MARK)
        if mark:
            return " ".join(step.split())
    return ""


class ConfigurationError(PartnerCenterError):
    """A setting or an argument cannot work. Nothing was sent.

    Next step: Correct the setting that the message names.
    """


class SignInError(PartnerCenterError):
    """The token authority gave no token.

    code: the number of the AADSTS error as text ("7000215"), or the OAuth word ("invalid_grant"; RFC 6749 §5.2).
    description: the authority's own words.

    Next step: Sign in again, and check client id, tenant and secret.
    """

    def __init__(
        self,
        message: str,
        *,
        code: str = "",
        description: str = "",
        next_step: str | None = None,
        request_id: str | None = None,
        correlation_id: str | None = None,
    ) -> None:
        super().__init__(message, next_step=next_step, request_id=request_id, correlation_id=correlation_id)
        self.code = code
        self.description = description


class NoAnswerError(PartnerCenterError):
    """There is no answer that can be relied on.

    Next step: Try again later.
    """


class ServiceUnreachableError(NoAnswerError):
    """Nobody answered, in spite of every retry. Nothing was changed.

    Next step: Check the address, the network and, for a certificate authority of your own,
    ca_bundle (PARTNERCENTER_CA_BUNDLE); then try again.
    """


class OutcomeUnknownError(NoAnswerError):
    """An update was sent, and whether the service carried it out is not known. It has not "failed".

    last: the error in which the last attempt ended; also the `__cause__`.
    profile: what was sent, as it was sent; None for another request than an update of a profile.

    Next step: Repeat the call with the same request id, update(error.profile, request_id=error.request_id),
    which the service carries out once at most; or read the profile and compare.
    """

    profile: Profile | None = None

    def __init__(
        self,
        message: str,
        *,
        last: PartnerCenterError | None = None,
        next_step: str | None = None,
        request_id: str | None = None,
        correlation_id: str | None = None,
    ) -> None:
        super().__init__(message, next_step=next_step, request_id=request_id, correlation_id=correlation_id)
        self.last = last

    def sent(self, kind: type[P]) -> P:
        """`profile`, for type checkers: of the class `kind`. Raises ConfigurationError if it is not."""
        if not isinstance(self.profile, kind):
            raise ConfigurationError(f"No {kind.__name__} was sent.")
        return self.profile


class AnswerNotUnderstoodError(NoAnswerError):
    """Something answered, but not as this API does: a redirect, no JSON, or another shape.

    Next step: Check base_url; a proxy or a sign-in page may stand between you and the service.
    """


class RefusedError(PartnerCenterError):
    """The service said no (Partner Center error codes).

    status: the HTTP status.
    code: the service's code as text ("2055"; see `wire.error_envelope.ErrorCode`), "" if it gave none.
    description: the service's words. data: one line for each thing that is wrong.
    source: the part of the service that refused.
    retry_after: seconds to wait as the service asked, None if it did not.

    Next step: Read the description, correct the request, and send it as a new call.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int = 0,
        code: str = "",
        description: str = "",
        data: tuple[str, ...] = (),
        source: str = "",
        retry_after: float | None = None,
        next_step: str | None = None,
        request_id: str | None = None,
        correlation_id: str | None = None,
    ) -> None:
        self.code = code
        super().__init__(message, next_step=next_step, request_id=request_id, correlation_id=correlation_id)
        self.status = status
        self.description = description
        self.data = data
        self.source = source
        self.retry_after = retry_after

    @property
    def docs(self) -> str:
        """As `PartnerCenterError.docs`; the entry of the code if the service gave one that is known."""
        return f"{DOCS}#{self.code}" if self.code in _CODES else super().docs

    def facts(self) -> list[str]:
        """Status and code, then the ids."""
        code = [f"code {self.code}"] if self.code else []
        return [f"HTTP {self.status}", *code, *super().facts()]

    def details(self) -> list[str]:
        """Each thing that is wrong."""
        return list(self.data)


class BadRequestError(RefusedError):
    """400: something in the request is not acceptable; `data` names each member.

    Next step: Correct the members that the description and data name, and send the update as a new call.
    """


class PreconditionFailedError(RefusedError):
    """The entity tag no longer names the current version: somebody changed the profile since it was read.

    412 (RFC 9110 §15.5.13) if the header failed, 400 with code 2055 if the tag in the body did, and 428
    (RFC 6585 §3) if the service wants a tag and got none. Nothing was changed.

    base: the profile as it was read. mine: as it was to be. theirs: as it stands now. None where that is not known:
        base if it was never read, theirs if it could not be read, all of them for another request than an update.
        They are whole, tax id included, because a merge needs that; no text or repr of the error shows it.

    Next step: Merge with error.merge(), or read the profile again, apply your change to what you read; then update.
    """

    base: Profile | None = None
    mine: Profile | None = None
    theirs: Profile | None = None

    @overload
    def merge(self) -> Merge[Profile]: ...
    @overload
    def merge(self, kind: type[P]) -> Merge[P]: ...
    def merge(self, kind: type[P] | type[Profile] = Profile) -> Merge[P] | Merge[Profile]:
        """Theirs, with every change of mine that collides with none of theirs; `collisions` names the others.

        Update with its `profile`: it carries the tag of theirs.
        kind: the class of the profile, for type checkers. Raises ConfigurationError if theirs is not known or of
        another class.
        """
        if not (isinstance(self.mine, kind) and isinstance(self.theirs, kind)):
            raise ConfigurationError(
                f"There are no two versions of a {kind.__name__} to merge.", next_step="Read the profile and compare."
            )
        return merge(self.base, self.mine, self.theirs)


class UnauthorizedError(RefusedError):
    """401: the access token was not accepted, not even a fresh one.

    Next step: Sign in again; check that the token is for this cloud and this audience.
    """


class MfaRequiredError(UnauthorizedError):
    """401/900421: the user's token carries no proof of a second factor.

    Next step: Sign the user in again with multifactor authentication and use the new refresh token.
    """


class AudienceRetiredError(UnauthorizedError):
    """401/900420: the token is for an audience that is no longer supported (`https://graph.windows.net`).

    Next step: Ask for a token with the scope https://api.partnercenter.microsoft.com/.default (or that of your cloud).
    """


class ForbiddenError(RefusedError):
    """403: the caller is known and may not do this.

    Next step: Ask an administrator of the partner tenant for the permission.
    """


class AppOnlyNotSupportedError(ForbiddenError):
    """403/900329: this resource takes App+User tokens only, and this one is of an application alone.

    Next step: Sign in as a user: use RefreshTokenCredential or DeviceCodeCredential.
    """


class RoleNotAllowedError(ForbiddenError):
    """403/900150: none of the user's roles allows the operation.

    Next step: Use a global admin, billing admin or admin agent of the partner tenant.
    """


class NotFoundError(RefusedError):
    """404: there is no such resource for this partner.

    Next step: Check base_url and that the partner account has this profile.
    """


class ThrottledError(RefusedError):
    """429: too many requests; the wait that was asked for does not fit in the deadline.

    Next step: Wait as many seconds as retry_after says, then call again.
    """


class ServerError(RefusedError):
    """5xx: the service failed, in spite of every retry.

    Next step: Try again later; if it stays, report the correlation id to the operator of the service.
    """
