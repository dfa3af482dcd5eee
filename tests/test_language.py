"""What is said in another language: catalogues that hold together with the code, numbers, and the choice of one."""

import ast
import os
import re
import string
import sys
import unicodedata

import catalogue
import pytest
from babel import Locale
from babel.localedata import locale_identifiers

import dedup
from dedup import Document, Problem
from dedup.language import ENGLISH, LATIN_REGIONS, TOLD, Language, chosen
from dedup.system import SAID, said_by
from dedup.write import WRITERS, Style
from dedup.write.bidi import order_for, ordered, width
from dedup.write.words import NOUNS, counted, problem

ARABIC = Language("ar")
PO = sorted(catalogue.LOCALES.glob("*/LC_MESSAGES/*.po"))
CASES = [0, 1, 2, 3, 10, 11, 99, 100, 101, 102, 103, 1000, 1_002]
"""Counts that stand for the six forms of Arabic, on both sides of each border."""
FORMS = [0, 1, 2, 3, 3, 4, 4, 5, 5, 5, 3, 5, 5]
NUMBERS = "قال الوزير إن {} مدرسة جديدة ستفتح أبوابها للطلاب يوم {} في العاصمة"
COPY = "وأضاف المتحدث أن الأبواب مفتوحة لجميع الطلاب من كل المدن"
SMALL = [
    Document("a.txt", f"{NUMBERS.format(12, 'الأحد')}\n\n{COPY}", "a.txt"),
    Document("b.txt", f"{NUMBERS.format(15, 'الاثنين')}\n\n{COPY}", "b.txt"),
]


def written(name="full", **style):
    return "".join(WRITERS[name](dedup.scan(SMALL), Style(**style)))


def fields(template):
    return {field for _, field, _, _ in string.Formatter().parse(template) if field}


# --- catalogues -----------------------------------------------------------------------------------


def test_the_catalogues_have_what_the_code_says_and_nothing_else():
    """A message that the code no longer says goes; a new one comes in: python tests/catalogue.py."""
    for path in catalogue.LOCALES.glob("*/LC_MESSAGES/dedup.po"):
        assert catalogue.as_po(catalogue.updated(catalogue.read(path), catalogue.gathered())) == path.read_text("utf-8")


@pytest.mark.parametrize("path", PO, ids=lambda path: f"{path.parts[-3]}-{path.stem}")
def test_a_compiled_catalogue_is_that_of_its_source(path):
    assert path.with_suffix(".mo").read_bytes() == catalogue.as_mo(catalogue.read(path))


@pytest.mark.parametrize("path", PO, ids=lambda path: f"{path.parts[-3]}-{path.stem}")
def test_every_message_is_translated_in_all_its_forms(path):
    found = catalogue.read(path)
    assert catalogue.untranslated(found) == []
    assert not [message.id for message in found if message.fuzzy]
    assert not found.obsolete


@pytest.mark.parametrize("path", PO, ids=lambda path: f"{path.parts[-3]}-{path.stem}")
def test_a_translation_has_the_values_of_its_message(path):
    """Forms for none, one and two may say the number in words; all else names every value, and no other."""
    for message in catalogue.read(path):
        if message.id:
            one, many = map(fields, message.id if message.pluralizable else (message.id,) * 2)
            for form, template in enumerate(message.string if message.pluralizable else (message.string,)):
                least = (one & many) - {"n"} if message.pluralizable and form < 3 else many
                assert least <= fields(template) <= one | many, template


GIVEN = ("_say", "gettext", "mark", "mark_n", "ngettext", "say", "say_of", "told_of")
"""What is given a literal; `told` and its kin gather templates from f-strings."""


def test_no_message_is_made_where_it_cannot_be_gathered():
    """A template is a literal: an f-string in its place would be shown, and never translated."""
    for path in catalogue.PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "id", getattr(node.func, "attr", None))
                for place in catalogue.KEYWORDS.get(name, ()):
                    if name in GIVEN and place <= len(node.args):
                        assert not isinstance(node.args[place - 1], ast.JoinedStr), f"{path.name}:{node.lineno}"


