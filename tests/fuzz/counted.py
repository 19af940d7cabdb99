"""An ASGI application that counts what another one answers, so that the tests know how many requests there were."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from partnercenter.service.asgi import Scope, Send, Service
from partnercenter.service.gate.framing import Receive
from tests.service.stage import Answer, ask_async


@dataclass(slots=True)
class Counted:
    """`service`, and how often it answered with each status."""

    service: Service
    statuses: Counter[int] = field(default_factory=Counter)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as `service` does."""

        async def count(message: dict[str, object]) -> None:
            status = message.get("status")
            if isinstance(status, int):
                self.statuses[status] += 1
            await send(message)

        await self.service(scope, receive, count)

    async def ask(self, method: str, target: str, lines: list[tuple[str, str]], chunks: list[bytes]) -> Answer:
        """One request with exactly these header lines, which is counted."""
        answer = await ask_async(self.service, method, target, lines, chunks=chunks)
        self.statuses[answer.status] += 1
        return answer

    @property
    def faults(self) -> int:
        """How many answers were 5xx."""
        return sum(number for status, number in self.statuses.items() if status >= 500)

    def __str__(self) -> str:
        counts = ", ".join(f"{number} of {status}" for status, number in sorted(self.statuses.items()))
        return f"{self.statuses.total()} requests: {counts}"
