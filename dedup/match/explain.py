"""What two alike texts are to each other, and the evidence that decided.

Two texts that differ where both state a number, a month or a name follow one formula (template); where
one has a stretch more that the other lacks, they share a passage; else it is one text again, and its
score says how near. The figures below were fitted to one half of `benchmarks/labels`, and measured on
the other: docs/why.md#kinds.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, pairwise, repeat
from operator import mul

from rapidfuzz.distance import Indel

from dedup.language import told, told_of
from dedup.match.formula import MOST_AGREEMENT, NEEDED, RUN_WEIGHT, RUNS_PER, Signs
from dedup.match.sides import LEAST_WEIGHT, Side, weight_of, weights
from dedup.model import Relation
from dedup.text.facts import Fact, facts, may_state, names_follow, names_in
from dedup.text.formulas import share_by_formula
from dedup.text.furniture import is_furniture, scripture_in
from dedup.text.memo import remembered

SLOT_WORDS = 8
"""Words on each side of a slot, at most: in longer ones, two facts need not be about the same."""
SLOT_WEIGHT = 0.8
"""Weight on each side of a slot in which a name may stand."""
LOOSE_POINTS = 0.5
"""What a rise against a fall counts, or numbers that differ in two places, beside a slot with other facts."""
MOST_SCATTERED = 2
"""Numbers that differ in two places, counted at most, and only where the texts do not go on differently."""
FORMULA_SHARE, RECURRING_SHARE = 0.08, 0.03
"""Points for each place where texts differ, and one, from which they follow one formula; and from which they do
where both follow it with others."""
SAME_BUT_ONE, CORRECTED_POINTS = 0.85, 1.5
"""Where so much of each side is in the other, one number is taken for a correction; more than one, for a formula."""
SAME_STORY = 0.6
"""Share of each side in the other from which a text with most numbers the same is one story, with newer figures."""
SAME_NUMBERS = 4
"""Numbers that both state from which, if they are most, two texts are about one event, whatever else differs."""
WORDS_A_POINT = 120
"""Words of the longer side for each point that is needed: a number or two differ in any long text."""
FORMULA_SURPLUS = 0.4
"""Share of the heavier side that stands in one stretch of its own, up to which they follow one formula."""
SURPLUS_POINTS, SHARE_POINTS, LENGTH_POINTS, RIVAL_POINTS, PASSAGE_POINTS = 1.8, 9.5, 3.3, 7.5, 8.0
"""A passage: the points of the logarithm of the heaviest stretch that one side has more, of its share of the
side, of the logarithm of the ratio of lengths, of that of rival stretches above RIVAL_WEIGHT, and how many are
needed (logistic regression, rounded)."""
RIVAL_WEIGHT = 3.0
"""Weight of both sides of one place up to which they may be the same thing in other words."""
APART = 0.5
"""Share of the weight of both sides that the other lacks, from which they are two texts that share set phrases."""
LEAST_TOLD, LEAST_TOLD_SHARE = 9.0, 0.4
"""Weight of the different words that a passage shares, names aside, in words that tell all they can: below it, or
in a short passage below this much for each word, they are titles and set phrases."""
UNMATCHED_COST = 0.5
"""Weight of an equal word that makes good for that of an unmatched one, within a passage."""

SPELLING_WORDS, SPELLING_LIKENESS = 4, 0.8
"""Words on each side, at most, that may be the same in another spelling; how alike their letters are."""
LEAST_SURPLUS_SHOWN = 0.05
"""Share of a side from which it is said that the other lacks it."""
LONGER = 1.1
"""Ratio of lengths from which one side is said to be longer."""
ROOT_LETTERS = 3
_CLOSED = ("compass", "trend")
"""Kinds with so few values that both texts have most of them somewhere: only the slot counts."""
_PREFIX = re.compile(r"^(?:[وف]?(?:[بكل]?ال|لل)|[وفبلكس])(?=...)")
_SUFFIX = re.compile(r"(?<=...)(?:هما|كما|تها|هم|ها|نا|ات|ون|ين|ان|يه|ته|وا|ه|ا|ي|ت)$")

Block = tuple[int, int, int, int]
"""Words [a0, a1) of one side over against [b0, b1) of the other, unequal."""
Tokens = Sequence[str] | Side
"""Tokens of a key; as a side where they are compared with many others."""


def relate(a: Tokens, b: Tokens, *, part: bool = False, lead: Sequence[str] = ()) -> Relation:
    """Return what two texts are to each other: repeat, template, passage or other.

    Args:
        a: the tokens of one key.
        b: those of the other.
        part: that these are stretches of longer texts, which share a passage unless it is a formula or
            set phrases.
        lead: the tokens before such a stretch of `a`: they may say that scripture is quoted.

    `O(words of a * words of b / 64)`.
    """
    one, other = _side(a), _side(b)
    if part and one.tokens == other.tokens:
        return _part(_same(one), lead)
    found = _compared(one, other)
    if (
        found.points
        and found.points >= found.needed
        and found.share_of_points >= FORMULA_SHARE
        and found.surplus_share <= FORMULA_SURPLUS
        and not found.is_corrected
    ):
        return Relation("template", tuple(found.differences()), weak=True)
    if part:
        return _part(found, lead)
    if found.agreement < MOST_AGREEMENT and found.signs().weight >= NEEDED and not found.has_same_numbers():
        return Relation("template", tuple(found.replacements()))
    return _whole(found)


def recurring(relation: Relation) -> Relation:
    """Return the relation of two texts that each follow a formula with others: a weak sign is enough."""
    if relation.name != "repeat" or not relation.weak:
        return relation
    return Relation("template", (*relation.evidence, told("both follow a formula that recurs")), weak=True)


def _side(text: Tokens) -> Side:
    return text if isinstance(text, Side) else Side(text)


_SET_PHRASES = Relation("other", (told("set phrases, titles, names and quoted scripture only"),))


def _whole(found: Compared) -> Relation:
    if found.apart >= APART:
        return Relation("other", (told(f"{found.apart:.0%} of what each says is not in the other"),))
    if found.extra >= PASSAGE_POINTS:
        return _passage(found) if found.tells() else _SET_PHRASES
    weak = found.points > 0 and found.share_of_points >= RECURRING_SHARE and found.surplus_share <= FORMULA_SURPLUS
    return Relation("repeat", tuple(found.agreements()), weak=weak)


def _part(found: Compared, lead: Sequence[str]) -> Relation:
    if not found.tells(lead):
        return _SET_PHRASES
    if found.apart >= APART:
        return Relation("other", (told(f"{found.apart:.0%} of what each says is not in the other"),))
    evidence = told(f"{found.agreement:.0%} of the stretch is the same"), told(f"{found.longest} words in a row")
    return Relation("passage", evidence)


def _passage(found: Compared) -> Relation:
    a, b, shared = found.stretch()
    contained = min(1.0, shared / found.weights[0]), min(1.0, shared / found.weights[1])
    return Relation("passage", tuple(found.surpluses()), a, b, contained)


# --- what is measured -----------------------------------------------------------------------------


@dataclass(frozen=True, eq=False, repr=False)
class Places:
    """The places where two texts differ.

    `left` is what each side says there, one place after the other; `told` the words of it that the other side
    has nowhere, with their weights.
    """

    blocks: list[Block]
    left: tuple[Sequence[str], Sequence[str]]
    told: tuple[Mapping[str, float], Mapping[str, float]]

    @cached_property
    def heavy(self) -> list[tuple[float, float]]:
        """The weight of what each side says alone, place by place."""
        (left_a, left_b), (told_a, told_b) = self.left, self.told
        return list(zip(_heavy(left_a, told_a, self.blocks, 0), _heavy(left_b, told_b, self.blocks, 2), strict=True))


@dataclass(frozen=True, eq=False, repr=False)
class Compared:
    """Two texts without their share-button text, aligned; what is measured on them.

    `weights` are those of both sides, `alone` of what the other lacks; `slots` are the facts that differ, by
    kind; `kept` are the numbers that both state, `changed` those that one states alone, of the side that has
    more of them.
    """

    sides: tuple[Sequence[str], Sequence[str]]
    places: Places
    longest: int
    weights: tuple[float, float]
    alone: tuple[float, float]
    slots: Counter[str]
    scattered: int
    kept: int = 0
    changed: int = 0

    @property
    def blocks(self) -> list[Block]:
        """Where they differ."""
        return self.places.blocks

    @cached_property
    def surplus(self) -> float:
        """The heaviest stretch that one side has more than the other."""
        return max((abs(in_a - in_b) for in_a, in_b in self.places.heavy), default=0.0)

    @property
    def surplus_side(self) -> int:
        """The side of the first such stretch."""
        heavy = self.places.heavy
        return next((int(in_a < in_b) for in_a, in_b in heavy if abs(in_a - in_b) == self.surplus), 0)

    @cached_property
    def rival(self) -> float:
        """The heaviest stretch in which both go on differently."""
        return max(map(min, self.places.heavy), default=0.0)

    @property
    def replaced(self) -> int:
        """The places where both say something else."""
        return sum(min(both) >= SLOT_WEIGHT for both in self.places.heavy)

    @property
    def is_corrected(self) -> bool:
        """Whether only numbers differ, and most are the same: a story with newer figures, no formula with others."""
        same = self.agreement >= SAME_STORY and self.slots.keys() == {"number"} and self.kept > self.changed
        return same and not any(map(is_furniture, self.sides))

    @cached_property
    def points(self) -> float:
        """What speaks for a formula."""
        if not self.slots and not self.scattered:  # most texts, and of them no place is weighed for it
            return 0.0
        scattered = min(self.scattered, MOST_SCATTERED) if self.rival <= RIVAL_WEIGHT else 0
        loose = self.slots["trend"] + scattered
        return self.slots.total() - self.slots["trend"] + LOOSE_POINTS * loose

    @property
    def needed(self) -> float:
        """Points from which a formula is believed: more of a long text, and of one that is else the same."""
        certain = self.agreement < SAME_BUT_ONE and self.apart < APART
        least = LOOSE_POINTS if certain else CORRECTED_POINTS
        return max(least, max(map(len, self.sides)) / WORDS_A_POINT)

    @property
    def share_of_points(self) -> float:
        """Points for each place where the texts differ, and one."""
        return self.points / (len(self.blocks) + 1)

    @property
    def surplus_share(self) -> float:
        """The surplus as a share of the heavier side."""
        return self.surplus / max(self.weights)

    @property
    def apart(self) -> float:
        """The share of either side, at least, that the other lacks."""
        (alone_a, alone_b), (weight_a, weight_b) = self.alone, self.weights
        return min(alone_a / weight_a, alone_b / weight_b)

    @property
    def agreement(self) -> float:
        """The share of either side, at least, that the other has."""
        (alone_a, alone_b), (weight_a, weight_b) = self.alone, self.weights
        return 1 - max(alone_a / weight_a, alone_b / weight_b)

    def tells(self, lead: Sequence[str] = ()) -> bool:
        """Return whether what both sides have is more than set phrases, names and quoted scripture."""
        return self.told(lead) >= min(LEAST_TOLD, LEAST_TOLD_SHARE * min(map(len, self.sides)))

    def told(self, lead: Sequence[str] = ()) -> float:
        """Return the weight of the different words that both sides have, without those of names and scripture."""
        a, b = self.sides
        named = {word for side in self.sides for word in names_in(side)}
        quoted = {i - len(lead) for i in scripture_in([*lead, *a])}
        shared = set(b)
        shared -= named
        told = [word for i, word in enumerate(a) if i not in quoted] if quoted else a
        return weight_of([word for word in dict.fromkeys(told) if word in shared])

    @property
    def ratio(self) -> float:
        """How many times as long as the shorter side the longer one is."""
        shorter, longer = sorted(max(1, len(side)) for side in self.sides)
        return longer / shorter

    @property
    def extra(self) -> float:
        """What speaks for a passage."""
        surplus = SURPLUS_POINTS * math.log1p(self.surplus) + SHARE_POINTS * self.surplus_share
        rivals = math.log((1 + max(self.rival, RIVAL_WEIGHT)) / (1 + RIVAL_WEIGHT))
        return surplus + LENGTH_POINTS * math.log(self.ratio) + RIVAL_POINTS * rivals

    def signs(self) -> Signs:
        """Return what speaks for a formula where no fact tells it."""
        a, b = self.sides
        runs = RUNS_PER * self.runs() / max(1, min(map(len, self.sides)))
        return Signs(self.share_of_points, share_by_formula(set(a) & set(b)), self.replaced, runs)

    def has_same_numbers(self) -> bool:
        """Return whether most numbers are the same, and not by chance: one day's prices, told by two."""
        a, b = ({fact.value for fact in facts(side) if fact.kind == "number"} for side in self.sides)
        return len(a & b) >= SAME_NUMBERS and len(a & b) > max(len(a - b), len(b - a))

    def runs(self) -> int:
        """Return how many stretches are equal, and weigh something."""
        starts = 0, *(block[1] for block in self.blocks)
        ends = *(block[0] for block in self.blocks), len(self.sides[0])
        equal = (self.sides[0][start:end] for start, end in zip(starts, ends, strict=True))
        return sum(weight_of(words) >= RUN_WEIGHT for words in equal)

    def replacements(self) -> Iterator[str]:
        """Yield what differs between the stretches of a formula."""
        yield from self.differences()
        yield _counted(self.replaced, *_REPLACED)
        by_formula = self.signs().by_formula
        yield told(f"{by_formula:.0%} of the words that both have are those of news by formula")

    def differences(self) -> Iterator[str]:
        """Yield what differs in slots."""
        for kind in sorted(self.slots, key=lambda kind: (-self.slots[kind], kind)):
            yield _counted(self.slots[kind], *_SLOTS[kind])
        if self.scattered:
            yield _counted(self.scattered, *_ELSEWHERE)

    def agreements(self) -> Iterator[str]:
        """Yield what makes them one text."""
        yield told(f"{self.agreement:.0%} of what each says is in the other")
        yield from self.differences()
        if self.points and self.is_corrected:
            yield _counted(self.kept, *_KEPT)
        if not self.points:
            yield told("no number, month or name is replaced by another")

    def surpluses(self) -> Iterator[str]:
        """Yield what one side has more."""
        if self.rival > RIVAL_WEIGHT:
            yield told(f"both go on differently: {self.rival / max(self.weights):.0%} of what they say")
        side, lacking = "ab"[self.surplus_side], "ba"[self.surplus_side]
        if self.surplus_share >= LEAST_SURPLUS_SHOWN:
            yield told(f"{side} has a stretch that is not in {lacking}: {self.surplus_share:.0%} of what it says")
        if self.ratio >= LONGER:
            yield told(f"{'ab'[len(self.sides[1]) > len(self.sides[0])]} is {self.ratio:.1f} times as long")

    def stretch(self) -> tuple[tuple[int, int], tuple[int, int], float]:
        """Return the words [first, last) of each side that are shared as one passage, and their weight.

        The best segment of the alignment (Kadane): the weight of equal words, less that of others.
        """
        a, b = self.sides
        best, total, start, best_shared, shared = 0.0, 0.0, (0, 0), 0.0, 0.0
        found = (0, len(a)), (0, len(b))
        a0 = b0 = 0
        for a_end, a_next, b_end, b_next in (*self.blocks, (len(a), len(a), len(b), len(b))):
            equal = weight_of(a[a0:a_end])
            if total <= 0:
                total, shared, start = 0.0, 0.0, (a0, b0)
            total, shared = total + equal, shared + equal
            if total > best:
                best, best_shared, found = total, shared, ((start[0], a_end), (start[1], b_end))
            lost = max(weight_of(a[a_end:a_next]), weight_of(b[b_end:b_next]))
            total -= UNMATCHED_COST * lost
            a0, b0 = a_next, b_next
        return *found, best_shared


