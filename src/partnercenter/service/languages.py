"""The language of a refusal: `X-Locale` names it, a message catalogue has the words, and the codes never change.

The English sentence is the key. A culture without a catalogue gets English, as does a sentence that a catalogue
lacks; a test keeps those that there are complete.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from importlib import resources
from typing import Final, NamedTuple

from partnercenter.service.refusals import Refusal
from partnercenter.wire import headers
from partnercenter.wire.messages import Headers, Response

DEFAULT: Final = "en-US"
CATALOGUES: Final = ("zh-TW",)
"""The cultures with a catalogue, as the documented list of supported locales spells them."""

_SPELLINGS = {culture.lower(): culture for culture in CATALOGUES}


class Language(NamedTuple):
    """culture: as in `Content-Language`. translate: a sentence of ours → the same in this language."""

    culture: str
    translate: Callable[[str], str]


def language(asked: str | None) -> Language:
    """The language for a request whose `X-Locale` is `asked` (Partner Center REST headers); whatever it holds."""
    culture = _SPELLINGS.get((asked or "").lower())
    if culture is None:
        return Language(DEFAULT, str)
    catalogue = catalogue_of(culture)
    return Language(culture, lambda sentence: catalogue.get(sentence) or sentence)


def tell(refusal: Refusal, asked: Headers) -> Response:
    """The refusal in the language that the header lines of the request ask for."""
    told = language(asked.get(headers.X_LOCALE))
    return refusal.to_response(told.translate).with_lines([("Content-Language", told.culture)])


@cache
def catalogue_of(culture: str) -> Mapping[str, str]:
    """The sentences of a catalogue by the English ones."""
    from babel.messages.pofile import read_po

    name = f"{culture.replace('-', '_')}.po"
    with resources.files("partnercenter.service").joinpath("messages", name).open("rb") as file:
        messages = read_po(file, locale=culture.replace("-", "_"))
    return {str(message.id): str(message.string) for message in messages if message.id}
