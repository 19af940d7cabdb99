"""A Partner Center for tests: in memory, with a clock that can be set ahead, and as new again in a moment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import cast

from partnercenter.service import environment, seed
from partnercenter.service.app import make_service
from partnercenter.service.asgi import Scope, Send, Service
from partnercenter.service.endpoints import admin
from partnercenter.service.gate import manners
from partnercenter.service.gate.fault_play import ConnectionDroppedError, Wait
from partnercenter.service.gate.faults import FaultPlan
from partnercenter.service.gate.framing import Receive
from partnercenter.service.gate.journal import Journal
from partnercenter.service.gate.manners import Finding
from partnercenter.service.gate.permission import Permission
from partnercenter.service.seed import Seed
from partnercenter.service.settings import ServiceSettings
from partnercenter.service.snapshots import SnapshotRow, Snapshots
from partnercenter.service.storage.memory import MemoryStorage
from partnercenter.service.token_authority import Accounts, SigningKeys
from partnercenter.service.virtual_clock import VirtualClock
from partnercenter.wire.json_text import JsonObject, JsonValue

_ADMIN = admin.PREFIX.encode()


@dataclass(frozen=True, slots=True)
class _State:
    """What a snapshot holds: the rows, who there is, the rows that a reset gives them, and who is disabled."""

    image: bytes
    seeded: Seed
    planted: bytes
    disabled: frozenset[str]


class Double:
    """A whole Partner Center in this process. It is an ASGI application.

    All methods but those of the clock are called in the thread of the event loop that runs it, between requests.
    """

    def __init__(
        self,
        keys: SigningKeys,
        *,
        base_url: str = "https://localhost",
        settings: ServiceSettings | None = None,
        admin_token: str | None = None,
        seeded: Seed = seed.PUBLISHED,
        wait: Wait | None = None,
    ) -> None:
        """Begin with the published seed, or that which is given.

        keys: sign the tokens; they outlive a reset. base_url: where clients reach it, if anybody does.
        settings: the cloud, the switches, MFA, roles, throttling and the hours of replays count here, nothing else.
        admin_token: opens /admin, which is not there without one.
        wait: lets the seconds of a slow answer pass; the clock is advanced if it is left out.
        """
        self.clock = VirtualClock()
        self.faults = FaultPlan()
        self.journal = Journal()
        """Another one after a reset: requests that were under way then are written into the old one."""
        self._keys = keys
        self._base_url = base_url
        self._settings = settings or ServiceSettings()
        self._admin_token = admin_token
        self._wait = wait or self._pass_time
        self.on_seed: Callable[[Seed], None] | None = None
        """Is told of other partners, once they are there."""
        self._age = 0
        self._snapshots = Snapshots[_State]()
        self._storage = MemoryStorage()
        self._seeded = seeded
        self._image = _planted(seeded)
        self.reset()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request (ASGI 3)."""
        if cast("bytes", scope.get("raw_path", b"")).startswith(_ADMIN):
            await self._service(scope, receive, send)
            return
        await self._service(scope, self.in_time(receive), send)

    def in_time(self, receive: Receive) -> Receive:
        """`receive` of a request that comes now, which ends if all begins anew before its body is there.

        Whoever comes after would find its update. A request waits for its body and for the time of a slow answer, and
        for nothing else: memory answers at once.
        """
        age = self._age

        async def receive_in_time() -> Mapping[str, object]:
            message = await receive()
            return message if age == self._age else {"type": "http.disconnect"}

        return receive_in_time

    @property
    def service(self) -> Double:
        """The ASGI application: the same one after a reset, too."""
        return self

    @property
    def parts(self) -> Service:
        """The service as it stands now; another one after `reset`, `seed` and `restore_snapshot`."""
        return self._service

    @property
    def storage(self) -> MemoryStorage:
        """What holds the data."""
        return self._storage

    @property
    def accounts(self) -> Accounts:
        """Who there is, and who is disabled."""
        return self._service.authentication.accounts

    @property
    def seeded(self) -> Seed:
        """What a reset returns to."""
        return self._seeded

    def reset(self) -> None:
        """Be as new: data, accounts, faults, journal, clock, windows of the throttle and pending sign-ins.

        Snapshots stay, as do the signing keys. Every profile has a new entity tag. A request that waits
        then, for its body or in a slow answer, is not carried out.
        """
        self.clock.reset()
        self.faults.replace(())
        self.journal = Journal(last=self.journal.last)
        self._storage.restore(self._image)
        self._service = self._make_service()

    def seed(self, document: JsonValue) -> None:
        """Begin anew with other partners, from now on and after every reset.

        document: as seed-data describes it. Raises SeedError with everything that is wrong with it, and changes
        nothing then.
        """
        from partnercenter.service.seed_document import read_seed  # the most tests are content with the published one

        seeded = read_seed(document)
        self._seeded, self._image = seeded, _planted(seeded)
        self.reset()
        self._tell_seed()

    def seed_document(self) -> JsonObject:
        """The partners that a reset returns to, as a document that `seed` takes."""
        from partnercenter.service.seed_document import write_seed

        return write_seed(self._seeded)

    def partners(self) -> int:
        """How many partners a reset returns to."""
        return len(self._seeded.directory.tenants)

    def take_snapshot(self, name: str) -> SnapshotRow:
        """Keep data and accounts as they are now under `name`, in the place of what was kept under it.

        Raises SnapshotError for a name that cannot be, or if there are too many or too large ones.
        """
        state = _State(self._storage.image(), self._seeded, self._image, self.accounts.disabled())
        return self._snapshots.keep(name, state, len(state.image), self.clock.now())

    def restore_snapshot(self, name: str) -> None:
        """Have the data and accounts that were kept under `name`; faults, journal and clock stay.

        Every profile has a new entity tag. Raises NoSnapshotError.
        """
        state = self._snapshots.find(name)
        self._storage.restore(state.image)
        self._seeded, self._image = state.seeded, state.planted
        self._service = self._make_service()
        for account_id in state.disabled:
            self.accounts.disable(account_id)
        self._tell_seed()

    def remove_snapshot(self, name: str) -> None:
        """Forget what was kept under `name`. Raises NoSnapshotError."""
        self._snapshots.remove(name)

    def snapshots(self) -> list[SnapshotRow]:
        """What is kept, the oldest first."""
        return self._snapshots.rows()

    def findings(self) -> list[Finding]:
        """What a client has done since the last reset that the real service would take amiss."""
        return manners.findings(self.journal.entries())

    def environment(self) -> dict[str, str]:
        """The variables that a client needs to know."""
        return environment.variables(self._base_url, None, self._settings.cloud, self._admin_token, seeded=self._seeded)

    def close(self) -> None:
        """Let go of the data."""
        self._storage.close()

    def _make_service(self) -> Service:
        settings = self._settings
        self._age += 1
        age = self._age

        async def wait(seconds: float) -> None:
            await self._wait(seconds)
            if age != self._age:
                raise ConnectionDroppedError(reset=False)

        return make_service(
            self._base_url,
            self._storage,
            self._keys,
            settings.replay_hours * 3600,
            cloud=settings.cloud,
            permission=Permission(settings.mfa, bool(settings.roles)),
            rate=settings.throttle,
            behaviour=settings.behaviour,
            admin_token=self._admin_token,
            clock=self.clock.now,
            monotonic=self.clock.monotonic,
            wait=wait,
            directory=self._seeded.directory,
            mpn_ids=self._seeded.mpn_ids,
            faults=self.faults,
            journal=self.journal,
            test_mode=self,
        )

    def _tell_seed(self) -> None:
        if self.on_seed is not None:
            self.on_seed(self._seeded)

    async def _pass_time(self, seconds: float) -> None:
        self.clock.advance(seconds)


def _planted(seeded: Seed) -> bytes:
    """The image of a storage that has the profiles of `seeded` and nothing else."""
    storage = MemoryStorage()
    try:
        for tenant_id, kinds in seeded.profiles.items():
            storage.run(seed.add_missing_profiles, seed.AddMissingProfiles({tenant_id: kinds}))
        return storage.image()
    finally:
        storage.close()
