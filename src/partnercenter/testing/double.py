"""What the fixture `partner_center` gives: a running Partner Center, and everything that a test asks of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

# A test module imports this one for an annotation, while pytest collects: what costs time, or is not installed, is
# loaded when the double runs.
if TYPE_CHECKING:
    from partnercenter.client.asgi_transport import AsgiApp
    from partnercenter.client.facade import AsyncPartnerCenter, PartnerCenter
    from partnercenter.client.settings import ClientSettings
    from partnercenter.service.gate.journal import Entry
    from partnercenter.testing.people import SeededTenant
    from partnercenter.testing.running import Running
    from partnercenter.testing.sign_in import SeededCredential
    from partnercenter.wire.audit_records import AuditRecord
    from partnercenter.wire.json_text import JsonObject

_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
_MOST_RECORDS = 10_000


class PartnerCenterDouble:
    """A Partner Center in this process, for one test: it begins with the published seed, and nothing is kept of it.

    faults: what is to go wrong. clock: the time, which passes when the test says so. manners: how clients behaved.
    base_url: where the clients believe it to be; nobody listens there.
    """

    def __init__(self, running: Running, switches: Mapping[str, object] | None = None) -> None:
        """Raises SettingsError. switches: how the service is to be set, see `switches`."""
        from partnercenter.testing.clock import VirtualTime
        from partnercenter.testing.fault_lines import Faults
        from partnercenter.testing.manners import Manners
        from partnercenter.testing.switches import read_switches

        self._running = running
        self._loop = running.loop
        self._double = running.fresh(read_switches(switches or {}))
        self._closing: list[Callable[[], None]] = []
        self._was_seeded = False
        self.base_url = running.base_url
        self.clock = VirtualTime(self._double.clock)
        self.faults = Faults(self._double.faults, self._loop.call, lambda: self._double.seeded.directory)
        self.manners = Manners(lambda: self._loop.call(self._double.findings))

    def client(
        self, *, user: str | None = None, tenant: str | None = None, settings: ClientSettings | None = None
    ) -> PartnerCenter:
        """A client that is signed in. It is closed at the end of the test.

        user: a seeded user's name, whole or without the domain, as in "billing"; None: the global admin.
        tenant: an id or a domain; None: the first one of the seed, or that of a whole name.
        settings: of the client; cloud and addresses are those of the double.
        Raises LookupError that says who there is.
        """
        from partnercenter.client.facade import PartnerCenter
        from partnercenter.testing.sending import InProcess

        client = PartnerCenter(
            self.credential(user=user, tenant=tenant),
            settings=self._settings(settings),
            transport=InProcess(self._double),
            clock=self.clock.of_clients,
        )
        self._closing.append(client.close)
        return client

    def async_client(
        self, *, user: str | None = None, tenant: str | None = None, settings: ClientSettings | None = None
    ) -> AsyncPartnerCenter:
        """As `client`, for any event loop of asyncio. There is nothing to close."""
        from partnercenter.client.facade import AsyncPartnerCenter
        from partnercenter.testing.sending import AsyncInProcess

        return AsyncPartnerCenter(
            self.credential(user=user, tenant=tenant),
            settings=self._settings(settings),
            transport=AsyncInProcess(self._double),
            clock=self.clock.of_clients,
        )

    def credential(self, *, user: str | None = None, tenant: str | None = None) -> SeededCredential:
        """The credential that a client of this user would have. Raises LookupError."""
        from partnercenter.testing.people import find_user
        from partnercenter.testing.sending import InProcess
        from partnercenter.testing.sign_in import Authority, SeededCredential

        authority = Authority(self.base_url, self._double, self._running.keys, InProcess(self._double))
        return SeededCredential(authority, find_user(self._double.accounts.directory, user, tenant))

    def token(self, *, user: str | None = None, tenant: str | None = None) -> str:
        """An access token for requests made by hand, good for an hour of virtual time. Raises LookupError."""
        return self.credential(user=user, tenant=tenant).get_token().token

    @property
    def app(self) -> AsgiApp:
        """The service as an ASGI 3 application, for any other client: it can be called on any loop of asyncio."""
        return self._loop.everywhere(self._double)

    @property
    def tenants(self) -> tuple[SeededTenant, ...]:
        """The partners of the seed and their users."""
        from partnercenter.testing.people import seeded_tenants

        return seeded_tenants(self._double.accounts.directory)

    @property
    def journal(self) -> list[Entry]:
        """The last requests of this test (1,000 at most) and their answers, the oldest first, without secrets."""
        return self._loop.call(self._double.journal.entries)

    def audit(self, tenant: str | None = None) -> list[AuditRecord]:
        """The audit of one partner, the newest record first; no request is made for it.

        tenant: an id or a domain; None: the first one. Raises LookupError.
        """
        from partnercenter.testing.people import find_tenant
        from partnercenter.wire.audit_records import AuditRecord

        found = find_tenant(self._double.accounts.directory, tenant)
        page = self._double.storage.audit_page(found.id, since=_LONG_AGO, until=None, before=None, most=_MOST_RECORDS)
        return [AuditRecord.from_wire(record) for _, record in self._loop.run(page)]

    def seed(self, document: JsonObject) -> None:
        """Begin anew with other partners, until the end of this test; clients made before know nobody there.

        document: as `docs/seed-data.md` describes it. Raises SeedError with everything that is wrong with it.
        """
        self._was_seeded = True
        self._loop.call(lambda: self._double.seed(document))

    def snapshot(self, name: str = "snapshot") -> None:
        """Keep all data as it is now, under `name`, until the end of the test."""
        self._loop.call(lambda: self._double.take_snapshot(name))

    def restore(self, name: str = "snapshot") -> None:
        """Have the data that was kept under `name`; every profile has a new entity tag.

        Raises LookupError that says what is kept."""
        self._loop.call(lambda: self._double.restore_snapshot(name))

    def reset(self) -> None:
        """Begin anew within a test: data, accounts, faults, journal and clock, not snapshots; clients go on."""
        self._loop.call(self._double.reset)

    def disable(self, account: str) -> None:
        """Let a user, application or tenant act no more, whatever tokens it has.

        account: an id. Raises UnknownAccountError.
        """
        self._loop.call(lambda: self._double.accounts.disable(account))

    @contextmanager
    def serve(self) -> Iterator[dict[str, str]]:
        """Listen on a port of this machine, over TLS, until the end of the `with`: the same data, faults and clock.

        For code that makes its own client: gives the PARTNERCENTER_… variables that it reads. Its pauses are real.
        """
        from partnercenter.testing.listening import listening

        with listening(self._double, self._running.keys, self._loop) as variables:
            yield variables

    def end(self) -> None:
        """Close the clients, and take back what `seed` changed. The fixture calls it."""
        for close in self._closing:
            close()
        if self._was_seeded:
            self._running.forget(self._double)

    def _settings(self, given: ClientSettings | None) -> ClientSettings:
        from dataclasses import replace

        from partnercenter.client.settings import ClientSettings

        cloud = self._double.parts.authentication.cloud
        return replace(given or ClientSettings(), cloud=cloud, base_url=self.base_url, authority=self.base_url)

    def __repr__(self) -> str:
        return f"PartnerCenterDouble({', '.join(tenant.domain for tenant in self.tenants[:3])})"
