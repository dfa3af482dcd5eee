"""Shared words to boxes: what two documents have in common, as a stretch of words of each.

Written once, for lists and for arrays alike: `passages.py` beside this compiles it, small input runs it
as it stands, and both give the same numbers, for nothing here is a float. A stream is the words of all
documents one after the other; a position is a place in it. Buffers are filled from their beginning, and
a function returns how much it wrote.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol


class Column(Protocol):
    """Whole numbers in a row: a list, an `array`, or an array of numpy's."""

    def __iter__(self) -> Iterator[Any]: ...

    def __len__(self) -> int: ...

    def __getitem__(self, place: Any, /) -> Any: ...


class Buffer(Column, Protocol):
    """The same, to be written to."""

    def __setitem__(self, place: Any, number: Any, /) -> None: ...


MASK32, MASK31 = 0xFFFFFFFF, 0x7FFFFFFF
HASH_BITS = 31
"""Bits of a fingerprint: with a position of 32 bits it fits a signed number of 64."""
GRAM = 4
"""Words of a run that is a fingerprint."""
REACH = 40
"""Words between the two of a pair, at most; and between two seeds of one box."""
NEAR = 8
"""The same within a document, where every pair is looked at."""
CLASSES = 16
"""One pair of CLASSES is kept: those whose words' classes add up to 0."""
PREDECESSORS = 4
"""Documents before it to which an entry of a bucket is linked."""
LOOK_BACK = 16
"""Entries of a bucket that are looked at for them."""
CORE, JOINED = 3, 6
"""Other seeds near a seed that belongs to a box; and seeds before it to which it is joined, at most."""
ROUNDS = 5
"""Times that a box is refined, at most."""
LEAST_COST, INNER_COST, COST_SHARE = 300, 500, 600
"""Of 1,000: what an unmatched word costs at least between documents, and within one, where what repeats is
short; and as a share of the likeness reached so far."""
LEAST_SHARE, SHORT_SHARE, SHORT = 400, 600, 20
"""Of 1,000: the weight of both sides that must be matched; and where a side has fewer than SHORT words."""
HULL_SHARE, HULL_LENGTH = 700, 8
"""Of 1,000: the weight of the hull of two boxes that must be matched for them to be one; and how many times as
long as both it may be."""
FAR, FAR_SEEDS = 4, 48
"""Times REACH at which what is left is looked at once more, where it is at least so many seeds: a long passage
whose words were moved about leaves few pairs near each other."""
SHORTER = 2
"""Words by which one side of a passage may be below the minimum, for a word cut or put in."""
MOST_SPREAD = 255
"""Documents with one run of words that are counted."""
BOX = 7
"""Numbers of a box: first and last word of both sides, matched weight, weight of each side."""


def mixed(h: int) -> int:
    """Return the 32 bits of `h` well mixed (the finalizer of MurmurHash3).

    Compiled, a product loses what is above 64 bits: nobody asks for that.
    """
    h ^= h >> 16
    h = (h * 0x85EBCA6B) & 0xFFFFFFFF
    h ^= h >> 13
    h = (h * 0xC2B2AE35) & 0xFFFFFFFF
    return h ^ (h >> 16)


def grams(ids: Column, hashes: Column, start: int, end: int, out: Buffer, filled: int) -> int:
    """Write a fingerprint for each run of GRAM words of one document, ``hash << 32 | position``."""
    for x in range(start, end - GRAM + 1):
        h = 0
        for i in range(x, x + GRAM):
            h = mixed((h * 5 + hashes[ids[i]]) & 0xFFFFFFFF)
        out[filled] = (h >> 1) << 32 | x
        filled += 1
    return filled


def word_pairs(
    ids: Column, hashes: Column, content: Column, start: int, end: int, ring: Buffer, out: Buffer, filled: int
) -> int:
    """Write a fingerprint for each sampled pair of content words within REACH words of one document.

    Pairs have no order, so that they survive when words are moved. `ring` is work space: for each class
    a count and the last REACH places, ``CLASSES * (REACH + 1)``.
    """
    for c in range(CLASSES):
        ring[c * (REACH + 1)] = 0
    for x in range(start, end):
        word = ids[x]
        if content[word] == 0:
            continue
        own = hashes[word]
        c = own & (CLASSES - 1)
        partner = ((CLASSES - c) & (CLASSES - 1)) * (REACH + 1)
        seen = ring[partner]
        for k in range(seen - 1, max(-1, seen - 1 - REACH), -1):
            y = ring[partner + 1 + k % REACH]
            if x - y > REACH:
                break
            other = hashes[ids[y]]
            if other != own:
                low, high = min(own, other), max(own, other)
                out[filled] = (mixed((mixed(low) * 5 + high) & 0xFFFFFFFF) >> 1) << 32 | y
                filled += 1
        at = c * (REACH + 1)
        ring[at + 1 + ring[at] % REACH] = x
        ring[at] += 1
    return filled


