"""Two people edit one profile: nobody overwrites anybody, and nothing that either changed is lost."""

from __future__ import annotations

import copy
import pickle

import pytest

from partnercenter import BillingProfile, ConfigurationError, OutcomeUnknownError, PreconditionFailedError
from tests.conversation.conftest import Partner, World


def _numbered(profile: BillingProfile, number: str) -> BillingProfile:
    profile.purchase_order_number = number
    return profile


def _renamed(profile: BillingProfile, name: str) -> BillingProfile:
    profile.company_name = name
    return profile


@pytest.fixture
def late(partner: Partner) -> BillingProfile:
    """A profile with another number, and somebody else has changed the company's name since it was read."""
    read = partner.get()
    partner.update(_renamed(partner.get(), "Fabrikam"))
    return _numbered(read, "9321")


def refusal(partner: Partner, profile: BillingProfile, **options: str) -> PreconditionFailedError:
    with pytest.raises(PreconditionFailedError) as caught:
        partner.update(profile, **options)
    return caught.value


def test_a_refused_update_carries_what_i_began_with_what_i_want_and_what_stands(
    partner: Partner, late: BillingProfile
) -> None:
    error = refusal(partner, late)
    assert isinstance(error.base, BillingProfile)
    assert isinstance(error.theirs, BillingProfile)
    assert (error.base.company_name, error.base.purchase_order_number) == ("TEST_TEST_BugBash1", "9888")
    assert error.mine == late
    assert error.theirs == partner.get()


def test_the_merge_of_a_refused_update_can_be_sent(partner: Partner, late: BillingProfile) -> None:
    merged = refusal(partner, late).merge(BillingProfile)
    assert merged.collisions == ()
    after = partner.update(merged.profile)
    assert (after.company_name, after.purchase_order_number) == ("Fabrikam", "9321")


def test_with_merge_an_update_keeps_what_others_changed(partner: Partner, late: BillingProfile) -> None:
    after = partner.update(late, on_conflict="merge")
    assert (after.company_name, after.purchase_order_number) == ("Fabrikam", "9321")


def test_a_merge_is_sent_with_a_new_request_id(world: World, partner: Partner, late: BillingProfile) -> None:
    given = "9231559e-ed95-41e4-810b-e754ae32dc2f"
    partner.update(late, on_conflict="merge", request_id=given)
    refused, sent = [request for request in world.tapped if request.method == "PUT"][-2:]
    assert refused.headers.get("MS-RequestId") == given
    assert sent.headers.get("MS-RequestId") != given


def test_with_merge_an_update_of_the_same_member_is_refused_and_theirs_stays(
    partner: Partner, late: BillingProfile
) -> None:
    error = refusal(partner, _renamed(late, "Contoso"), on_conflict="merge")
    assert [collision.member for collision in error.merge().collisions] == ["companyName"]
    assert partner.get().company_name == "Fabrikam"
    assert partner.get().purchase_order_number == "9888"


def test_with_merge_a_change_that_others_made_too_is_not_sent_again(world: World, partner: Partner) -> None:
    read = partner.get()
    theirs = partner.update(_numbered(partner.get(), "9321"))
    assert partner.update(_numbered(read, "9321"), on_conflict="merge") == theirs
    assert len([request for request in world.tapped if request.method == "PUT"]) == 2


def test_a_profile_that_was_never_read_cannot_be_merged(partner: Partner, late: BillingProfile) -> None:
    written = BillingProfile.from_wire(late.to_wire())
    assert refusal(partner, written, on_conflict="merge").merge().collisions


def test_another_word_for_what_to_do_is_not_sent(world: World, partner: Partner) -> None:
    with pytest.raises(ConfigurationError):
        partner.update(partner.get(), on_conflict="overwrite")
    assert [request.method for request in world.tapped] == ["GET"]


def test_an_edit_writes_what_was_changed(partner: Partner) -> None:
    after = partner.edit(lambda profile: _numbered(profile, "9321"))
    assert after == partner.get()
    assert after.purchase_order_number == "9321"


