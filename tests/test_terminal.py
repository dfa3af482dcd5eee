"""The report on a terminal: verdict first, every field on its own line, nothing that steers the terminal."""

import json
import re
import shlex
from pathlib import Path

import pytest

import dedup
from dedup import Document
from dedup.cli.explain import explain
from dedup.cli.output import EXPLAINED
from dedup.write import WRITERS, Style
from dedup.write.terminal import QUOTE_CHARS, SHORT_SHOWN, harmless
from dedup.write.words import KIND_WORDS, PLACES_SHOWN

SEEDS = Path(__file__).parents[1] / "seeds"

COPY = "وأضاف المتحدث أن الأبواب مفتوحة لجميع الطلاب من كل المدن"
NUMBERS = "قال الوزير إن {} مدرسة جديدة ستفتح أبوابها للطلاب يوم {} في العاصمة"
SMALL = [
    Document("a.txt", f"{NUMBERS.format(12, 'الأحد')}\n\n{COPY}\n\nاقرأ أيضاً", "a.txt"),
    Document("b.txt", f"{NUMBERS.format(15, 'الاثنين')}\n\n{COPY}\n\nاقرأ أيضاً", "b.txt"),
]

GOLDEN = """\
BLOCK: 2 repeated paragraphs (1 exact, 1 near) in 6 paragraphs of 2 documents

1/2 exact: the same characters
  first  a.txt: paragraph 2, line 3
  again  b.txt: paragraph 2, line 3
    وأضاف المتحدث أن الأبواب مفتوحة لجميع الطلاب من كل المدن

2/2 near: nearly the same, 94.3 % alike
  first  a.txt: paragraph 1, line 1
    قال الوزير إن [#12] مدرسة جديدة ستفتح أبوابها للطلاب يوم [الأحد] في العاصمة
  again  b.txt: paragraph 1, line 1
    قال الوزير إن [#15] مدرسة جديدة ستفتح أبوابها للطلاب يوم [الاثنين] في العاصمة
    changed number: first 12, again 15
    changed day: first الأحد, again الاثنين
    because 86% of what each says is in the other; 1 place states another number

1 short paragraph (under 8 words) repeated; they do not count:
  اقرأ أيضاً
    first  a.txt: paragraph 3, line 5
    again  b.txt: paragraph 3, line 5

marks: [other words]  [#other number]  ~other spelling~
50.0 % of 50 words repeat an earlier paragraph.
near from 0.85, rewritten from 0.7, passages from 20 (10 within a document) words; blocks from near; profile ar; \
paragraphs from 8 words; compared by all-pairs; paragraphs split by blank.
why: dedup explain a.txt:1 b.txt:1
"""


def written(report, name="full", **style):
    return "".join(WRITERS[name](report, Style(**style)))


def pair(first, again, **overrides):
    """Return the report of two paragraphs in two documents, `first` and `again`."""
    return dedup.scan([Document("first", first), Document("again", again)], **overrides)


def quotes(text):
    """Return what stands on the lines that quote a paragraph or name what changed."""
    lines = [line[4:] for line in text.splitlines() if line.startswith("    ")]
    return [line for line in lines if not line.startswith("because ")]


def test_the_full_report_to_the_character():
    assert written(dedup.scan(SMALL)) == GOLDEN


def test_the_concise_report_to_the_character():
    """A line a finding, found by file, line and paragraph; short ones say so."""
    assert written(dedup.scan(SMALL), "concise") == (
        "BLOCK: 2 repeated paragraphs (1 exact, 1 near) in 6 paragraphs of 2 documents\n"
        "b.txt:3: exact 1.0000 ~ a.txt:3 (paragraphs 2 ~ 2)\n"
        "b.txt:5: exact short 1.0000 ~ a.txt:5 (paragraphs 3 ~ 3)\n"
        "b.txt:1: near 0.9436 ~ a.txt:1 (paragraphs 1 ~ 1)\n"
    )


def test_the_statistics_count_and_quote_nothing():
    expected = (
        "BLOCK: 2 repeated paragraphs (1 exact, 1 near) in 6 paragraphs of 2 documents\n"
        "      2  exact (1 short)\n"
        "      1  near\n"
        "      0  formulas that templates follow\n"
        "      0  passages, each counted once wherever it stands\n"
        "      3  groups\n"
        "      3  paragraphs that repeat another\n"
        "50.0 % of 50 words repeat an earlier paragraph.\n"
    )
    for name in ("full", "concise"):
        assert written(dedup.scan(SMALL), name, statistics=True) == expected


