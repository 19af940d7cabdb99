"""Many partners in the process of the test: the real service, and a client of each tenant that is signed in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from partnercenter import ClientSettings, FixedToken, PartnerCenter, SignInError
from partnercenter.client.asgi_transport import AsgiTransport
from partnercenter.client.conversation import AnswerLostError, Clock
from partnercenter.fleet.report import AnyLine, BegunLine, EndedLine, PlannedLine, Report, read
from partnercenter.fleet.rows import Cell, Row, Written
from partnercenter.fleet.signed_in import SignedIn
from partnercenter.fleet.wanted import WantedPartner, read_rows
from partnercenter.service.double import Double
from partnercenter.service.seed_defaults import id_of
from partnercenter.wire.json_text import JsonObject
from partnercenter.wire.messages import Request, Response
from partnercenter.wire.oauth import access_token_issuer
from tests.service import stage

BASE_URL = "https://localhost"
FIRST, SECOND = "one.example", "two.example"


def row(tenant: str, **members: str) -> Row:
    """`row("one.example", billing_purchaseOrderNumber="7")`: what is wanted of a partner, each as a text."""
    cells = [Cell(path.replace("_", "."), text, Written.TEXT, 2) for path, text in members.items()]
    return Row(tenant, 1, tuple(cells))


def wanted(*rows: Row) -> list[WantedPartner]:
    return read_rows(rows)


@dataclass
class Cut:
    """A transport that loses the answer of every PUT while `is_cut`; the service carries it out all the same."""

    inner: AsgiTransport
    world: World

    def send(self, request: Request, timeout: float) -> Response:
        self.world.sent += [request] if request.method == "PUT" else []
        answer = self.inner.send(request, timeout)
        if self.world.is_cut and request.method == "PUT":
            raise AnswerLostError("the line broke")
        return answer

    def close(self) -> None:
        self.inner.close()


@dataclass
class World:
    """A service with these partners. sent: every PUT. strangers: tenants to which nobody is signed in.

    slept: the seconds that clients waited, which take no time.
    """

    double: Double
    is_cut: bool = False
    sent: list[Request] = field(default_factory=list)
    strangers: set[str] = field(default_factory=set)
    slept: list[float] = field(default_factory=list)

    @contextmanager
    def open(self, tenant: str) -> Iterator[SignedIn]:
        """See Opener."""
        if tenant in self.strangers:
            raise SignInError(f"Nobody is signed in to {tenant}.")
        with self.client(tenant) as partner:
            yield SignedIn(partner, id_of(tenant), f"admin@{tenant}")

    def client(self, tenant: str) -> PartnerCenter:
        settings = ClientSettings(base_url=BASE_URL, authority=BASE_URL, deadline=5)
        transport = Cut(AsgiTransport(self.double), self)
        clock = Clock(self.double.clock.monotonic, self.double.clock.now, self._sleep)
        return PartnerCenter(FixedToken(self._token(tenant)), settings=settings, transport=transport, clock=clock)

    def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.double.clock.advance(seconds)

    def order(self, tenant: str) -> str | None:
        """The purchase order number as it stands."""
        with self.client(tenant) as partner:
            return partner.profiles.billing_profile.get().purchase_order_number

    def change(self, tenant: str, **members: str | None) -> None:
        """Somebody else changes the billing profile."""
        with self.client(tenant) as partner, partner.profiles.billing_profile.edit() as profile:
            for name, value in members.items():
                setattr(profile, name, value)

    def updates(self, tenant: str) -> int:
        """How many updates of the tenant the audit has."""
        with self.client(tenant) as partner:
            return len(partner.audit_records.query())

    def _token(self, tenant: str) -> str:
        admin = self.double.seeded.directory
        user = next(one for one in admin.users if one.user_principal_name == f"admin@{tenant}")
        now = int(self.double.clock.now())
        claims: JsonObject = {
            "iss": access_token_issuer(BASE_URL, user.tenant_id, ClientSettings().cloud),
            "tid": user.tenant_id,
            "oid": user.id,
            "upn": user.user_principal_name,
            "wids": [*user.roles],
            "iat": now,
            "nbf": now,
            "exp": now + 3600,
        }
        return stage.token(**claims)


def world(*tenants: str) -> World:
    double = Double(stage.keys(), base_url=BASE_URL)
    double.seed({"partners": [{"tenant": tenant} for tenant in tenants]})
    return World(double)


@dataclass
class Lines:
    """A report in memory."""

    lines: list[AnyLine] = field(default_factory=list)

    def append(self, line: AnyLine) -> None:
        self.lines.append(line)

    def report(self) -> Report:
        return read(self.lines)

    @property
    def begun(self) -> list[BegunLine]:
        return [line for line in self.lines if isinstance(line, BegunLine)]

    @property
    def ended(self) -> list[EndedLine]:
        return [line for line in self.lines if isinstance(line, EndedLine)]

    @property
    def planned(self) -> list[PlannedLine]:
        return [line for line in self.lines if isinstance(line, PlannedLine)]
