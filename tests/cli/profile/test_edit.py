"""`partnercenter billing edit`: whatever happens, nothing that was written is lost, by either side."""

from __future__ import annotations

import re
import subprocess
import tempfile
from pathlib import Path

import pytest

from partnercenter import ClientSettings, FixedToken, PartnerCenter
from partnercenter.cli.signing_in import session
from partnercenter.wire.messages import Request, Response
from tests.cli.in_process import command_line
from tests.cli.stage import Stage, editor

TO_9321 = 'sed -i "s/^purchaseOrderNumber:.*/purchaseOrderNumber: 9321/" "$1"'


@pytest.fixture(autouse=True)
def _temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Texts that are kept go into a folder of the test."""
    (tmp_path / "kept").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "kept"))


def edited(folder: Path, *steps: str, options: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    return command_line("billing", "edit", *options, environ=editor(folder, *steps))


def shown(folder: Path, number: int = 1) -> str:
    return (folder / f"shown-{number}").read_text()


def kept(ended: subprocess.CompletedProcess[str]) -> str:
    place = re.search(r"your text is kept in (\S+)\n", ended.stderr)
    assert place, ended.stderr
    assert Path(place[1]).stat().st_mode & 0o777 == 0o600
    return Path(place[1]).read_text()


def test_what_is_saved_is_sent(stage: Stage, tmp_path: Path) -> None:
    done = edited(tmp_path, TO_9321)
    assert (done.returncode, stage.billing().purchase_order_number) == (0, "9321")
    assert done.stdout.startswith("purchaseOrderNumber  9888 → 9321\nUpdated. New entity tag: ")


def test_what_the_service_sets_is_not_offered(stage: Stage, tmp_path: Path) -> None:
    edited(tmp_path)
    assert not re.search("etag|links|profileType", shown(tmp_path))


def test_the_vetting_is_not_offered(stage: Stage, tmp_path: Path) -> None:
    command_line("legal", "edit", environ=editor(tmp_path))
    assert "vetting" not in shown(tmp_path)


def test_members_without_a_value_are_offered_too(stage: Stage, tmp_path: Path) -> None:
    edited(tmp_path)
    assert "\nbillingDay:\n" in shown(tmp_path)


def test_the_tax_id_is_offered_masked_and_stays_if_it_is_left_alone(stage: Stage, tmp_path: Path) -> None:
    edited(tmp_path, TO_9321)
    assert "12-345678" not in shown(tmp_path)
    assert stage.billing().tax_id == "12-345678"


def test_another_tax_id_can_be_written(stage: Stage, tmp_path: Path) -> None:
    edited(tmp_path, 'sed -i "s/^taxId:.*/taxId: 98-765432/" "$1"')
    assert stage.billing().tax_id == "98-765432"


def test_a_number_needs_no_quotes_to_be_a_text(stage: Stage, tmp_path: Path) -> None:
    edited(tmp_path, 'sed -i "s/^purchaseOrderNumber:.*/purchaseOrderNumber: 0123/" "$1"')
    assert stage.billing().purchase_order_number == "0123"


def test_a_line_that_is_removed_clears_the_member(stage: Stage, tmp_path: Path) -> None:
    edited(tmp_path, 'sed -i "/firstName: Test/d" "$1"')
    assert stage.billing().primary_contact.first_name is None


@pytest.mark.parametrize("step", ["true", 'echo > "$1"', 'echo "# nothing" > "$1"'])
def test_unchanged_or_emptied_is_cancelled_and_exits_0(stage: Stage, tmp_path: Path, step: str) -> None:
    ended = edited(tmp_path, step)
    assert (ended.returncode, ended.stderr, stage.updates()) == (0, "Cancelled: nothing was sent.\n", 0)


def test_a_comment_alone_changes_nothing(stage: Stage, tmp_path: Path) -> None:
    ended = edited(tmp_path, 'echo "# mine" >> "$1"')
    assert "Nothing to change" in ended.stdout
    assert stage.updates() == 0


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ('echo "a: [" >> "$1"', "is not YAML: "),
        ('sed -i "s/^companyName:/compnyName:/" "$1"', "compnyName is no member; there are companyName, "),
        ('sed -i "s/^billingDay:/billingDay: 40/" "$1"', "billingDay: must be a day of the month, 1 to 31"),
        ('sed -i "s/^billingDay:/billingDay: x/" "$1"', "billingDay: must be a whole number"),
        ('echo "purchaseOrderNumber: 1" >> "$1"', "has 'purchaseOrderNumber' twice in one object, again in line "),
        ('echo "profileType: x" >> "$1"', "profileType: is set by the service; remove the line"),
        ('sed -i "s/billingCurrency: USD/billingCurrency: EUR/" "$1"', "billingCurrency"),  # only the service knows
    ],
)
def test_a_text_that_cannot_be_taken_is_shown_again_with_the_reason(
    stage: Stage, tmp_path: Path, step: str, said: str
) -> None:
    ended = edited(tmp_path, step)
    again = shown(tmp_path, 2)
    assert again.startswith("#! This cannot be taken:\n#! - ")
    assert said in "".join(line for line in again.splitlines(keepends=True) if line.startswith("#!"))
    assert ended.returncode == 6


def test_who_gives_up_after_a_refusal_finds_his_text_in_a_file(stage: Stage, tmp_path: Path) -> None:
    ended = edited(tmp_path, 'sed -i "s/^billingDay:/billingDay: 40/" "$1"')
    text = kept(ended)
    assert "billingDay: 40\n" in text
    assert "#!" not in text


def test_a_text_that_is_mended_is_sent(stage: Stage, tmp_path: Path) -> None:
    wrong, right = (f'sed -i "s/^billingDay:.*/billingDay: {day}/" "$1"' for day in (40, 4))
    assert edited(tmp_path, wrong, right).returncode == 0
    assert stage.billing().billing_day == 4


def test_a_change_of_somebody_else_stays_and_mine_goes_onto_it(stage: Stage, tmp_path: Path) -> None:
    stage.meanwhile.append(lambda: stage.change(city="Seattle"))
    assert edited(tmp_path, TO_9321).returncode == 0
    profile = stage.billing()
    assert (profile.address.city, profile.purchase_order_number) == ("Seattle", "9321")


def test_a_second_change_of_somebody_else_is_merged_too(stage: Stage, tmp_path: Path) -> None:
    stage.meanwhile += [lambda: stage.change(city="Seattle"), lambda: stage.meanwhile.pop(0)]
    stage.meanwhile[1:] = [lambda: None, lambda: stage.change(company_name="Contoso"), lambda: None]
    assert edited(tmp_path, TO_9321).returncode == 0
    profile = stage.billing()
    assert (profile.address.city, profile.company_name, profile.purchase_order_number) == ("Seattle", "Contoso", "9321")


def _somebody_writes_77(stage: Stage) -> None:
    stage.meanwhile.append(lambda: stage.change(purchase_order_number="77", city="Seattle"))


def test_a_collision_shows_theirs_beside_mine(stage: Stage, tmp_path: Path) -> None:
    _somebody_writes_77(stage)
    edited(tmp_path, TO_9321)
    again = shown(tmp_path, 2)
    assert "wrote '77' here; it was '9888'." in again.split("purchaseOrderNumber:")[0].splitlines()[-1]
    assert "\npurchaseOrderNumber: '9321'\n" in again
    assert "\n  city: Seattle\n" in again


def test_a_collision_that_is_left_undecided_overwrites_nothing_and_exits_5(stage: Stage, tmp_path: Path) -> None:
    _somebody_writes_77(stage)
    ended = edited(tmp_path, TO_9321)
    assert (ended.returncode, stage.billing().purchase_order_number) == (5, "77")
    assert "purchaseOrderNumber: 9321\n" in kept(ended)


def test_a_collision_that_is_decided_is_sent(stage: Stage, tmp_path: Path) -> None:
    _somebody_writes_77(stage)
    assert edited(tmp_path, TO_9321, 'sed -i "/Somebody else/d" "$1"').returncode == 0
    profile = stage.billing()
    assert (profile.purchase_order_number, profile.address.city) == ("9321", "Seattle")


def test_a_collision_that_is_passed_over_is_asked_about_again(stage: Stage, tmp_path: Path) -> None:
    _somebody_writes_77(stage)
    ended = edited(tmp_path, TO_9321, 'sed -i "s/city:.*/city: Tacoma/" "$1"')
    assert (ended.returncode, stage.billing().purchase_order_number) == (5, "77")
    assert "#! - purchaseOrderNumber: somebody else changed it, too; decide, and remove" in shown(tmp_path, 3)
    assert "city: Tacoma\n" in kept(ended)


def test_a_refusal_after_a_merge_does_not_put_the_changes_of_somebody_else_back(stage: Stage, tmp_path: Path) -> None:
    stage.meanwhile.append(lambda: stage.change(city="Seattle"))
    to_eur, to_usd = (f'sed -i "s/^billingCurrency:.*/billingCurrency: {code}/" "$1"' for code in ("EUR", "USD"))
    assert (
        edited(tmp_path, f"{TO_9321}; {to_eur}", to_usd).returncode == 0
    )  # that currencies are fixed, it finds out last
    profile = stage.billing()
    assert (profile.address.city, profile.purchase_order_number) == ("Seattle", "9321")


def test_a_new_tax_id_survives_a_collision_of_another_member(stage: Stage, tmp_path: Path) -> None:
    _somebody_writes_77(stage)
    mine = TO_9321 + ' ; sed -i "s/^taxId:.*/taxId: 98-765432/" "$1"'
    assert edited(tmp_path, mine, 'sed -i "/Somebody else/d" "$1"').returncode == 0
    assert stage.billing().tax_id == "98-765432"


def test_an_editor_that_fails_exits_1_and_keeps_what_it_wrote(stage: Stage, tmp_path: Path) -> None:
    ended = edited(tmp_path, TO_9321 + "; exit 3")
    assert (ended.returncode, stage.updates()) == (1, 0)
    assert "ended with 3" in ended.stderr
    assert "purchaseOrderNumber: 9321" in kept(ended)


def test_an_editor_that_is_not_there_is_named(stage: Stage) -> None:
    refused = command_line("billing", "edit", environ={"EDITOR": "no-such-editor --wait", "VISUAL": ""})
    assert refused.returncode == 1
    assert "'no-such-editor' cannot be started" in refused.stderr


def test_an_editor_whose_quotes_do_not_close_is_told_so(stage: Stage) -> None:
    refused = command_line("billing", "edit", environ={"EDITOR": "vi 'x", "VISUAL": ""})
    assert refused.returncode == 2
    assert "EDITOR or VISUAL is no command line: No closing quotation" in refused.stderr


def test_an_editor_may_have_options(stage: Stage, tmp_path: Path) -> None:
    environ = editor(tmp_path)
    assert command_line("billing", "edit", environ=environ | {"EDITOR": f"sh {environ['EDITOR']}"}).returncode == 0


def test_without_a_terminal_and_an_editor_it_is_wrong_usage(stage: Stage) -> None:
    refused = command_line("billing", "edit", environ={"EDITOR": "", "VISUAL": ""})
    assert refused.returncode == 2
    assert "Name one in EDITOR, or change members with `set`" in refused.stderr


def test_an_interrupted_update_keeps_the_text(stage: Stage, tmp_path: Path) -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    stage.meanwhile.append(interrupted)
    ended = edited(tmp_path, TO_9321)
    assert ended.returncode == 130
    assert "purchaseOrderNumber: 9321" in kept(ended)


def test_a_program_gets_the_profile_and_the_difference_goes_to_stderr(stage: Stage, tmp_path: Path) -> None:
    done = edited(tmp_path, TO_9321, options=("--query", "purchaseOrderNumber", "-o", "tsv"))
    assert done.stdout == "9321\n"
    assert "9888 → 9321" in done.stderr


class OldProfile:
    """A service that keeps a profile which the rules would not take today, and takes it."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []

    def send(self, request: Request, timeout: float) -> Response:
        if request.method == "PUT":
            self.bodies.append(request.body)
            return Response(200, body=request.body)
        return Response(200, body=b'{"companyName":"","purchaseOrderNumber":"1","attributes":{"etag":"tag"}}')

    def close(self) -> None:
        return


def test_what_was_wrong_before_is_left_to_the_service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = OldProfile()
    settings = ClientSettings(base_url="https://localhost")
    partner = PartnerCenter(FixedToken("token"), settings=settings, transport=old)
    monkeypatch.setattr(session, "open_partner_center", lambda: partner)
    assert edited(tmp_path, TO_9321).returncode == 0
    assert b'"purchaseOrderNumber":"9321"' in old.bodies[0]
