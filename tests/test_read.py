"""Reading in Python: what counts as an input, and what becomes of what does not."""

import dataclasses
import gzip
import inspect
import io
import json
import os
import pickle
import re
from pathlib import Path

import pytest
from conftest import ARTICLE, REPEATED, SPELLED
from hypothesis import given, settings
from hypothesis import strategies as st

import dedup
from dedup.model import Article, Document, Problem
from dedup.read import encoding, read
from dedup.read.encoding import Decoded, decode
from dedup.read.files import Source
from dedup.read.tables import rows
from dedup.settings import Settings


def test_an_input_may_be_many_things(tmp_path):
    """str is text, Path a file or a folder, a mapping has id and text; each is named by what it gave."""
    (tmp_path / "a.txt").write_text(ARTICLE)
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub/b.jsonl").write_text(f'{{"id": 5, "text": "{ARTICLE}"}}\n{{"text": "{ARTICLE}"}}')
    inputs = [
        ARTICLE,
        tmp_path / "a.txt",
        Document("خبر", ARTICLE),
        {"id": "ب", "text": ARTICLE},
        {"id": 0, "text": ARTICLE},
        {"id": "", "text": ARTICLE},
        {"text": ARTICLE},
        tmp_path / "sub",
    ]
    row_file = str(tmp_path / "sub/b.jsonl")
    names = ["1", str(tmp_path / "a.txt"), "خبر", "ب", "0", "6", "7", "5", row_file]
    for given_inputs in (
        inputs,
        tuple(inputs),
        iter(inputs),
        (item for item in inputs),
        dict.fromkeys(range(0)) or inputs,
    ):
        report = dedup.scan(given_inputs)
        assert report.problems == ()
        (group,) = report.groups
        assert [p.doc for p in (group.original, *group.members)] == names
        assert [(p.path, p.row) for p in group.members[-2:]] == [(row_file, 1), (row_file, 2)]


@pytest.mark.parametrize("single", [ARTICLE, Document("x", ARTICLE), {"text": ARTICLE}])
def test_one_input_needs_no_list(single):
    """A str is never a list of characters, nor a mapping one of its keys."""
    assert dedup.scan(single).counts.documents == 1
    assert dedup.scan([single, single]).by_kind["exact"] == 1


def test_a_str_is_always_text(seeds, monkeypatch):
    """Even where it is the name of a file; Python warns."""
    monkeypatch.chdir(seeds)
    name = next(seeds.iterdir()).name
    with pytest.warns(UserWarning, match="was compared as a text"):
        assert dedup.scan([name]).counts.words < 5
    assert dedup.scan([Path(name)]).counts.words > 100


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        pytest.param(None, "cannot read NoneType; give str, Path, Document", id="None"),
        pytest.param(7, "cannot read int; give", id="a number"),
        pytest.param(b"bytes", "cannot read bytes; give", id="bytes: their encoding is not known"),
        pytest.param([ARTICLE, b"bytes"], "input 2: cannot read bytes; give", id="bytes in a list"),
        pytest.param([ARTICLE, ARTICLE, None], "input 3: cannot read NoneType; give", id="None in a list"),
        pytest.param(iter([[ARTICLE]]), "input 1: cannot read list; give", id="a list in a generator"),
    ],
)
def test_another_type_is_refused_with_its_place(inputs, message):
    """InputError is a TypeError, too."""
    with pytest.raises(dedup.InputError, match=f"^{re.escape(message)}") as caught:
        dedup.scan(inputs)
    assert isinstance(caught.value, TypeError)


def test_a_mapping_without_text_is_a_problem_and_the_rest_goes_on(tmp_path):
    """What is wrong inside an input of a right type is in the report, with the setting that may help."""
    report = dedup.scan([ARTICLE, {"body": ARTICLE, "id": 1}, {"text": None}, {}, tmp_path / "none.txt", REPEATED])
    assert [str(problem) for problem in report.problems] == [
        'input 2: no field "text"; the fields are body, id; try text_field="body"',
        'input 3: field "text" is a null, not text; give a string, or leave the row out',
        'input 4: no field "text"; it has no fields; give each row its text',
        f"{tmp_path}/none.txt: no such file or folder; look for a typing error in the path",
    ]
    assert (report.exit_code, report.by_kind["near"]) == (2, 1)
    assert dedup.scan([{"body": ARTICLE}], text_field="body").counts.documents == 1