_SLOTS = {
    "number": told_of("{0} place states another number", "{0} places state other numbers"),
    "month": told_of("{0} place states another month", "{0} places state other months"),
    "name": told_of("{0} place has another name", "{0} places have other names"),
    "compass": told_of("{0} place states another direction", "{0} places state other directions"),
    "trend": told_of("{0} place has a rise against a fall", "{0} places have a rise against a fall"),
}


_ELSEWHERE = told_of("{0} other number elsewhere", "{0} other numbers elsewhere")
_REPLACED = told_of("{0} place says something else", "{0} places say something else")
_KEPT = told_of("{0} other number is the same", "{0} other numbers are the same")


def _counted(count: int, one: str, many: str) -> str:
    return (one if count == 1 else many).format(count)


def _compared(a: Side, b: Side) -> Compared:
    texts = a.words, b.words
    blocks, longest = _blocks(*texts)
    blocks = [x for x in blocks if x[0] == x[1] or x[2] == x[3] or not _is_spelling(*texts, x)]
    left_a, left_b = _left(a.words, blocks, 0), _left(b.words, blocks, 2)
    alone_a, alone_b = _alone(left_a, left_b)
    told_a = dict(zip(alone_a, map(weights.__getitem__, alone_a), strict=True))
    told_b = dict(zip(alone_b, map(weights.__getitem__, alone_b), strict=True))
    apart = sum(map(mul, told_a.values(), alone_a.values())), sum(map(mul, told_b.values(), alone_b.values()))
    places = Places(blocks, (left_a, left_b), (told_a, told_b))
    slots, *numbers = _slots(a, b, places)
    return Compared(texts, places, longest, (a.weight, b.weight), apart, slots, *numbers)


