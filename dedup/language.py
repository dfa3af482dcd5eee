"""What is said to people, and in which language.

A `Message` is its English text, so a report, its JSON and its log are the same bytes everywhere; it remembers the
template and the values it was made of, and whoever shows it to a person has a `Language` say it again. What has
no translation stays English as a whole. The catalogues are GNU gettext's; English needs none and loads none.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gettext import NullTranslations

DIRECTIONS = {"en": "ltr", "ar": "rtl"}
"""Language -> how its lines run."""
DIGITS = ("latin", "arabic")
LOCALE_NAMES = ("LC_ALL", "LC_MESSAGES", "LANG")
"""Variables of the environment that name the language of messages, the first that is set before the others."""
LATIN_REGIONS = frozenset({"", "AE", "DZ", "EH", "LY", "MA", "TN"})
"""Regions, and no region, whose Arabic is written with 123; the others write ١٢٣ (CLDR, `defaultNumberingSystem`)."""
LOCALES = os.path.join(os.path.dirname(__file__), "locale")
"""Where the catalogues are: ``ar/LC_MESSAGES/dedup.mo``."""

_ARABIC_DIGITS = str.maketrans("0123456789,.%", "٠١٢٣٤٥٦٧٨٩٬٫٪")
Show = Callable[[str], str]


class Message(str):
    """An English sentence that can be said again in another language.

    `one` is its template and `many`, where it counts something, that of another `number` than one. Templates
    are those of `str.format`; one without values is taken as it stands, braces and all.

    >>> Message("no field {field}", values={"field": "body"})
    'no field body'
    """

    __slots__ = ("many", "number", "one", "values")

    one: str
    many: str | None
    number: int
    values: Mapping[str, Any]

    def __new__(
        cls, one: str, many: str | None = None, number: int = 1, values: Mapping[str, Any] | None = None
    ) -> Message:
        """Make the English text, and keep what it was made of."""
        template = one if many is None or number == 1 else many
        message = super().__new__(cls, template.format_map(values) if values else template)
        message.one, message.many, message.number, message.values = one, many, number, values or {}
        return message


def said(template: str, /, **values: Any) -> Message:
    """Return a message made of a template and its values.

    >>> said("{place}: no such file", place="a.txt")
    'a.txt: no such file'
    """
    return Message(template, values=values)


def said_of(n: int, one: str, many: str, /, **values: Any) -> Message:
    """Return a message on `n` things; its templates have `n` among their values.

    >>> said_of(1, "{n} word", "{n:,} words"), said_of(1200, "{n} word", "{n:,} words")
    ('1 word', '1,200 words')
    """
    return Message(one, many, n, {**values, "n": n})


def mark(message: str) -> str:
    """Return a message as it is: the catalogue of messages is gathered from calls of this."""
    return message


def mark_n(one: str, many: str) -> tuple[str, str]:
    """Return both forms of a message that counts, as they are."""
    return one, many


@dataclass(frozen=True, slots=True)
class Language:
    """Say messages in one language: `code` is ``en`` or ``ar``, `digits` (latin or arabic) those of its own numbers.

    Raises:
        ValueError: a language or digits that there are not.

    >>> Language("ar", "arabic").number(1234.5, ",.1f")
    '١٬٢٣٤٫٥'
    """

    code: str = "en"
    digits: str = "latin"

    def __post_init__(self) -> None:
        if self.code not in DIRECTIONS:
            raise ValueError(f"language must be one of {', '.join(DIRECTIONS)}, got {self.code!r}")
        if self.digits not in DIGITS:
            raise ValueError(f"digits must be one of {', '.join(DIGITS)}, got {self.digits!r}")

    @property
    def dir(self) -> str:
        """How lines run: `ltr` or `rtl`."""
        return DIRECTIONS[self.code]

    def gettext(self, message: str) -> str:
        """Return a message in this language; as it is where it has no translation."""
        return message if self.code == "en" or not message else _catalogue(self.code).gettext(message)

    def ngettext(self, one: str, many: str, n: int) -> str:
        """Return the form of a message that goes with `n` things: Arabic has six."""
        return (one if n == 1 else many) if self.code == "en" else _catalogue(self.code).ngettext(one, many, n)

    def number(self, value: float, spec: str = ",") -> str:
        """Return a number of the program's own (never of a quoted text) in the digits of this language."""
        text = format(value, spec)
        return text if self.digits == "latin" else text.translate(_ARABIC_DIGITS)

    def say(self, message: str, /, show: Show = str, **values: Any) -> str:
        """Return a message, or a template with its values, in this language.

        Args:
            message: a `Message`, or a template; what is in no catalogue is said in English.
            show: is given each value that is text and no message: a page or a terminal sets it apart.
            values: those of a template.
        """
        if not isinstance(message, Message):
            message = Message(message, values=values)
        one, many = message.one, message.many
        template = self.gettext(one) if many is None else self.ngettext(one, many, message.number)
        if not message.values:
            return template
        return template.format_map({name: self._value(value, show) for name, value in message.values.items()})

    def say_of(self, n: int, one: str, many: str, /, show: Show = str, **values: Any) -> str:
        """Return a message on `n` things in this language."""
        return self.say(said_of(n, one, many, **values), show)

    def _value(self, value: Any, show: Show) -> Any:
        if isinstance(value, Message):
            return self.say(value, show)
        if isinstance(value, int | float):
            return _Number(value, self)
        return show(str(value))


class _Number:
    """A number that a template formats, in the digits of a language."""

    def __init__(self, value: float, language: Language) -> None:
        self._value, self._language = value, language

    def __format__(self, spec: str) -> str:
        return self._language.number(self._value, spec)


ENGLISH = Language()


@functools.cache
def _catalogue(code: str) -> NullTranslations:
    import gettext

    return gettext.translation("dedup", LOCALES, [code], fallback=True)


def chosen(code: str, digits: str, environment: Mapping[str, str]) -> Language:
    """Return the language that was asked for; `auto` leaves it to the locale, which knows the digits, too.

    >>> chosen("auto", "auto", {"LANG": "ar_EG.UTF-8"})
    Language(code='ar', digits='arabic')
    """
    name = next((environment[each] for each in LOCALE_NAMES if environment.get(each)), "")
    spoken, _, region = name.partition(".")[0].partition("@")[0].partition("_")
    if code == "auto":
        code = spoken if spoken in DIRECTIONS else "en"
    if digits == "auto":
        latin = code != "ar" or (region if spoken == "ar" else "") in LATIN_REGIONS
        digits = DIGITS[not latin]
    return Language(code, digits)
