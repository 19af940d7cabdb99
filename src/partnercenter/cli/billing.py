"""`partnercenter billing`: read and update the billing profile."""

from __future__ import annotations

import copy

import click

from partnercenter import BillingProfile
from partnercenter.cli import assignments
from partnercenter.cli.diff import difference_rows, differences
from partnercenter.cli.exit_codes import ExitCode
from partnercenter.cli.output import Format, console, document_of, output_option, show, show_rows
from partnercenter.cli.session import open_partner_center


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def command() -> None:
    """Read and update the partner's billing profile."""


@command.command()
@output_option
def get(output: Format) -> None:
    """Print the billing profile.

    \b
    Examples:
      partnercenter billing get
      partnercenter billing get -o json | jq -r .purchaseOrderNumber
    """
    with open_partner_center() as partner:
        show(document_of(partner.profiles.billing_profile.get()), output)


@command.command()
@click.option("--set", "to_set", multiple=True, metavar="MEMBER=VALUE", help="Give a member a value. May be repeated.")
@click.option("--unset", "to_unset", multiple=True, metavar="MEMBER", help="Clear a member. May be repeated.")
@click.option("--dry-run", is_flag=True, help="Show what would change, and send nothing.")
@output_option
def update(to_set: tuple[str, ...], to_unset: tuple[str, ...], dry_run: bool, output: Format) -> None:
    """Change members of the billing profile, if nobody changed it meanwhile.

    \b
    Examples:
      partnercenter billing update --set purchaseOrderNumber=9888
      partnercenter billing update --set address.city=Redmond --unset address.addressLine2 --dry-run
    """
    if not (to_set or to_unset):
        raise click.UsageError("Nothing to change: give --set MEMBER=VALUE or --unset MEMBER.")
    with open_partner_center() as partner:
        before = partner.profiles.billing_profile.get()
        wanted = copy.deepcopy(before)
        assignments.apply(wanted, to_set, to_unset)
        after = (
            wanted if dry_run or not differences(before, wanted) else partner.profiles.billing_profile.update(wanted)
        )
    if output is Format.TABLE:
        show_rows(difference_rows(before, after))
        console().print(_verdict(before, wanted, after, dry_run=dry_run))
    else:
        show(document_of(after), output)
    kept = differences(wanted, after)
    for path, _, value in kept:
        click.secho(f"Note: the service kept {path} at {value}.", fg="yellow", err=True)
    if kept:
        raise click.exceptions.Exit(ExitCode.REFUSED)


def _verdict(before: BillingProfile, wanted: BillingProfile, after: BillingProfile, *, dry_run: bool) -> str:
    if not differences(before, wanted):
        return "Nothing to change: the profile is like that already."
    if dry_run:
        return "Dry run: nothing was sent."
    done = "Updated in part." if differences(wanted, after) else "Updated."
    return f"{done} New entity tag: {after.attributes.etag}"
