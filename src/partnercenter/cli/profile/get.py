"""`partnercenter billing get`, and that of every profile."""

from __future__ import annotations

import click

from partnercenter.cli.output import Format, document_of, output_option, show
from partnercenter.cli.profile.profile_verbs import ProfileVerb
from partnercenter.cli.signing_in import session
from partnercenter.wire.profiles import P


def get_command(verb: ProfileVerb[P]) -> click.Command:
    """The command of `verb`."""

    def get(output: Format, chosen: str | None = None) -> None:
        with session.open_partner_center() as partner:
            show(document_of(verb.get(partner.profiles, chosen)), output)

    said = f"""Print the {verb.title}.

    \b
    Examples:
      {f"partnercenter {verb.word} get {verb.example_of_option}".rstrip()}
      partnercenter {verb.word} get -o json | jq -r .attributes.objectType
      partnercenter {verb.word} get --query attributes.etag -o tsv
    """
    with_options = verb.option(output_option(get)) if verb.option else output_option(get)
    return click.command("get", help=said)(with_options)
