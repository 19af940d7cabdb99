"""P6, D06 to D12: when the SQLite file or its disk fails, the service says so, serves what it can, and recovers."""

from __future__ import annotations

import asyncio
import os
import resource
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from random import Random
from typing import NamedTuple

import apsw
import pytest

from partnercenter.service.app import make_service
from partnercenter.service.asgi import Service
from partnercenter.service.storage import StorageUnavailableError, StoredProfile, sqlite, sqlite_reading
from partnercenter.service.storage.sqlite import SqliteStorage
from tests.cli.in_process import command_line
from tests.crash import puts
from tests.crash.promises import stored
from tests.crash.recording import Fault, recorded
from tests.service.stage import BASE_URL, DAY, GUID, NOW, Answer, ask, ask_async, keys, page_body, token

FILE = "partnercenter.sqlite3"
ALWAYS = 1_000_000

needs_mounts = pytest.mark.skipif(
    shutil.which("unshare") is None or subprocess.run(["unshare", "-rm", "true"], check=False).returncode != 0,
    reason="no namespaces here in which something could be mounted",
)


class Desk(NamedTuple):
    """A service over a seeded file."""

    path: Path
    storage: SqliteStorage
    service: Service

    def put(self, request_id: str | None = None, order: str = "9888") -> Answer:
        lines = [] if request_id is None else [("MS-RequestId", request_id)]
        return ask(self.service, "PUT", lines=lines, body=page_body(PurchaseOrderNumber=order))

    def get(self) -> Answer:
        return ask(self.service, "GET")

    def version(self) -> int:
        return asyncio.run(stored(self.storage)).version


@contextmanager
def opened(folder: Path) -> Iterator[Desk]:
    path = folder / FILE
    with closing(SqliteStorage(path)) as storage:
        puts.add_profiles(storage)
        yield Desk(path, storage, make_service(BASE_URL, storage, keys(), DAY, clock=lambda: NOW))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with opened(tmp_path) as desk:
        yield desk


def is_unavailable(answer: Answer) -> bool:
    """503 in the envelope, with the seconds after which it is worth another try."""
    return answer.status == 503 and answer.code() == 800003 and (answer.headers.get("Retry-After") or "").isdecimal()


# No space


@contextmanager
def no_space(desk: Desk) -> Iterator[None]:
    """No file of this process grows beyond what the log has now."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (desk.path.with_name(f"{FILE}-wal").stat().st_size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_d06_without_space_a_put_is_answered_503(desk: Desk) -> None:
    desk.put()
    with no_space(desk):
        assert is_unavailable(desk.put())


def test_d06_without_space_a_get_is_answered(desk: Desk) -> None:
    desk.put(order="1")
    with no_space(desk):
        desk.put(order="2")
        assert (desk.get().status, desk.get().json()["purchaseOrderNumber"]) == (200, "1")


def test_d06_a_put_that_had_no_space_is_done_once_when_there_is_some(desk: Desk) -> None:
    desk.put()
    with no_space(desk):
        assert [desk.put(GUID).status for _ in range(3)] == [503] * 3
    before = desk.version()
    assert [desk.put(GUID).status for _ in range(3)] == [200] * 3
    assert desk.version() == before + 1


SMALL_DISK = """
import asyncio, subprocess, sys
from pathlib import Path
from partnercenter.service.storage import StorageUnavailableError
from partnercenter.service.storage.sqlite import SqliteStorage
from tests.cli.in_process import command_line
from tests.crash import puts
from tests.crash.promises import look, stored

folder = Path(sys.argv[1])
subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1M", "none", folder], check=True)
storage = SqliteStorage(folder / "x")
puts.add_profiles(storage)
notes = []
(folder / "ballast").write_bytes(bytes(300_000))
try:
    for number in range(10_000):
        notes.append(asyncio.run(puts.put(storage, 0, number)))
except StorageUnavailableError:
    pass
