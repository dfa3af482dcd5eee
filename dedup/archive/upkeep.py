"""Keeping an archive in order: runs that become one, checks for damage, postings made anew."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dedup.archive import postings
from dedup.archive.banding import word_prints
from dedup.archive.postings import Codes, Run
from dedup.archive.records import NORMALIZER, Damage, article_sum, content_sum, digest, key_number, pack, unpack
from dedup.archive.store import BANDS, WORDS, Store
from dedup.kernels import COMPILED_FROM, load
from dedup.language import told
from dedup.progress import Advance
from dedup.text.compiled import make_keys

MERGED_AT_ONCE = 10_000_000
"""Postings that adding an article may merge; what is more waits for `compact`."""
CONTENTS_AT_ONCE = 20_000
Made = Sequence[tuple[int, Any]]


def write_run(store: Store, kind: int, made: Made, counters: dict[str, int]) -> None:
    """Write the postings of contents as a run."""
    codes = postings.ragged_codes([keys for _, keys in made], [content for content, _ in made])
    if len(codes):
        _insert_run(store, kind, iter([codes]), counters["run"])
        counters["run"] += 1


def _insert_run(store: Store, kind: int, pieces: Iterator[Codes], number: int) -> None:
    """Write sorted postings as the run of a number."""
    place = size = 0
    fences = []
    rest = np.empty(0, dtype=np.uint64)
    for piece in _and_end(pieces):
        codes = rest if piece is None else np.concatenate((rest, piece))
        whole = len(codes) if piece is None else len(codes) // postings.BLOCK * postings.BLOCK
        codes, rest = codes[:whole], codes[whole:]
        blocks = [(number << 32 | place + i, data) for i, data in enumerate(postings.blocks_of(codes))]
        rows = [(block, _block_sum(block, data), data) for block, data in blocks]
        store.database.run_many("INSERT INTO block (id, checksum, data) VALUES (?, ?, ?)", rows)
        fences.append(postings.fences_of(codes))
        place, size = place + len(blocks), size + len(codes)
    row = (number, kind, size, b"".join(fences))
    store.database.run("INSERT INTO run (id, kind, size, fences) VALUES (?, ?, ?, ?)", row)


def _and_end(pieces: Iterator[Codes]) -> Iterator[Codes | None]:
    yield from pieces
    yield None


def _block_sum(block: int, data: bytes) -> int:
    return zlib.crc32(data, block & 0xFFFFFFFF)


def flush_if_full(store: Store, most: int) -> None:
    """Make a run of the postings that are in none, where they are those of more than `most` contents."""
    ((contents,),) = store.database.rows("SELECT COUNT(*) FROM fresh WHERE kind = ?", (BANDS,))
    if contents > most:
        _flush(store)


def _flush(store: Store) -> None:
    for kind in (BANDS, WORDS):
        codes = store.fresh(kind)
        if len(codes):
            _insert_run(store, kind, iter([codes]), _next_run(store))
    store.database.run("DELETE FROM fresh")
    _changed(store)


def _next_run(store: Store) -> int:
    number = store.counter("run")
    store.database.run("UPDATE counter SET value = value + 1 WHERE name = 'run'")
    return number


def _changed(store: Store) -> None:
    store.database.run("UPDATE counter SET value = value + 1 WHERE name = 'change'")


# --- merging --------------------------------------------------------------------------------------


def merge_due(store: Store) -> None:
    """Make one of the runs of one size, where there are many."""
    for kind in (BANDS, WORDS):
        while True:
            runs = store.runs(kind)
            due = [runs[place] for place in postings.due([run.size for run in runs])]
            if not due or sum(run.size for run in due) > MERGED_AT_ONCE:
                break
            _merge(store, kind, due, None)


def _merge(store: Store, kind: int, runs: Sequence[Run], live: NDArray[np.bool_] | None) -> None:
    """Make one run of several; without the postings of contents that are gone, where `live` says which are not."""

    def blocks(run: Run, first: int, last: int) -> Codes:
        codes = store.codes_between(run, first, last)
        return codes if live is None else codes[live[(codes & np.uint64(0xFFFFFFFF)).astype(np.int64)]]

    _insert_run(store, kind, postings.merged(runs, blocks), _next_run(store))
    for run in runs:
        _delete_run(store, run.id)


def _delete_run(store: Store, number: int) -> None:
    store.database.discard("DELETE FROM block WHERE id >= ? AND id < ?", (number << 32, (number + 1) << 32))
    store.database.run("DELETE FROM run WHERE id = ?", (number,))


def join(store: Store) -> None:
    """Make one run of all: after a bulk load, questions are quick."""
    with store.writing():
        for kind in (BANDS, WORDS):
            if len(runs := store.runs(kind)) > 1:
                _merge(store, kind, runs, None)
    store.database.settle()


def compact(store: Store) -> None:
    """Make one run of all, without what is gone, and give back the space of what was removed."""
    with store.writing():
        _flush(store)
        live = _live(store)
        for kind in (BANDS, WORDS):
            if runs := store.runs(kind):
                _merge(store, kind, runs, live)
    store.database.tidy()


def _live(store: Store) -> NDArray[np.bool_]:
    live = np.zeros(store.counter("content") + 1, dtype=np.bool_)
    live[[number for (number,) in store.database.stream("SELECT id FROM content")]] = True
    return live


# --- making postings anew -------------------------------------------------------------------------


def rebuild(store: Store, advance: Advance = lambda _: None) -> int:
    """Make keys and postings anew from the texts; return how many contents there are."""
    done = 0
    with store.writing():
        store.database.discard("DELETE FROM block")
        store.database.run("DELETE FROM run")
        store.database.run("DELETE FROM fresh")
        ((contents, last),) = store.database.rows("SELECT COUNT(*), COALESCE(MAX(id), 0) FROM content")
        for first in range(0, last + 1, CONTENTS_AT_ONCE):
            done += _rebuild_part(store, first, contents)
            advance(done)
            merge_due(store)
        _recount(store)
        settings = dict(store.database.rows("SELECT name, value FROM setting WHERE name <> 'checksum'"))
        settings["normalizer"] = str(NORMALIZER)
        checksum = digest(*(text for row in sorted(settings.items()) for text in row)).hex()
        for name, value in (("normalizer", str(NORMALIZER)), ("checksum", checksum)):
            store.database.run("UPDATE setting SET value = ? WHERE name = ?", (value, name))
    join(store)
    return done


def _rebuild_part(store: Store, first: int, contents: int) -> int:
    """Make the keys and the postings of the contents from `first` anew."""
    rows = store.database.rows(
        "SELECT id, number, text, key, checksum FROM content WHERE id >= ? AND id < ? ORDER BY id",
        (first, first + CONTENTS_AT_ONCE),
    )
    if not rows:
        return 0
    texts = [bytes(text).decode(errors="replace") for _, _, text, _, _ in rows]
    keys = make_keys(texts, store.info.normalize, contents)
    changed = []
    for i, (content, number, text, packed, checksum) in enumerate(rows):
        made = (key_number(keys[i]), pack(keys[i]))
        if content_sum(content, number, bytes(text), bytes(packed)) != checksum:
            keys[i] = unpack(bytes(packed))  # damaged: it must stay so for `verify`, with its own checksum
        elif made != (number, bytes(packed)):
            changed.append((*made, content_sum(content, made[0], bytes(text), made[1]), content))
    store.database.run_many("UPDATE content SET number = ?, key = ?, checksum = ? WHERE id = ?", changed)
    counters = {"run": store.counter("run")}
    for kind, postings_made in _postings_of(store, [(r[0], key) for r, key in zip(rows, keys, strict=True)], contents):
        write_run(store, kind, postings_made, counters)
    store.database.run("UPDATE counter SET value = ? WHERE name = 'run'", (counters["run"],))
    return len(rows)


def _postings_of(store: Store, keyed: Sequence[tuple[int, str]], contents: int) -> Iterator[tuple[int, Made]]:
    """Yield the postings of contents, given with their keys, by kind; empty keys have none."""
    keyed = [(content, key) for content, key in keyed if key]
    keys = [key for _, key in keyed]
    numbers = [content for content, _ in keyed]
    yield BANDS, list(zip(numbers, store.banding.keys(keys, contents), strict=True)) if keys else []
    if store.info.passages:
        kernel = load("passages", contents) if contents >= COMPILED_FROM else None
        yield WORDS, list(zip(numbers, word_prints(keys, kernel), strict=True)) if keys else []


def _recount(store: Store) -> None:
    """Set the counters by what is there: numbers that were given are never given again."""
    for table, total in (("article", "articles"), ("content", "contents")):
        ((count, last),) = store.database.rows(f"SELECT COUNT(*), COALESCE(MAX(id), 0) FROM {table}")  # noqa: S608
        store.database.run("UPDATE counter SET value = ? WHERE name = ?", (count, total))
        store.database.run("UPDATE counter SET value = ? WHERE name = ? AND value <= ?", (last + 1, table, last))
    ((paragraphs,),) = store.database.rows("SELECT COUNT(*) FROM occurrence")
    store.database.run("UPDATE counter SET value = ? WHERE name = 'paragraphs'", (paragraphs,))
    _changed(store)


# --- damage ---------------------------------------------------------------------------------------


def verify(store: Store, advance: Advance = lambda _: None) -> Iterator[Damage]:
    """Yield what is not as it was written: in the file, in rows of text, in postings."""
    yield from store.database.damage()
    with store.reading():
        for check in (_contents, _articles, _counters, _blocks, _postings):
            try:
                yield from check(store, advance)
            except (ValueError, TypeError, OverflowError, IndexError, UnicodeDecodeError) as error:
                yield Damage(store.place, f"cannot be read whole: {error}")


def _contents(store: Store, advance: Advance) -> Iterator[Damage]:
    for done, (content, number, text, key, checksum) in enumerate(
        store.database.stream("SELECT id, number, text, key, checksum FROM content ORDER BY id"), 1
    ):
        if content_sum(content, number, _bytes(text), _bytes(key)) != checksum:
            yield Damage(f"{store.place}: text {content}", "is not as it was written")
        if done % CONTENTS_AT_ONCE == 0:
            advance(done)


def _bytes(value: Any) -> bytes:
    return bytes(value) if isinstance(value, bytes | memoryview) else f"not bytes: {value!r}".encode()


def _articles(store: Store, _: Advance) -> Iterator[Damage]:
    places: dict[int, list[tuple[Any, ...]]] = {}
    sql = "SELECT article, position, content, number, part, start, line FROM occurrence ORDER BY article, position"
    occurrences = store.database.stream(sql)
    for article, *place in occurrences:
        places.setdefault(article, []).append(tuple(place))
    stories, quotations = _beside(store, "story", "doc"), _beside(store, "quotation", "position")
    columns = "id, doc, version, title, url, outlet, author, language, date, utc, digest, paragraphs, checksum"
    for *row, checksum in store.database.rows(f"SELECT {columns} FROM article ORDER BY id"):  # noqa: S608
        row[10] = _bytes(row[10])
        beside = stories.pop(row[0], []), quotations.pop(row[0], [])
        if article_sum(row, places.pop(row[0], []), *beside) != checksum:
            yield Damage(f"{store.place}: article {row[1]}", "is not as it was written")
    for article in places:
        yield Damage(f"{store.place}: paragraphs of article number {article}", "belong to no article")
    for article in sorted({*stories, *quotations}):
        yield Damage(f"{store.place}: what is kept of article number {article}", "belongs to no article")
    missing = "SELECT COUNT(*) FROM occurrence o LEFT JOIN content c ON c.id = o.content WHERE c.id IS NULL"
    ((count,),) = store.database.rows(missing)
    if count:
        yield Damage(store.place, f"the text of {count} paragraphs is missing")


def _beside(store: Store, table: str, column: str) -> dict[int, list[Any]]:
    """Return what a table of its own holds of articles, by their numbers."""
    found: dict[int, list[Any]] = {}
    if store.database.has(table):
        for article, value in store.database.stream(f"SELECT article, {column} FROM {table}"):  # noqa: S608
            found.setdefault(article, []).append(value)
    return {article: sorted(values) for article, values in found.items()}


def _counters(store: Store, _: Advance) -> Iterator[Damage]:
    for table, total in (("article", "articles"), ("content", "contents"), ("occurrence", "paragraphs")):
        ((count,),) = store.database.rows(f"SELECT COUNT(*) FROM {table}")  # noqa: S608
        if count != store.counter(total):
            finding = told(f"has {count:,} {total}, but counted {store.counter(total):,}")
            yield Damage(store.place, finding, rebuild=True)
    for table in ("article", "content", "run"):
        ((last,),) = store.database.rows(f"SELECT COALESCE(MAX(id), 0) FROM {table}")  # noqa: S608
        if last >= store.counter(table):
            yield Damage(store.place, f"would give numbers of {table} twice", rebuild=True)


def _blocks(store: Store, _: Advance) -> Iterator[Damage]:
    runs = {
        run: [size, bytes(fences), 0, bytearray()]
        for run, size, fences in store.database.rows("SELECT id, size, fences FROM run")
    }
    for block, checksum, data in store.database.stream("SELECT id, checksum, data FROM block ORDER BY id"):
        data = _bytes(data)
        run = runs.get(block >> 32)
        if run is None or _block_sum(block, data) != checksum:
            yield Damage(
                f"{store.place}: postings {block >> 32}/{block & 0xFFFFFFFF}", "are not as they were written", True
            )
        if run is not None:
            run[2] += len(data) // 8
            run[3] += data[:4]
    for number, (size, fences, found, first) in runs.items():
        if (size, fences) != (found, first):
            yield Damage(f"{store.place}: postings {number}", "do not hold together", True)


def _postings(store: Store, advance: Advance) -> Iterator[Damage]:
    """Hold the postings against those that the keys give: sums of their hashes, which do not depend on the order."""
    live = _live(store)
    contents = store.counter("contents")
    stored, made = dict.fromkeys((BANDS, WORDS), 0), dict.fromkeys((BANDS, WORDS), 0)
    for kind in (BANDS, WORDS):
        for run in store.runs(kind):
            for first in range(0, len(run.fences), 4_000):
                codes = store.codes_between(run, first, first + 4_000)
                numbers = (codes & np.uint64(0xFFFFFFFF)).astype(np.int64)
                inside = numbers < len(live)
                stored[kind] += _hash_sum(codes[inside][live[numbers[inside]]])
        stored[kind] += _hash_sum(store.fresh(kind))
    for rows in _batches(store.database.stream("SELECT id, key FROM content ORDER BY id"), CONTENTS_AT_ONCE):
        keyed = [(content, unpack(bytes(key))) for content, key in rows]
        for kind, each in _postings_of(store, keyed, contents):
            made[kind] += _hash_sum(postings.ragged_codes([keys for _, keys in each], [content for content, _ in each]))
        advance(rows[-1][0])
    for kind, name in ((BANDS, "signatures"), (WORDS, "runs of words")):
        if stored[kind] & _MASK != made[kind] & _MASK:
            yield Damage(f"{store.place}: postings of {name}", "are not those of the texts", rebuild=True)


_MASK = (1 << 64) - 1


def _hash_sum(codes: Codes) -> int:
    mixed = codes * np.uint64(0x9E3779B97F4A7C15)
    mixed ^= mixed >> np.uint64(29)
    return int((mixed * np.uint64(0xBF58476D1CE4E5B9)).sum(dtype=np.uint64))


def _batches(rows: Iterable[Any], size: int) -> Iterator[list[Any]]:
    batch: list[Any] = []
    for row in rows:
        batch.append(row)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