def test_what_is_counted_has_its_noun():
    """`counted(n, "word")` is found in `NOUNS`, whose forms are in the catalogues."""
    named = set()
    for path in catalogue.PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            function = getattr(node, "func", None)
            if getattr(function, "id", getattr(function, "attr", None)) == "counted" and len(node.args) > 1:
                named.add(node.args[1].value if isinstance(node.args[1], ast.Constant) else "")
    for page in catalogue.PACKAGE.rglob("*.html"):
        named.update(re.findall(r"counted\([^\n]*?, \"([^\"]+)\"", page.read_text("utf-8")))
    assert len(named) > 10
    assert named - {""} <= set(NOUNS)


# --- messages and numbers -------------------------------------------------------------------------


def told():
    """Return the templates of all messages that the code can tell."""
    return [message for message in catalogue.gathered() if message.id and message.context == TOLD]


def test_every_message_is_told_again_and_none_is_taken_for_another():
    """Filled with any values, each gives its own translation, with these values in it."""
    found = catalogue.read(PO[0].with_name("dedup.po"))
    assert len(told()) > 200
    for message in told():
        template = message.id[1] if message.pluralizable else message.id
        count = len(set(re.findall(r"\{\d+\}", template)))
        values = [str(7 + i) if message.pluralizable else f"v{i}v" for i in range(count)]
        translated = found.get(template, TOLD).string
        translated = translated[3] if message.pluralizable else translated
        expected = translated.format(*values) if values else translated
        assert ARABIC.tell(template.format(*values) if values else template) == expected, template


def test_values_are_set_apart_and_numbers_are_those_of_the_language():
    said = 'no field "text"; the fields are id, body and 12 more'
    assert ARABIC.tell(said.replace("text", "a\nb")) == 'لا حقل باسم "a\nb"؛ الحقول هي id, body وغيرها (12)'
    assert ARABIC.tell(said) == 'لا حقل باسم "text"؛ الحقول هي id, body وغيرها (12)'
    assert Language("ar", "arabic").tell(said, lambda text: f"<{text}>") == (
        'لا حقل باسم "<text>"؛ الحقول هي <id, body> وغيرها (١٢)'
    )
    assert Language("ar", "arabic").tell("2 places state other numbers") == "اختلفت الأرقام في موضعين (٢)"


def test_what_is_not_known_stays_english_as_a_whole():
    """Neither half of a problem is translated if the other cannot be."""
    unknown = Problem("a.txt", "no such file or folder", "a remedy that no catalogue has")
    assert problem(unknown, ARABIC) == "a.txt: no such file or folder; a remedy that no catalogue has"
    known = Problem("a.txt", "no such file or folder", "look for a typing error in the path")
    assert problem(known, ARABIC) == "a.txt: لا ملف ولا مجلد بهذا الاسم؛ ابحث عن خطأ مطبعي في المسار"
    assert ARABIC.tell("a sentence that no catalogue has") == "a sentence that no catalogue has"
    assert ARABIC.tell("") == ARABIC.say("") == ""


def test_english_is_what_was_made():
    for message in told():
        template = message.id[1] if message.pluralizable else message.id
        assert ENGLISH.tell(template) == template
        assert ENGLISH.knows(template)


@pytest.mark.parametrize(("n", "form"), list(zip(CASES, FORMS, strict=True)))
def test_arabic_counts_in_six_forms(n, form):
    noun = NOUNS["paragraph"]
    entry = catalogue.read(PO[0].with_name("dedup.po")).get(noun[0])
    assert counted(n, "paragraph", ARABIC) == entry.string[form].format(n=n)


@pytest.mark.parametrize(
    ("value", "spec", "expected"), [(1234, ",", "١٬٢٣٤"), (0.85, "g", "٠٫٨٥"), (0.5, ".0%", "٥٠٪"), (7, "", "٧")]
)
def test_numbers_in_arabic_digits(value, spec, expected):
    assert Language("ar", "arabic").number(value, spec) == expected
    assert ARABIC.number(value, spec) == format(value, spec)


