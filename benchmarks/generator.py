"""Synthetic Arabic news, any number of paragraphs, with planted twins and formulas.

    python -m benchmarks.generator COUNT [--seed 1] > texts.jsonl
    python -m benchmarks.generator --profile [NEWS.jsonl.gz]

Lengths, words, punctuation, spelling, and how alike two paragraphs are, follow 27,813 news paragraphs:
the numbers below were measured on them, and `--profile` prints both side by side. The most frequent
words are real, all others are made up; what the paragraphs say means nothing.

- A share of the paragraphs has a twin: a copy, edited in runs of words as editors do, spread evenly
  over the scores from 0.70 to 1. Where both stand is known (`Generator.planted`), so recall can be counted.
- A share are formulas: one of about twenty instances of a template that differ in names, numbers and
  days. New templates come as the stream goes on: pairs of formulas grow with the stream, not its square.

A stream is made in blocks of about 1,000 paragraphs, each drawn on its own; a twin comes in its
original's block or up to 100 blocks later. Seed and count decide every text (with one version of
numpy), however the stream is consumed; a stream of another count differs.
"""

from __future__ import annotations

import argparse
import functools
import itertools
import json
import random
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.int64]

NEWS_SIZE = 27_813
NEWS: dict[str, tuple[float, ...]] = {
    "words .05 .25 .50 .75 .95": (16, 31, 51, 87, 290),
    "characters .05 .25 .50 .75 .95": (90, 182, 295, 508, 1705),
    "shingles .05 .25 .50 .75 .95": (84, 170, 270, 445, 1294),
    "share of words by rank <= 10, 100, 1,000, 10,000": (0.126, 0.237, 0.462, 0.777),
    "distinct words of 16,000, 256,000, 1,024,000": (7_321, 46_737, 97_529),
    "share of words that occur once": (0.027,),
    "in 100 words: comma, full stop, digits, marks": (4.8, 3.4, 1.4, 1.7),
    "Jaccard: mean of J, J**2 .. J**6": (1.41e-2, 3.1e-4, 1.4e-5, 3.6e-6, 2.3e-6, 1.8e-6),
    "Jaccard, pairs below 0.2 only": (1.40e-2, 3.05e-4, 9.1e-6, 3.9e-7, 2.7e-8, 2.8e-9),
}
"""What was measured on the news, of keys of 8 words or more, each once; Jaccard similarity of random pairs."""

FREQUENT = (
    "في من على أن إلى التي عن مع ما الذي أو لا هذا هذه خلال بعد بن بين ذلك كل أنه كان كما حيث الله العام لم قبل هو حتى "
    "عام أي وفي قد وقال أكثر الماضي كانت السعودية رئيس وهو اليوم محمد عدد بعض غير أمس له ومن فيها منطقة إلا المملكة تم "
    "ولا منذ هناك المنطقة هي مثل بها العمل تلك بشكل العيد إيران الذين الأول ثم مجلس عليه لها العالم أخرى وأن أحد الملك "
    "لكن وقد بأن وزير فيما أنها يكون أيضا عبر فيه ريال المائة منها العامة وذلك وهي العربية مليون الفريق يمكن به نحو"
).split()
"""The most frequent words of the news, in their order."""
WORDS = 45_000
MASS = {
    1: 0.0341, 3: 0.0762, 10: 0.1257, 30: 0.1701, 100: 0.2368, 300: 0.3286,
    1_000: 0.4616, 3_000: 0.6109, 10_000: 0.7771, 20_000: 0.8591, 30_000: 0.8997, 60_000: 0.9540,
}  # fmt: skip
"""Rank of a word -> the share of all words that this one and the more frequent ones make up."""
HEADS, TAILS = 12_000, 3_000
"""Rarer words, 7 % of all, are a head and a tail put together anew: there are always new ones."""
NUMBERS, NUMBER_SHARE = 1_500, 0.018
PHRASES, PHRASE_SHARE = 40_000, 0.20
"""Phrases that recur word by word, and their share of the units; they give unrelated news what they share."""