def test_quiet_leaves_the_findings_alone():
    """Quiet takes the closing lines away and nothing else."""
    assert written(dedup.scan(SMALL), quiet=True) == GOLDEN[: GOLDEN.index("\nmarks: ")]


def test_nothing_repeated_is_a_pass():
    text = written(dedup.scan(["نص واحد لا يتكرر في أي مكان آخر من هذا الملف"]))
    assert text.splitlines()[0] == "PASS: no repeated paragraphs in 1 paragraph of 1 document"
    assert "0.0 % of 11 words" in text
    assert "marks:" not in text, "no marks, so no key to them"


# --- the verdict line -----------------------------------------------------------------------------


def test_a_verdict_on_half_of_the_input_says_so():
    """Nothing must be read as "all is well" where an input could not be read."""
    for name in ("full", "concise"):
        report = dedup.scan([Path("no-such-file.txt"), {"id": "1"}, "نص"])
        assert written(report, name).splitlines()[0] == (
            "WARN: no repeated paragraphs in 1 paragraph of 1 document; 2 problems, not all was read"
        )


def test_a_paragraph_that_repeats_two_is_counted_once():
    """Four paragraphs alike are six findings, but three repeated paragraphs."""
    report = dedup.scan([NUMBERS.format(number, "الأحد") for number in (1, 2, 3, 4)])
    assert len(report.matches) == 6
    text = written(report)
    assert text.startswith("BLOCK: 3 repeated paragraphs (3 near) in 4 paragraphs of 4 documents\n")
    assert "6/6 near" in text


def test_a_repeated_paragraph_is_counted_by_its_closest_kind():
    report = dedup.scan([NUMBERS.format(1, "الأحد"), NUMBERS.format(2, "الأحد"), NUMBERS.format(2, "الأحد")])
    assert written(report).startswith("BLOCK: 2 repeated paragraphs (1 exact, 1 near)")


def test_short_paragraphs_that_count_are_findings_like_others():
    """With `fail_short` a verdict BLOCK never stands beside "no repeated paragraphs"."""
    report = dedup.scan(["اقرأ أيضاً", "اقرأ أيضاً"], fail_short=True)
    text = written(report)
    assert report.verdict == "block"
    assert text.startswith("BLOCK: 1 repeated paragraph (1 exact) in 2 paragraphs of 2 documents\n\n1/1 exact: ")
    assert "do not count" not in text


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, "near from 0.85, rewritten from 0.7, passages from 20 (10 within a document) words; blocks from near;"),
        ({"level": "rewritten"}, "near from 0.85, rewritten from 0.7; blocks from near;"),
        ({"level": "rewritten", "rewritten_threshold": 0}, "near from 0.85; blocks from near;"),
        ({"level": "near", "fail_on": "exact"}, "near from 0.85; blocks from exact;"),
        ({"level": "normalized", "fail_on": "never"}, "only exact and normalized looked for; nothing blocks;"),
        ({"level": "exact"}, "only exact looked for; blocks from near;"),
    ],
)
def test_the_settings_line_says_what_was_looked_for(settings, expected):
    lines = written(dedup.scan(SMALL, **settings)).splitlines()
    assert [line for line in lines if line.startswith(expected)]


def test_the_settings_line_says_what_banding_may_miss():
    report = dedup.scan(SMALL, generator="banding")
    assert re.search(r"compared by banding \(\d+ x \d+, expected recall 0\.\d\d at 0\.\d\d\)", written(report))


