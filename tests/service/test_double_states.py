"""A Partner Center for tests takes other partners, and keeps states under a name."""

from __future__ import annotations

import asyncio

import pytest

from partnercenter.service import seed
from partnercenter.service.double import Double
from partnercenter.service.seed_shapes import SeedError
from partnercenter.service.snapshots import MOST, NoSnapshotError, SnapshotError
from tests.service.doubled import THREE, get, number, put, sign_in

# Other partners


def test_other_partners_take_the_place_of_all(double: Double) -> None:
    double.seed(THREE)
    assert [tenant.domain for tenant in double.seeded.directory.tenants] == [
        "one.example",
        "two.example",
        "three.example",
    ]
    assert get(double, sign_in(double, "local-refresh-token-of-two.example")).json()["companyName"] == "two.example"


def test_a_reset_returns_to_the_partners_that_were_set_last(double: Double) -> None:
    double.seed(THREE)
    double.reset()
    assert len(double.seeded.directory.tenants) == 3


def test_a_seed_that_is_none_changes_nothing(double: Double) -> None:
    put(double, sign_in(double))
    with pytest.raises(SeedError):
        double.seed({"partners": []})
    assert number(double) == "9999"


def test_the_variables_are_those_of_the_first_two_partners(double: Double) -> None:
    double.seed(THREE)
    assert double.environment()["PARTNERCENTER_SECOND_REFRESH_TOKEN"] == "local-refresh-token-of-two.example"


def test_a_single_partner_has_no_second_one(double: Double) -> None:
    double.seed({"partners": [{"tenant": "one.example"}]})
    assert "PARTNERCENTER_SECOND_TENANT_ID" not in double.environment()


def test_the_seed_can_be_asked_for_and_set_again(double: Double) -> None:
    document = double.seed_document()
    double.seed(document)
    assert (double.seed_document(), double.seeded) == (document, seed.PUBLISHED)


# Snapshots


def test_a_snapshot_brings_data_and_accounts_back(double: Double) -> None:
    put(double, sign_in(double), "1")
    double.accounts.disable(seed.BILLING_ADMIN.id)
    double.take_snapshot("one")
    put(double, sign_in(double), "2")
    double.accounts.enable(seed.BILLING_ADMIN.id)
    double.restore_snapshot("one")
    assert (number(double), [*double.accounts.disabled()]) == ("1", [seed.BILLING_ADMIN.id])


def test_d10_a_restored_profile_has_a_new_tag(double: Double) -> None:
    tag = get(double, sign_in(double)).headers.get("ETag")
    double.take_snapshot("one")
    double.restore_snapshot("one")
    assert get(double, sign_in(double)).headers.get("ETag") != tag


def test_a_snapshot_brings_its_partners_along(double: Double) -> None:
    double.take_snapshot("published")
    double.seed(THREE)
    double.restore_snapshot("published")
    assert (number(double), double.seeded) == ("9888", seed.PUBLISHED)
    double.reset()
    assert number(double) == "9888"


def test_a_snapshot_outlives_a_reset(double: Double) -> None:
    put(double, sign_in(double), "1")
    double.take_snapshot("one")
    double.reset()
    double.restore_snapshot("one")
    assert number(double) == "1"


def test_a_name_is_used_for_the_last_state_that_was_kept(double: Double) -> None:
    double.take_snapshot("one")
    put(double, sign_in(double), "1")
    double.take_snapshot("one")
    double.restore_snapshot("one")
    assert ([row.name for row in double.snapshots()], number(double)) == (["one"], "1")


def test_what_was_removed_cannot_be_restored(double: Double) -> None:
    double.take_snapshot("one")
    double.remove_snapshot("one")
    with pytest.raises(NoSnapshotError, match=r"no snapshot 'one'\. There is none"):
        double.restore_snapshot("one")


@pytest.mark.parametrize("name", ["", ".", "a/b", "a b", "x" * 65, "ä"])
def test_a_snapshots_name_is_a_short_word(double: Double, name: str) -> None:
    with pytest.raises(SnapshotError):
        double.take_snapshot(name)


def test_only_so_many_snapshots_are_kept(double: Double) -> None:
    for n in range(MOST):
        double.take_snapshot(f"n{n}")
    with pytest.raises(SnapshotError):
        double.take_snapshot("one-more")


def test_whoever_publishes_the_variables_is_told_of_other_partners(double: Double) -> None:
    told: list[int] = []
    double.on_seed = lambda seeded: told.append(len(seeded.directory.tenants))
    double.take_snapshot("published")
    double.seed(THREE)
    double.restore_snapshot("published")
    assert told == [3, 2]


def test_an_application_holds_one_double_for_ever(double: Double) -> None:
    app = double.service
    bearer = sign_in(double)
    double.reset()
    double.seed(double.seed_document())
    assert double.service is app
    assert get(app, bearer).status == 200


def test_it_answers_in_whatever_event_loop_asks(double: Double) -> None:
    bearer = sign_in(double)  # each of these runs a loop of its own
    assert [get(double, bearer).status for _ in range(2)] == [200, 200]
    with pytest.raises(RuntimeError):
        asyncio.get_running_loop()