def _left(words: Sequence[str], blocks: Iterable[Block], side: int) -> list[str]:
    """Return the words of all blocks on one side (0 for `a`, 2 for `b`), one after the other."""
    left: list[str] = []
    for block in blocks:
        left += words[block[side] : block[side + 1]]
    return left


def _heavy(left: Sequence[str], told: Mapping[str, float], blocks: list[Block], side: int) -> list[float]:
    """Return the weight of what one side says alone, block by block; `told` are those words and their weights."""
    if not told:
        return [0.0] * len(blocks)
    sums = list(accumulate(map(told.get, left, repeat(0.0)), initial=0.0))
    ends = accumulate([block[side + 1] - block[side] for block in blocks], initial=0)
    return [sums[end] - sums[begin] for begin, end in pairwise(ends)]


def _is_spelling(a: Sequence[str], b: Sequence[str], block: Block) -> bool:
    """Return whether both sides have the same words but for spaces and a letter: عبد الله, نوتنغهام, 1 277."""
    a0, a1, b0, b1 = block
    if a0 == a1 or b0 == b1 or a1 - a0 > SPELLING_WORDS or b1 - b0 > SPELLING_WORDS:
        return False
    one, other = "".join(a[a0:a1]), "".join(b[b0:b1])
    are_letters = one.isalpha() and other.isalpha()
    if not are_letters:
        digits = _digits(one)
        if digits or _digits(other):
            return digits == _digits(other) and _letters(one) == _letters(other)
    shorter, both = min(len(one), len(other)), len(one) + len(other)
    if 2 * shorter < SPELLING_LIKENESS * both:  # not even if all of it were in the other
        return False
    if are_letters and (may_state(a[a0:a1]) or may_state(b[b0:b1])):
        return False  # Tuesday and Thursday have most letters in common
    return Indel.normalized_similarity(one, other, score_cutoff=SPELLING_LIKENESS) >= SPELLING_LIKENESS