def test_a_file_that_is_cut_while_it_is_read_is_a_problem(tmp_path):
    """A text stays in its file until it is wanted; what becomes of the file meanwhile is said then."""
    path = tmp_path / "a.txt.gz"
    path.write_bytes(gzip.compress(ARTICLE.encode()))
    for item in read(path, dedup.Settings()):
        path.write_bytes(path.read_bytes()[:-12])
        with pytest.raises(dedup.ReadError, match="damaged gzip"):
            list(item.chunks())


def test_a_name_with_a_nul_is_a_problem():
    report = dedup.scan([Path("a\0b"), ARTICLE])
    assert "cannot be read: embedded null byte" in str(report.problems[0])


def test_folders_may_nest_deeper_than_python_recurses(tmp_path, monkeypatch):
    """And the files come in the order of their paths."""
    monkeypatch.chdir(tmp_path)
    deep = "d/" * 1_100
    for depth in range(1, 1_101):
        os.mkdir("d/" * depth)
    Path(f"{deep}a.txt").write_text(ARTICLE)
    Path("z.txt").write_text(SPELLED)
    try:
        (match,) = dedup.scan(Path()).matches
        assert (match.a.doc, match.b.doc) == ("z.txt", f"{deep}a.txt")
    finally:  # shutil.rmtree, by which pytest clears old folders, recurses: a later run would fail
        Path(f"{deep}a.txt").unlink()
        os.removedirs(deep)


def test_a_document_is_made_of_its_fields_and_never_changes():
    """It takes all of them in their order with their defaults, has what it was given, and refuses to be set."""
    taken = list(inspect.signature(Document).parameters.values())
    fields = dataclasses.fields(Document)
    assert [each.name for each in taken] == [each.name for each in fields]
    missing = {inspect.Parameter.empty: dataclasses.MISSING}
    assert [missing.get(each.default, each.default) for each in taken] == [each.default for each in fields]
    given = [f"{each.name} of it" for each in fields]
    document = Document(*given)
    assert [getattr(document, each.name) for each in fields] == given
    assert pickle.loads(pickle.dumps(document)) == document == dataclasses.replace(document) != Document(*given[:-1])
    with pytest.raises(dataclasses.FrozenInstanceError):
        document.text = "another"


# --- CSV ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "mark"), [("a.csv", ","), ("a.csv", ";"), ("a.tsv", "\t"), ("a.csv.gz", ",")])
def test_each_record_of_csv_is_a_document(put, folder, name, mark):
    rows = [
        ("id", "text", "date"),
        ("a", '"خبر أول، في سطر\n\nوفقرة ""ثانية"" بعده"', "2026-03-01"),
        ("", "", ""),
        ("b", "خبر ثان", ""),
    ]
    put(name, "\ufeff" + "".join(mark.join(row) + "\r\n" for row in rows))
    found = list(read(folder / name, Settings()))
    assert [(d.id, d.text, d.row) for d in found] == [
        ("a", 'خبر أول، في سطر\n\nوفقرة "ثانية" بعده', 1),
        ("b", "خبر ثان", 3),
    ]
    assert found[0].article.date == "2026-03-01"
    assert found[1].article is None


def test_a_record_that_is_none_is_named_and_the_others_go_on(put, folder):
    put("a.csv", 'id,text\n1,"أول"\n2,"ثان"خطأ\n3,ثالث,زائد\n4,رابع\n5,"لا نهاية\n')
    found = list(read(folder / "a.csv", Settings()))
    assert [d.id for d in found if isinstance(d, Document)] == ["1", "4"]
    problems = [str(p) for p in found if isinstance(p, Problem)]
    assert [p.split(": ")[0].rsplit(":")[-1] for p in problems] == ["2", "3", "5"]
    assert "3 fields from line 4, the header has 2" in problems[1]
    assert "unexpected end of data, from line 6" in problems[2]


