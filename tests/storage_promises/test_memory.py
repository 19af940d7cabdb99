"""The storage in memory keeps the promises of every backend, and gives back what an image of it held."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from partnercenter.service.storage import Storage
from partnercenter.service.storage.memory import MemoryStorage
from tests.storage_promises.test_storage_promises import (
    ANSWER,
    FIRST_VERSION,
    Reopen,
    StoragePromises,
    add,
    audit_ids,
    current,
    do,
    everything,
    recall,
    remember,
)


class TestMemory(StoragePromises):
    """It has no second reader beside itself: it is read in the middle of a transaction of its own."""

    @pytest.fixture
    def storage(self) -> Iterator[MemoryStorage]:
        storage = MemoryStorage()
        yield storage
        storage.close()

    @pytest.fixture
    def reopen(self, storage: Storage) -> Reopen:
        return lambda: storage

    def test_an_image_brings_everything_back(self, storage: MemoryStorage) -> None:
        add(storage)
        remember(storage)
        self.append(storage, "1")
        image = storage.image()
        storage.restore(MemoryStorage().image())
        storage.restore(image)
        stored = current(storage)
        assert stored is not None
        assert (stored.document, audit_ids(storage), recall(storage)) == (FIRST_VERSION.document, ["1"], ANSWER)

    def test_what_came_after_the_image_is_gone(self, storage: MemoryStorage) -> None:
        add(storage)
        image = storage.image()
        do(storage, everything)
        storage.restore(image)
        assert (audit_ids(storage), current(storage, "other"), recall(storage)) == ([], None, None)

    def test_d10_no_entity_tag_comes_back_with_an_image(self, storage: MemoryStorage) -> None:
        add(storage)
        image = storage.image()
        tags = {FIRST_VERSION.tag}
        for _ in range(3):
            storage.restore(image)
            stored = current(storage)
            assert stored is not None
            tags.add(stored.tag)
        assert len(tags) == 4

    def test_the_audit_goes_on_where_the_image_left_it(self, storage: MemoryStorage) -> None:
        self.append(storage, "1", "2")
        storage.restore(storage.image())
        self.append(storage, "3")
        assert audit_ids(storage) == ["3", "2", "1"]
