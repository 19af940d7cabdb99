"""Who may act now: the directory, and which of its users, applications and tenants are disabled."""

from __future__ import annotations

from partnercenter.service.token_authority.directory import Directory, service_principal_id


class UnknownAccountError(LookupError):
    """The directory has no such user, application or tenant. The text says what was looked for."""


class Accounts:
    """A directory whose users, applications and tenants can be disabled while the service runs.

    Kept in memory: at a start everything is enabled. Changes are those of one event loop; readers in
    other threads see the set before a change or the one after it.

    directory: who there is.
    """

    def __init__(self, directory: Directory) -> None:
        self.directory = directory
        self._users = {user.id: user for user in directory.users}
        self._tenants = frozenset(tenant.id for tenant in directory.tenants)
        self._applications = frozenset(application.id for application in directory.applications)
        # Ids compare without case, and each has one spelling here.
        known = (*self._tenants, *self._users, *self._applications)
        self._spelling = {account_id.casefold(): account_id for account_id in known}
        self._enabled = frozenset(self._spelling.values())

    def disable(self, account_id: str) -> None:
        """Let `account_id` act no more, from now on and with the tokens that it has.

        account_id: a user's object id, an application's id or a tenant's id; a tenant takes all of its users along.
        Raises UnknownAccountError.
        """
        self._enabled -= {self._known(account_id)}

    def enable(self, account_id: str) -> None:
        """Let `account_id` act again, also with tokens from before. Raises UnknownAccountError."""
        self._enabled |= {self._known(account_id)}

    def is_enabled(self, account_id: str) -> bool:
        """Whether `account_id` is not disabled by itself; a user's tenant is a question of its own.

        Raises UnknownAccountError.
        """
        return self._known(account_id) in self._enabled

    def disabled(self) -> frozenset[str]:
        """The ids of everything that is disabled now."""
        return frozenset(self._spelling.values()) - self._enabled

    def may_act(self, tenant_id: str, application_id: str, object_id: str, *, alone: bool) -> bool:
        """Whether these three belong together and are all known and enabled: what a token must still be true to.

        Ids compare exactly: a token of ours spells them as the directory does.
        alone: the application acts without a user, so that `object_id` is its service principal in the tenant.
        """
        enabled = self._enabled
        # Each among its own kind: a user's id stands for no application, however enabled the user is.
        if not (tenant_id in self._tenants and application_id in self._applications):
            return False
        if not (tenant_id in enabled and application_id in enabled):
            return False
        if alone:
            return object_id == service_principal_id(tenant_id, application_id)
        user = self._users.get(object_id)
        return user is not None and user.tenant_id == tenant_id and object_id in enabled

    def roles_of(self, user_id: str) -> frozenset[str]:
        """The role template ids that the user holds in the directory; none for whoever is no user."""
        user = self._users.get(user_id)
        return frozenset(user.roles) if user else frozenset()

    def _known(self, account_id: str) -> str:
        try:
            return self._spelling[account_id.casefold()]
        except KeyError:
            raise UnknownAccountError(
                f"There is no user, application or tenant with the id {account_id!r}. "
                "The documentation of the seed data lists them."
            ) from None
