"""From bytes to text: UTF-8 unless it cannot be; then the encoding is recognised, and the report says so."""

import codecs

import pytest
from conftest import ARTICLE, OTHER, SPELLED

import dedup
from dedup.model import Document
from dedup.read import read
from dedup.read.encoding import Decoded
from dedup.read.files import open_path

SENTENCES = [
    ARTICLE,
    OTHER,
    "قال الوزير إن المدرسة الجديدة ستفتح أبوابها في الخريف المقبل",
    "وافق مجلس الوزراء يوم الثلاثاء على مشروع قانون جديد للتعليم العالي (2015).",
    "أعلن البنك المركزي رفع أسعار الفائدة بنسبة 2% للمرة الثالثة هذا العام",
    "قَالَ رَسُولُ اللَّهِ صَلَّى اللَّهُ عَلَيْهِ وَسَلَّمَ إِنَّمَا الْأَعْمَالُ بِالنِّيَّاتِ",
    "BBC: مراسلنا في القاهرة",
    "سوريا والعراق ومصر",
    "خبر عاجل من بيروت",
    "ارتفاع أسعار النفط",
    "كرة القدم",
    "مرحبا",
]
FRENCH = "Le ministre a été élu à l'unanimité, où êtes-vous allé l'été dernier"


def texts(path, **settings):
    """Return the text of each document at `path`, and every notice."""
    found, notices = [], []
    for item in read(path, dedup.Settings(**settings)):
        (found if isinstance(item, Document) else notices).append(
            item.text if isinstance(item, Document) else str(item)
        )
    return found, notices


@pytest.mark.parametrize("encoding", ["cp1256", "iso8859_6"])
@pytest.mark.parametrize("text", [*SENTENCES, "\n\n".join(SENTENCES)], ids=lambda text: text[:12])
def test_arabic_of_old_systems_comes_back_as_it_was(tmp_path, text, encoding):
    """A headline or a whole page: both encodings use the same bytes for different letters."""
    path = tmp_path / "a.txt"
    path.write_bytes(text.encode(encoding))
    assert texts(path) == ([text], [f"{path}: not UTF-8; read as {encoding}"])


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        pytest.param(FRENCH, "cp1252", id="é beside Latin letters is no Arabic ى"),
        pytest.param("Élève modèle, garçon français", "cp1252", id="French, short"),
        pytest.param("Министр иностранных дел заявил сегодня, что переговоры продолжатся", "cp1251", id="Russian"),
        pytest.param("Ο υπουργός δήλωσε σήμερα ότι οι διαπραγματεύσεις θα συνεχιστούν", "cp1253", id="Greek"),
        pytest.param("外交部长今天表示谈判将继续进行", "gb18030", id="Chinese"),
        pytest.param("外務大臣は本日、交渉が続くと述べた。", "shift_jis", id="Japanese"),
        pytest.param("외교부 장관은 오늘 협상이 계속될 것이라고 말했다", "euc_kr", id="Korean"),
    ],
)
def test_other_languages_are_not_taken_for_arabic(tmp_path, text, encoding):
    path = tmp_path / "a.txt"
    path.write_bytes(text.encode(encoding))
    assert texts(path) == ([text], [f"{path}: not UTF-8; read as {encoding}"])


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (codecs.BOM_UTF32_BE, "utf-32-be"),
    ],
)
@pytest.mark.parametrize("suffix", ["txt", "md", "jsonl", "html"])
def test_a_byte_order_mark_decides_and_is_no_character(tmp_path, mark, encoding, suffix):
    """In each format; what stands in the text after it is kept to the letter."""
    path = tmp_path / f"a.{suffix}"
    body = {"jsonl": f'{{"text": "{OTHER}"}}\n', "html": f"<p>{OTHER}</p>"}.get(suffix, OTHER)
    path.write_bytes(mark + body.encode(encoding))
    assert texts(path) == ([OTHER], [])


@pytest.mark.parametrize(
    ("raw", "place", "shown"),
    [
        pytest.param(b"\xff" + OTHER.encode(), 0, f"\ufffd{OTHER}", id="first"),
        pytest.param(f"{OTHER} ".encode() + b"\xe9 x", 160, f"{OTHER} \ufffd x", id="a Latin é"),
        pytest.param("خبر عاجل".encode()[:-1], 13, "خبر عاج\ufffd", id="cut in a letter: a headline"),
        pytest.param("قال".encode()[:-1], 4, "قا\ufffd", id="cut in a letter: a word"),
        pytest.param(codecs.BOM_UTF8 + b"abc \xff", 7, "abc \ufffd", id="after a mark"),
    ],
)
def test_a_stray_byte_in_utf8_is_shown_and_named(tmp_path, raw, place, shown):
    """The rest stays UTF-8; the byte is counted from 0, as hex viewers do."""
    path = tmp_path / "a.txt"
    path.write_bytes(raw)
    assert texts(path) == ([shown], [f"{path}: byte {place} is not UTF-8; such bytes are shown as U+FFFD"])


