"""Device codes that wait for their user (RFC 8628)."""

from __future__ import annotations

import secrets
import threading
from dataclasses import dataclass, field
from typing import Final

from partnercenter.service.token_authority.aadsts import Aadsts
from partnercenter.service.token_authority.codes import MOST_WAITING, REMEMBERED, digest
from partnercenter.service.token_authority.directory import SignedIn
from partnercenter.service.token_authority.refused import Refused
from partnercenter.service.token_authority.resources import Wanted

DEVICE_CODE_LIFETIME: Final = 900
"""Seconds."""
INTERVAL: Final = 1
"""Seconds between two polls. Entra says 5; nobody is rate limited here, and tests need not wait."""

# RFC 8628 §6.1: no vowels, so that no words come up, and nothing that is read two ways.
_LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
_LENGTH = 8


@dataclass(slots=True)
class Device:
    """One device that asked. `tenant_id` None = a user of any tenant may approve it."""

    application_id: str
    tenant_id: str | None
    wanted: Wanted
    expires: int
    approved: SignedIn | None = None


@dataclass(slots=True)
class DeviceCodes:
    """The devices of this process, by hash of the device code, and by user code until it is approved."""

    _devices: dict[bytes, Device] = field(default_factory=dict, repr=False)
    _user_codes: dict[str, Device] = field(default_factory=dict, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def issue(self, device: Device, now: int) -> tuple[str, str]:
        """A new device code (256 random bits) and user code (`XXXX-XXXX`) for `device`."""
        device_code = secrets.token_urlsafe(32)
        user_code = "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
        with self._lock:
            self._forget(now)
            self._devices[digest(device_code)] = device
            self._user_codes[user_code] = device
        return device_code, f"{user_code[:4]}-{user_code[4:]}"

    def find_by_user_code(self, user_code: str, now: int) -> Device:
        """The device that shows `user_code`, however it was typed. Raises Refused if nothing waits for it."""
        with self._lock:
            device = self._user_codes.get(_as_issued(user_code))
        if device is None or now >= device.expires:
            raise Refused(Aadsts.BAD_DEVICE_CODE)
        return device

    def approve(self, user_code: str, signed_in: SignedIn, now: int) -> None:
        """Let the device in as `signed_in`; the user code is spent. Raises Refused if nothing waits for it."""
        with self._lock:
            device = self._user_codes.pop(_as_issued(user_code), None)
            if device is None or now >= device.expires:
                raise Refused(Aadsts.BAD_DEVICE_CODE)
            device.approved = signed_in

    def find(self, device_code: str, application_id: str, now: int) -> tuple[Device, SignedIn]:
        """The device and its user. Raises Refused while it waits, when it expired, or if it is another client's."""
        with self._lock:
            device = self._devices.get(digest(device_code))
        if device is None or device.application_id != application_id:
            raise Refused(Aadsts.BAD_DEVICE_CODE)
        if now >= device.expires:
            raise Refused(Aadsts.DEVICE_CODE_EXPIRED)
        if device.approved is None:
            raise Refused(Aadsts.AUTHORIZATION_PENDING)
        return device, device.approved

    def spend(self, device_code: str) -> None:
        """Redeem `device_code`. Raises Refused for all but one of those who try at the same time."""
        with self._lock:
            if self._devices.pop(digest(device_code), None) is None:
                raise Refused(Aadsts.BAD_DEVICE_CODE)

    def _forget(self, now: int) -> None:
        for key, device in list(self._devices.items()):
            if device.expires + REMEMBERED > now and len(self._devices) < MOST_WAITING:
                break
            del self._devices[key]
        kept = {id(device) for device in self._devices.values()}
        self._user_codes = {code: device for code, device in self._user_codes.items() if id(device) in kept}


def _as_issued(user_code: str) -> str:
    # RFC 8628 §6.1: what people put between the letters does not count, nor does their case.
    return "".join(character for character in user_code.upper() if character in _LETTERS)