def seeds(
    ordered: Column, count: int, paragraphs: Column, documents: Column, indexed: int, most: int, out: Buffer
) -> int:
    """Write the seeds of sorted fingerprints, ``later position << 32 | earlier position``.

    Args:
        ordered: fingerprints, sorted.
        count: how many.
        paragraphs: the paragraph of each position.
        documents: the document of each paragraph.
        indexed: 0 links every document with those before it; n only those from n with those below n.
        most: entries of a bucket; a larger one says nothing.
        out: has room for ``LOOK_BACK`` seeds an entry, at most; see `seed_room`.
    """
    filled = start = 0
    while start < count:
        end = start + 1
        name = ordered[start] >> 32
        while end < count and ordered[end] >> 32 == name:
            end += 1
        if 1 < end - start <= most:
            filled = _bucket(ordered, start, end, paragraphs, documents, indexed, out, filled)
        start = end
    return filled


def spread(ordered: Column, count: int, paragraphs: Column, documents: Column, out: Buffer) -> None:
    """Write for each position in how many documents the run of words stands that begins there, up to MOST_SPREAD.

    Args:
        ordered: fingerprints of runs, sorted.
        count: how many.
        paragraphs: the paragraph of each position.
        documents: the document of each paragraph.
        out: zeros, one for each position.
    """
    start = 0
    while start < count:
        end, name = start + 1, ordered[start] >> 32
        while end < count and ordered[end] >> 32 == name:
            end += 1
        different, last = 1, -1
        if end - start > 1:  # most runs stand at one place only
            different = 0
            for place in range(start, end):
                document = documents[paragraphs[ordered[place] & MASK32]]
                if document != last:
                    different, last = different + 1, document
        for place in range(start, end):
            out[ordered[place] & MASK32] = min(different, MOST_SPREAD)
        start = end


def inner_seeds(
    ids: Column,
    hashes: Column,
    content: Column,
    paragraphs: Column,
    start: int,
    end: int,
    table: Buffer,
    out: Buffer,
    filled: int,
) -> int:
    """Write the seeds of one document with itself: content words that stand within NEAR words in two paragraphs.

    No pair is left out, for what repeats in one document is short. `table` is zeros, a power of two and more of
    them than pairs: a slot becomes the name of a pair and, from 1 and in 31 bits, its last place in the document.
    `out` has room for NEAR seeds a word.
    """
    mask = len(table) - 1
    for x in range(start, end):
        if content[ids[x]] == 0:
            continue
        own = hashes[ids[x]]
        for y in range(max(start, x - NEAR), x):
            other = hashes[ids[y]]
            if content[ids[y]] == 0 or other == own:
                continue
            name = mixed((mixed(min(own, other)) * 5 + max(own, other)) & 0xFFFFFFFF)
            slot = name & mask
            while table[slot] != 0 and table[slot] >> 31 != name:
                slot = (slot + 1) & mask
            earlier = start + (table[slot] & MASK31) - 1
            if table[slot] != 0 and paragraphs[earlier] != paragraphs[y]:
                out[filled] = y << 32 | earlier
                filled += 1
            table[slot] = name << 31 | (y - start + 1)
    return filled


def slots_for(words: int) -> int:
    """Return how many slots `inner_seeds` needs for a document of so many words."""
    slots = 16
    while 3 * slots < 4 * NEAR * words:
        slots *= 2
    return slots


def _bucket(
    ordered: Column, start: int, end: int, paragraphs: Column, documents: Column, indexed: int, out: Buffer, filled: int
) -> int:
    for k in range(start + 1, end):
        later = ordered[k] & MASK32
        document = documents[paragraphs[later]]
        if indexed > document:
            continue
        links, last = 0, -1
        back = LOOK_BACK if indexed == 0 else end - start
        for m in range(k - 1, max(start - 1, k - 1 - back), -1):
            earlier = ordered[m] & MASK32
            other = documents[paragraphs[earlier]]
            if paragraphs[earlier] == paragraphs[later] or (indexed > 0 and other >= indexed):
                continue
            if indexed == 0 and other != last:
                if links == PREDECESSORS:
                    break
                links, last = links + 1, other
            out[filled] = later << 32 | earlier
            filled += 1
    return filled