@pytest.mark.parametrize(("suffix", "sign"), [("csv", ","), ("csv", ";"), ("csv", "\t"), ("tsv", "\t")])
def test_of_a_table_without_the_field_that_with_the_most_text_is_named(beside_good, put, suffix, sign):
    """Not the id, however long; and not by its first row alone, whose text may be missing."""
    rows = [["id", "title", "content"], ["x" * 99, "title", ""], ["y" * 99, "title", ARTICLE]]
    name = put(f"a.{suffix}", "\n".join(map(sign.join, rows)))
    said = f'{name}: no field "text"; the fields are id, title, content; try --text-field content'
    assert beside_good(name).problems == [said]


def test_a_table_without_a_header_is_told_and_no_text_of_it(beside_good, put):
    """The first line is then an article, of which no message holds a word."""
    put("a.csv", f"1,{ARTICLE}\n2,{REPEATED}\n")
    said = f'no field "text"; the fields are 1, one of {len(ARTICLE)} characters; see whether its first line names its'
    assert beside_good("a.csv").problems == [f"a.csv: {said} fields"]


def test_a_record_of_fewer_fields_has_the_first_of_them(put, folder):
    put("a.csv", "id,text,date\n1,أول\n2,ثان,2026-03-01\n")
    found = list(read(folder / "a.csv", Settings()))
    assert [(d.id, d.text, d.article and d.article.date) for d in found] == [
        ("1", "أول", None),
        ("2", "ثان", "2026-03-01"),
    ]


def test_csv_without_the_field_says_once_which_there_are(put, folder):
    put("a.csv", "id,body\n1,أول\n2,ثان\n")
    (problem,) = read(folder / "a.csv", Settings())
    assert str(problem) == f'{folder / "a.csv"}: no field "text"; the fields are id, body; try --text-field body'
    assert [d.text for d in read(folder / "a.csv", Settings(text_field="body"))] == ["أول", "ثان"]
    put("b.txt", "نص")
    assert [type(item).__name__ for item in read(folder, Settings())] == ["Skipped", "TextFile"]


KNOWN = {each.name: each.name for each in dataclasses.fields(Article)} | {"published": "date"}


@pytest.mark.parametrize("ending", ["jsonl", "csv"])
def test_whatever_a_row_says_of_its_article_is_read_if_it_is_all_that_it_says(put, folder, ending):
    for field, known in KNOWN.items():
        texts = {"id": "a", field: "2026-03-01", "text": "خبر"}
        table = f"{','.join(texts)}\n{','.join(texts.values())}\n"
        put(f"a.{ending}", json.dumps(texts) if ending == "jsonl" else table)
        (document,) = read(folder / f"a.{ending}", Settings())
        assert (document.id, document.text, document.article) == ("a", "خبر", Article(**{known: "2026-03-01"})), field


@pytest.mark.parametrize(
    ("published", "date"),
    [
        ("2026-03-01", "2026-03-01"),
        (2026, "2026"),
        ("", "later"),
        (None, "later"),
        ([], None),
        (True, None),
        (0.5, "0.5"),
    ],
)
def test_the_first_field_that_holds_something_says_when_an_article_was_published(published, date):
    """Also where that is nothing to be said: a list, or true."""
    (document,) = read({"text": "خبر", "date": "later", "published": published}, Settings())
    assert (document.article and document.article.date) == date


