"""PostgreSQL alone: pgbench writes the rows of a PUT, in one transaction, with prepared statements."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

import psycopg

from bench.load import Load, LoadError
from bench.peers.installed import NotInstalledError, need_program
from bench.written_rows import BODY, DOCUMENT, HASH, TAG, audit_record
from partnercenter.service.storage.schema import prepare_postgres

PARTNERS = 256


def prepare(url: str) -> None:
    """The schema of the service, and a profile and a head for each client, in an empty database."""
    prepare_postgres(url)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "INSERT INTO profile SELECT 't' || n, 'billing', 1, %s, %s FROM generate_series(0, %s) AS n",
            (TAG.value, DOCUMENT, PARTNERS - 1),
        )
        connection.execute(
            "INSERT INTO audit_head SELECT 't' || n, 0, %s FROM generate_series(0, %s) AS n", (HASH, PARTNERS - 1)
        )


# Variables, not part of the script: pgbench would take the colons of a JSON text for variables.
_VALUES = {"tag": TAG.value, "document": DOCUMENT, "body": BODY, "record": audit_record()}


def script(*, pipelined: bool) -> str:
    """The transaction. pipelined: sent as a whole, in one round trip."""
    tenant, zeros = "'t' || :client_id::text", rf"'\x{HASH.hex()}'"
    statements = [
        "BEGIN",
        "UPDATE profile SET version = version + 1, entity_tag = :tag::text, document = :document::text"
        f" WHERE tenant_id = {tenant} AND kind = 'billing'",
        f"INSERT INTO remembered VALUES ({tenant}, 'application', 'user', gen_random_uuid()::text, {zeros},"
        " :tag::text, :body::text::bytea, extract(epoch FROM clock_timestamp()))",
        f"UPDATE audit_head SET sequence = sequence + 1, hash = {zeros} WHERE tenant_id = {tenant}",
        "INSERT INTO audit (tenant_id, sequence, operation_date, previous_hash, hash, record)"
        f" SELECT tenant_id, sequence, '2027-01-15', {zeros}, {zeros}, :record::text"
        f" FROM audit_head WHERE tenant_id = {tenant}",
        "COMMIT",
    ]
    lines = [f"{statement};" for statement in statements]
    return "\n".join(["\\startpipeline", *lines, "\\endpipeline"] if pipelined else lines) + "\n"


def measuring(url: str, connections: int, *, pipelined: bool) -> Callable[[float], Load]:
    """How long so many clients are measured is said later."""

    def run(seconds: float) -> Load:
        try:
            program = need_program("pgbench")
        except NotInstalledError as error:
            raise LoadError(str(error)) from None
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "put.sql").write_text(script(pipelined=pipelined))
            command = [program, "-n", "-M", "prepared", "-f", "put.sql", "-c", str(connections), "-j", "1"]
            # The time in which it connects is part of -T; the log, and so the rate, begins after it.
            command += ["-T", str(max(2, round(seconds + connections / 64))), "--log", "--log-prefix", "log"]
            command += [word for name, value in _VALUES.items() for word in ("-D", f"{name}={value}")]
            command.append(url)
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
            if done.returncode != 0:
                raise LoadError(done.stderr[-300:])
            return _load(Path(folder))

    return run


def _load(folder: Path) -> Load:
    """The log of each transaction: client, number, microseconds, script, end in seconds and in microseconds of it."""
    lines = [line.split() for log in folder.glob("log.*") for line in log.read_text().splitlines()]
    if not lines:
        raise LoadError("pgbench wrote nothing")
    latencies = [int(line[2]) for line in lines]
    ends = [int(line[4]) + int(line[5]) / 1e6 for line in lines]
    began = min(end - latency / 1e6 for end, latency in zip(ends, latencies, strict=True))
    return Load(latencies, max(ends) - began, 0.0)