def clusters(codes: Column, low: int, high: int, reach: int, parent: Buffer) -> None:
    """Join the seeds ``codes[low:high]`` of two documents that stand within `reach` of each other on both sides.

    Seeds are sorted; `parent` becomes for each the lowest of its cluster (from 0), or -1 where fewer than
    CORE others stand near it.
    """
    n = high - low
    for p in range(n):
        parent[p] = -1
    for p in range(n):
        i, j = codes[low + p] >> 32, codes[low + p] & MASK32
        near = 0
        q = p - 1
        while q >= 0 and near < CORE and i - (codes[low + q] >> 32) <= reach:
            near += _near(codes[low + q], i, j, reach)
            q -= 1
        q = p + 1
        while q < n and near < CORE and (codes[low + q] >> 32) - i <= reach:
            near += _near(codes[low + q], i, j, reach)
            q += 1
        if near >= CORE:
            parent[p] = p
    for p in range(n):
        if parent[p] < 0:
            continue
        i, j = codes[low + p] >> 32, codes[low + p] & MASK32
        q, joined, root = p - 1, 0, p
        while q >= 0 and joined < JOINED and i - (codes[low + q] >> 32) <= reach:
            if parent[q] >= 0 and abs(j - (codes[low + q] & MASK32)) <= reach:
                root = _joined(parent, root, q)
                joined += 1
            q -= 1
    for p in range(n):
        if parent[p] >= 0:
            parent[p] = _root(parent, p)


def _near(code: int, i: int, j: int, reach: int) -> int:
    di, dj = (code >> 32) - i, (code & MASK32) - j
    return 1 if di != 0 and dj != 0 and abs(dj) <= reach else 0


def _root(parent: Buffer, p: int) -> int:
    while parent[p] != p:
        parent[p] = parent[parent[p]]
        p = parent[p]
    return p


def _joined(parent: Buffer, root: int, q: int) -> int:
    """Join a root with the cluster of another seed; return the root of both, the lowest."""
    if parent[q] == root:
        return root
    other = _root(parent, q)
    lower, upper = min(root, other), max(root, other)
    parent[upper] = lower
    return lower


