"""An authority that takes each refresh token once (RFC 9700 §4.14.2): whoever loses the newest one is out."""

from __future__ import annotations

import socket
import threading
from urllib.parse import parse_qs

from partnercenter.wire import json_text
from tests.client.listening import plain, read_request
from tests.client.tiny_authority import TinyAuthority, aadsts, tokens

FIRST = "canary-refresh-0"


class RotatingAuthority(TinyAuthority):
    """`asked` has the form of every token request, `refused` counts those with a token that was used before."""

    def __init__(self, *, takes: float = 0.05, lives: int = 3599) -> None:
        super().__init__()
        self.refused = 0
        self._takes, self._lives = takes, lives
        self._newest = FIRST
        self._guard = threading.Lock()

    def __call__(self, connection: socket.socket) -> None:
        head, _, body = read_request(connection).partition(b"\r\n\r\n")
        if head.startswith(b"GET"):
            connection.sendall(plain(json_text.write(self._endpoints())))
            return
        form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        with self._guard:
            self.asked.append(form)
            number = len(self.asked)
            good = form["refresh_token"] == self._newest
            if good:
                self._newest = f"canary-refresh-{number}"
            else:
                self.refused += 1
            access = tokens(f"canary-at-{number}", self._newest) | {"expires_in": self._lives}
        threading.Event().wait(self._takes)  # long enough for another process to be in the middle of it too
        answer = (access, "200 OK") if good else (aadsts(70000), "400 Bad Request")
        connection.sendall(plain(json_text.write(answer[0]), answer[1]))
