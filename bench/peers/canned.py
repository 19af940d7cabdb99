"""Prism and WireMock: servers of canned answers. They keep nothing, so their PUT is the price of an answer alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.peers.foreign import free_port, listening
from bench.peers.installed import need_node_package, need_program
from bench.processes import Target
from bench.requests import BILLING
from partnercenter.service import seed
from partnercenter.service.endpoints import openapi
from partnercenter.wire.messages import Headers, Request


@contextmanager
def prism(folder: Path, partners: int) -> Iterator[Target]:
    """Prism, that answers with the examples of our own OpenAPI document."""
    program = need_node_package("@stoplight/prism-cli") / "dist" / "index.js"
    document, port = folder / "openapi.json", free_port()
    document.write_bytes(openapi.answer(Request("GET", openapi.TARGET, Headers(), b"")).body)
    command = [need_program("node"), str(program), "mock", str(document), "-h", "127.0.0.1", "-p", str(port)]
    with listening([*command, "-v", "silent"], port) as pid:
        yield Target(port, [(BILLING, "Bearer nobody")] * partners, None, pid)


@contextmanager
def wiremock(folder: Path, partners: int) -> Iterator[Target]:
    """WireMock with one answer for GET and PUT, without the journal of requests, as its manual advises for load."""
    (jar,) = (need_node_package("wiremock") / "build").glob("*.jar")
    mappings, port = folder / "mappings", free_port()
    mappings.mkdir()
    headers = {"Content-Type": "application/json"}
    for method in ("GET", "PUT"):
        canned = {
            "request": {"method": method, "urlPath": BILLING},
            "response": {"status": 200, "jsonBody": seed.FIRST_BILLING_PROFILE, "headers": headers},
        }
        (mappings / f"{method}.json").write_text(json.dumps(canned))
    command = [need_program("java"), "-jar", str(jar), "--port", str(port), "--bind-address", "127.0.0.1"]
    with listening([*command, "--root-dir", str(folder), "--no-request-journal", "--disable-banner"], port) as pid:
        yield Target(port, [(BILLING, "Bearer nobody")] * partners, None, pid)
