"""Passages: what otherwise different paragraphs share; where it stands, what it is told apart from."""

import itertools
import json
import random
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dedup
from dedup import kernels
from dedup.kernels import boxes
from dedup.match import fingerprints
from dedup.match.passages import Stream, passages_of, seeds_of, stream_of
from dedup.model import Document
from dedup.reuse import MOST_OTHERS
from dedup.text.common import common_words
from dedup.text.vocabulary import name_of

SENTENCE = (
    "كشفت الهيئة عن خطة لتأهيل شواطئ المدينة القديمة تشمل ممشى للدراجات وحدائق صغيرة ومرافق للعائلات "
    "وأحواضا لصيد الأسماك على امتداد تسعة كيلومترات"
)
"""A sentence of 22 words."""
BEFORE = [
    "اختتم المعرض الزراعي دورته السابعة وسط إقبال واسع من المزارعين وأصحاب المشاتل.",
    "تلقى نادي السباحة دعوة للمشاركة في البطولة الإقليمية التي تقام بعد شهرين.",
    "أنهت الجامعة تجهيز مختبر جديد لأبحاث الطاقة المتجددة يضم ثلاث قاعات تدريب.",
    "طرحت الشركة الناشئة تطبيقا يربط بين الحرفيين وأصحاب المنازل في الأحياء البعيدة.",
]
AFTER = [
    "ويتوقع أن تبدأ الأعمال عقب موسم الأمطار مباشرة.",
    "وحضر اللقاء مهندسون ومخططون من عدة بلدان مجاورة.",
    "ورحب التجار بالمشروع آملين أن ينشط حركة السوق.",
    "وانتقد ناشطون غياب دراسة تقيس أثره في البيئة.",
]


def around(sentence, number):
    return f"{BEFORE[number]} {sentence}. {AFTER[number]}"


def found(report, kind="passage"):
    return [match for match in report.matches if match.kind == kind]


def test_copies_between_documents_are_no_passage_besides():
    """With the scope `between` alone, copies of a paragraph meet in the stream: all is said of them."""
    text = "\n\n".join(around(SENTENCE, n) for n in (0, 1))
    assert all(match.a.text != match.b.text for match in found(dedup.scan([text, text], scope="between")))


# --- what is found --------------------------------------------------------------------------------


def test_a_sentence_in_two_articles_is_a_passage_with_its_place_in_both():
    texts = [around(SENTENCE, 0), around(SENTENCE, 1)]
    (match,) = dedup.scan(texts).matches
    assert match.kind == "passage"
    (a,), (b,) = match.spans.a, match.spans.b
    assert (a.text, b.text) == (SENTENCE, SENTENCE)
    assert texts[1][a.start : a.end] == texts[0][b.start : b.end] == SENTENCE
    assert (match.score, match.words, a.words) == (1.0, 22, 22)
    assert match.containment == pytest.approx((22 / match.a.words, 22 / match.b.words))
    assert [op.tag for op in match.diff()] == ["equal"]
    assert dedup.scan(texts).passages == (match,)
    assert dedup.scan(texts, level="rewritten").matches == ()


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda words: words[10:] + words[:10], id="moved about"),
        pytest.param(lambda words: [*words[:5], "بحسب", "البيان", *words[5:]], id="words put in"),
        pytest.param(lambda words: words[:7] + words[9:], id="words cut"),
        pytest.param(
            lambda words: ["أعلنت" if w == "كشفت" else "كبيرة" if w == "صغيرة" else w for w in words], id="reworded"
        ),
    ],
)
def test_a_passage_survives_an_edit(change):
    edited = " ".join(change(SENTENCE.split()))
    report = dedup.scan([around(SENTENCE, 0), around(edited, 1)], passage_words=16)
    assert [match.kind for match in report.matches] == ["passage"]
    (span,) = report.passages[0].spans.a
    shared = set(span.text.split()) & set(edited.split())
    assert len(shared) >= 0.8 * len(set(edited.split()))


