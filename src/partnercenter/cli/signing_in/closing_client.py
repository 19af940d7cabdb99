"""A client that closes the credential that was made for it."""

from __future__ import annotations

from partnercenter import PartnerCenter
from partnercenter.cli.signing_in.caller import Caller


class ClosingClient(PartnerCenter):
    """Of one command. speaks: who it is."""

    def __init__(self, speaks: Caller) -> None:
        super().__init__(speaks.credential, settings=speaks.settings)
        self._speaks = speaks

    def close(self) -> None:
        """As PartnerCenter."""
        super().close()
        self._speaks.credential.close()
