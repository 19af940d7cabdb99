"""`partnercenter serve`: run a local Partner Center. The options come from the settings of the service."""

from __future__ import annotations

from pathlib import Path

import click

from partnercenter.cli.exit_codes import ExitCode


def _options() -> list[click.Parameter]:
    from partnercenter.service.settings import options

    return [
        click.Option(
            [f"--{option.name}"],
            type=click.Path(path_type=Path) if isinstance(option.default, Path) else None,
            is_flag=isinstance(option.default, bool),
            default=option.default,
            show_default=not isinstance(option.default, bool),
            help=option.help,
        )
        for option in options()
    ]


def _serve(**values: object) -> None:
    try:
        from partnercenter.service import serving
        from partnercenter.service.settings import ServiceSettings, SettingsError
        from partnercenter.service.storage import NewerSchemaError, StorageUnavailableError
        from partnercenter.service.token_authority import SigningKeyError
    except ImportError as error:
        raise click.ClickException(
            f"The service is not installed ({error.name} is missing). Run: pip install 'partnercenter[service]'"
        ) from None
    try:
        settings = ServiceSettings(**values)  # type: ignore[arg-type]  # click converted them by the same table
        serving.run(settings, click.echo)
    except SettingsError as error:
        raise click.UsageError(str(error)) from None
    except (StorageUnavailableError, NewerSchemaError, SigningKeyError) as error:
        raise click.ClickException(str(error)) from None
    except OSError as error:
        raise click.ClickException(
            f"Cannot start: {error.strerror or error}. If the port is taken, choose another: --port 0 takes a free one."
        ) from None
    except KeyboardInterrupt:
        raise click.exceptions.Exit(ExitCode.OK) from None


command = click.Command(
    "serve",
    params=_options(),
    callback=_serve,
    help="""Run a local Partner Center until Ctrl+C.

    It prints one line, beginning with "Ready: ", when it answers.

    \b
    Examples:
      partnercenter serve
      partnercenter serve --port 0 --data /tmp/partner-center
    """,
    context_settings={"help_option_names": ["-h", "--help"]},
)