LETTERS = "لللللييييممممممنننننرررررررتتتتععععععبببببببددددددففففسسسسسقققققكككككحححححجججششططصصخخضضزذثغظءأئ"
VOWELS = "اااوي"
ROOTS = 2_000
"""Words share their roots, some roots very often: that is most of what unrelated news have in common."""
BEGINNINGS = {20: [""], 13: ["ال"], 3: ["و"], 2: ["وال", "ب", "ل", "ي", "ت", "م", "بال", "لل"], 1: ["ف", "س", "وا"]}
PREFIXES = tuple(prefix for times, prefixes in BEGINNINGS.items() for prefix in prefixes * times)
ENDINGS = {22: [""], 6: ["ة"], 3: ["ية", "ات", "ها", "ين"], 2: ["ون", "ه", "ي", "ان", "هم"], 1: ["ا", "نا", "ته", "اء"]}
SUFFIXES = tuple(suffix for times, suffixes in ENDINGS.items() for suffix in suffixes * times)
DAYS = "الأحد الاثنين الثلاثاء الأربعاء الخميس الجمعة السبت".split()
MONTHS = "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر رمضان شوال محرم صفر".split()

PLAIN, COMMA, STOP, SPELLED, END = range(5)
"""Forms of a unit; END is STOP without the space after it."""
FORM_SHARES = {COMMA: 0.060, STOP: 0.034, SPELLED: 0.036}

MEDIAN_UNITS, SPREAD, FEWEST, MOST = 38, 0.79, 9, 1_000
"""Units (words or phrases) of a paragraph: log-normal, for the lengths of news of at least 8 words."""

BLOCK = 1_000
DELAY = 100
"""Blocks after which a twin comes at the latest."""
QUARTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
SAMPLE = 6_000
"""Unrelated texts whose pairs, 18 million, `--profile` measures."""
MARKED = r"\S*[\u064b-\u0652]\S*"

MOST_LOSS = 0.33
"""Of its score, that a twin is to lose."""
SCATTERED = 0.22
"""Share of the twins that are edited in many places, by one or two pieces."""
MOST_TWINS, MOST_FORMULAS = 0.3, 0.1
"""Beyond this, a block might not hold the twins that are due in it and its own originals."""
LUT_BITS, FORM_BITS, TAIL_BITS = 20, 12, 16
"""A draw is one look into a table in which each outcome stands as often as it is likely: 2**bits entries."""
FORMULA_INSTANCES, FORMULA_TEMPLATES = (12, 26), 4
"""Instances that a template gets (least, one above the most), and templates in use at a time."""


@dataclass(frozen=True)
class Lexicon:
    """Hold the pieces that texts are joined from, the same for every seed.

    A piece carries the space after it. Each has five forms: piece `i` in form `f` is number `i + f * size`.
    Piece `n` is the code units `units[starts[n] : starts[n + 1]]`: whole texts are put together by numpy,
    without a string for any piece. Heads of rare words come last, from `heads` on, and have one form.
    """

    units: NDArray[np.uint16]
    starts: Ids
    lengths: list[int]
    size: int
    heads: int
    lut: NDArray[np.int32]
    tail_lut: NDArray[np.int32]
    form_lut: NDArray[np.int32]
    numbers: Ids
    days: Ids
    months: Ids