def test_an_edit_that_changes_nothing_sends_nothing(world: World, partner: Partner) -> None:
    partner.edit(lambda profile: None)
    assert [request.method for request in world.tapped] == ["GET"]


def test_an_edit_that_fails_sends_nothing(world: World, partner: Partner) -> None:
    with pytest.raises(ZeroDivisionError):
        partner.edit(lambda profile: _numbered(profile, str(1 / 0)))
    assert [request.method for request in world.tapped] == ["GET"]


def test_an_edit_merges_with_what_others_changed_meanwhile(world: World, partner: Partner) -> None:
    other = world.partner()

    def change(profile: BillingProfile) -> None:
        other.update(_renamed(other.get(), "Fabrikam"))
        _numbered(profile, "9321")

    after = partner.edit(change)
    assert (after.company_name, after.purchase_order_number) == ("Fabrikam", "9321")


def test_an_edit_can_refuse_to_merge(world: World, partner: Partner) -> None:
    other = world.partner()

    def change(profile: BillingProfile) -> None:
        other.update(_renamed(other.get(), "Fabrikam"))
        _numbered(profile, "9321")

    with pytest.raises(PreconditionFailedError):
        partner.edit(change, on_conflict="raise")


@pytest.mark.parametrize("options", [{"on_conflict": "overwrite"}, {"request_id": "no GUID"}, {"timeout": 0}])
def test_an_edit_that_can_never_be_written_back_does_not_begin(partner: Partner, options: dict[str, object]) -> None:
    begun: list[BillingProfile] = []
    with pytest.raises(ConfigurationError):
        partner.edit(begun.append, **options)
    assert begun == []


def test_an_unknown_outcome_says_what_was_sent_and_repeating_it_settles_it(world: World) -> None:
    partner = world.partner(most_attempts=1)
    wanted = _numbered(partner.get(), "9321")
    world.lose_answers = 1
    with pytest.raises(OutcomeUnknownError) as caught:
        partner.update(wanted)
    assert caught.value.profile == wanted
    partner.update(caught.value.sent(BillingProfile), request_id=caught.value.request_id)
    assert len(partner.audit()) == 1


def test_a_merge_whose_outcome_is_unknown_is_repeated_as_the_merge_that_was_sent(world: World) -> None:
    partner = world.partner(most_attempts=1)
    late = _numbered(partner.get(), "9321")
    partner.update(_renamed(partner.get(), "Fabrikam"))
    world.lose_answers = 1
    with pytest.raises(OutcomeUnknownError) as caught:
        partner.update(late, on_conflict="merge")
    after = partner.update(caught.value.profile, request_id=caught.value.request_id)
    assert (after.company_name, after.purchase_order_number) == ("Fabrikam", "9321")
    assert len(partner.audit()) == 2


def test_a_refused_update_that_is_pickled_leaves_the_profiles_behind(partner: Partner, late: BillingProfile) -> None:
    error = refusal(partner, late)
    copied = pickle.loads(pickle.dumps(error))
    assert copied == error
    assert (copied.base, copied.mine, copied.theirs) == (None, None, None)


def test_a_refused_update_that_is_copied_keeps_them(partner: Partner, late: BillingProfile) -> None:
    error = refusal(partner, late)
    assert copy.deepcopy(error).theirs == copy.copy(error).theirs == error.theirs


@pytest.mark.parametrize("told", [str, repr, lambda error: str(error.facts()), lambda error: str(error.args)])
def test_no_text_of_a_refused_update_shows_the_tax_id(partner: Partner, late: BillingProfile, told: object) -> None:
    assert callable(told)
    assert "12-345678" not in told(refusal(partner, late))


def test_polling_with_the_version_that_stands_gives_nothing(world: World, partner: Partner) -> None:
    assert partner.call("profiles.billing_profile.get_if_changed", partner.get()) is None
    assert world.tapped[-1].headers.get("If-None-Match") is not None


def test_polling_after_a_change_gives_the_new_version(partner: Partner) -> None:
    known = partner.get()
    after = partner.update(_numbered(partner.get(), "9321"))
    assert partner.call("profiles.billing_profile.get_if_changed", known) == after