def test_a_language_that_there_is_not_is_refused():
    with pytest.raises(ValueError, match="language must be one of en, ar, got 'fr'"):
        Language("fr")
    with pytest.raises(ValueError, match="digits must be one of latin, arabic, got 'hindi'"):
        Language("ar", "hindi")


# --- the choice -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "digits", "environment", "expected"),
    [
        ("auto", "auto", {}, ("en", "latin")),
        ("auto", "auto", {"LANG": "C.UTF-8"}, ("en", "latin")),
        ("auto", "auto", {"LANG": "fr_FR.UTF-8"}, ("en", "latin")),
        ("auto", "auto", {"LANG": "ar_EG.UTF-8"}, ("ar", "arabic")),
        ("auto", "auto", {"LANG": "ar_MA.UTF-8"}, ("ar", "latin")),
        ("auto", "auto", {"LANG": "ar"}, ("ar", "latin")),
        ("auto", "auto", {"LANG": "ar_SY@euro"}, ("ar", "arabic")),
        ("auto", "auto", {"LANG": "ar_MA.UTF-8@euro"}, ("ar", "latin")),
        ("auto", "auto", {"LANG": "ar_MA@euro"}, ("ar", "latin")),
        ("auto", "auto", {"LANG": "ar_EG", "LC_MESSAGES": "en_GB"}, ("en", "latin")),
        ("auto", "auto", {"LANG": "en_GB", "LC_ALL": "ar_EG", "LC_MESSAGES": "en_GB"}, ("ar", "arabic")),
        ("auto", "auto", {"LC_ALL": "", "LANG": "ar_EG"}, ("ar", "arabic")),
        ("ar", "auto", {"LANG": "en_EG"}, ("ar", "latin")),
        ("ar", "auto", {"LANG": "ar_EG"}, ("ar", "arabic")),
        ("en", "auto", {"LANG": "ar_EG"}, ("en", "latin")),
        ("en", "arabic", {}, ("en", "arabic")),
        ("auto", "latin", {"LANG": "ar_EG"}, ("ar", "latin")),
    ],
)
def test_the_language_and_its_digits_are_those_of_the_locale_unless_they_are_named(code, digits, environment, expected):
    assert chosen(code, digits, environment) == Language(*expected)


def test_the_digits_of_a_region_are_those_that_unicode_names():
    """The table is CLDR's `defaultNumberingSystem` of every locale of Arabic that it has."""
    known = [Locale.parse(name) for name in locale_identifiers() if name.split("_")[0] == "ar"]
    assert len(known) > 20
    latin = {locale.territory or "" for locale in known if locale.default_numbering_system == "latn"}
    assert latin - {"001"} == LATIN_REGIONS


# --- reports --------------------------------------------------------------------------------------


def test_an_arabic_report_has_no_english_sentence():
    """What is left in Latin letters are names, values of options and commands; the evidence is Arabic, too."""
    text = written(lang=ARABIC)
    assert text.startswith("موقوف: فقرتان مكررتان (مطابقة تامة: 1، شبه مطابقة: 1) في 4 فقرات من مستندين\n")
    for word in ("paragraph", "first", "again", "changed", "blocks", "compared", "repeat", "words", "because", "the"):
        assert word not in text


def test_digits_are_those_of_the_interface_and_quoted_text_keeps_its_own():
    text = written(lang=Language("ar", "arabic"))
    assert "فقرتان مكررتان (مطابقة تامة: ١، شبه مطابقة: ١) في ٤ فقرات من مستندين" in text
    assert "[#12] مدرسة" in text


@pytest.mark.parametrize("name", ["json", "jsonl", "csv", "sarif", "github", "gitlab", "junit"])
def test_reports_for_machines_are_the_same_in_every_language(name):
    assert written(name, lang=Language("ar", "arabic")) == written(name)


# --- the command ----------------------------------------------------------------------------------

GOOD = f"{NUMBERS.format(12, 'الأحد')}\n\n{NUMBERS.format(15, 'الأحد')}\n"
EGYPT = {"LC_ALL": "ar_EG.UTF-8"}