@functools.cache
def lexicon() -> Lexicon:
    """Return the lexicon; made once, in about half a second."""
    draw = random.Random("lexicon")
    roots = [_core(draw, 2, 3) for _ in range(ROOTS)]
    words = [*FREQUENT, *_made_words(draw, roots, WORDS - len(FREQUENT))]
    shares = np.diff(np.interp(np.log(np.arange(1, WORDS + 1)), np.log([*MASS]), [*MASS.values()]), prepend=0)
    numbers = [_number(draw) for _ in range(NUMBERS)]
    phrases = _phrases(draw, words, shares)
    tails = [_core(draw, 1, 2) + draw.choice(SUFFIXES) for _ in range(TAILS)]
    heads = [draw.choice(PREFIXES) + _core(draw, 2, 3) for _ in range(HEADS)]
    units = [*words, *numbers, *phrases, *tails, *DAYS, *MONTHS]
    size = len(units) + HEADS
    ids = np.arange(size)
    starts = np.cumsum([0, WORDS, NUMBERS, PHRASES, TAILS, len(DAYS), len(MONTHS)])
    parts = [ids[low:high] for low, high in itertools.pairwise(starts)]
    rest = (1 - NUMBER_SHARE) * (1 - PHRASE_SHARE)
    weights = np.zeros(size)
    weights[parts[0]] = shares * rest
    weights[parts[1]] = _zipf(NUMBERS, 20, 1) * NUMBER_SHARE
    weights[parts[2]] = _zipf(PHRASES, 100, 1) * PHRASE_SHARE
    weights[len(units) :] = _zipf(HEADS, 50, 0.8) * rest * (1 - shares.sum())
    forms = [1 - sum(FORM_SHARES.values()), *(FORM_SHARES[form] for form in (COMMA, STOP, SPELLED))]
    pieces = _pieces(units, heads, draw)
    lengths = [len(piece) for piece in pieces]
    return Lexicon(
        units=np.frombuffer("".join(pieces).encode("utf-16-le"), dtype="<u2"),
        starts=np.cumsum([0, *lengths]),
        lengths=lengths,
        size=size,
        heads=len(units),
        lut=_lut(weights, LUT_BITS),
        tail_lut=(_lut(_zipf(TAILS, 20, 0.8), TAIL_BITS) + starts[3]).astype(np.int32),
        form_lut=_lut(np.array(forms), FORM_BITS) * np.int32(size),
        numbers=parts[1],
        days=parts[4],
        months=parts[5],
    )


def _zipf(count: int, shift: float, power: float) -> NDArray[np.float64]:
    weights = (np.arange(count) + float(shift)) ** -power
    return weights / weights.sum()


def _lut(weights: NDArray[np.float64], bits: int) -> NDArray[np.int32]:
    """Return `2**bits` outcomes, each as often as its weight says."""
    ends = np.round(np.cumsum(weights) / weights.sum() * 2**bits).astype(np.int64)
    return np.repeat(np.arange(len(weights), dtype=np.int32), np.diff(ends, prepend=0))


def _pieces(units: list[str], heads: list[str], draw: random.Random) -> list[str]:
    """Return all pieces in all forms; a head has but one, and is repeated to keep the arithmetic."""
    forms = [
        [f"{unit} " for unit in units],
        [f"{unit}، " for unit in units],
        [f"{unit}. " for unit in units],
        [_spelled(unit, draw) + draw.choice(("\u00a0", *[" "] * 19)) for unit in units],
        [f"{unit}." for unit in units],
    ]
    return [piece for form in forms for piece in (*form, *heads)]


def _made_words(draw: random.Random, roots: list[str], count: int) -> list[str]:
    """Return distinct words: a root, often lengthened, mostly with what Arabic puts before and after."""
    made: dict[str, None] = {}
    often = list(itertools.accumulate(_zipf(len(roots), 12, 1).tolist()))
    while len(made) < count:
        (root,) = draw.choices(roots, cum_weights=often)
        inner = _core(draw, 1, 2) if draw.random() < 0.5 * len(made) / count else ""
        made[draw.choice(PREFIXES) + root + inner + draw.choice(SUFFIXES)] = None
    return list(made)


def _core(draw: random.Random, least: int, most: int) -> str:
    letters = draw.choices(LETTERS, k=draw.randint(least, most))
    if draw.random() < 0.6:
        letters.insert(draw.randint(1, len(letters)), draw.choice(VOWELS))
    return "".join(letters)


def _number(draw: random.Random) -> str:
    n = int(10 ** draw.uniform(0, 4))
    kind = draw.random()
    if kind < 0.4:
        return str(n)
    if kind < 0.6:
        return str(draw.randint(1990, 2020))
    if kind < 0.75:
        return f"{n / 10:.1f}"
    if kind < 0.85:
        return f"{n % 100}%"
    if kind < 0.95:
        return f"({n})"
    return f"{draw.randint(1, 29)}/{draw.randint(1, 12)}/{draw.randint(1430, 1442)}هـ"