@pytest.mark.parametrize("before", range(-4, 5))
def test_a_stray_byte_is_found_wherever_a_chunk_ends(tmp_path, monkeypatch, before):
    """Its place is right though a letter began in the chunk before it."""
    monkeypatch.setattr("dedup.read.encoding.CHUNK_BYTES", 64)
    raw = ("🌍" * 40).encode()
    path = tmp_path / "a.txt"
    path.write_bytes(raw[: 64 + before] + b"\xff" + raw[64 + before :])
    _, (notice,) = texts(path)
    # A letter that the stray byte cuts in two is broken from its own first byte.
    place = (64 + before) // 4 * 4
    assert f"byte {place} is not UTF-8" in notice


def test_half_a_unit_of_utf16_is_said(tmp_path):
    """A mark promises the encoding, not that every byte is good."""
    path = tmp_path / "a.txt"
    path.write_bytes(codecs.BOM_UTF16_LE + OTHER.encode("utf-16-le") + b"x")
    (text,), (notice,) = texts(path)
    assert text == f"{OTHER}\ufffd"
    assert notice.endswith("is not UTF-16; such bytes are shown as U+FFFD")


@pytest.mark.parametrize(
    ("declared", "encoding", "notices"),
    [
        pytest.param("windows-1256", "cp1256", 0, id="believed"),
        pytest.param("iso-8859-6", "iso8859_6", 0, id="believed, too"),
        pytest.param("windows-1256", "utf-8", 0, id="UTF-8 goes before"),
        pytest.param("utf-8", "cp1256", 1, id="not where the bytes contradict"),
        pytest.param("utf-16", "cp1256", 1, id="not where it could not even be read"),
        pytest.param("x-unknown", "cp1256", 1, id="unknown"),
        pytest.param("hex", "cp1256", 1, id="a codec that is no encoding"),
    ],
)
def test_a_page_may_declare_its_encoding(tmp_path, declared, encoding, notices):
    """In either form of the meta element; what cannot be right is passed by, and that is said."""
    for number, meta in enumerate((f'charset="{declared}"', f"http-equiv=x content='text/html; charset={declared}'")):
        path = tmp_path / f"{number}.html"
        path.write_bytes(f"<html><head><meta {meta}></head><p>{OTHER}</p>".encode(encoding))
        found, said = texts(path)
        assert found == [OTHER]
        assert len(said) == notices


def test_a_large_page_may_end_its_sample_in_a_letter(tmp_path, monkeypatch):
    """What is declared is believed though the sample is cut in the middle of a character."""
    monkeypatch.setattr("dedup.read.encoding.SAMPLE_BYTES", 30)
    path = tmp_path / "a.html"
    path.write_bytes(b'<meta charset="gb18030"><p>' + "外交部长今天表示谈判将继续进行".encode("gb18030"))
    assert texts(path) == (["外交部长今天表示谈判将继续进行"], [])


@pytest.mark.parametrize("first", ["a plain text", OTHER], ids=["plain ASCII", "another export, of UTF-8"])
def test_rows_that_are_of_an_old_encoding_only_far_into_a_file_come_back(tmp_path, monkeypatch, first):
    """Whatever stands before them; and what is written anew is what was read."""
    monkeypatch.setattr("dedup.read.encoding.BEGINNING_BYTES", 3000)
    path = tmp_path / "a.jsonl"
    before, after = ([f"{n} {text}" for n in range(count)] for text, count in ((first, 100), (SPELLED, 400)))
    lines = [f'{{"text": "{text}"}}\n' for text in (*before, *after, *after)]
    path.write_bytes("".join(lines[:100]).encode() + "".join(lines[100:]).encode("cp1256"))
    assert texts(path) == ([*before, *after, *after], [f"{path}: not UTF-8; read as cp1256"])
    assert not dedup.clean(path, tmp_path / "b.jsonl", tmp_path / "gone.jsonl", level="exact").problems
    assert (tmp_path / "b.jsonl").read_text("utf-8") == "".join(lines[:500])


def test_drafts_of_old_systems_match_the_rest(beside_good, put):
    """In every format, and the command says on standard error and in JSON how each was read."""
    put("a.txt", SPELLED.encode("cp1256"))
    put("a.md", f"# {OTHER}\n".encode("iso8859_6"))
    put("a.html", f'<meta charset="windows-1256"><p>{OTHER}'.encode("cp1256"))
    put("a.jsonl", f'{{"text": "{SPELLED}"}}\n'.encode("cp1256"))
    put("stray.txt", OTHER.encode() + b" \xff")
    put("wide.txt", OTHER.encode("utf-16"))
    found = beside_good("a.txt", "a.md", "a.html", "a.jsonl", "stray.txt", "wide.txt", code=1)
    assert found.notices == [
        "a.txt: not UTF-8; read as cp1256",
        "a.md: not UTF-8; read as iso8859_6",
        "a.jsonl: not UTF-8; read as cp1256",
        "stray.txt: byte 160 is not UTF-8; such bytes are shown as U+FFFD",
    ]
    assert {kind: n for kind, n in found.json["summary"]["by_kind"].items() if n} == {
        "exact": 3,
        "normalized": 2,
        "near": 1,
    }


def test_a_source_may_close_before_its_lines_are_at_their_end(put, folder):
    """What Ctrl+C does while a file is read: the file is closed, then what read it is given up."""
    source = open_path(folder / put("long.txt", "سطر\n" * 100), False)
    lines = Decoded(source, "utf-8", "strict").lines()
    assert next(lines) == "سطر\n"
    with source:
        pass
    lines.close()
