"""A Partner Center for tests: the pytest plugin whose fixture `partner_center` runs one in the process.

The names are loaded when they are first used: pytest loads the plugin in every project of an environment, and
projects that do not use it must not pay for it. For annotations:

    from partnercenter.testing import PartnerCenterDouble

    def test_it(partner_center: PartnerCenterDouble) -> None: ...
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from partnercenter.testing.clock import VirtualTime
    from partnercenter.testing.double import PartnerCenterDouble
    from partnercenter.testing.fault_lines import Faults
    from partnercenter.testing.manners import Manners
    from partnercenter.testing.people import SeededTenant, SeededUser

__all__ = [
    "Faults",
    "Manners",
    "PartnerCenterDouble",
    "SeededTenant",
    "SeededUser",
    "VirtualTime",
]

_MODULES = {
    "Faults": "fault_lines",
    "Manners": "manners",
    "PartnerCenterDouble": "double",
    "SeededTenant": "people",
    "SeededUser": "people",
    "VirtualTime": "clock",
}


def __getattr__(name: str) -> object:
    """Load a public name when it is first used (PEP 562)."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value: object = getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