def _phrases(draw: random.Random, words: list[str], shares: NDArray[np.float64]) -> list[str]:
    """Return phrases of 2 to 9 words; some are names or titles in quotes or brackets, some introduce."""
    phrases = []
    cumulative = list(itertools.accumulate(shares.tolist()))
    for _ in range(PHRASES):
        length = draw.choices((2, 3, 4, 5, 6, 9), (62, 19, 8, 5, 4, 2))[0]
        phrase = " ".join(draw.choices(words, cum_weights=cumulative, k=length))
        around = draw.choices(("{}", "«{}»", '"{}"', "({})", "{}:"), (86, 4, 4, 3, 3))[0]
        phrases.append(around.format(phrase))
    return phrases


def _spelled(unit: str, draw: random.Random) -> str:
    """Return the unit as some writer spells it: marks, tatweel, hamza, last letters, digits."""
    if unit[-1].isdecimal():
        return unit.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    kind = draw.random()
    if kind < 0.3:
        for plain, other in (("أ", "ا"), ("إ", "ا"), ("ى", "ي"), ("ة", "ه")):
            if plain in unit:
                return unit.replace(plain, other, 1)
    if kind < 0.4 and len(unit) > 2:
        return unit[:1] + "ـ" * draw.randint(1, 3) + unit[1:]
    if unit.endswith("ا"):
        return f"{unit}ً"
    at = draw.randint(1, len(unit))
    return unit[:at] + draw.choice("َُِّّْ") + unit[at:]


@dataclass
class Block:
    """Hold the paragraphs that one block is made of: pieces of all, and where each begins."""

    pieces: NDArray[np.int32]
    bounds: list[int]

    def ids(self, number: int) -> list[int]:
        """Return the pieces of one paragraph."""
        return self.pieces[self.bounds[number] : self.bounds[number + 1]].tolist()


@dataclass
class Template:
    """Hold the pieces of a formula, None where a slot is, and how many instances are still to come."""

    number: int
    pieces: list[int | None]
    slots: list[Ids]
    left: int


@dataclass
class Stream:
    """Hold what one stream carries from block to block."""

    count: int
    blocks: int
    due: dict[int, list[tuple[str, int]]] = field(default_factory=dict)  # block -> twins, places of originals
    templates: list[Template] = field(default_factory=list)
    made_templates: int = 0
    planted: list[Ids] = field(default_factory=list)  # (m, 2) of each block
    formulas: list[Ids] = field(default_factory=list)  # (m, 2) of each block: place, template

    def bounds(self, block: int) -> tuple[int, int]:
        """Return the places of a block: its first, and the first of the next."""
        return block * self.count // self.blocks, (block + 1) * self.count // self.blocks


