"""`partnercenter serve`: run a local Partner Center. The options come from the settings of the service."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from partnercenter.cli.exit_codes import ExitCode

if TYPE_CHECKING:
    from partnercenter.service.settings import Option, ServiceSettings
    from partnercenter.wire.json_text import JsonValue


def _options() -> list[click.Parameter]:
    from partnercenter.service.settings import options

    return [
        click.Option(
            [f"--{option.name}"],
            type=_type(option),
            is_flag=isinstance(option.default, bool),
            default=option.typed_default,
            show_default=not (isinstance(option.default, bool) or option.default == ""),
            help=option.help,
        )
        for option in options()
    ]


def _type(option: Option) -> click.ParamType[Any] | None:
    if option.choices:
        return click.Choice(option.choices, case_sensitive=False)
    return click.Path(path_type=Path) if isinstance(option.default, Path) else None


@click.pass_context
def _serve(context: click.Context, /, **values: object) -> None:
    try:
        from partnercenter.service import serving
        from partnercenter.service.local_tls import LocalCaError
        from partnercenter.service.private_files import FolderInUseError
        from partnercenter.service.seed_shapes import SeedError
        from partnercenter.service.settings import SettingsError, read_settings
        from partnercenter.service.storage import NewerSchemaError, StorageUnavailableError
        from partnercenter.service.token_authority import SigningKeyError
    except ImportError as error:
        raise click.ClickException(
            f"The service is not installed ({error.name} is missing). Install its extra: pip install '.[service]'"
        ) from None
    try:
        given = {name: typed for name, typed in values.items() if _is_typed(context, name)}
        settings = read_settings(given)
        serving.run(settings, click.echo, _seed_document(settings.seed))
    except (SettingsError, SeedError) as error:
        raise click.UsageError(str(error)) from None
    except StorageUnavailableError as error:
        raise click.ClickException(_unusable(error, settings)) from None
    except (FolderInUseError, NewerSchemaError, LocalCaError, SigningKeyError) as error:
        raise click.ClickException(str(error)) from None
    except OSError as error:
        raise click.ClickException(f"Cannot start: {_cause(error, settings)}") from None
    except KeyboardInterrupt:
        raise click.exceptions.Exit(ExitCode.OK) from None


def _seed_document(path: str) -> JsonValue:
    """What the file says that --seed names; None if none is named."""
    if not path:
        return None
    from partnercenter.cli import yaml_text

    try:
        text = Path(path).read_bytes()
    except OSError as error:
        raise click.UsageError(f"--seed {path}: {error.strerror}.") from None
    document = yaml_text.read(text, "The seed")
    if document is None:
        raise click.UsageError("The seed is empty. Give it a list of partners, as in: partners: [{tenant: a.example}]")
    return document


def _unusable(error: Exception, settings: ServiceSettings) -> str:
    from partnercenter.service.settings import IN_THE_FOLDER

    if settings.database != IN_THE_FOLDER:
        return f"The database at that URL cannot be used. {error}"
    return f"The database in {settings.data} cannot be used ({error}). Restore it, or start afresh elsewhere: --data"


def _is_typed(context: click.Context, name: str) -> bool:
    return context.get_parameter_source(name) is not click.core.ParameterSource.DEFAULT


def _cause(error: OSError, settings: ServiceSettings) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {settings.port} is taken. Choose another: --port 0 takes a free one."
    if error.filename is not None:
        return f"{error.filename}: {error.strerror}. Choose another folder with --data."
    return f"{error.strerror or error}. Check --host and --port."


command = click.Command(
    "serve",
    params=_options(),
    callback=_serve,
    help="""Run a local Partner Center until Ctrl+C.

    It prints one line, beginning with "Ready: ", when it answers.

    \b
    Examples:
      partnercenter serve
      partnercenter serve --port 0 --data demo
      partnercenter serve --preset strict
      partnercenter serve --throttle 5/s
      partnercenter serve --admin on
      partnercenter serve --test --seed partners.yaml
    """,
    context_settings={"help_option_names": ["-h", "--help"]},
)
