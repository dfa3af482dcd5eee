"""Facts that a word states: a number, a month, a day, a direction of the compass, a rise or a fall.

What two paragraphs of one formula differ in. Words are tokens of loose keys.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import compress
from typing import NamedTuple

from dedup.text.memo import remembered


class Fact(NamedTuple):
    """What is stated: `value` among those of `kind`."""

    kind: str
    value: str


class _Written(NamedTuple):
    """What a word adds to a number that is written out."""

    kind: str
    value: int


Stated = Fact | _Written


def _named(groups: dict[str, str]) -> dict[str, str]:
    return {word: value for value, words in groups.items() for word in words.split()}


DAYS = _named(
    {
        "saturday": "السبت saturday samedi",
        "sunday": "الاحد sunday dimanche",
        "monday": "الاثنين الاتنين monday lundi",
        "tuesday": "الثلاثاء الثلثاء الثلاثا الثلاثه tuesday mardi",
        "wednesday": "الاربعاء الاربعا wednesday mercredi",
        "thursday": "الخميس thursday jeudi",
        "friday": "الجمعه friday vendredi",
    }
)
"""Loose key of a weekday's name -> the day. Arabic names with their article; without it, the words
are numerals or common nouns (خميس, جمعه)."""

MONTHS = _named(
    {
        "01": "يناير جانفي كانون_الثاني january janvier",
        "02": "فبراير فيفري شباط february fevrier",
        "03": "مارس اذار march mars",
        "04": "ابريل افريل نيسان april avril",
        "05": "مايو ايار may mai",
        "06": "يونيو يونيه جوان حزيران june juin",
        "07": "يوليو يوليه جويليه تموز july juillet",
        "08": "اغسطس اوت اب august aout",
        "09": "سبتمبر ايلول september septembre",
        "10": "اكتوبر تشرين_الاول october octobre",
        "11": "نوفمبر تشرين_الثاني november novembre",
        "12": "ديسمبر كانون_الاول december decembre",
        "h01": "محرم",
        "h02": "صفر",
        "h03": "ربيع_الاول",
        "h04": "ربيع_الاخر ربيع_الثاني",
        "h05": "جمادي_الاولي جمادي_الاول",
        "h06": "جمادي_الاخره جمادي_الثانيه جمادي_الاخر",
        "h07": "رجب",
        "h08": "شعبان",
        "h09": "رمضان",
        "h10": "شوال",
        "h11": "القعده ذوالقعده",
        "h12": "الحجه ذوالحجه",
    }
)
"""Month names of Egypt and the Gulf, the Maghreb and the Levant, and of the Hijri year; `_` between two tokens."""

_FIRST_OF_TWO = frozenset(name.split("_")[0] for name in MONTHS if "_" in name)

COMPASS = _named(
    {
        "north": "شمال الشمال شمالي شماليه الشمالي الشماليه شمالا",
        "south": "جنوب الجنوب جنوبي جنوبيه الجنوبي الجنوبيه جنوبا",
        "east": "شرق الشرق شرقي شرقيه الشرقي الشرقيه شرقا",
        "west": "غرب الغرب غربي غربيه الغربي الغربيه غربا",
    }
)

TREND = _named(
    {
        "up": "ارتفع ارتفعت يرتفع ترتفع ارتفاع ارتفاعا الارتفاع ارتفاعها مرتفع مرتفعا مرتفعه المرتفعه صعد صعدت صعود "
        "صعودا "
        "زاد زادت زياده الزياده ازداد نما نمو نموا مكاسب مكاسبه رابحا رابحه قفز قفزت بارتفاع بزياده بنمو تحسن",
        "down": "انخفض انخفضت ينخفض تنخفض انخفاض انخفاضا الانخفاض انخفاضها منخفض منخفضا منخفضه المنخفضه تراجع تراجعت "
        "يتراجع تراجعا "
        "التراجع متراجعا المتراجعه هبط هبطت هبوط هبوطا نزل نزلت نزول نزولا نقص نقصت خساءر خاسرا خاسره بانخفاض بتراجع "
        "بهبوط",
    }
)

_UNITS = {
    2: "اثنان اثنتان اثنين اثنتين اثنا اثني الثاني الثانيه",
    3: "ثلاثه ثلاث الثالث الثالثه",
    4: "اربعه اربع الرابع الرابعه",
    5: "خمسه خمس الخامس الخامسه",
    6: "سته ست السادس السادسه",
    7: "سبعه سبع السابع السابعه",
    8: "ثمانيه ثماني ثمان الثامن الثامنه",
    9: "تسعه تسع التاسع التاسعه",
}
_TENS = {
    10: "عشره عشر العاشر العاشره",
    20: "عشرين عشرون العشرين العشرون",
    30: "ثلاثين ثلاثون الثلاثين الثلاثون",
    40: "اربعين اربعون الاربعين الاربعون",
    50: "خمسين خمسون الخمسين الخمسون",
    60: "ستين ستون الستين الستون",
    70: "سبعين سبعون السبعين السبعون",
    80: "ثمانين ثمانون الثمانين الثمانون",
    90: "تسعين تسعون التسعين التسعون",
}
_HUNDREDS = {
    100: "ماءه مءه الماءه",
    200: "ماءتين ماءتان مءتين مءتان",
    300: "ثلاثماءه ثلثماءه",
    400: "اربعماءه",
    500: "خمسماءه",
}
NUMBERS = {
    word: value for table in (_UNITS, _TENS, _HUNDREDS) for value, words in table.items() for word in words.split()
}
"""Cardinals and ordinals. One is left out: اول, احد and واحد count nothing more often than something."""
_PERCENT = ("بالماءه", "بالمءه")

_DIGITS = re.compile(r"\d+")
"""Each group of digits is a fact: 42.3 is also written 42 3, and 3ر42 by agencies."""
_PROCLITIC = re.compile(r"^(?:و|ف|ب|ل|ك)(?=..)")


_KIN = frozenset(("بن", "بنت", "ابن", "ibn", "bin"))
_HEADS = frozenset(
    "منطقه محافظه مدينه قريه بلده حي طريق شارع مطار نادي فريق منتخب شركه بنك مصرف مءسسه جامعه مدرسه مستشفي بلديه "
    "اماره جمهوريه دوله "
    "مملكه سلطنه قضاء ولايه مركز ملعب سهم قطاع منطقتي".split()
)
"""What a name of a place or an institution follows."""
_BEFORE_HEAD = re.compile("^(?:وب|ول|وال|بال|لل|ال|[وبل])")


class _Heads(dict[str, bool]):
    """Word -> whether the name of a place or an institution follows it."""

    def __missing__(self, word: str) -> bool:
        found = word in _HEADS or _BEFORE_HEAD.sub("", word) in _HEADS
        return remembered(self, word, found)


_heads = _Heads()


def names_follow(words: Sequence[str], low: int, high: int) -> bool:
    """Return whether words [low, high) stand where names do: beside بن, behind مدينة, شركة and their like."""
    before = words[low - 1] if low else ""
    if before in _KIN or (high < len(words) and words[high] in _KIN):
        return True
    return _heads[before]


def names_in(words: Sequence[str]) -> Iterator[str]:
    """Yield the words of names that are told by their place: beside بن."""
    if _KIN.isdisjoint(words):
        return
    for i, word in enumerate(words):
        if word in _KIN:
            yield from words[max(0, i - 1) : i + 2]


class _Stated(dict[str, tuple[Stated, ...]]):
    """Word -> the facts that it states by itself; a number written out is a value to add up."""

    def __missing__(self, word: str) -> tuple[Stated, ...]:
        found: tuple[Stated, ...]
        if not word.isalpha():
            found = tuple(Fact("number", value) for value in _DIGITS.findall(word))
        else:
            bare = word if word in NUMBERS else _PROCLITIC.sub("", word)
            found = tuple(
                _Written(kind, value) if isinstance(value, int) else Fact(kind, value)
                for kind, table in (
                    ("written", NUMBERS),
                    ("month", MONTHS),
                    ("day", DAYS),
                    ("compass", COMPASS),
                    ("trend", TREND),
                )
                if (value := table.get(word) or table.get(bare))
            )[:1]
            if word in _FIRST_OF_TWO:
                found = (_Written("written", 0),)  # not by itself, perhaps
        return remembered(self, word, found)


_stated = _Stated()


def may_state(words: Sequence[str]) -> bool:
    """Return whether any of words may state a fact."""
    return any(map(_stated.__getitem__, words))


def facts(words: Sequence[str], low: int = 0, high: int | None = None) -> list[Fact]:
    """Return the facts that words [low, high) state, in order; a number of several words is one."""
    high = len(words) if high is None else high
    stated: list[Fact] = []
    after = low
    known = list(map(_stated.__getitem__, words[low:high]))
    for i in compress(range(low, high), known):  # few words state any
        if i < after:
            continue
        found = known[i - low]
        if isinstance(found[0], Fact):
            stated += found  # type: ignore[arg-type]  # one kind, all of them
            continue
        month = MONTHS.get(f"{words[i]}_{words[i + 1]}") if i + 1 < high else None
        if month:
            stated.append(Fact("month", month))
            after = i + 2
        elif found[0].value:
            number, after = _in_words(words, i, high)
            if number:
                stated.append(Fact("number", number))
    return stated


def whole_numbers(words: Sequence[str]) -> Iterator[str]:
    """Yield the numbers that words state, a decimal or a date that is one token as one."""
    stated = list(map(_stated.__getitem__, words))
    if any(isinstance(found[0], _Written) for found in filter(None, stated)):
        written_out = facts([word if word.isalpha() else "" for word in words])
        yield from (fact.value for fact in written_out if fact.kind == "number")
    for found in filter(None, stated):
        if found[0].kind == "number":
            yield " ".join(fact.value for fact in found)  # type: ignore[misc]


def _in_words(words: Sequence[str], i: int, high: int) -> tuple[str, int]:
    """Return the value of a number written out, and where it ends; nothing for في المئة, per cent."""
    if words[i] in _PERCENT or (words[i] in ("الماءه", "المءه") and i and words[i - 1] == "في"):
        return "", i + 1
    total, last = 0, 1000
    while i < high:
        bare = words[i] if words[i] in NUMBERS else _PROCLITIC.sub("", words[i])
        value = NUMBERS.get(bare, 0)
        # 14 is اربعه عشر, 25 is خمسه وعشرين, 325 is ثلاثمائه وخمسه وعشرين; اثنين وتسعه are two numbers.
        goes_on = value == 10 if last < 10 and bare == words[i] else value >= 20 if last < 10 else value < last
        if not value or (total and not (goes_on and value < 100)):
            break
        total, last = total + value, value
        i += 1
    return str(total), i