ROWS_OF_ALL_KINDS = (
    '{"text": "خبر", "id": 1}', '{"a": NaN}', '{"a": -Infinity}', f'{{"a": {"9" * 30}}}', f'{{"a": {"9" * 5000}}}', '{"a": 1, "a": 2}',
    '{"a": "\\ud83d"}', '{"a": "\\ud83d\\ude00"}', '{"a": 1e400}', '{"a": 0.1}', '{"a": 1.0E5, "b": -0, "c": 99999999999999999999.5}', '"text"', "[1]",
    "1", "null", "", " ", "\u00a0", "\x1f", "\ufeff{}", "not json", '{"a": "\t"}', '{"a": 1}x', '{"a": 1,}', " {} \r", '{"a": "\\u0000\u2028"}',
    "[" * 3000, '{"a":' * 3000 + "1" + "}" * 3000, '{"x": {"y": [null, true]}}',
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(ROWS_OF_ALL_KINDS), max_size=12), st.booleans(), st.booleans(), st.booleans())
def test_rows_are_the_same_by_whatever_they_are_parsed(rows_given, marked, ended, bulk):
    """What is refused by the parser of bytes, which takes over in long files, json has a say on; all else is equal."""
    text = "\n".join(rows_given) + "\n" * ended
    raw = (b"\xef\xbb\xbf" if marked else b"") + text.encode()
    decoded = decode(Source("a.jsonl", "a.jsonl", io.BytesIO(raw), ".jsonl"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rows, "BULK_ROWS", 1 if bulk else 10**9)
        found = list(rows.json_rows(decoded))
    plain = list(rows._text_rows(decoded))
    assert decoded.is_utf8
    assert [(r.number, ascii(r.fields), r.wrong) for r in found] == [
        (r.number, ascii(r.fields), r.wrong) for r in plain
    ]
    assert b"".join(r.stood for r in found).decode() == "".join(r.stood for r in plain)


OF_OTHER_BYTES = (
    '{"text": "قال الوزير إن المدرسة ستفتح"}'.encode("cp1256"), b'{"text": "\xff"}', b'{"text": "a\xd9"}', b'{"\xd9\xd9": 1}', b"\xd9",
    b'{"text": "\xed\xa0\x80"}', b'{"a": "\xc0\x80"}', b'{"a": 1}\xa0', b"\xa0", b'{"text": "\xf4\x90\x80\x80"}', b'{"a": "\\u00e9\xe9"}',
)  # fmt: skip
"""Lines that are no UTF-8: of an old encoding, cut off, surrogates, too long, beyond Unicode."""


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.sampled_from(ROWS_OF_ALL_KINDS), max_size=8),
    st.lists(st.sampled_from((*ROWS_OF_ALL_KINDS, *OF_OTHER_BYTES)), max_size=8),
    *[st.booleans()] * 3,
)
def test_rows_are_the_same_whether_their_encoding_is_known_before_or_found_on_the_way(first, then, marked, ended, bulk):
    """From the first line on that is no UTF-8 they are those of the whole file as it is decoded; before, UTF-8."""
    lines = [row.encode() if isinstance(row, str) else row for row in (*first, *then)]
    beginning = b"\xef\xbb\xbf" * marked + b"\n".join(lines[: len(first)])
    raw = b"\xef\xbb\xbf" * marked + b"\n".join(lines) + b"\n" * ended
    source = Source("a.jsonl", "a.jsonl", io.BytesIO(raw), ".jsonl", identity=(1, 1))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rows, "BULK_ROWS", 1 if bulk else 10**9)
        patch.setattr(encoding, "BEGINNING_BYTES", max(3, len(beginning)))
        presumed = encoding.presumed(source)
        found = list(rows.json_rows(presumed))
    decoded = decode(source)
    of_all = list(rows._text_rows(decoded))
    of_utf8 = list(
        rows._text_rows(Decoded(source, "utf-8-sig" if raw.startswith(b"\xef\xbb\xbf") else "utf-8", "replace"))
    )
    whole = next((place for place, line in enumerate(lines) if line in OF_OTHER_BYTES), len(of_all))
    expected = [*of_utf8[:whole], *of_all[whole:]] if presumed.is_utf8 else of_all
    assert [(row.number, ascii(row.fields), row.wrong) for row in found] == [
        (row.number, ascii(row.fields), row.wrong) for row in expected
    ]
    assert "".join(row.stood if isinstance(row.stood, str) else row.stood.decode() for row in found) == "".join(
        row.stood for row in expected
    )
    assert presumed.notices == decoded.notices


def test_a_row_longer_than_the_memory_comes_in_pieces_whoever_parses_it(monkeypatch):
    monkeypatch.setattr(rows, "MOST_LINE", 40)
    line = '{"text": "%s"}'
    text = "\n".join(line % ("ب" * n) for n in (5, 27, 28, 29, 30, 100, 400, 5)) + "\n"
    decoded = decode(Source("a.jsonl", "a.jsonl", io.BytesIO(text.encode()), ".jsonl"))
    found = list(rows.json_rows(decoded))
    assert [r.number for r in found if r.number is not None] == [1, 2, 3, 4, 5, 6, 7, 8]
    assert [r.number for r in found if r.wrong is not None] == [3, 4, 5, 6, 7]
    assert b"".join(r.stood for r in found).decode() == text
