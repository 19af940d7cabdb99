"""Every option of the service, once: its name, its default and its help; the command line is made from this."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from enum import Enum
from pathlib import Path
from typing import NamedTuple

from partnercenter.service.gate.permission import MfaMode

DEFAULT_DATA = Path(".partnercenter")
LOOPBACK_HOSTS = ("127.0.0.1", "::1", "localhost")


class SettingsError(ValueError):
    """The settings contradict each other; the text says which one to change."""


class Switch(Enum):
    """On or off."""

    ON = "on"
    OFF = "off"


class Option(NamedTuple):
    """One option as the command line offers it. `name` is that of the field, with hyphens."""

    name: str
    default: str | int | float | bool | Path | Enum
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
        return str(self.default.value) if isinstance(self.default, Enum) else self.default

    def read(self, typed: object) -> object:
        """The setting that something typed, and checked against `choices`, stands for."""
        return type(self.default)(typed) if isinstance(self.default, Enum) else typed


@dataclass(frozen=True, slots=True)
class ServiceSettings:
    """What `partnercenter serve` was told."""

    host: str = field(default="127.0.0.1", metadata={"help": "Address to listen on."})
    port: int = field(default=8443, metadata={"help": "Port to listen on; 0 takes a free one."})
    data: Path = field(
        default=DEFAULT_DATA, metadata={"help": "Folder of the database, the keys and the local CA; made if missing."}
    )
    no_tls: bool = field(
        default=False, metadata={"help": "Plain HTTP, on loopback only. MSAL and other OAuth libraries refuse it."}
    )
    mfa: MfaMode = field(
        default=MfaMode.ENFORCE,
        metadata={
            "help": "A user without a second factor is not noticed, is told so if it asks (ValidateMfa), or is refused."
        },
    )
    roles: Switch = field(default=Switch.ON, metadata={"help": "Whether the roles of a user decide what it may do."})
    replay_hours: float = field(
        default=24.0, metadata={"help": "How long the answer to a PUT is remembered for its MS-RequestId, in hours."}
    )

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


def options() -> list[Option]:
    """All options in their order of help."""
    return [Option(f.name.replace("_", "-"), f.default, str(f.metadata["help"])) for f in fields(ServiceSettings)]