class Generator:
    """Make paragraphs; `twins` is the share of them that gets an edited copy, `formulas` that of formulas.

    `planted` and `formula_places` tell of the stream begun last, as far as it was consumed (to the block).

    >>> generator = Generator()
    >>> texts = generator.paragraphs(1_000)
    >>> first, second = generator.planted
    >>> len(texts), len(first), bool((first < second).all())
    (1000, 100, True)
    """

    def __init__(self, seed: int = 1, twins: float = 0.1, formulas: float = 0.01) -> None:
        if not (0 <= twins <= MOST_TWINS and 0 <= formulas <= MOST_FORMULAS):
            raise ValueError(f"twins from 0 to {MOST_TWINS}, formulas from 0 to {MOST_FORMULAS}")
        self.seed = seed
        self.twins = twins
        self.formulas = formulas
        self._stream = Stream(0, 1)

    @property
    def planted(self) -> tuple[Ids, Ids]:
        """The places in the stream of the two texts of each planted pair, first < second, from 0."""
        pairs = np.concatenate([np.empty((0, 2), np.int64), *self._stream.planted])
        return pairs[:, 0], pairs[:, 1]

    @property
    def formula_places(self) -> tuple[Ids, Ids]:
        """The place in the stream of each formula, and the number of its template."""
        rows = np.concatenate([np.empty((0, 2), np.int64), *self._stream.formulas])
        return rows[:, 0], rows[:, 1]

    def paragraphs(self, count: int) -> list[str]:
        """Return `count` paragraphs, twins among them, in the order of `texts`."""
        return list(self.texts(count))

    def texts(self, count: int) -> Iterator[str]:
        """Yield `count` paragraphs; holds a block of them, and the twins that are due."""
        stream = self._stream = Stream(count, max(1, round(count / BLOCK)))
        for block in range(stream.blocks if count > 0 else 0):
            yield from self._block(stream, block)

    def _block(self, stream: Stream, block: int) -> list[str]:
        """Return the texts of a block: new ones, formulas, and the twins that are due, shuffled."""
        start, end = stream.bounds(block)
        rng = np.random.Generator(np.random.PCG64([self.seed, stream.count, block]))
        planted, formulas = (int(end * share) - int(start * share) for share in (self.twins, self.formulas))
        # A twin that would come after the end stays in the block of its original.
        blocks = block + rng.integers(0, min(DELAY, stream.blocks // 2) + 1, planted)
        blocks[blocks >= stream.blocks] = block
        here = int((blocks == block).sum())
        due = stream.due.pop(block, [])
        fresh = end - start - formulas - len(due) - here
        made = _drawn(rng, fresh, planted)
        texts = _joined(made)
        twins = _joined(_edited(rng, made, planted))
        instances, numbers = _formulas(rng, stream, formulas)
        place = start + rng.permutation(end - start)
        twins_here = np.flatnonzero(blocks == block)
        for number in np.flatnonzero(blocks != block).tolist():
            stream.due.setdefault(int(blocks[number]), []).append((twins[number], int(place[number])))
        texts += [twins[number] for number in twins_here.tolist()]
        texts += [text for text, _ in due]
        texts += instances
        originals = np.concatenate([place[twins_here], np.array([at for _, at in due], dtype=np.int64)])
        pairs = np.stack([originals, place[fresh : fresh + len(originals)]], axis=1)
        stream.planted.append(np.sort(pairs, axis=1))
        stream.formulas.append(np.stack([place[len(place) - formulas :], numbers], axis=1))
        ordered = [""] * len(texts)
        for text, at in zip(texts, (place - start).tolist(), strict=True):
            ordered[at] = text
        return ordered


def _drawn(rng: np.random.Generator, count: int, originals: int) -> Block:
    """Return `count` paragraphs; the first `originals` are long enough that a cut twin has 8 words yet."""
    sizes = np.exp(rng.normal(np.log(MEDIAN_UNITS), SPREAD, count))
    least = np.where(np.arange(count) < originals, FEWEST + 4, FEWEST)
    return _run(rng, np.clip(sizes, least, MOST).astype(np.int64))


def _run(rng: np.random.Generator, sizes: Ids) -> Block:
    """Return paragraphs of so many units each: their pieces are one more for every rare word."""
    words = lexicon()
    total = int(sizes.sum())
    ids = words.lut[rng.integers(0, 2**LUT_BITS, total, dtype=np.uint32)]
    forms = words.form_lut[rng.integers(0, 2**FORM_BITS, total, dtype=np.uint16)]
    ends = np.cumsum(sizes)
    forms[ends - 1] = END * words.size
    rare = np.flatnonzero(ids >= words.heads)
    tails = words.tail_lut[rng.integers(0, 2**TAIL_BITS, len(rare), dtype=np.uint16)] + forms[rare]
    forms[rare] = PLAIN
    ids += forms
    pieces = np.insert(ids, rare + 1, tails)
    return Block(pieces, [0, *(ends + np.searchsorted(rare, ends)).tolist()])


def _joined(block: Block) -> list[str]:
    """Return the texts of a block."""
    words = lexicon()
    begins = words.starts[block.pieces]
    ends = words.starts[block.pieces + 1]
    places = np.concatenate(([0], np.cumsum(ends - begins)))
    # Walk through the units: one on within a piece, a jump from the end of a piece to the next.
    steps = np.ones(places[-1], dtype=np.int64)
    steps[places[:-1]] = begins - np.concatenate(([0], ends[:-1] - 1))
    text = words.units.take(np.cumsum(steps, out=steps)).tobytes().decode("utf-16-le")
    return [text[low:high] for low, high in itertools.pairwise(places[block.bounds].tolist())]


def _block_of(paragraphs: list[list[int]]) -> Block:
    pieces = np.fromiter(itertools.chain.from_iterable(paragraphs), dtype=np.int32)
    return Block(pieces, [0, *itertools.accumulate(map(len, paragraphs))])


CUT, ADD, CHANGE, MOVE = range(4)
COSTS = (0.5, 0.5, 0.50, 0.80)
"""How much of the score a character that is cut, added, changed or moved takes, in a text of one character:
of changed ones, half agree by chance."""


def _edited(rng: np.random.Generator, block: Block, count: int) -> Block:
    """Return edited copies of the first `count` paragraphs of a block.

    Each has a share of its score to lose, spent on runs of pieces; how long its runs are and how often
    they are cut or added rather than changed differs from twin to twin, as it does from editor to editor.
    """
    words = lexicon()
    losses = (MOST_LOSS * rng.random(count) ** 0.96).tolist()
    trims = rng.beta(1.2, 0.6, count).tolist()
    scattered = (rng.random(count) < SCATTERED).tolist()
    spare = _run(rng, np.full(4, 200)).pieces.tolist()
    draw = random.Random(int(rng.integers(2**63))).random
    twins = []
    for number in range(count):
        ids = block.ids(number)
        _edit(ids, losses[number], trims[number], 2 if scattered[number] else MOST, spare, draw)
        for _ in range(int(draw() * 3)):  # another spelling costs nothing
            at = int(draw() * (len(ids) - 1))
            if ids[at] < words.heads:
                ids[at] += SPELLED * words.size
        twins.append(ids)
    return _block_of(twins)


def _edit(ids: list[int], loss: float, trim: float, longest: int, spare: list[int], draw: Callable[[], float]) -> None:
    """Edit the pieces `ids` until `loss` is spent; the last one, with its full stop, stays.

    Args:
        ids: changed in place.
        loss: share of the score to lose.
        trim: share of the runs that are cut or added.
        longest: pieces of a run at most.
        spare: pieces to put in.
        draw: a number from 0 to 1.
    """
    length_of = lexicon().lengths.__getitem__
    whole = sum(map(length_of, ids))
    left, usual = loss * whole, whole / len(ids)
    while left > 0:
        kind = (CUT if draw() < 0.5 else ADD) if draw() < trim else (MOVE if draw() < 0.12 else CHANGE)
        room = len(ids) - 1
        run = min(left * (0.35 + 0.65 * draw()) / usual / COSTS[kind], longest, len(spare) / 2)
        run = int(run + draw()) if left < usual else max(1, int(run + draw()))
        run = min(run, room - FEWEST - 2 if kind == CUT else room // 2)
        if run < 1:
            if kind != CUT:
                return  # too little is left for a piece
            continue
        at = int(draw() * (room - run + 1))
        source = int(draw() * (len(spare) - run))
        old = [] if kind == ADD else ids[at : at + run]
        new = spare[source : source + run] if kind in (ADD, CHANGE) else []
        ids[at : at + len(old)] = new
        if kind == MOVE:
            to = int(draw() * len(ids))
            ids[to:to] = old
        spent = sum(map(length_of, old)) + sum(map(length_of, new))
        left -= spent * (COSTS[kind] / 2 if kind == CHANGE else COSTS[kind])


def _formulas(rng: np.random.Generator, stream: Stream, count: int) -> tuple[list[str], Ids]:
    """Return instances of the templates in use, and the numbers of their templates."""
    instances, numbers = [], np.empty(count, dtype=np.int64)
    for row in range(count):
        while len(stream.templates) < FORMULA_TEMPLATES:
            stream.templates.append(_template(rng, stream.made_templates))
            stream.made_templates += 1
        template = stream.templates[int(rng.integers(FORMULA_TEMPLATES))]
        at = rng.random(len(template.slots)).tolist()
        filled = iter([int(slot[int(part * len(slot))]) for slot, part in zip(template.slots, at, strict=True)])
        instances.append([next(filled) if piece is None else piece for piece in template.pieces])
        numbers[row] = template.number
        template.left -= 1
        if not template.left:
            stream.templates.remove(template)
    return _joined(_block_of(instances)), numbers


def _template(rng: np.random.Generator, number: int) -> Template:
    """Return a new formula: of a dateline, weather, prices or greetings, its slots among fixed words."""
    words = lexicon()
    names = np.arange(len(FREQUENT), WORDS)
    slots = (
        [names, names, words.days, words.numbers, words.months],
        [words.days, names, words.numbers, words.numbers, names],
        [names, words.numbers, words.numbers, names, words.numbers],
        [names, names, names, words.days],
    )[number % 4]
    slots = [*slots, *slots][: int(rng.integers(5, 10))]
    pieces: list[int | None] = []
    for _ in slots:
        pieces += [*_run(rng, rng.integers(1, 6, 1)).pieces.tolist()[:-1], None]
    pieces += _run(rng, np.array([3])).pieces.tolist()
    return Template(number, pieces, slots, int(rng.integers(*FORMULA_INSTANCES)))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("count", help="paragraphs to write; with --profile, a path of news", nargs="?")
    parser.add_argument("--profile", action="store_true", help="compare with news, measured before or at the path")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    if options.profile:
        return profile(Path(options.count) if options.count else None, options.seed)
    if options.count is None:
        parser.error("give a count, or --profile")
    for number, text in enumerate(Generator(options.seed).texts(int(options.count))):
        sys.stdout.write(json.dumps({"id": str(number), "text": text}, ensure_ascii=False) + "\n")
    return 0


def profile(path: Path | None, seed: int) -> int:
    """Print what was made beside news: lengths, words, likeness of unrelated pairs, twins, formulas."""
    from dedup.text.normalize import loose_key

    generator = Generator(seed)
    texts = generator.paragraphs(NEWS_SIZE)
    keys = [loose_key(text) for text in texts]
    columns = {"news": NEWS}
    if path:
        from benchmarks.corpus import sample

        read = sample(path, NEWS_SIZE, None)
        columns["read"] = _measured(read, [loose_key(text) for text in read], [])
    _, second = generator.planted
    places, templates = generator.formula_places
    _, firsts = np.unique(templates, return_index=True)
    related = [*second.tolist(), *np.delete(places, firsts).tolist()]
    planted = list(zip(*(part.tolist() for part in generator.planted), strict=True))
    formulas = [
        pair for n in np.unique(templates) for pair in itertools.combinations(places[templates == n].tolist(), 2)
    ]
    columns["made"] = _measured(texts, keys, related, planted + formulas)
    for name in NEWS:
        print(name)
        for column, rows in columns.items():
            print(f"  {column}: " + "  ".join(f"{value:.4g}" for value in rows[name]))
    _print_twins(keys, planted)
    _print_formulas(keys, formulas, len(firsts))
    return 0


def _measured(
    texts: list[str], keys: list[str], related: list[int], pairs: list[tuple[int, int]] | None = None
) -> dict[str, tuple[float, ...]]:
    """Return the rows of NEWS for other texts; those at the places `related` repeat others, in `pairs`."""
    words = [key.split() for key in keys]
    every = [word for row in words for word in row]
    counts = np.sort(np.array([*Counter(every).values()]))[::-1]
    alone = [keys[i] for i in np.delete(np.arange(len(keys)), related).tolist()]
    random.Random(1).shuffle(alone)
    hashed = [_shingles(key) for key in alone[:SAMPLE]]
    likeness = _likenesses(hashed)
    powers = range(1, 7)
    mean = [(likeness**power).mean() for power in powers]
    low = likeness[likeness < 0.2]
    if pairs:
        planted = np.array([_jaccard(_shingles(keys[a]), _shingles(keys[b])) for a, b in pairs])
        every_pair = len(keys) * (len(keys) - 1) / 2
        mean = [m + (planted**power).sum() / every_pair for m, power in zip(mean, powers, strict=True)]
    joined = " ".join(texts)
    found = (
        joined.count("،"),
        joined.count("."),
        len(re.findall(r"\S*\d\S*", joined)),
        len(re.findall(MARKED, joined)),
    )
    values = (
        np.quantile([len(row) for row in words], QUARTILES),
        np.quantile([len(key) for key in keys], QUARTILES),
        np.quantile([len(hashes) for hashes in hashed], QUARTILES),
        [counts[:rank].sum() / len(every) for rank in (10, 100, 1_000, 10_000)],
        [len(set(every[:size])) for size in (16_000, 256_000, 1_024_000)],
        [(counts == 1).sum() / len(every)],
        [100 * part / len(every) for part in found],
        mean,
        [(low**power).mean() for power in powers],
    )
    return {name: tuple(float(value) for value in row) for name, row in zip(NEWS, values, strict=True)}


def _shingles(key: str) -> NDArray[np.uint64]:
    """Return a hash of each of the 5-grams of a key."""
    letters = np.frombuffer(f"{key:<5}".encode("utf-32-le"), dtype="<u4").astype(np.uint64)
    hashes = np.zeros(len(letters) - 4, dtype=np.uint64)
    for at in range(5):
        hashes = hashes * np.uint64(0x9E3779B97F4A7C15) + letters[at : len(letters) - 4 + at]
    return np.unique(hashes)


def _jaccard(a: NDArray[np.uint64], b: NDArray[np.uint64]) -> float:
    both = len(np.intersect1d(a, b, assume_unique=True))
    return both / (len(a) + len(b) - both)


def _likenesses(hashed: list[NDArray[np.uint64]]) -> NDArray[np.float64]:
    """Return the Jaccard similarity of every pair: for each text, count who else has its shingles."""
    sizes = np.array([len(hashes) for hashes in hashed])
    _, numbers = np.unique(np.concatenate(hashed), return_inverse=True)
    holders = np.repeat(np.arange(len(hashed)), sizes)[np.argsort(numbers, kind="stable")]
    begins = np.concatenate(([0], np.cumsum(np.bincount(numbers)))).tolist()
    found, at = [], 0
    for i, size in enumerate(sizes.tolist()):
        lists = [holders[begins[number] : begins[number + 1]] for number in numbers[at : at + size].tolist()]
        both = np.bincount(np.concatenate(lists), minlength=len(sizes))[:i]
        found.append(both / (sizes[:i] + size - both))
        at += size
    return np.concatenate(found)


def _print_twins(keys: list[str], pairs: list[tuple[int, int]]) -> None:
    from rapidfuzz import fuzz

    from dedup.sketch.plan import JACCARD_AT_SCORE

    by_band: dict[int, list[float]] = {}
    for first, second in pairs:
        score = fuzz.ratio(keys[first], keys[second]) / 100
        likeness = _jaccard(_shingles(keys[first]), _shingles(keys[second]))
        by_band.setdefault(min(19, int(score * 20 + 1e-9)), []).append(likeness)
    print(f"{len(pairs):,} twins: score, share of the twins, Jaccard at .05, .15 .. .95; their median and that of news")
    for band, found in sorted(by_band.items()):
        cuts = np.quantile(found, np.arange(0.05, 1, 0.1)).tolist()
        news = JACCARD_AT_SCORE.get(band / 20, (float("nan"),) * 10)
        print(
            f"  {band / 20:.2f}: {len(found) / len(pairs):.3f}  {' '.join(f'{cut:.2f}' for cut in cuts)}"
            f"  median {np.median(found):.3f}, news {(news[4] + news[5]) / 2:.3f}"
        )


def _print_formulas(keys: list[str], pairs: list[tuple[int, int]], templates: int) -> None:
    from rapidfuzz import fuzz

    scores = [fuzz.ratio(keys[first], keys[second]) / 100 for first, second in pairs]
    cuts = " ".join(f"{cut:.2f}" for cut in np.quantile(scores, QUARTILES))
    print(f"formulas: {templates} templates, {len(pairs):,} pairs; score at .05 .25 .50 .75 .95: {cuts}")


if __name__ == "__main__":
    sys.exit(main())
