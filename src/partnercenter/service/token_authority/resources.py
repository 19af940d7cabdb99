"""What a token is asked for: `scope` in the v2.0 form, `resource` in the v1 form, both read to the same thing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from partnercenter.service.token_authority.aadsts import Aadsts
from partnercenter.service.token_authority.forms import Parameters
from partnercenter.service.token_authority.refused import Refused
from partnercenter.service.token_authority.version import Version
from partnercenter.wire.oauth import USER_IMPERSONATION

RETIRED_RESOURCE: Final = "https://graph.windows.net"
"""Azure AD Graph. Still issued, so that a client can rehearse how the API refuses it (900420)."""

_OPENID = "openid"
_ABOUT_THE_USER = frozenset({_OPENID, "profile", "email", "offline_access"})
_DEFAULT = ".default"


@dataclass(frozen=True, slots=True)
class Wanted:
    """One reading of what was asked.

    resource: the audience without a trailing slash; None = the request names none.
    scopes: the resource's scopes as the client spelled them, which is how it looks for them later.
    openid: an ID token is wanted too.
    """

    resource: str | None
    scopes: tuple[str, ...] = ()
    openid: bool = False

    def completed_by(self, earlier: Wanted) -> Wanted:
        """This, and where it says nothing, what the sign-in was asked with (RFC 6749 §3.3)."""
        source = self if self.resource else earlier
        return Wanted(source.resource, source.scopes, self.openid or earlier.openid)


def read_wanted(audience: str, version: Version, parameters: Parameters) -> Wanted:
    """What `parameters` ask for. Raises Refused for a resource or scope that there is not."""
    if version is Version.V1:
        named = parameters.get("resource")
        return Wanted(named and _known(audience, named), openid=True)
    if "resource" in parameters:
        raise Refused(Aadsts.RESOURCE_NOT_SUPPORTED)
    words = parameters.words("scope")
    scopes = tuple(word for word in words if word not in _ABOUT_THE_USER)
    resources = {_resource_of(audience, scope) for scope in scopes}
    if len(resources) > 1:
        raise Refused(Aadsts.SEVERAL_RESOURCES)
    return Wanted(next(iter(resources), None), scopes, _OPENID in words)


def require_resource(version: Version, wanted: Wanted) -> str:
    """The resource. Raises Refused if neither this request nor the sign-in named one."""
    if wanted.resource is None:
        if version is Version.V1:
            raise Refused(Aadsts.MISSING_PARAMETER, "resource")
        raise Refused(Aadsts.BAD_SCOPE)
    return wanted.resource


def require_default_scope(version: Version, wanted: Wanted) -> None:
    """Raise Refused unless an application asks for what an application can have: `<resource>/.default`."""
    if version is Version.V2 and (len(wanted.scopes) != 1 or not wanted.scopes[0].endswith(f"/{_DEFAULT}")):
        raise Refused(Aadsts.CLIENT_CREDENTIALS_SCOPE)


def granted_scope(version: Version, wanted: Wanted) -> str:
    """The `scope` of a user's reply: what was asked, and the one permission that it comes down to."""
    if version is Version.V1:
        return USER_IMPERSONATION
    about_the_user = (_OPENID, "profile") if wanted.openid else ()
    return " ".join(dict.fromkeys((*about_the_user, *wanted.scopes, f"{wanted.resource}/{USER_IMPERSONATION}")))


def _resource_of(audience: str, scope: str) -> str:
    resource, _, permission = scope.rpartition("/")
    if permission not in (_DEFAULT, USER_IMPERSONATION) or not resource:
        raise Refused(Aadsts.BAD_SCOPE)
    return _known(audience, resource)


def _known(audience: str, resource: str) -> str:
    # A resource whose id ends in a slash gives '…//.default'; both spellings are one audience (answer D17).
    name = resource.rstrip("/")
    if name not in (audience, RETIRED_RESOURCE):
        raise Refused(Aadsts.UNKNOWN_RESOURCE)
    return name