# --- findings -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "again", "expected"),
    [
        pytest.param(
            "قال المتحدث إن المدرسة الجديدة ستفتح أبوابها في الخريف المقبل",
            "قال المتحدث ان المدرسه الجديده ستفتح أبوابها في الخريف المقبل",
            [
                "قال المتحدث ~إن المدرسة الجديدة~ ستفتح أبوابها في الخريف المقبل",
                "قال المتحدث ~ان المدرسه الجديده~ ستفتح أبوابها في الخريف المقبل",
            ],
            id="spelling",
        ),
        pytest.param(
            "The council voted to repair 17 bridges across the river before winter",
            "The council voted to repair 71 bridges across the river before winter",
            [
                "The council voted to repair [#17] bridges across the river before winter",
                "The council voted to repair [#71] bridges across the river before winter",
                "changed number: first 17, again 71",
            ],
            id="number",
        ),
        pytest.param(
            "The council voted to repair the old bridges across the river before winter",
            "The council voted to repair the bridges across the river before winter",
            [
                "The council voted to repair the [old] bridges across the river before winter",
                "The council voted to repair the bridges across the river before winter",
            ],
            id="insert: only the first has it",
        ),
        pytest.param(
            "The council voted to repair the bridges across the river before winter",
            "The council voted to repair the bridges across the river before next winter",
            [
                "The council voted to repair the bridges across the river before winter",
                "The council voted to repair the bridges across the river before [next] winter",
            ],
            id="delete: only the repeat has it",
        ),
        pytest.param(
            "The council voted to repair the bridges across the river before winter",
            "The council voted to repair the bridges across the river before spring",
            [
                "The council voted to repair the bridges across the river before [winter]",
                "The council voted to repair the bridges across the river before [spring]",
            ],
            id="replace",
        ),
        pytest.param(
            "The council voted to repair the bridges on Monday across the river before winter",
            "The council voted to repair the bridges across the river before winter",
            [
                "The council voted to repair the bridges [on Monday] across the river before winter",
                "The council voted to repair the bridges across the river before winter",
                "changed day: first Monday, again none",
            ],
            id="a day that only one has",
        ),
        pytest.param(
            "قرر مجلس المدينة إصلاح الجسور\nكلها قبل حلول فصل الشتاء القادم\tفي العام 1",
            "قرر مجلس المدينة إصلاح الجسور\r\nكلها قبل حلول فصل الشتاء القادم\tفي العام 2",
            [
                "قرر مجلس المدينة إصلاح الجسور كلها قبل حلول فصل الشتاء القادم في العام [#1]",
                "قرر مجلس المدينة إصلاح الجسور كلها قبل حلول فصل الشتاء القادم في العام [#2]",
                "changed number: first 1, again 2",
            ],
            id="a paragraph of two lines stands on one",
        ),
    ],
)
def test_what_changed_is_marked_without_colour(first, again, expected):
    report = pair(first, again, threshold=0.75, paragraphs="blank")
    assert quotes(written(report, quiet=True)) == expected


def test_a_score_is_cut_not_rounded():
    """Else a rewritten paragraph at 0.8499 reads as 85.0 %, which is near."""
    (match,) = pair(NUMBERS.format(12, "الأحد"), NUMBERS.format(15, "الاثنين")).matches
    assert f"{match.score * 100:.3f}" == "94.366"
    assert "94.3 % alike" in written(dedup.scan(SMALL))


def test_every_kind_has_words():
    assert set(KIND_WORDS) == set(dedup.scan([]).by_kind)


def test_copies_of_one_text_are_one_finding_with_many_places():
    """Fifteen copies of one paragraph quote it once, name some places and count the others."""
    texts = [Document(f"{n:02}", COPY) for n in range(1, 16)]
    lines = written(dedup.scan(texts), quiet=True).splitlines()
    assert lines[2] == "1/1 exact: the same characters"
    assert [line for line in lines if line.startswith("  again")] == [
        *(f"  again  {n:02}: paragraph 1, line 1" for n in range(2, 2 + PLACES_SHOWN)),
        "  again  in 4 more places; -f json lists all",
    ]
    assert quotes("\n".join(lines)) == [COPY]


def test_near_copies_are_never_put_together():
    """The second and the third repeat the first and differ from it in other words."""
    report = dedup.scan([NUMBERS.format(number, "الأحد") for number in (1, 2, 3)])
    text = written(report)
    assert text.count("nearly the same") == 3
    assert text.count("[#3]") == 2


def test_short_texts_are_listed_up_to_a_limit():
    texts = [f"سطر قصير {word}" for word in "واحد اثنان ثلاثة أربعة خمسة ستة سبعة".split()]
    text = written(dedup.scan([*texts, *texts, texts[0]]))
    assert "\n8 short paragraphs (under 8 words) repeated; they do not count:\n" in text
    assert sum(text.count(one) for one in texts) == SHORT_SHOWN
    assert "\n    again  in 1 more place; -f json lists all\n" in text
    assert "\n  and 2 more texts; -f json lists all\n" in text


def test_a_long_short_text_is_cut():
    """Few words may still be many characters."""
    text = written(dedup.scan(["س" * 500] * 2))
    assert f"\n  {'س' * QUOTE_CHARS}…\n" in text
    assert "س" * (QUOTE_CHARS + 1) not in text