def is_arabic(text):
    return text.startswith("موقوف: ")


@pytest.mark.parametrize(
    ("arguments", "environment", "settings", "expected"),
    [
        ([], {}, "", False),
        ([], EGYPT, "", True),
        ([], {"LC_ALL": None, "LANG": "ar_MA.UTF-8"}, "", True),
        ([], {"DEDUP_LANG": "ar"}, "", True),
        ([], {}, 'lang = "ar"', True),
        (["--lang", "ar"], {}, "", True),
        (["--lang=ar"], {}, 'lang = "en"', True),
        (["--lang", "en"], {**EGYPT, "DEDUP_LANG": "ar"}, 'lang = "ar"', False),
        ([], {**EGYPT, "DEDUP_LANG": "en"}, 'lang = "ar"', False),
        ([], EGYPT, 'lang = "en"', False),
        (["--lang", "auto"], EGYPT, 'lang = "en"', True),
    ],
)
def test_the_option_comes_before_the_variable_the_file_and_the_locale(
    run, put, arguments, environment, settings, expected
):
    put("a.txt", GOOD)
    put("dedup.toml", settings)
    found = run("scan", "a.txt", *arguments, env=environment)
    assert found.code == 1
    assert is_arabic(found.stdout) == expected


def test_an_option_of_language_stands_before_or_behind_the_command(run, put):
    put("a.txt", GOOD)
    assert run("--lang", "ar", "scan", "a.txt").stdout == run("scan", "a.txt", "--lang", "ar").stdout


def test_digits_follow_the_region_the_option_and_the_file(run, put):
    put("a.txt", GOOD)
    assert "من أصل" not in (egypt := run("scan", "a.txt", env=EGYPT).stdout)
    assert "١/١" in egypt
    assert "1/1" in run("scan", "a.txt", env={"LC_ALL": "ar_DZ.UTF-8"}).stdout
    assert "1/1" in run("scan", "a.txt", "--digits", "latin", env=EGYPT).stdout
    assert "١/١" in run("scan", "a.txt", "--lang", "ar", "--digits", "arabic").stdout
    put("dedup.toml", 'lang = "ar"\ndigits = "arabic"')
    assert "١/١" in run("scan", "a.txt").stdout


def test_the_command_writes_the_same_bytes_for_machines_in_every_locale(put, in_each_form):
    """Problems and what was left out are in them, too, in English."""
    put("a/a.txt", GOOD)
    put("a/b.bin", b"\0")
    put("a/c.jsonl", "{}\n")
    english, written = in_each_form("scan", "a", "nope")
    arabic, again = in_each_form("scan", "a", "nope", env=EGYPT)
    assert english.code == arabic.code == 2
    assert {form for form in written if again[form] == written[form]} == {
        "json", "jsonl", "csv", "sarif", "github", "gitlab", "junit",
    }  # fmt: skip


@pytest.mark.parametrize("command", [[], ["scan"], ["check"], ["archive"], ["archive", "add"]], ids=" ".join)
def test_help_is_arabic_as_a_whole(run, command):
    """What is left in Latin letters are options, their values, and examples."""
    shown = run(*command, "--help", env=EGYPT)
    assert shown.code == 0
    assert "الاستعمال:" in shown.stdout
    assert "الخيارات:" in shown.stdout
    prose = [line for line in shown.stdout.splitlines() if not re.match(r"    (dedup|cat) |.*\[OPTIONS\]", line)]
    assert not [word for word in re.findall(r"(?<![-\[|])\b[a-z]+\b", "\n".join(prose)) if word in ENGLISH_WORDS]


ENGLISH_WORDS = set("the of and a is what with to this paragraph default that or by".split())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["scan", "--nope"], "خطأ: لا خيار باسم"),
        (["scan"], "خطأ: ينقص المعطى"),
        (["scan", "a", "--level", "x"], "خطأ: قيمة غير صالحة لـ '--level'"),
        (["scan", "a", "--threshold", "x"], "'x' ليست عددا صالحا"),
    ],
)
def test_wrong_usage_is_said_in_arabic(run, arguments, said):
    found = run(*arguments, env=EGYPT)
    assert found.code == 2
    assert said in found.stderr
    assert "الاستعمال:" in found.stderr