full = len(notes), asyncio.run(stored(storage)).version - 1
(folder / "ballast").unlink()
notes.append(asyncio.run(puts.put(storage, 0, len(notes))))
storage.close()
print(full[0] == full[1] > 0, look(folder / "x", notes))
"""


@needs_mounts
def test_d06_on_a_disk_that_fills_up_nothing_is_lost_and_writing_goes_on_when_there_is_space(tmp_path: Path) -> None:
    done = subprocess.run(
        ["unshare", "-rm", sys.executable, "-c", SMALL_DISK, str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout == "True Found(violations=[], untold=0)\n", done.stderr


# A sync that fails


class Failing(NamedTuple):
    desk: Desk
    fault: Fault


@pytest.fixture
def failing(tmp_path: Path) -> Iterator[Failing]:
    """A service whose syncs fail as soon as the fault is armed."""
    fault = Fault("xSync", number=1, times=ALWAYS, error=lambda: apsw.IOError("planned"))
    with recorded(fault), opened(tmp_path) as desk:
        yield Failing(desk, fault)
        fault.armed = False


def test_d07_a_put_whose_sync_fails_is_answered_503(failing: Failing) -> None:
    failing.fault.armed = True
    assert is_unavailable(failing.desk.put())


def test_d07_after_a_failed_sync_what_is_stored_is_read(failing: Failing) -> None:
    failing.desk.put(order="1")
    failing.fault.armed = True
    failing.desk.put(order="2")
    assert (failing.desk.get().status, failing.desk.get().json()["purchaseOrderNumber"]) == (200, "1")


def test_d07_after_a_failed_sync_the_connection_does_not_commit_again(failing: Failing) -> None:
    before = failing.desk.storage._writer
    failing.fault.armed = True
    failing.desk.put()
    failing.fault.armed = False
    assert failing.desk.put().status == 200
    with pytest.raises(apsw.ConnectionClosedError):
        before.execute("SELECT 1")


def test_d07_as_long_as_the_log_cannot_be_left_the_storage_stays_unavailable(failing: Failing) -> None:
    failing.desk.put()
    failing.fault.armed = True
    assert [failing.desk.put().status for _ in range(3)] == [503] * 3
    failing.fault.armed = False
    assert failing.desk.put().status == 200


def test_d08_a_replay_finds_out_what_became_of_a_put_whose_commit_failed(failing: Failing) -> None:
    before = failing.desk.version()
    failing.fault.armed = True
    failing.desk.put(GUID)
    failing.fault.armed = False
    answers = [failing.desk.put(GUID) for _ in range(2)]
    assert answers[0].status == 200
    assert answers[0].body == answers[1].body
    assert failing.desk.version() == before + 1


# A lock


@contextmanager
def locked(desk: Desk) -> Iterator[apsw.Connection]:
    """Another program has begun to write."""
    with closing(apsw.Connection(str(desk.path))) as other:
        other.execute("BEGIN IMMEDIATE")
        yield other


def test_d09_who_finds_the_file_locked_waits_five_seconds() -> None:
    assert sqlite_reading.BUSY_MILLISECONDS == 5_000


def test_d09_a_put_waits_for_a_lock_that_is_let_go(desk: Desk) -> None:
    with locked(desk) as other:
        letting_go = threading.Timer(0.2, other.execute, ["COMMIT"])
        letting_go.start()
        assert desk.put().status == 200
        letting_go.join()


def test_d09_a_put_that_has_waited_too_long_is_answered_503(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "BUSY_MILLISECONDS", 50)
    with locked(desk):
        assert is_unavailable(desk.put())
    assert desk.put().status == 200


def test_d09_while_the_file_is_locked_a_get_is_answered(desk: Desk) -> None:
    with locked(desk):
        assert desk.get().status == 200


def test_d09_those_that_wait_for_the_lock_wait_together(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[None] = []
    begin = SqliteStorage._begin

    async def counted(storage: SqliteStorage) -> None:
        begun.append(None)
        await begin(storage)

    monkeypatch.setattr(SqliteStorage, "_begin", counted)
    monkeypatch.setattr(sqlite, "BUSY_MILLISECONDS", 50)

    async def five() -> list[Answer]:
        lines = [("Authorization", f"Bearer {token()}"), ("Content-Length", "2")]
        jobs = (ask_async(desk.service, "PUT", "/v1/profiles/billing", lines, body=b"{}") for _ in range(5))
        return await asyncio.gather(*jobs)

    with locked(desk):
        assert [answer.status for answer in asyncio.run(five())] == [503] * 5
    assert len(begun) == 1


# A file that cannot be used


def a_folder(path: Path) -> None:
    path.mkdir()


def another_file(path: Path) -> None:
    path.write_bytes(b"not a database " * 100)


def a_part(path: Path) -> None:
    with closing(SqliteStorage(path)):
        pass
    os.truncate(path, 8_192)


def the_database_of_another_program(path: Path) -> None:
    with closing(apsw.Connection(str(path))) as connection:
        connection.execute("CREATE TABLE x (y)")


@pytest.mark.parametrize("make", [a_folder, another_file, a_part, the_database_of_another_program])
def test_d11_what_is_no_database_of_ours_is_refused_in_one_line(tmp_path: Path, make: Callable[[Path], None]) -> None:
    make(tmp_path / FILE)
    done = command_line("serve", "--port", "0", "--no-tls", "--data", str(tmp_path))
    assert (done.returncode != 0, done.stdout, done.stderr.count("\n")) == (True, "", 1)
    assert done.stderr.startswith(f"Error: The database in {tmp_path} cannot be used (")


READ_ONLY = """
import sys
from pathlib import Path
from partnercenter.service.storage import StorageUnavailableError
from partnercenter.service.storage.sqlite import SqliteStorage
from tests.cli.in_process import command_line
from tests.crash import puts
try:
    puts.add_profiles(SqliteStorage(Path(sys.argv[1])))
