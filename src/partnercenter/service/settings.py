"""Every option of the service, once: its name, its default and its help; the command line is made from this."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import Enum
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from partnercenter.service.behaviour import Behaviour, Doubtful, Pkce, ReplyCasing, Switch
from partnercenter.service.gate.permission import MfaMode
from partnercenter.service.gate.throttle import OFF, Rate, read_rate
from partnercenter.wire.clouds import Cloud

DEFAULT_DATA = Path(".partnercenter")
IN_THE_FOLDER = "sqlite"
POSTGRES_SCHEMES = ("postgresql://", "postgres://")
SHORTEST_AUDIT_DAYS = 90.0
"""So far back the audit can be queried (Partner Center, "Get a record of Partner Center activity")."""
LONGEST_AUDIT_DAYS = 36_500.0
"""A hundred years: what is longer is for ever."""
LOOPBACK_HOSTS = ("127.0.0.1", "::1", "localhost")


class SettingsError(ValueError):
    """The settings contradict each other; the text says which one to change."""


class Preset(Enum):
    """Switches that are set together.

    DOCUMENTED: as the published pages say. RECORDED: with the nuisances that were seen on the real wire.
    STRICT: everything doubtful is refused.
    """

    DOCUMENTED = "documented"
    RECORDED = "recorded"
    STRICT = "strict"


# What each preset sets otherwise than the defaults say, by the name of the field.
PRESETS: Mapping[Preset, Mapping[str, object]] = {
    Preset.DOCUMENTED: {},
    Preset.RECORDED: {"casing": ReplyCasing.CAMEL, "bom": Switch.ON},
    Preset.STRICT: {
        "absent_members": Doubtful.REFUSE,
        "unwritable_members": Doubtful.REFUSE,
        "missing_tag": Doubtful.REFUSE,
        "bare_tags": Doubtful.REFUSE,
        "missing_request_id": Doubtful.REFUSE,
        "pkce": Pkce.ALWAYS,
    },
}


class Option(NamedTuple):
    """One option as the command line offers it. `name` is that of the field, with hyphens."""

    name: str
    default: str | int | float | bool | Path | Enum | Rate
    help: str

    @property
    def field(self) -> str:
        """The name of the field in ServiceSettings."""
        return self.name.replace("-", "_")

    @property
    def choices(self) -> list[str]:
        """What it can be, if that is a closed list."""
        return [choice.value for choice in type(self.default)] if isinstance(self.default, Enum) else []

    @property
    def typed_default(self) -> str | int | float | bool | Path:
        """The default as it is typed."""
        if isinstance(self.default, Enum):
            return str(self.default.value)
        return str(self.default) if isinstance(self.default, Rate) else self.default

    def read(self, typed: object) -> object:
        """The setting that something typed, and checked against `choices`, stands for. Raises SettingsError."""
        if isinstance(self.default, Enum):
            return type(self.default)(typed)
        if isinstance(self.default, Rate):
            try:
                return read_rate(str(typed))
            except ValueError as error:
                raise SettingsError(f"--{self.name} {error}") from None
        return typed


@dataclass(frozen=True, slots=True)
class ServiceSettings:
    """What `partnercenter serve` was told."""

    host: str = field(default="127.0.0.1", metadata={"help": "Address to listen on."})
    port: int = field(default=8443, metadata={"help": "Port to listen on; 0 takes a free one."})
    data: Path = field(
        default=DEFAULT_DATA, metadata={"help": "Folder of the database, the keys and the local CA; made if missing."}
    )
    database: str = field(
        default=IN_THE_FOLDER,
        metadata={
            "help": "Where the profiles are: sqlite is a file in --data; or a PostgreSQL URL, without the password,"
            " which belongs into a password file (PGPASSFILE)."
        },
    )
    base_url: str = field(
        default="",
        metadata={
            "help": "The URL under which clients reach the service, if it is not --host and --port: that of a load"
            " balancer. All nodes behind one need the same keys: give each a copy of --data."
        },
    )
    no_tls: bool = field(
        default=False, metadata={"help": "Plain HTTP, on loopback only. MSAL and other OAuth libraries refuse it."}
    )
    preset: Preset = field(
        default=Preset.DOCUMENTED,
        metadata={"help": "Sets the switches from --casing on together; one that is named beside it stays so."},
    )
    cloud: Cloud = field(default=Cloud.GLOBAL, metadata={"help": "The cloud that the service answers as."})
    mfa: MfaMode = field(
        default=MfaMode.ENFORCE,
        metadata={
            "help": "A user without a second factor is not noticed, is told so if it asks (ValidateMfa), or is refused."
        },
    )
    roles: Switch = field(default=Switch.ON, metadata={"help": "Whether the roles of a user decide what it may do."})
    throttle: Rate = field(
        default=OFF,
        metadata={"help": "Requests of one tenant before it gets 429: off, documented (100 a minute), or N/s."},
    )
    replay_hours: float = field(
        default=24.0, metadata={"help": "How long the answer to a PUT is remembered for its MS-RequestId, in hours."}
    )
    audit_days: float = field(
        default=0.0, metadata={"help": "How long the audit is kept, in days; 0 keeps it for ever. 90 days at least."}
    )
    admin: Switch = field(
        default=Switch.OFF,
        metadata={"help": "Offer /admin to this machine: faults on demand, disabled accounts, new signing keys."},
    )
    test: bool = field(
        default=False,
        metadata={
            "help": "For tests: data in memory, and /admin with reset, seed, snapshots, clock and journal, for whoever"
            " has its token."
        },
    )
    seed: str = field(
        default="",
        metadata={"help": "A file, YAML or JSON, that says which partners there are: for a fresh --data, or --test."},
    )
    behaviour: Behaviour = field(default_factory=Behaviour)

    def __post_init__(self) -> None:
        """Raises SettingsError."""
        if self.no_tls and self.host not in LOOPBACK_HOSTS:
            raise SettingsError(
                f"--no-tls would send tokens in the clear to {self.host}. Leave it out, or listen on 127.0.0.1."
            )
        if not 0 <= self.port <= 65535:
            raise SettingsError("--port must be 0 to 65535.")
        if not 0 < self.replay_hours < float("inf"):
            raise SettingsError("--replay-hours must be more than 0.")
        if self.audit_days and not SHORTEST_AUDIT_DAYS <= self.audit_days <= LONGEST_AUDIT_DAYS:
            bounds = f"{SHORTEST_AUDIT_DAYS:.0f} to {LONGEST_AUDIT_DAYS:.0f}"
            raise SettingsError(f"--audit-days must be 0 (for ever) or {bounds}.")
        if self.database != IN_THE_FOLDER:
            require_postgres_url(self.database)
            _refuse_beside_a_database(test=self.test, seed=bool(self.seed))
        if self.base_url:
            _require_base_url(self.base_url, tls=not self.no_tls)


def _refuse_beside_a_database(*, test: bool, seed: bool) -> None:
    if test:
        raise SettingsError("--test keeps its data in memory. Leave --database out.")
    if seed:
        raise SettingsError("--seed is for data in a folder or in memory. Leave --database out.")


def require_postgres_url(url: str) -> None:
    """Raises SettingsError unless `url` names a PostgreSQL database, without a password."""
    # The URL itself is not repeated: somebody may have put a password into it.
    if not url.startswith(POSTGRES_SCHEMES):
        raise SettingsError("--database must be sqlite, or a URL as in postgresql://user@host:5432/name.")
    _, _, rest = url.partition("://")
    # Up to the last @, not as a reader of URLs would split it: a password may have any sign in it.
    user, _, _ = rest.rpartition("@")
    if ":" in user or re.search("(?:^|&)(?:ssl)?password=", unquote(rest.partition("?")[2])):
        raise SettingsError(
            "--database must not hold a password: every user of this machine can read a command line."
            " Put it into ~/.pgpass, or into the file that PGPASSFILE names."
        )


def _require_base_url(url: str, *, tls: bool) -> None:
    scheme = "https" if tls else "http"
    try:
        parts = urlsplit(url)
        rest = (parts.path, parts.query, parts.fragment, parts.username, parts.password)
        good = parts.scheme == scheme and bool(parts.hostname) and not any(rest) and parts.port != 0
    except ValueError:
        good = False
    if not good:
        raise SettingsError(f"--base-url must be {scheme}://host or {scheme}://host:port, without a path.")


def options() -> list[Option]:
    """All options in their order of help."""
    found = [f for f in fields(ServiceSettings) if "help" in f.metadata] + list(fields(Behaviour))
    return [Option(f.name.replace("_", "-"), f.default, str(f.metadata["help"])) for f in found]


def read_settings(given: Mapping[str, object]) -> ServiceSettings:
    """The settings of a command line.

    given: what was typed, by the name of the field; whatever is missing is as the preset says. Raises SettingsError.
    """
    read = {option.field: option.read(given[option.field]) for option in options() if option.field in given}
    preset = read.get("preset", Preset.DOCUMENTED)
    chosen = {**PRESETS[Preset(preset)], **read}
    switches = {f.name: chosen.pop(f.name) for f in fields(Behaviour) if f.name in chosen}
    behaviour = Behaviour(**switches)  # type: ignore[arg-type]  # read by the same table as the fields
    return ServiceSettings(**chosen, behaviour=behaviour)  # type: ignore[arg-type]