def test_the_minimum_is_that_of_the_settings_within_and_between():
    short = " ".join(SENTENCE.split()[:12])
    texts = [around(short, 0), around(short, 1)]
    assert dedup.scan(texts).matches == ()
    assert len(dedup.scan(texts, passage_words=12).passages) == 1
    within = "\n\n".join(texts)
    assert len(dedup.scan(within).passages) == 1
    assert dedup.scan(within, passage_words_within=15).matches == ()
    assert dedup.scan(within, scope=("between",)).matches == ()


def test_a_press_release_inside_an_article_is_contained():
    release = f"{SENTENCE}. {AFTER[3]}"
    report = dedup.scan([release, f"{BEFORE[0]} {BEFORE[1]} {BEFORE[2]} {release} {AFTER[1]}"])
    (match,) = report.passages
    assert match.containment[1] == pytest.approx(1.0)
    assert match.containment[0] < 0.5


def test_a_release_may_run_over_paragraphs():
    """One finding, with a span for each paragraph."""
    lines = [SENTENCE, f"{AFTER[0]} {AFTER[1]}", AFTER[2]]
    one = "\n\n".join([BEFORE[0], *(f"{line} {tail}" for line, tail in zip(lines, BEFORE[1:], strict=True))])
    other = " ".join(lines)
    matches = dedup.scan([Document("one", one), Document("other", other)]).passages
    assert len(matches) == 1
    assert len(matches[0].spans.b) >= 2
    assert len(matches[0].spans.a) == 1
    texts = {"one": one, "other": other}
    for span in (*matches[0].spans.a, *matches[0].spans.b):
        assert texts[span.paragraph.doc][span.start : span.end] == span.text


# --- what is not ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "phrase",
    [
        "خادم الحرمين الشريفين الملك سلمان بن عبدالعزيز آل سعود حفظه الله ورعاه وسمو ولي عهده الأمين حفظه الله",
        "صاحب السمو الملكي الأمير الدكتور المهندس معالي رئيس مجلس الوزراء وزير الداخلية حفظه الله ورعاه",
        "قال رسول الله صلى الله عليه وسلم رضي الله عنه وعنها إن شاء الله تعالى بإذن الله عز وجل",
        "قال تعالى: {يا أيها الذين آمنوا كونوا قوامين لله شهداء بالقسط ولا يجرمنكم شنآن قوم على ألا تعدلوا اعدلوا هو أقرب للتقوى}",
        "وقال النبي صلى الله عليه وسلم: إنما الأعمال بالنيات وإنما لكل امرئ ما نوى فمن كانت هجرته إلى دنيا يصيبها",
    ],
    ids=["titles of a king", "honorifics", "pious phrases", "a verse", "a hadith"],
)
def test_set_phrases_are_no_passage(phrase):
    texts = [f"{BEFORE[n]} {BEFORE[n][::-1]} {phrase}. {AFTER[n]} {AFTER[n][::-1]}" for n in range(4)]
    assert dedup.scan(texts, passage_words=10).matches == ()


def test_what_is_said_of_whole_paragraphs_is_not_said_again():
    """Copies, near copies and rewritten paragraphs hold no passage between them, nor do their copies."""
    near = around(SENTENCE, 0).replace("واسع", "كبير")
    report = dedup.scan([around(SENTENCE, 0), around(SENTENCE, 0), near])
    assert {match.kind for match in report.matches} == {"exact", "near"}


def test_a_passage_in_many_places_is_one_cluster_told_once_a_document():
    texts = [around(SENTENCE, number) for number in range(4)]
    report = dedup.scan(texts)
    assert sorted(match.a.doc for match in report.passages) == ["2", "3", "4"]
    assert {match.b.doc for match in report.passages} == {"1"}, "the earliest source"
    (cluster,) = report.clusters
    assert [paragraph.doc for paragraph in cluster.paragraphs] == ["1", "2", "3", "4"]
    assert {match.family for match in report.passages} == {cluster.number}
    assert report.summary()["passage_clusters"] == 1


