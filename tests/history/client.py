"""The clients: they read and write the same few profiles at once, and behave as badly as real ones do.

They send stale tags, lose answers, repeat what they know nothing of, at another node too, give up, and let duplicates
arrive late. Everything that was sent is written down (see `record.Attempt`).
"""

from __future__ import annotations

import asyncio
import math
import random
import time
import uuid
from collections import deque
from collections.abc import Awaitable, Callable

import msgspec

from tests.history.http_line import Answer, HttpLine, LostAnswerError, NotSentError
from tests.history.record import NO_ANSWER, Attempt
from tests.history.workload import Field, Habits, Put, Register

MOST_ATTEMPTS = 6
_ANSWER_SECONDS = 1.0
_SETUP_SECONDS = 60.0
_UNREACHABLE_PAUSE = 0.02
_AFTER_NO_ANSWER = 0.01
_DROP_DELAY = 0.003


class Client:
    """One client: one thing after another, and sometimes two at once. Its lines are its own."""

    def __init__(self, number: int, shared: Field, habits: Habits, seed: int) -> None:
        self._number = number
        self._field = shared
        self._habits = habits
        self._random = random.Random(seed * 1_000 + number)
        self._lines = [HttpLine(port) for port in shared.ports]
        self._second_lines = [HttpLine(port) for port in shared.ports]
        self._late: deque[tuple[Put, int, int]] = deque()

    async def run(self) -> None:
        """Until the field is over."""
        while not self._field.is_over:
            if not self._field.registers:
                await asyncio.sleep(_UNREACHABLE_PAUSE)
                continue
            register = self._random.choice(self._field.registers)
            await self._with(register, self._get if self._happens(self._habits.reads) else self._put)
            await self._send_late()
        self.close()

    def close(self) -> None:
        """Close its lines."""
        for line in (*self._lines, *self._second_lines):
            line.close()

    async def find_initial(self, register: Register) -> None:
        """Read the first tag of a register that nobody writes yet."""
        ends = time.monotonic() + _SETUP_SECONDS
        while not register.initial:
            assert time.monotonic() < ends, f"{register.name} cannot be read"
            answer = await self._get(register)
            if answer is not None and answer.status == 200:
                register.initial = register.latest = answer.tag
            else:
                await asyncio.sleep(_UNREACHABLE_PAUSE)

    async def _with(self, register: Register, act: Callable[[Register], Awaitable[object]]) -> None:
        busy = self._field.busy
        busy[register.name] = busy.get(register.name, 0) + 1
        try:
            await act(register)
        finally:
            busy[register.name] -= 1

    async def _get(self, register: Register) -> Answer | None:
        node = self._random.randrange(len(self._lines))
        data = f"GET {register.path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {register.token}\r\n\r\n"
        attempt = Attempt(register.name, self._number, self._field.next_operation(), "", 1, 0, 0, "GET", None, 0)
        return await self._try(self._lines[node], data.encode(), attempt, register)

    async def _put(self, register: Register) -> None:
        put = self._new_put(register)
        if self._happens(self._habits.twin):
            await asyncio.gather(self._attempt(put, 1, self._lines), self._attempt(put, 1, self._second_lines))
        for number in range(1, MOST_ATTEMPTS + 1):
            answer = await self._attempt(put, number, self._lines)
            if answer is not None and answer.status < 500:
                break
            if self._happens(self._habits.gives_up):
                break
            await asyncio.sleep(_AFTER_NO_ANSWER * self._random.random())
        if self._happens(self._habits.late):
            self._late.append((put, number + 1, self._field.operations + self._random.randrange(100)))

    async def _send_late(self) -> None:
        if self._late and self._late[0][2] <= self._field.operations:
            put, number, _ = self._late.popleft()
            # Its register may have been judged meanwhile.
            if put.register in self._field.registers:
                await self._with(put.register, lambda _register: self._attempt(put, number, self._lines))

    def _new_put(self, register: Register) -> Put:
        operation = self._field.next_operation()
        request_id = str(uuid.UUID(int=self._random.getrandbits(128), version=4))
        content = register.template.replace(b"NUMBER", b"%d" % operation)
        if self._happens(self._habits.unconditional):
            return Put(register, operation, request_id, None, content.replace(b"ATTRIBUTES", b"null"), "")
        expected = register.latest
        if register.older and self._happens(self._habits.stale):
            expected = self._random.choice(register.older)
        if self._happens(self._habits.in_body):
            content = content.replace(b"ATTRIBUTES", b'{"etag":"%s"}' % expected.encode())
            return Put(register, operation, request_id, expected, content, "")
        content = content.replace(b"ATTRIBUTES", b"null")
        return Put(register, operation, request_id, expected, content, f'If-Match: "{expected}"\r\n')

    async def _attempt(self, put: Put, number: int, lines: list[HttpLine]) -> Answer | None:
        node = self._random.randrange(len(lines))
        register = put.register
        attempt = Attempt(
            register.name, self._number, put.operation, put.request_id, number, 0, 0, "PUT", put.expected, 0
        )
        return await self._try(lines[node], put.to_bytes(), attempt, register)

    async def _try(self, line: HttpLine, data: bytes, attempt: Attempt, register: Register) -> Answer | None:
        """Send, and write down what came of it; None if that is unknown."""
        start = time.monotonic()
        answer = None
        try:
            if self._happens(self._habits.dropped):
                await line.drop(data, seconds=self._random.random() * _DROP_DELAY)
            else:
                answer = await line.exchange(data, seconds=_ANSWER_SECONDS)
        except NotSentError:
            await asyncio.sleep(_UNREACHABLE_PAUSE)
            return None
        except LostAnswerError:
            pass
        end = math.inf if answer is None else time.monotonic()
        status, code, tag, digest = answer or (NO_ANSWER, 0, "", 0)
        made = msgspec.structs.replace(attempt, start=start, end=end, status=status, code=code, tag=tag, digest=digest)
        register.attempts.append(made)
        if answer is not None:
            self._field.answers += 1
            if tag and attempt.attempt == 1:
                register.learn(tag)
        return answer

    def _happens(self, part: float) -> bool:
        return self._random.random() < part