except StorageUnavailableError as error:
    print(error)
"""


@needs_mounts
def test_d11_a_file_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    with opened(tmp_path):
        pass
    read_only = f'mount -o bind {tmp_path} {tmp_path} && mount -o remount,ro,bind {tmp_path} && exec $0 -c "$@"'
    done = subprocess.run(
        ["unshare", "-rm", "sh", "-c", read_only, sys.executable, READ_ONLY, str(tmp_path / FILE)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout.startswith("SQLite: "), done.stderr


def test_d12_without_its_log_the_file_has_what_was_moved_to_it(tmp_path: Path) -> None:
    """The three files belong together: who copies or deletes one of them alone loses what is in the others."""
    (tmp_path / "copy").mkdir()
    with opened(tmp_path) as desk:
        desk.put(order="1")
        desk.storage._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        desk.put(order="2")
        (tmp_path / "copy" / FILE).write_bytes(desk.path.read_bytes())
    with opened(tmp_path / "copy") as copy:
        assert copy.get().json()["purchaseOrderNumber"] == "1"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, StoredProfile]:
    """A file in which there is something, as a stop leaves it, and the profile that it has."""
    folder = tmp_path_factory.mktemp("whole")
    with opened(folder) as desk:
        asyncio.run(puts.put_many(desk.storage, {}, lambda _: None, clients=4, rounds=10))
        profile = asyncio.run(stored(desk.storage))
    return (folder / FILE).read_bytes(), profile


def read_damaged(path: Path, content: bytes) -> StoredProfile | None:
    """What is read of the profile; None if the file or the question is refused."""
    path.write_bytes(content)
    try:
        with closing(SqliteStorage(path)) as storage:
            puts.add_profiles(storage)
            return asyncio.run(stored(storage))
    except StorageUnavailableError:
        return None


def test_d11_a_file_that_was_cut_off_is_refused(tmp_path: Path, whole: tuple[bytes, StoredProfile]) -> None:
    content, _ = whole
    sizes = [1, 99, 100, 512, *(Random(1).randrange(1, len(content)) for _ in range(30)), len(content) - 1]
    read = {size: read_damaged(tmp_path / f"{size}", content[:size]) for size in sizes}
    assert [size for size, profile in read.items() if profile is not None] == []


def test_d11_a_flipped_bit_is_no_unexpected_error(tmp_path: Path, whole: tuple[bytes, StoredProfile]) -> None:
    content, _ = whole
    random = Random(1)
    for number in range(100):
        flipped = bytearray(content)
        place = random.randrange(len(content) * 8)
        flipped[place // 8] ^= 1 << place % 8
        read_damaged(tmp_path / f"{number}", bytes(flipped))