def test_what_many_articles_say_in_passing_is_no_passage(monkeypatch):
    """A formula in more articles than print one story, unless a run of it is as long as a passage must be."""
    random.seed(5)
    words = ["".join(letters) for letters in itertools.product("بتجدرسعفقكلمنه", repeat=3)]
    half = SENTENCE.split()
    formulas = [" ".join([*half[:11], random.choice(words), *half[11:]]) for _ in range(MOST_OTHERS + 3)]
    texts = [f"{' '.join(random.sample(words, 30))}. {each}. {' '.join(random.sample(words, 30))}" for each in formulas]
    assert len(dedup.scan(texts[:-1]).passages) == MOST_OTHERS + 1
    many = dedup.scan(texts)
    assert many.passages == ()
    assert dedup.scan(texts, passage_words=11).passages, "11 words in a row"
    monkeypatch.setattr(kernels, "COMPILED_FROM", 0)
    assert dedup.scan(texts).passages == ()


def test_a_sentence_in_many_articles_makes_no_pairs_of_all():
    random.seed(3)
    words = ["".join(letters) for letters in itertools.product("بتجدرسعفقكلمنه", repeat=3)]
    texts = [
        f"{' '.join(random.sample(words, 30))}. {SENTENCE}. {' '.join(random.sample(words, 30))}" for _ in range(150)
    ]
    report = dedup.scan(texts)
    assert len(report.passages) == 149
    assert [len(cluster) for cluster in report.clusters] == [150]


def test_a_passage_never_fails_by_default_and_can_be_made_to():
    texts = [around(SENTENCE, 0), around(SENTENCE, 1)]
    assert dedup.scan(texts).verdict == "warn"
    assert dedup.scan(texts, fail_on="passage").exit_code == 1


def test_too_much_for_the_memory_is_said_and_left_out(monkeypatch):
    texts = [around(SENTENCE, 0), around(SENTENCE, 1)]
    monkeypatch.setattr("dedup.reuse.BYTES_PER_WORD", 10**8)
    report = dedup.scan(texts)
    assert report.passages == ()
    assert report.notices == ("passages: not looked for: that would take 8.4 GB; memory allows 4GB",)
    assert len(dedup.scan(texts, memory="9GB").passages) == 1


# --- compiled and plain, many and few ---------------------------------------------------------------

needs_kernel = pytest.mark.skipif(kernels.failure() is not None, reason=f"numba cannot be loaded: {kernels.failure()}")


def streams():
    """Yield streams of few words, so that a lot is shared: documents, paragraphs, tokens."""
    word = st.integers(0, 30)
    paragraph = st.lists(word, min_size=1, max_size=40)
    return st.lists(st.lists(paragraph, min_size=1, max_size=3), min_size=1, max_size=5).map(_stream)


def _stream(documents):
    ids, paragraphs, of, starts, begins = [], [], [], [0], [0]
    for number, document in enumerate(documents):
        for words in document:
            ids += words
            paragraphs += [len(of)] * len(words)
            of.append(number)
            begins.append(len(ids))
        starts.append(len(ids))
    counts = np.bincount(np.array(ids), minlength=31).tolist()
    names = [name_of(f"كلمة{i}") for i in range(31)]
    return Stream(ids, paragraphs, of, list(range(len(of))), starts, begins, names, counts)


@needs_kernel
@settings(max_examples=60, deadline=None)
@given(streams(), st.sampled_from([0, 1, 2]), st.sampled_from([(4, 6), (10, 20)]))
def test_compiled_code_finds_what_the_reference_finds(stream, indexed, least):
    kernel = kernels.load("passages", kernels.COMPILED_FROM)
    for known in ([], [0 << 32 | 1]):
        plain = passages_of(seeds_of(stream, common_words(), indexed=indexed), least, known)
        for workers in (1, 3):
            seeds = seeds_of(stream, common_words(), indexed=indexed, kernel=kernel, workers=workers)
            assert passages_of(seeds, least, known) == plain