def test_a_row_is_found_by_its_file(tmp_path):
    """The id of a row does not say in which of ten files it is; a row has no line but its own."""
    path = tmp_path / "news.jsonl"
    rows = ({"id": f"urn:{n}", "text": NUMBERS.format(n, "الأحد")} for n in (1, 2))
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    report = dedup.scan(path)
    assert f"  again  urn:2, row 2 of {path}: paragraph 1, line 1\n" in written(report)
    assert written(report, "concise").splitlines()[1] == f"{path}:2: near 0.9855 ~ {path}:1 (paragraphs 1 ~ 1)"
    assert "why:" not in written(report), "explain takes no rows"


def test_an_element_of_a_page_is_named(tmp_path):
    path = tmp_path / "page.html"
    path.write_text(f"<p>{COPY}</p><ul><li>{COPY}</li></ul>", "utf-8")
    assert f"  again  {path}: paragraph 2, line 1, li[1]\n" in written(dedup.scan(path))


def test_the_next_step_is_a_command_that_can_be_pasted(tmp_path):
    """Names with quotes, spaces and Arabic come through the shell as they are."""
    paths = [tmp_path / "it's a draft.txt", tmp_path / "مسودة $(date).txt"]
    for path, number in zip(paths, (1, 2), strict=True):
        path.write_text(NUMBERS.format(number, "الأحد"), "utf-8")
    (line,) = [line for line in written(dedup.scan(paths)).splitlines() if line.startswith("why: ")]
    assert shlex.split(line) == ["why:", "dedup", "explain", *(f"{path}:1" for path in paths)]


def test_the_seeds_on_a_terminal():
    """The three findings of the Blinken article, with the one letter that differs in its word; then the passage."""
    text = written(dedup.scan(SEEDS))
    assert text.startswith("BLOCK: 4 repeated paragraphs (2 near, 1 rewritten, 1 passage) in 31 paragraphs of ")
    assert "    [وتهدف] جولة بلينكن إلى" in text
    assert "3/4 rewritten: the same in other words, 76.6 % alike\n" in text
    assert "4/4 passage: a shared passage of 9 words, 85.4 % alike\n" in text
    assert "آسيا الوسطى. {[سيكون] المفتاح [هو] التعاون" in text, "where it begins is seen without colour"
    assert "الطبيعي للمنطقة}، خاصة وأن كازاخستان، صاحبة" in text
    assert text.count(" …\n") == 1, "what stands round it is cut where there is more"


# --- what must not leave --------------------------------------------------------------------------

ARABIC = re.compile("[\u0600-\u06ff]")


@pytest.mark.parametrize("name", ["full", "concise"])
def test_redacted_has_no_word_of_an_article(name):
    """Numbers and days are words of the article, too."""
    texts = [COPY, COPY, "اقرأ", "اقرأ", *(NUMBERS.format(n, day) for n, day in ((741, "الأحد"), (852, "الاثنين")))]
    report = dedup.scan(texts)
    assert ARABIC.search(written(report))
    text = written(report, name, redact=True)
    assert not ARABIC.search(text)
    assert "741" not in text
    assert "852" not in text
    assert "marks:" not in text
    assert len(text.splitlines()) >= 4, "the places stay"


STEERING = {
    "colours": "\x1b[31m",
    "the title of the window": "\x1b]0;x\x07",
    "a CSI in one character": "\x9b31m",
    "the beginning of the line": "\r",
    "backspace": "\x08",
    "NUL": "\x00",
    "delete": "\x7f",
    "next line": "\x85",
    "line separator": "\u2028",
    "paragraph separator": "\u2029",
    "right-to-left override": "\u202e",
    "left-to-right override": "\u202d",
    "embedding": "\u202b",
    "pop": "\u202c",
    "isolate": "\u2067",
    "first strong isolate": "\u2068",
    "pop isolate": "\u2069",
    "a lone surrogate": "\ud83d",
    "vertical tab": "\v",
    "form feed": "\f",
}
ONLY_SHOWN = re.compile("[^\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]*")