def refine(ids: Column, weights: Column, box: Buffer, limits: Column, least_cost: int, bag: Buffer) -> None:
    """Move the ends of a box to where the words of both sides begin and cease to match, whatever their order.

    Args:
        ids: the word at each position.
        weights: the weight of each word.
        box: a0, a1, b0, b1 (both ends included) in and out; then the matched weight, and that of each side.
        limits: the first and last position that each side may reach.
        least_cost: of 1,000, what an unmatched word costs at least.
        bag: as many zeros as there are words; is zeros again in the end.
    """
    cost = least_cost
    for _ in range(ROUNDS):
        a0, a1, b0, b1 = box[0], box[1], box[2], box[3]
        _fit(ids, weights, box, 0, 2, limits, cost, bag)
        _fit(ids, weights, box, 2, 0, limits, cost, bag)
        _weigh(ids, weights, box, bag)
        heavier = max(box[5], box[6], 1)
        cost = max(least_cost, COST_SHARE * box[4] // heavier)
        if a0 == box[0] and a1 == box[1] and b0 == box[2] and b1 == box[3]:
            break


def _fit(
    ids: Column, weights: Column, box: Buffer, side: int, other: int, limits: Column, cost: int, bag: Buffer
) -> None:
    """Set one side to its best segment over against the bag of the other's words (Kadane, with the bag consumed)."""
    for x in range(box[other], box[other + 1] + 1):
        bag[ids[x]] += 1
    core0, core1 = box[side], box[side + 1]
    more = REACH + (core1 - core0 + 1) // 4
    low, high = max(limits[side], core0 - more), min(limits[side + 1], core1 + more)
    best, best0, best1 = -1, core0, core1
    total, start, after = 0, low, low
    for x in range(low, high + 1):
        word, after = ids[x], x + 1
        bag[word] -= 1
        total += weights[word] * (1000 - cost) if bag[word] >= 0 else -weights[word] * cost
        if total <= 0:
            for y in range(start, x + 1):
                bag[ids[y]] += 1
            if x >= core1:
                start = x + 1
                break
            total, start = 0, x + 1
        elif total > best and start <= core1 and x >= core0:
            best, best0, best1 = total, start, x
    for y in range(start, after):  # words before it were put back
        bag[ids[y]] = 0
    for x in range(box[other], box[other + 1] + 1):
        bag[ids[x]] = 0
    box[side], box[side + 1] = best0, best1


def _weigh(ids: Column, weights: Column, box: Buffer, bag: Buffer) -> None:
    """Write the weight of the words that both sides have, and of each side."""
    matched = a_weight = b_weight = 0
    for x in range(box[2], box[3] + 1):
        bag[ids[x]] += 1
        b_weight += weights[ids[x]]
    for x in range(box[0], box[1] + 1):
        word = ids[x]
        a_weight += weights[word]
        if bag[word] > 0:
            bag[word] -= 1
            matched += weights[word]
    for x in range(box[2], box[3] + 1):
        bag[ids[x]] = 0
    box[4], box[5], box[6] = matched, a_weight, b_weight


def document_boxes(
    codes: Buffer,
    low: int,
    high: int,
    ids: Column,
    weights: Column,
    paragraphs: Column,
    documents: Column,
    starts: Column,
    keys: Column,
    known: Column,
    least: Column,
    work: Buffer,
    counts: Buffer,
    bag: Buffer,
    out: Buffer,
    filled: int,
) -> int:
    """Write the boxes between one document and those it shares seeds with, in the order of these.

    Args:
        codes: all seeds, sorted; ``codes[low:high]`` are those whose later position is in the document.
        low: see `codes`.
        high: see `codes`.
        ids: the word at each position.
        weights: the weight of each word.
        paragraphs: the paragraph of each position.
        documents: the document of each paragraph.
        starts: the first position of each document, and the end of the last.
        keys: the key of each paragraph.
        known: sorted ``key << 32 | key`` (lower first) of pairs that are findings already: what two such
            paragraphs share is said.
        least: fewest words of a passage within a document, and between two; least matched weight.
        work: room for 4 numbers a seed.
        counts: a zero for each document; is zeros again in the end.
        bag: a zero for each word; is zeros again in the end.
        out: room for BOX numbers a seed.
        filled: numbers in `out` already.
    """
    n = high - low
    touched = 2 * n
    others = 0
    for p in range(low, high):
        other = documents[paragraphs[codes[p] & MASK32]]
        work[n + p - low] = other
        if counts[other] == 0:
            work[touched + others] = other
            others += 1
        counts[other] += 1
    some = 0
    for k in range(others):
        other = work[touched + k]
        if counts[other] > CORE:
            work[touched + some] = other
            some += 1
        else:
            counts[other] = 0
    others = some
    _sort(work, touched, touched + others)
    room = 0
    for k in range(others):
        other = work[touched + k]
        counts[other], room = room + 1, room + counts[other]
    for p in range(low, high):
        other = work[n + p - low]
        if counts[other] > 0:
            work[counts[other] - 1] = codes[p]
            counts[other] += 1
    begin = 0
    own = documents[paragraphs[codes[low] >> 32]]
    for k in range(others):
        other = work[touched + k]
        end = counts[other] - 1
        counts[other] = 0
        kept = _unknown(work, begin, end, paragraphs, keys, known)
        if kept > CORE:
            filled = _pair_boxes(
                work, begin, begin + kept, n, own, other, ids, weights, starts, least, bag, out, filled
            )
        begin = end
    return filled


def _unknown(codes: Buffer, low: int, high: int, paragraphs: Column, keys: Column, known: Column) -> int:
    """Keep the seeds between paragraphs that are no finding yet; return how many."""
    kept = 0
    last, said = -1, False
    for p in range(low, high):
        a, b = keys[paragraphs[codes[p] >> 32]], keys[paragraphs[codes[p] & MASK32]]
        name = min(a, b) << 32 | max(a, b)
        if name != last:
            last, said = name, a == b or _has(known, name)
        if not said:
            codes[low + kept] = codes[p]
            kept += 1
    return kept


def _has(ordered: Column, wanted: int) -> bool:
    low, high = 0, len(ordered)
    while low < high:
        middle = (low + high) // 2
        if ordered[middle] < wanted:
            low = middle + 1
        else:
            high = middle
    return low < len(ordered) and ordered[low] == wanted


def _sort(values: Buffer, low: int, high: int) -> None:
    """Sort ``values[low:high]`` (Shell, with Ciura's gaps): few documents share seeds with one."""
    gap = 1
    while gap < high - low:
        gap = gap * 9 // 4 + 1
    while gap > 1:
        gap = max(1, (gap * 4) // 9)
        for p in range(low + gap, high):
            value = values[p]
            q = p
            while q - gap >= low and values[q - gap] > value:
                values[q] = values[q - gap]
                q -= gap
            values[q] = value


def _pair_boxes(
    work: Buffer,
    low: int,
    high: int,
    n: int,
    own: int,
    other: int,
    ids: Column,
    weights: Column,
    starts: Column,
    least: Column,
    bag: Buffer,
    out: Buffer,
    filled: int,
) -> int:
    """Write the boxes between two documents, merged where they overlap on both sides."""
    first = filled
    words = least[0] if own == other else least[1]
    limits = [starts[own], starts[own + 1] - 1, starts[other], starts[other + 1] - 1]
    near = 2 * NEAR if own == other else REACH
    for reach, share in ((near, LEAST_SHARE), (FAR * REACH, HULL_SHARE)):
        if reach > near and (filled - first == BOX or high - low < FAR_SEEDS):
            break
        parent = work[3 * n : 3 * n + high - low]
        clusters(work, low, high, reach, parent)
        for p in range(high - low):
            if parent[p] != p:
                continue
            box = out[filled : filled + BOX]
            _bounds(work, low, high, parent, p, limits, box)
            if own == other:
                box[3] = min(box[3], box[0] - 1)
                limits[0], limits[3] = box[3] + 1, box[0] - 1
                if box[3] < box[2]:
                    continue
            refine(ids, weights, box, limits, INNER_COST if own == other else LEAST_COST, bag)
            if _is_enough(box, words, least[2], share):
                for k in range(BOX):
                    out[filled + k] = box[k]
                filled += BOX
        filled = _merged(ids, weights, out, first, filled, bag)
    return filled


def _bounds(codes: Buffer, low: int, high: int, parent: Buffer, root: int, limits: Column, box: Buffer) -> None:
    box[0], box[1] = codes[low + root] >> 32, codes[low + root] >> 32
    box[2], box[3] = codes[low + root] & MASK32, codes[low + root] & MASK32
    for q in range(root, high - low):
        if parent[q] == root:
            i, j = codes[low + q] >> 32, codes[low + q] & MASK32
            box[0], box[1] = min(box[0], i), max(box[1], i)
            box[2], box[3] = min(box[2], j), max(box[3], j)
    box[1], box[3] = min(box[1] + GRAM - 1, limits[1]), min(box[3] + GRAM - 1, limits[3])


def _is_enough(box: Column, words: int, weight: int, share: int) -> bool:
    a_words, b_words = box[1] - box[0] + 1, box[3] - box[2] + 1
    shorter, longer = min(a_words, b_words), max(a_words, b_words)
    if longer < words or shorter + SHORTER < words:
        return False
    if shorter < SHORT:
        share = max(share, SHORT_SHARE)
    return bool(box[4] >= weight and 1000 * box[4] >= share * max(box[5], box[6]))


def _merged(ids: Column, weights: Column, out: Buffer, first: int, filled: int, bag: Buffer) -> int:
    """Join boxes that overlap on both sides, or whose hull matches as well as a box; return where they end."""
    p = first
    while p < filled:
        q = p + BOX
        while q < filled:
            hull = [out[p + k] for k in range(BOX)]  # a copy, also of an array
            hull[0], hull[1] = min(out[p], out[q]), max(out[p + 1], out[q + 1])
            hull[2], hull[3] = min(out[p + 2], out[q + 2]), max(out[p + 3], out[q + 3])
            if _belong(out, p, q, hull):
                _weigh(ids, weights, hull, bag)
                if _overlap(out, p, q) or 1000 * hull[4] >= HULL_SHARE * max(hull[5], hull[6]):
                    filled -= BOX
                    for k in range(BOX):
                        out[p + k], out[q + k] = hull[k], out[filled + k]
                    p, q = first, first
            q += BOX
        p += BOX
    return filled


def _overlap(out: Column, p: int, q: int) -> bool:
    a = out[q] <= out[p + 1] and out[p] <= out[q + 1]
    return bool(a and out[q + 2] <= out[p + 3] and out[p + 2] <= out[q + 3])


def _belong(out: Column, p: int, q: int, hull: Column) -> bool:
    """Return whether two boxes may be one: on neither side is more between them than they are long, or HULL_GAP."""
    a_words = out[p + 1] - out[p] + out[q + 1] - out[q] + 2
    b_words = out[p + 3] - out[p + 2] + out[q + 3] - out[q + 2] + 2
    a_hull, b_hull = hull[1] - hull[0] + 1, hull[3] - hull[2] + 1
    return bool(a_hull <= HULL_LENGTH * a_words + REACH and b_hull <= HULL_LENGTH * b_words + REACH)
