"""How the service of a test is set: the options of `partnercenter serve` that mean something in one process."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields

from partnercenter.service.behaviour import Behaviour
from partnercenter.service.settings import ServiceSettings, SettingsError, options, read_settings

NAMES = ("preset", "cloud", "mfa", "roles", "throttle", "replay_hours", *(field.name for field in fields(Behaviour)))


def read_switches(given: Mapping[str, object]) -> ServiceSettings:
    """The settings that `given` names, typed as for `partnercenter serve`: {"preset": "strict", "throttle": "5/s"}.

    Raises SettingsError that says what can be set, and to what.
    """
    unknown = [name for name in given if name not in NAMES]
    if unknown:
        raise SettingsError(f"{unknown[0]} cannot be set for a test. These can: {', '.join(NAMES)}.")
    for option in options():
        if option.field in given and option.choices and given[option.field] not in option.choices:
            raise SettingsError(f"{option.field} can be {', '.join(option.choices)}.")
    return read_settings(given)