def test_a_language_that_there_is_not_is_wrong_usage(run, put):
    put("a.txt", GOOD)
    assert run("scan", "a.txt", "--lang", "fr").code == 2
    assert run("scan", "a.txt", env={"DEDUP_LANG": "fr"}).code == 2
    put("dedup.toml", 'lang = "fr"')
    found = run("scan", "a.txt")
    assert (found.code, "lang must be one of auto, en, ar, got 'fr'" in found.stderr) == (2, True)


def test_problems_notices_and_what_was_left_out_are_said_in_arabic(run, put):
    put("a/a.txt", GOOD)
    put("a/b.bin", b"\0")
    put("a/.hidden.txt", GOOD)
    put("a/c.jsonl", '{"body": "x"}\n{\n')
    put("d.txt", GOOD.encode("cp1256"))
    found = run("scan", "a", "d.txt", "nope", env=EGYPT)
    python = "Expecting property name enclosed in double quotes"
    assert found.code == 2
    assert sorted(found.stderr.splitlines()) == sorted(
        (
            "dedup: nope: لا ملف ولا مجلد بهذا الاسم؛ ابحث عن خطأ مطبعي في المسار",
            'dedup: a/c.jsonl:1: لا حقل باسم "text"؛ الحقول هي body؛ جرّب --text-field body',
            f"dedup: a/c.jsonl:2: ليس JSON: {python} عند العمود ٢؛ كائن JSON واحد في كل سطر",
            "dedup: ملاحظة: d.txt: ليس UTF-8؛ قُرئ على أنه cp1256",
            "dedup: تُرك: a/.hidden.txt: مخفي",
            "dedup: تُرك: a/b.bin: ليس بصيغة يقرؤها dedup",
        )
    )


def test_what_the_system_refuses_is_told_by_its_number():
    """In the words of Linux, whatever those of this system are; what is not known keeps its own."""
    assert all(said_by(OSError(number, "Zugriff verweigert")) == said for number, said in SAID.items())
    assert [number for number, said in SAID.items() if sys.platform == "linux" and os.strerror(number) != said] == []
    assert (said_by(OSError(4_711, "Huh")), said_by(ValueError("null byte"))) == ("Huh", "null byte")


def test_what_the_system_refuses_is_said_in_arabic(run, put, heeding_permissions, folder):
    put("a.txt", GOOD)
    put("sealed/b.txt", GOOD)
    (folder / "sealed").chmod(0)
    for arguments, said in (
        (("scan", "sealed"), "لا إذن بذلك"),
        (("scan", "x" * 5_000), "اسم الملف أطول مما يُسمح به"),
        (("scan", "a.txt", "-o", "/dev/full"), "لم تبق مساحة على القرص"),
        (("scan", "a.txt", "-o", "sealed/r.html"), "لا إذن بذلك"),
        (("scan", "a.txt", "--config", "none.toml"), "لا ملف ولا مجلد بهذا الاسم"),
        (("scan", "a.txt", "--baseline", "a.txt/known"), "ليس مجلدا"),
        (("report", "."), "هو مجلد"),
        (("evaluate", "sealed/labels.csv"), "لا إذن بذلك"),
        (("config", "init", "no/dedup.toml"), "لا ملف ولا مجلد بهذا الاسم"),
    ):
        found = run(*arguments, "--lang", "ar", before=heeding_permissions)
        assert (found.code, f": {said}؛ " in found.stderr) == (2, True), found.stderr
        assert not any(each in found.stderr for each in SAID.values())


