"""What is said to people, and in which language.

What shows a report says its own words by `say`. Problems, notices and evidence were made deep below, in English, and
are plain text in every report, saved ones too; `tell` says them again: it knows the templates of all that the code
can tell, finds the one that the text was made of, and puts its values into the translation. What it does not know
stays English as a whole. The catalogues are GNU gettext's; English needs none and loads none.
"""

from __future__ import annotations

import functools
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

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

TOLD = "told"
"""Context, in the catalogues, of messages that are said again."""

_FIELD = re.compile(r"(?<!\{)\{\d+\}")
_NUMBER = re.compile(r"[+-]?[\d,]*\.?\d+ ?%?")
_ARABIC_DIGITS = str.maketrans("0123456789,.%", "٠١٢٣٤٥٦٧٨٩٬٫٪")
Show = Callable[[str], str]


def mark(message: str) -> str:
    """Return a message as it is: the catalogue of messages is gathered from calls of this."""
    return message


def told(message: str) -> str:
    """Return a message that was made with its values, as it is: its template is gathered from the call."""
    return message


def told_of(one: str, many: str) -> tuple[str, str]:
    """Return both templates of a message that counts, {0} of something, as they are."""
    return one, many


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

    def say(self, template: str, /, show: Show = str, **values: Any) -> str:
        """Return a template of `str.format`, with its values, in this language.

        Args:
            template: a literal, from which the catalogue is gathered.
            show: is given each value that is text: a page or a terminal sets it apart.
            values: numbers come in the digits of the language.
        """
        return self._filled(self.gettext(template), show, values)

    def say_of(self, n: int, one: str, many: str, /, show: Show = str, **values: Any) -> str:
        """Return a template on `n` things, which has `n` among its values, in this language."""
        return self._filled(self.ngettext(one, many, n), show, {**values, "n": n})

    def _filled(self, template: str, show: Show, values: Mapping[str, Any]) -> str:
        return template.format_map({name: self._value(value, show) for name, value in values.items()})

    def _value(self, value: Any, show: Show) -> Any:
        return show(value) if isinstance(value, str) else _Number(value, self)

    def knows(self, message: str) -> bool:
        """Return whether `tell` can say a message that was made in English."""
        return self.code == "en" or not message or _found(self.code, message) is not None

    def tell(self, message: str, show: Show = str) -> str:
        """Return a message that was made in English, in this language; as it is where it is not known.

        >>> Language("ar").tell("no such file or folder")
        'لا ملف ولا مجلد بهذا الاسم'
        """
        found = _found(self.code, message) if self.code != "en" and message else None
        if found is None:
            return show(message)
        key, counts, values = found
        if not values:
            return _catalogue(self.code).pgettext(TOLD, key)
        template = _catalogue(self.code).pgettext(TOLD, key)
        if counts:
            n = int(values[0].replace(",", ""))
            template = _catalogue(self.code).npgettext(TOLD, key, key, n)
        return template.format(*(self._again(value, show) for value in values))

    def _again(self, value: str, show: Show) -> str:
        """Return a value of a message: a number in the digits of the language, a message within one said again."""
        if _NUMBER.fullmatch(value):
            return value if self.digits == "latin" else value.translate(_ARABIC_DIGITS)
        return self.tell(value, show) if " " in value else show(value)


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


class Template(NamedTuple):
    """A message that the code can tell: its pattern, its key in the catalogue, and whether it counts."""

    pattern: re.Pattern[str]
    key: str
    counts: bool


@functools.cache
def _templates(code: str) -> tuple[Template, ...]:
    """Return the templates of all messages with values, the most telling first."""
    told = f"{TOLD}\x04"
    catalogue: Mapping[Any, str] = vars(_catalogue(code)).get("_catalog", {})  # gettext lists its messages nowhere else
    names = {(key[0], True) if isinstance(key, tuple) else (key, False) for key in catalogue}
    keys = sorted((name.removeprefix(told), counts) for name, counts in names if name.startswith(told))
    found = [Template(_pattern(key), key, counts) for key, counts in keys if _FIELD.search(key)]
    return tuple(sorted(found, key=lambda template: -len(_FIELD.sub("", template.key))))


def _pattern(template: str) -> re.Pattern[str]:
    literals = [re.escape(part.replace("{{", "{").replace("}}", "}")) for part in _FIELD.split(template)]
    return re.compile("(.*?)".join(literals), re.DOTALL)


@functools.lru_cache(maxsize=4096)
def _found(code: str, message: str) -> tuple[str, bool, tuple[str, ...]] | None:
    """Return the key of the template that a message was made of, whether it counts, and its values."""
    if _catalogue(code).pgettext(TOLD, message) != message:
        return message, False, ()
    for pattern, key, counts in _templates(code):
        if match := pattern.fullmatch(message):
            return key, counts, match.groups()
    return None


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
