"""How the service of a test is set: the options of `partnercenter serve` that mean something in one process."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields

from partnercenter.service.behaviour import Behaviour
from partnercenter.service.settings import ServiceSettings, SettingsError, options, read_settings

NAMES = ("preset", "cloud", "mfa", "roles", "throttle", "replay_hours", *(field.name for field in fields(Behaviour)))


_OPTION = re.compile("--([a-z][a-z-]*)")
"""As the command line calls it; whoever sets it by its field never typed that."""


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
        if (
            option.field in given
            and isinstance(option.default, float)
            and type(given[option.field]) not in (int, float)
        ):
            raise SettingsError(f"{option.field} must be a number.")
    try:
        return read_settings(given)
    except SettingsError as error:
        raise SettingsError(_OPTION.sub(lambda found: found[1].replace("-", "_"), str(error))) from None
