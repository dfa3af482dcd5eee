"""The folds as data: which characters one paragraph may write differently from its twin.

Letters carry pyarabic's names, so that a row reads as Arabic; this module is pyarabic's only door.
pyarabic's own folds are not used: `tests/test_pyarabic.py` shows for each what it would break.
A pair of tables is one decision: what is folded is a row here, what is never folded (docs/why.md)
is a test. Code points without a letter name are written as escapes, as Unicode's charts list them.
"""

from __future__ import annotations

import functools
import unicodedata
import warnings

with warnings.catch_warnings():  # pyarabic 0.6.15 has invalid escapes, which newer Pythons report
    warnings.simplefilter("ignore")
    from pyarabic import araby

# --- shapes: one code point, written as another -------------------------------------------------

PRESENTATION_FORMS = "\ufb50-\ufdfd\ufe80-\ufefc"
"""Regex ranges of Arabic letters and ligatures in their joined shapes (folded to their letters)."""

FULL_WIDTH = "\uff01-\uff5e"
"""Regex range of the full-width copies of ASCII."""

SURROGATES = "\ud800-\udfff"
"""Regex range of lone surrogates; a key treats each as U+FFFD, one for one."""

WORD_LIGATURES = {
    "\ufdfc": "ريال",  # NFKC would give a Farsi yeh
    "\ufdfd": "بسم الله الرحمن الرحيم",  # NFKC leaves it as it is
}
"""Ligatures of whole words that NFKC gets wrong; FDF2, FDFA and FDFB it gets right."""

DIGITS = {
    **{chr(0x0660 + d): str(d) for d in range(10)},
    **{chr(0x06F0 + d): str(d) for d in range(10)},
}
"""Arabic-Indic and extended Arabic-Indic digits."""


@functools.cache
def shapes() -> dict[str, str]:
    """Return the fold of every single character that is only another shape of something.

    Built when first met in a text: 0.7 ms that a clean article never pays.
    """
    table = dict(DIGITS)
    table.update({chr(c): chr(c - 0xFEE0) for c in range(0xFF01, 0xFF5F)})
    for code in (*range(0xFB50, 0xFDFE), *range(0xFE80, 0xFEFD)):
        char = chr(code)
        letters = unicodedata.normalize("NFKC", char)
        # A mark-only form decomposes to SPACE or TATWEEL and marks: it would split the word, so it
        # stays here and is removed after composition (REMOVED).
        if letters != char and letters[0] not in (" ", araby.TATWEEL):
            table[char] = letters
    table.update(WORD_LIGATURES)
    return table


# --- hamza written as a mark on a seat that has no composed form --------------------------------

HAMZA_SEATS = araby.ALEF_MAKSURA + "\u06cc" + araby.TATWEEL
"""Alef maksura, Farsi yeh and tatweel: with a hamza above, each means yeh with hamza."""

HAMZA_MARK = araby.HAMZA_ABOVE
YEH_HAMZA = araby.YEH_HAMZA

# --- removed: nothing that a reader would call a letter -----------------------------------------

MARKS = (
    "\u0610-\u061a"  # honorifics and Quranic signs
    f"{araby.FATHATAN}-{araby.SUKUN}"  # tashkeel
    f"{araby.MADDA_ABOVE}-\u065f"  # madda, hamza above and below, and later signs
    + araby.MINI_ALEF
    + "\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed"  # Quranic signs
    + "\u0898-\u089f\u08c9-\u08e1\u08e3-\u08ff"  # Arabic Extended-A and -B
)
"""Arabic combining marks (regex ranges)."""

INVISIBLE = "\u00ad\u034f\u061c\u180e\u200c-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
"""Soft hyphen, joiners, bidi controls, variation selectors, BOM (regex ranges)."""

MARK_FORMS = "\ufc5e-\ufc63\ufcf2-\ufcf4\ufe70-\ufe7f"
"""Presentation forms of bare marks."""

HONORIFICS = "\ufd40-\ufd4f\ufdcf\ufdfe\ufdff"
"""Honorific ligatures that have no letters to fold to."""

ENCLOSING = "\u20dd-\u20e0\u20e2-\u20e4"
"""Circles and keycaps drawn round a character."""

REMOVED = MARKS + araby.TATWEEL + INVISIBLE + MARK_FORMS + HONORIFICS + ENCLOSING
"""Everything that leaves no trace in a key (regex ranges)."""

BLANK = "\uffff"
"""Stands where an ignored phrase stood: no character of any text (Unicode), between words, and no trace in a key."""

# --- between words and numbers -------------------------------------------------------------------

THOUSANDS_SEPARATORS = "," + araby.COMMA + "\u066c"
"""Latin comma, Arabic comma (21,907 times in one real corpus), Arabic thousands separator."""

DECIMAL_SEPARATORS = frozenset(".\u066b")
"""Full stop and Arabic decimal separator; a key writes both as a full stop."""

PROCLITICS = araby.WAW + araby.FEH + araby.BEH + araby.LAM + araby.KAF
"""One-letter words that are written joined to the next: a quotation mark between is no break."""

QUOTES = "\"'`\u00ab\u00bb\u2018-\u201f\u2039\u203a\u300c-\u300f"
"""Quotation marks of every shape (regex ranges)."""

# --- letters that differ between spellings of one word (the loose key) ---------------------------

LETTER_FOLDS = {
    # alef: الى for إلى is 17 % of what three newsrooms write
    araby.ALEF_HAMZA_ABOVE: araby.ALEF,
    araby.ALEF_HAMZA_BELOW: araby.ALEF,
    araby.ALEF_MADDA: araby.ALEF,
    araby.ALEF_WASLA: araby.ALEF,
    "\u0672": araby.ALEF,
    "\u0673": araby.ALEF,
    # yeh: Egyptian فى for في; Farsi and Urdu keyboards
    araby.ALEF_MAKSURA: araby.YEH,
    "\u06cc": araby.YEH,
    "\u06cd": araby.YEH,
    "\u06d2": araby.YEH,
    # kaf
    "\u06a9": araby.KAF,
    "\u06aa": araby.KAF,
    # heh
    "\u06c1": araby.HEH,
    "\u06be": araby.HEH,
    "\u06d5": araby.HEH,
    "\u06c0": araby.HEH,
    "\u06c2": araby.HEH,
    # teh marbuta: مدرسه for مدرسة
    "\u06c3": araby.HEH,
    araby.TEH_MARBUTA: araby.HEH,
    # hamza seats: مسؤول and مسئول
    araby.WAW_HAMZA: araby.HAMZA,
    araby.YEH_HAMZA: araby.HAMZA,
}
"""Letter -> the letter that stands for it in the loose key."""

FINAL_HAMZA = (araby.YEH, araby.HAMZA)
"""Yeh before a final hamza is dropped: شيء, شئ, شىء and شيئ are one word."""

# --- composition ----------------------------------------------------------------------------------

COMPOSING = (
    "\u09be\u09d7\u0b3e\u0b56\u0b57\u0bbe\u0bd7\u0cc2\u0cd5\u0cd6\u0d3e\u0d57\u0dcf\u0ddf\u0f73\u0f75\u0f81\u102e"
    "\u1161-\u1175\u11a8-\u11c2\u1b35"
    "\U00011127\U0001133e\U00011357\U000114b0\U000114ba\U000114bd\U000115af\U00011930"
    "\U000113b8\U000113bb\U000113c2\U000113c9\U0001611e-\U00016120\U00016129\U00016d67"  # Unicode 16
)
"""Characters of combining class 0 that canonical composition may still join to the one before
(regex ranges; from UnicodeData.txt, held to Python's own table by a test)."""
