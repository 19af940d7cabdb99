"""What a scenario of the sample stands on: the signed-in client, the steps that it reports, and who answers it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Self

from rich.console import Console

from partnercenter.cli.signing_in.session import open_partner_center

if TYPE_CHECKING:
    from partnercenter import PartnerCenter
    from partnercenter.client.resources import Profiles


class Stage:
    """One run of the sample; a context manager that closes the client, if there came to be one.

    answer: gives what the user says to a question; None if there is nobody to ask, so that a scenario answers itself.
    consent: is told by which client something is about to be changed, and what; raises if it must not be.
    """

    def __init__(self, answer: Callable[[str], str] | None, consent: Callable[[PartnerCenter, str], None]) -> None:
        self._answer, self._consent = answer, consent
        self._partner: PartnerCenter | None = None
        self._progress = Console(stderr=True, highlight=False)
        self._closing = ExitStack()

    @property
    def profiles(self) -> Profiles:
        """The profiles of the partner. Signs in at the first use, as the original does; SignInError if that fails."""
        return self._signed_in().profiles

    def ask(self, question: str, *, otherwise: str) -> str:
        """What the user answers to `question`; `otherwise` if there is nobody to ask."""
        return self._answer(question) if self._answer else otherwise

    def consent_to(self, change: str) -> None:
        """Let the user agree to `change`, a phrase in the imperative, where that is production."""
        self._consent(self._signed_in(), change)

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        """Show on stderr that something goes on (a spinner on a terminal), and how long it took."""
        started = time.perf_counter()
        with self._progress.status(f"{title} ...", spinner="simpleDots"):
            yield
        self._progress.print(f"{title} ... {time.perf_counter() - started:.2f} s", style="cyan")

    def _signed_in(self) -> PartnerCenter:
        if self._partner is None:
            partner = open_partner_center()
            with ExitStack() as failed:
                failed.callback(partner.close)
                with self.step("Signing in"):
                    partner.access_token()
                self._closing.callback(failed.pop_all().close)
            self._progress.print("Signed in.", style="green")
            self._partner = partner
        return self._partner

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self._closing.close()