@needs_kernel
def test_a_report_is_the_same_compiled_or_not(monkeypatch):
    random.seed(5)
    texts = [around(random.choice([SENTENCE, f"{AFTER[0]} {SENTENCE}"]), number) for number in range(4)]
    texts += [(Path(__file__).parents[1] / "seeds" / "000_6304dc26f93ca3ae.txt").read_text("utf-8")]
    plain = dedup.scan(texts).to_dict()
    monkeypatch.setattr(kernels, "COMPILED_FROM", 0)
    assert json.dumps(dedup.scan(texts).to_dict()) == json.dumps(plain)
    assert plain["summary"]["by_kind"]["passage"] >= 4


def test_documents_above_a_number_are_compared_with_those_below_only():
    """What an archive asks: new documents against old ones."""
    tokens = [around(SENTENCE, number).split() for number in range(4)]
    seeds = seeds_of(stream_of(tokens, within=False), common_words(), indexed=2)
    stream = stream_of(tokens, within=False)
    pairs = {(stream.paragraphs[box.a0], stream.paragraphs[box.b0]) for box in passages_of(seeds, (10, 20))}
    assert pairs == {(2, 0), (2, 1), (3, 0), (3, 1)}


@given(st.integers(0, 2**32 - 1))
def test_mixing_is_that_of_murmur(value):
    h = np.uint32(value)
    with np.errstate(over="ignore"):
        h = (h ^ (h >> np.uint32(16))) * np.uint32(0x85EBCA6B)
        h = (h ^ (h >> np.uint32(13))) * np.uint32(0xC2B2AE35)
        h ^= h >> np.uint32(16)
    assert boxes.mixed(value) == int(h)


# --- what leaves ------------------------------------------------------------------------------------


def test_redacted_passages_quote_nothing():
    value = json.dumps(dedup.scan([around(SENTENCE, 0), around(SENTENCE, 1)]).to_dict(redact=True), ensure_ascii=False)
    assert "الهيئة" not in value
    assert '"spans"' in value


# --- fingerprints ---------------------------------------------------------------------------------


@settings(max_examples=60)
@given(st.randoms(use_true_random=False), st.integers(1, 300), st.sampled_from((3, 40, 300)))
def test_numpy_makes_the_fingerprints_that_are_made_word_by_word(drawn, size, vocabulary):
    names = [drawn.getrandbits(32) for _ in range(vocabulary)]
    content = [int(drawn.random() < 0.7) for _ in range(vocabulary)]
    ids = [drawn.randrange(vocabulary) for _ in range(size)]
    starts = [0, *sorted(drawn.randrange(size + 1) for _ in range(drawn.randrange(5))), size]
    hashes = [boxes.mixed(name) for name in names]
    runs, pairs = [], []
    for low, high in itertools.pairwise(starts):
        room = [0] * (size * boxes.REACH)
        runs += room[: boxes.grams(ids, hashes, low, high, room, 0)]
        ring = [0] * (boxes.CLASSES * (boxes.REACH + 1))
        pairs += room[: boxes.word_pairs(ids, hashes, content, low, high, ring, room, 0)]
    column = fingerprints.hashes_of(names)
    assert column.tolist() == hashes
    assert sorted(fingerprints.runs(ids, column, starts)) == sorted(runs)
    assert sorted(fingerprints.pairs(ids, column, content, starts)) == sorted(pairs)
    owners = [sum(start <= place for start in starts[1:-1]) for place in range(size)]
    links = [[0] * (boxes.LOOK_BACK * size) for _ in range(2)]
    spread = [bytearray(size), fingerprints.once(fingerprints.runs(ids, column, starts), size)]
    known = sorted(runs), fingerprints.repeated(np.array(runs, dtype=np.int64))
    for found, link, wide in zip(known, links, spread, strict=True):
        boxes.seeds(found, len(found), owners, range(size), 0, 64, link)
        boxes.spread(found, len(found), owners, range(size), wide)
    assert links[0] == links[1]
    assert spread[0] == spread[1]