def _digits(text: str) -> str:
    return "".join(filter(str.isdigit, text))


def _letters(text: str) -> str:
    return "".join(filter(str.isalpha, text))


def _same(side: Side) -> Compared:
    both = side.tokens, side.tokens
    weight = max(LEAST_WEIGHT, weight_of(side.tokens))
    return Compared(both, Places([], ((), ()), ({}, {})), len(side.tokens), (weight, weight), (0.0, 0.0), Counter(), 0)


def _blocks(a: Sequence[str], b: Sequence[str]) -> tuple[list[Block], int]:
    """Return where the texts differ, and the longest run of words in which they do not."""
    found: list[Block] = []
    longest = a_done = b_done = 0
    for a_at, b_at, size in Indel.editops(a, b).as_matching_blocks():
        longest = max(longest, size)
        if a_done < a_at or b_done < b_at:
            found.append((a_done, a_at, b_done, b_at))
        a_done, b_done = a_at + size, b_at + size
    return found, longest


def _alone(a: Sequence[str], b: Sequence[str]) -> tuple[dict[str, int], dict[str, int]]:
    """Return the words of each side that the other has in no form and at no place, and how often."""
    in_a, in_b = Counter(a), Counter(b)
    alone = (
        {word: count - same for word, count in in_a.items() if count > (same := in_b.get(word, 0))},
        {word: count - same for word, count in in_b.items() if count > (same := in_a.get(word, 0))},
    )
    few, many = (0, 1) if len(alone[0]) <= len(alone[1]) else (1, 0)
    if not alone[few]:
        return alone
    by_stem: dict[str, list[str]] = {}
    for word in alone[few]:
        by_stem.setdefault(_stems[word], []).append(word)
    for word in [word for word in alone[many] if _stems[word] in by_stem]:
        for other in by_stem[_stems[word]]:
            same = min(alone[many].get(word, 0), alone[few].get(other, 0))
            for side, each in ((many, word), (few, other)):
                if same and not _less(alone[side], each, same):
                    del alone[side][each]
    return alone


