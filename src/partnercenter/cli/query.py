"""`--query`: a JMESPath expression that picks from a result what is printed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

import click

from partnercenter.wire.json_text import JsonObject, JsonValue

_KEY = "partnercenter.cli.query"


class _Expression(Protocol):
    """What the library, which has no types, makes of an expression. parsed: its tree."""

    parsed: JsonObject

    def search(self, value: JsonValue) -> JsonValue:
        """What the expression picks from `value`."""


def read_query(context: click.Context, parameter: click.Parameter, typed: str | None) -> None:
    """The callback of the option. click.BadParameter, which shows the place, if `typed` is no expression."""
    if typed is not None:
        context.meta[_KEY] = _compiled(typed, context, parameter)


def is_given() -> bool:
    """Whether the command that runs was given `--query`."""
    context = click.get_current_context(silent=True)
    return context is not None and _KEY in context.meta


def picked(document: JsonValue) -> JsonValue:
    """What `--query` picks from `document`; all of it if there is none.

    Raises click.UsageError if the expression does not fit the values, as length(1) does not.
    """
    if not is_given():
        return document
    from jmespath.exceptions import JMESPathTypeError  # it has no types

    expression: _Expression = click.get_current_context().meta[_KEY]
    try:
        return expression.search(document)
    except JMESPathTypeError as error:
        # Its own text quotes the value, which may be a tax id, or the profile as a whole.
        said = f"{error.function_name}() cannot take a {error.actual_type}."
    except (ValueError, TypeError, ArithmeticError):  # as of a slice whose step is 0
        said = "A value is not of the type that it needs."
    # Whoever changed something has to know that the command itself did not fail.
    raise click.UsageError(f"The command was carried out, but --query does not fit its result: {said}")


def _compiled(typed: str, context: click.Context, parameter: click.Parameter) -> _Expression:
    import jmespath  # it has no types
    from jmespath.exceptions import JMESPathError, ParseError

    try:
        compiled: _Expression = jmespath.compile(typed)
    except ParseError as error:
        place = min(error.lex_position, len(typed))
        said = f"it is no JMESPath expression from character {place + 1} on.\n  {typed}\n  {' ' * place}^"
    except JMESPathError:
        said = "it is empty."
    except RecursionError:
        said = "it is nested too deeply."
    else:
        said = next(_wrong_calls({"children": [compiled.parsed]}), "")
        if not said:
            return compiled
    raise click.BadParameter(said, context, parameter)


def _wrong_calls(node: JsonObject) -> Iterator[str]:
    """What is wrong with the functions of an expression: JMESPath itself would say so when all is done and over."""
    from jmespath.functions import Functions  # it has no types

    children = node.get("children")
    inner = children if isinstance(children, list) else []
    if node.get("type") == "function_expression":
        known = Functions.FUNCTION_TABLE.get(node.get("value"))
        if known is None:
            names = ", ".join(sorted(Functions.FUNCTION_TABLE))
            yield f"there is no function {node.get('value')}(); there are {names}."
        elif not _takes(known["signature"], len(inner)):
            yield f"{node.get('value')}() does not take {len(inner)} arguments but {len(known['signature'])}."
    for child in inner:
        if isinstance(child, dict):
            if child.get("type") == "expref" and node.get("type") != "function_expression":
                yield "an expression behind & is an argument of a function, and no value."
            yield from _wrong_calls(child)


def _takes(signature: tuple[dict[str, object], ...], count: int) -> bool:
    is_variadic = bool(signature) and bool(signature[-1].get("variadic"))
    return count >= len(signature) if is_variadic else count == len(signature)