def test_a_wrong_setting_is_said_in_arabic(run, put):
    put("a.txt", GOOD)
    found = run("scan", "a.txt", "--threshold", "85", "--lang", "ar")
    assert found.stderr == "dedup: threshold: يجب أن تكون القيمة من 0 إلى 1، لا 85؛ أتقصد 0.85؟\n"
    put("dedup.toml", "treshold = 1")
    found = run("scan", "a.txt", "--lang", "ar")
    assert 'مفتاح مجهول "treshold"؛ أتقصد "threshold"؟' in found.stderr


# --- terminals ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "environment", "terminal", "expected"),
    [
        ("auto", {}, True, "terminal"),
        ("auto", {"VTE_VERSION": "7600"}, True, "terminal"),
        ("auto", {"KONSOLE_VERSION": "230800"}, True, "terminal"),
        ("auto", {"WT_SESSION": "1"}, True, "visual"),
        ("auto", {"TERM_PROGRAM": "vscode"}, True, "visual"),
        ("auto", {"WT_SESSION": "1"}, False, "terminal"),
        ("visual", {}, False, "visual"),
        ("isolate", {}, False, "isolate"),
        ("terminal", {"WT_SESSION": "1"}, True, "terminal"),
    ],
)
def test_lines_are_turned_round_only_for_a_terminal_that_orders_nothing(asked, environment, terminal, expected):
    assert order_for(asked, environment, terminal=terminal) == expected


def test_a_report_in_a_pipe_is_in_the_order_of_reading(run, put):
    put("a.txt", GOOD)
    piped = run("scan", "a.txt", env={"WT_SESSION": "1"}).stdout
    assert piped == run("scan", "a.txt").stdout
    assert not re.search("[\u2066-\u2069\ufe70-\ufefc]", piped)


def test_isolation_adds_marks_and_changes_nothing_else(run, put):
    put("a.txt", GOOD)
    for lang in ("en", "ar"):
        plain = run("scan", "a.txt", "--lang", lang).stdout
        isolated = run("scan", "a.txt", "--lang", lang, "--bidi", "isolate").stdout
        assert re.sub("[\u2068\u2069]", "", isolated) == plain
        for line in isolated.splitlines():
            assert line.count("\u2068") == line.count("\u2069")
            assert ("\u2068" in line) == bool(re.search("[\u0600-\u06ff]", line))


def test_a_turned_line_keeps_every_letter_and_mark_and_fits_the_terminal():
    """Marks take no column, follow their letter, and are not dropped; the beginning stays on the first line."""
    text = "قالَ الوَزيرُ إِنَّ المدارسَ الجديدةَ ستفتحُ أبوابَها (12 مدرسة) في a.txt يومَ الأحد"
    lines = [line.rstrip("\n") for line in ordered([f"  {text}\n"], "visual", 30)]
    assert len(lines) > 2
    assert all(width(line) <= 30 for line in lines)
    marks = "\u064e\u064f\u0650\u0651"
    assert sum(line.count(mark) for line in lines for mark in marks) == sum(map(text.count, marks))
    letters = unicodedata.normalize("NFKC", "".join(lines)).translate(dict.fromkeys(map(ord, marks + " ")))
    assert sorted(letters) == sorted(text.translate(dict.fromkeys(map(ord, marks + " "))))
    assert "12" in "".join(lines)
    assert "a.txt" in "".join(lines)
    first = unicodedata.normalize("NFKC", re.sub(f"[{marks}]", "", lines[0]))
    assert first.rstrip().endswith("لاق"), "the first word stands at the right"


def test_visual_order_on_a_terminal_shows_no_control_characters(run, put):
    put("a.txt", GOOD)
    shown = run("scan", "a.txt", "--lang", "ar", "--bidi", "visual", "--color", "always").stdout
    assert not re.search("[\x1b\u2066-\u2069]", shown)
    assert re.search("[\ufe70-\ufefc]", shown)


def test_brackets_are_mirrored_and_paths_stay_whole_in_a_turned_line():
    (line,) = ordered(["عند \u2068/tmp/a.txt\u2069: كما [قال] (12)\n"], "visual", 40)
    shown = unicodedata.normalize("NFKC", line).strip()
    assert shown == "(12) [لاق] امك :/tmp/a.txt دنع"