def _less(counts: dict[str, int], word: str, by: int) -> int:
    counts[word] -= by
    return counts[word]


def _slots(a: Side, b: Side, places: Places) -> tuple[Counter[str], int, int, int]:
    """Return how many slots have other facts, by kind; the numbers that differ in no slot; those kept and changed."""
    slots: Counter[str] = Counter()
    numbers: tuple[set[str], set[str]] = (set(), set())
    stated = _stated(a, b, places.blocks) if all(map(may_state, places.left)) else {}
    for i, (a0, a1, b0, b1) in enumerate(places.blocks):
        if i not in stated and (a0 == a1 or b0 == b1):
            continue
        kind = None
        if i in stated:
            new_a, new_b = _new(*stated[i], a, b), _new(*stated[i][::-1], b, a)
            for own, new in zip(numbers, (new_a, new_b), strict=True):
                own.update(fact.value for fact in new if fact.kind == "number")
            kinds = {fact.kind for fact in new_a} & {fact.kind for fact in new_b}
            kind = next((kind for kind in _SLOTS if kind in kinds), None)
        if kind is None and names_follow(a.words, a0, a1) and min(places.heavy[i]) >= SLOT_WEIGHT:
            kind = "name" if _has_letters(a.words[a0:a1]) and _has_letters(b.words[b0:b1]) else None
        if kind and a1 - a0 <= SLOT_WORDS and b1 - b0 <= SLOT_WORDS:
            slots[kind] += 1
    scattered = max(0, min(map(len, numbers)) - slots["number"])
    return slots, scattered, *(_steady(a, b) if slots["number"] or scattered else (0, 0))