@pytest.mark.parametrize("evil", STEERING.values(), ids=STEERING)
@pytest.mark.parametrize("name", ["full", "concise"])
def test_no_field_steers_the_terminal(name, evil):
    """In an id, a path, an element, a text, a number that changed: a control is shown or gone."""
    texts = [
        f"{evil}قال الوزير{evil} إن {n}{evil}{n} مدرسة جديدة ستفتح{evil} أبوابها للطلاب في العاصمة" for n in (1, 2)
    ]
    short = f"اقرأ{evil}أيضا"
    inputs = [
        Document(f"a{evil}", f"{texts[0]}\n\n{short}", f"a{evil}.txt"),
        Document(f"b{evil}", f"{texts[1]}\n\n{short}", f"b{evil}.txt", row=7),
        Document(f"c{evil}", texts[1], f"c{evil}.txt"),
    ]
    report = dedup.scan(inputs, paragraphs="blank")
    assert len([match for match in report.matches if not match.short]) >= 2
    text = written(report, name)
    assert ONLY_SHOWN.fullmatch(text), ascii(text)
    text.encode()  # no lone surrogate: a pipe takes it


def test_a_control_is_shown_not_dropped():
    """Who reads must see that it is there; a reader of the text would look for it in vain."""
    assert harmless("a\x1b[1mb\x00\x85\u2028") == r"a\x1b[1mb\x00\x85\u2028"


def test_marks_of_direction_that_texts_need_stay():
    """LRM, RLM, ALM and joiners belong to Arabic and Persian text; they end with their character."""
    assert harmless("می\u200cخواهم\u200f (5)\u061c") == "می\u200cخواهم\u200f (5)\u061c"


# --- colour ---------------------------------------------------------------------------------------

_COLORS = re.compile(r"\x1b\[[0-9;]*m")


@pytest.mark.parametrize("name", ["full", "concise"])
@pytest.mark.parametrize("statistics", [False, True])
def test_colour_only_repeats_what_is_written(name, statistics):
    """Taken out again, colours leave the plain report: nothing is said by colour alone."""
    report = dedup.scan([SEEDS, *SMALL])
    plain = written(report, name, statistics=statistics)
    colored = written(report, name, statistics=statistics, color=True)
    assert "\x1b" not in plain
    assert colored != plain
    assert _COLORS.sub("", colored) == plain


def test_every_colour_ends_on_its_line():
    for line in written(dedup.scan(SEEDS), color=True).splitlines():
        codes = _COLORS.findall(line)
        assert codes[1::2] == ["\x1b[0m"] * (len(codes) // 2)
        assert len(codes) % 2 == 0


def test_the_command_that_tells_why_compares_as_the_run_did(run, put):
    """With the options of the run that decide, quoted for a shell; not with those of its report, nor with any for none."""
    put("my phrases.txt", f"{COPY}\n")
    put("a.md", f"أعلنت شركة زمردة أمس أنها ستبني مدرستين جديدتين في الجنوب {COPY}\n")
    put("b.md", "اعلنت شركه زمرده امس انها ستبني مدرستين جديدتين فى الجنوب\n")
    files = ("a.md", "b.md")
    deciding = (
        "--normalize",
        "ar-strict",
        "-t",
        "0.6",
        "--ignore-phrases",
        "my phrases.txt",
        "--no-ignore",
        "--isolated",
    )
    found = run("scan", *files, *deciding, "--top", "5", "--fail-on", "never")
    (why,) = [line.removeprefix("why: ") for line in found.stdout.splitlines() if line.startswith("why: ")]
    assert why == (
        "dedup explain --threshold 0.6 --normalize ar-strict --ignore-phrases 'my phrases.txt' --no-ignore --isolated "
        "a.md:1 b.md:1"
    )
    (finding,) = run("scan", *files, *deciding, "-f", "json").json["findings"]
    told = run(*shlex.split(why)[1:], "--json").json
    assert (told["kind"], told["score"]) == (finding["kind"], finding["score"]) == ("near", finding["score"])
    assert run("explain", "a.md:1", "b.md:1", "--json").json["score"] != finding["score"]
    put("b.md", f"أعلنت شركة زمردة اليوم أنها ستبني مدرستين جديدتين في الجنوب {COPY}\n")
    assert "why: dedup explain a.md:1 b.md:1\n" in run("scan", *files).stdout


def test_all_options_by_which_explain_compares_are_passed_on():
    own = {"a", "b", "literal", "as_json", "curve", "size"}
    spoken = {"lang", "digits", "bidi"}  # which every command has once it runs
    assert {option.name for option in explain.params} - own - spoken == EXPLAINED