def _steady(a: Side, b: Side) -> tuple[int, int]:
    """Return how many numbers both sides state, and how many only one does; none is kept where their days differ."""
    kept = 0 if a.days and b.days and a.days.isdisjoint(b.days) else len(a.numbers & b.numbers)
    return kept, max(len(a.numbers - b.numbers), len(b.numbers - a.numbers))


def _stated(a: Side, b: Side, blocks: list[Block]) -> dict[int, tuple[set[Fact], set[Fact]]]:
    """Return the facts of each block that has some; of none where one side states none in any."""
    found: dict[int, tuple[set[Fact], set[Fact]]] = {}
    any_a = any_b = False
    for i, (a0, a1, b0, b1) in enumerate(blocks):
        in_a = set(facts(a.words, a0, a1)) if may_state(a.words[a0:a1]) else set()
        in_b = set(facts(b.words, b0, b1)) if may_state(b.words[b0:b1]) else set()
        if in_a or in_b:
            found[i] = in_a, in_b
            any_a, any_b = any_a or bool(in_a), any_b or bool(in_b)
    return found if any_a and any_b else {}


def _new(own: set[Fact], other: set[Fact], side: Side, there: Side) -> set[Fact]:
    """Return the facts of one side of a place that its text states more often than the other text."""
    return {fact for fact in own - other if fact.kind in _CLOSED or side.facts[fact] > there.facts[fact]}


def _has_letters(words: Sequence[str]) -> bool:
    return any(word.isalpha() for word in words)


class _Stems(dict[str, str]):
    """Word -> the same without the commonest prefixes and suffixes: enough to see one word in two forms."""

    def __missing__(self, word: str) -> str:
        bare = _PREFIX.sub("", word)
        if len(bare) > ROOT_LETTERS + 1:
            bare = _PREFIX.sub("", bare)
        return remembered(self, word, _SUFFIX.sub("", bare))


_stems = _Stems()
