"""`dedup archive`: what was published, kept for `dedup check`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dedup.cli.configuration import load_config
from dedup.cli.options import ANY_PATH, CONFIGURING, FIELDS, STORY, resolve, with_options
from dedup.cli.output import check_output, left_out, note, tell_problems, to_file, to_stdout
from dedup.cli.progress import Shown, stoppable
from dedup.cli.speech import hear_file, speaking
from dedup.errors import ReadError
from dedup.language import mark
from dedup.model import Problem
from dedup.read.files import Stdin
from dedup.settings import PARAGRAPH_RULES, PROFILES, Settings
from dedup.write import words
from dedup.write.terminal import harmless
from dedup.write.words import counted, joined

if TYPE_CHECKING:
    from dedup.archive.records import Info, Stats
    from dedup.archives import Archive, Loaded
    from dedup.language import Language

OUTCOMES = (mark("added"), mark("replaced"), mark("unchanged"), mark("older"), mark("conflict"))
"""What becomes of articles, in the order in which it is said."""
READ_BY = ("format_in", "ignore_files", "text_field", "id_field", "story_field")
"""Settings by which articles are read; the others are those of the archive."""
LISTED = 20
"""Problems that are listed one by one."""
PLACE = click.option(
    "--archive", "place", metavar="PLACE", envvar="DEDUP_ARCHIVE", help="File or URL.  [env: DEDUP_ARCHIVE]"
)
NETWORK = click.option("--network-file-system", "network", is_flag=True, help="Open an archive on one all the same.")
JSON = click.option("--json", "as_json", is_flag=True, help="Write JSON.")
QUIET = click.option("-q", "--quiet", is_flag=True, help="Problems only.")


@click.group()
def archive() -> None:
    """Keep what was published, for dedup check to ask.

    An archive is one file (SQLite), or a PostgreSQL database that several machines share.
    """


def named(place: str | None, config: Path | None = None, isolated: bool = False) -> str | None:
    """Return the archive that the option, the environment or the file of settings names, and speak as the file says."""
    in_file = load_config(config, isolated)
    hear_file(in_file)
    return in_file.get("archive") if place is None else place


@contextmanager
def opened(
    place: str | None,
    network: bool,
    *,
    writable: bool = True,
    any_keys: bool = False,
    config: Path | None = None,
    isolated: bool = False,
) -> Iterator[Archive]:
    """Open the archive that was named."""
    place = named(place, config, isolated)
    if place is None:
        raise click.UsageError("no archive; name one with --archive, or set DEDUP_ARCHIVE")
    from dedup.archives import Archive

    with Archive.open(place, writable=writable, network=network, any_keys=any_keys) as found:
        yield found


@archive.command()
@PLACE
@click.option("--no-passages", is_flag=True, help="Keep nothing for passages: a sixth smaller.")
@click.option("--durability", type=click.Choice(("normal", "full")), default="normal", show_default=True)
@click.option("--normalize", type=click.Choice(PROFILES), default="ar", show_default=True)
@click.option("--paragraphs", type=click.Choice(PARAGRAPH_RULES), default="auto", show_default=True)
@click.option(
    "--seed", type=int, default=1, show_default=True, help="Of the hashes; a secret one resists crafted texts."
)
def create(place: str | None, no_passages: bool, durability: str, **options: Any) -> None:
    """Make an empty archive. What is set here holds for all that is added.

    With `normal` durability a write that was acknowledged survives the end of any process; when the machine
    loses power the last ones may be lost, but nothing is damaged. `full` waits for the disk.
    """
    place = named(place)
    if place is None:
        raise click.UsageError("no place; name one with --archive, or set DEDUP_ARCHIVE")
    from dedup.archives import Archive

    Archive.create(place, passages=not no_passages, durability=durability, settings=Settings(**options)).close()
    _say("made {place}", place=place)


def _say(template: str, **values: object) -> None:
    click.echo(speaking().say(template, harmless, **values))


def _counted(number: int, noun: str) -> str:
    return counted(number, noun, speaking())


@archive.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH... | -", type=ANY_PATH)
@PLACE
@NETWORK
@click.option("--replace", is_flag=True, help="Store another text under the same id and version.")
@with_options(FIELDS, (STORY,))
@click.option("--stdin-filename", metavar="NAME", help="Name and format of what comes on standard input.")
@with_options(CONFIGURING)
@QUIET
@click.pass_context
def add(
    context: click.Context,
    /,
    paths: tuple[Path, ...],
    place: str | None,
    network: bool,
    replace: bool,
    stdin_filename: str | None,
    config: Path | None,
    isolated: bool,
    quiet: bool,
    **options: Any,
) -> None:
    """Add articles, a few or millions: what is stored already is left as it is.

    Rows of .jsonl and .csv may have the fields id, version, date (or published), title, url, outlet, author, language
    and text. Another version of an id replaces the one that is there. After a kill, the same command goes on.

    \b
    Example:
      dedup archive add 2026-03.jsonl.gz --archive news.db
    """
    settings, _ = resolve(options, config, isolated)
    shown = Shown(quiet)
    inputs = [Stdin(stdin_filename) if str(path) == "-" else path for path in paths]
    with opened(place, network, config=config, isolated=isolated) as found, stoppable(shown):
        reading = {name: getattr(settings, name) for name in READ_BY}
        loaded = found.load(inputs, replace=replace, progress=shown, **reading)
    if not quiet:
        click.echo(_became(loaded))
    _tell(loaded, quiet)
    context.exit(2 if loaded.problems else 0)


def _became(loaded: Loaded) -> str:
    lang = speaking()
    counts = ((name, loaded.outcomes[name]) for name in OUTCOMES if loaded.outcomes[name])
    parts = [lang.say("{n:,} {outcome}", n=n, outcome=lang.gettext(name)) for name, n in counts]
    stored = lang.say(
        "{articles}; {paragraphs} stored",
        articles=joined(parts, lang) or lang.say("nothing"),
        paragraphs=counted(loaded.paragraphs, "paragraph", lang),
    )
    return lang.gettext("; ").join([stored, *words.switched_off(loaded.off, lang)])


def _tell(loaded: Loaded, quiet: bool) -> None:
    tell_problems(loaded.problems, LISTED)
    for notice in () if quiet else loaded.notices:
        click.echo(note(words.notice(str(notice), speaking(), harmless)), err=True)
    for skipped in () if quiet else loaded.skipped[:LISTED]:
        click.echo(left_out(skipped), err=True)


@archive.command()
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@PLACE
@NETWORK
@QUIET
@click.pass_context
def remove(context: click.Context, /, ids: tuple[str, ...], place: str | None, network: bool, quiet: bool) -> None:
    """Take articles out: from now on nothing of them is found. `compact` takes the last traces off the disk."""
    with opened(place, network) as found:
        gone = found.remove(*ids)
    for doc in ids:
        if doc not in gone:
            absent = Problem(doc, "not in the archive", "see dedup archive list")
            click.echo(f"dedup: {words.problem(absent, speaking(), harmless)}", err=True)
    if not quiet:
        _say("removed {articles}", articles=_counted(len(gone), "article"))
    context.exit(0 if len(gone) == len(set(ids)) else 2)


@archive.command("list")
@PLACE
@NETWORK
@click.option("--outlet", metavar="NAME", multiple=True, help="Only of this outlet; may come again.")
@click.option("--since", metavar="DATE", help="Only from this date on.")
@click.option("--until", metavar="DATE", help="Only to this date.")
@JSON
def list_(
    place: str | None, network: bool, outlet: tuple[str, ...], since: str | None, until: str | None, as_json: bool
) -> None:
    """List the articles, the earliest published first: id, date, outlet, paragraphs, title."""
    from dedup.earlier import ask
    from dedup.write.json import dumps

    with opened(place, network, writable=False) as found:
        admitted = ask(found.store, as_of=until, since=since, outlets=outlet).admitted
        articles = found.articles(admitted)
        if as_json:
            to_stdout(dumps({"id": doc, **a.to_dict(), "paragraphs": n}) + "\n" for doc, a, n in articles)
        else:
            undated = speaking().say("no date")
            rows = ((doc, a.date or undated, a.outlet or "", str(n), a.title or "") for doc, a, n in articles)
            to_stdout("\t".join(map(harmless, row)) + "\n" for row in rows)


@archive.command()
@click.argument("id", metavar="ID")
@PLACE
@NETWORK
@JSON
def show(id: str, place: str | None, network: bool, as_json: bool) -> None:
    """Show one article as it is stored."""
    from dedup.write.json import dumps

    with opened(place, network, writable=False) as found:
        record = found.record(id)
    if record is None:
        raise ReadError(id, "not in the archive", "see dedup archive list")
    if as_json:
        to_stdout([dumps(record) + "\n"])
        return
    known = (
        f"{name}: {record[name]}"
        for name in ("id", "version", "date", "outlet", "author", "title", "url")
        if record.get(name)
    )
    story = [f"story: {', '.join(record['story'])}"] if "story" in record else []
    texts = (f"[{p['paragraph']}] {p['text']}" for p in record["paragraphs"])
    to_stdout(f"{line}\n" for line in (*map(harmless, (*known, *story)), "", *map(harmless, texts)))


@archive.command()
@PLACE
@NETWORK
@JSON
def stats(place: str | None, network: bool, as_json: bool) -> None:
    """Count what the archive holds, and what it was made with."""
    from dedup.write.json import dumps

    with opened(place, network, writable=False) as found:
        stats, info, outlets = found.stats(), found.store.info, found.store.outlets()
    if as_json:
        figures = {name: getattr(stats, name) for name in stats._fields}
        to_stdout([dumps({**figures, "outlets": outlets, "made_with": info.to_dict()}) + "\n"])
        return
    to_stdout(f"{line}\n" for line in _figures(stats, info, outlets, speaking()))


def _figures(stats: Stats, info: Info, outlets: Sequence[str], lang: Language) -> Iterator[str]:
    dates = lang.say("no dates")
    if stats.newest:
        dates = lang.say("{oldest} to {newest}", harmless, oldest=stats.oldest, newest=stats.newest)
    yield lang.say(
        "{articles}, {paragraphs}, {texts}; {dates}",
        articles=_counted(stats.articles, "article"),
        paragraphs=_counted(stats.paragraphs, "paragraph"),
        texts=_counted(stats.contents, "distinct text"),
        dates=dates,
    )
    average = stats.bytes / stats.paragraphs if stats.paragraphs else 0
    yield lang.say(
        "{bytes:,} bytes{each}; {postings} in {runs}",
        bytes=stats.bytes,
        each=lang.say(", {bytes:,.0f} bytes a paragraph", bytes=average) if average else "",
        postings=_counted(stats.postings, "posting"),
        runs=_counted(stats.runs, "run"),
    )
    yield lang.say("outlets: {outlets}", harmless, outlets=joined(outlets, lang) or lang.say("none"))
    passages = lang.say("with passages") if info.passages else lang.say("without passages")
    yield lang.say(
        "profile {profile}, paragraphs {rule}, {bands} x {rows} bands, "
        "seed {seed:d}, {passages}, durability {durability}",
        profile=info.normalize,
        rule=info.paragraphs,
        bands=info.bands,
        rows=info.rows,
        seed=info.seed,
        passages=passages,
        durability=info.durability,
    )


@archive.command()
@PLACE
@NETWORK
@QUIET
@click.pass_context
def verify(context: click.Context, /, place: str | None, network: bool, quiet: bool) -> None:
    """Look for damage: in the file, in each text, in each posting. Exit code 2 where there is any."""
    with opened(place, network, writable=False, any_keys=True) as found:
        damages = found.verify()
        stats = None if damages else found.stats()
    for damage in damages:
        problem = Problem(damage.place, damage.finding, damage.remedy)
        click.echo(words.problem(problem, speaking(), harmless), err=True)
    if stats is not None and not quiet:
        articles, paragraphs = _counted(stats.articles, "article"), _counted(stats.paragraphs, "paragraph")
        _say("all is well: {articles}, {paragraphs}", articles=articles, paragraphs=paragraphs)
    context.exit(2 if damages else 0)


@archive.command()
@PLACE
@NETWORK
@QUIET
def compact(place: str | None, network: bool, quiet: bool) -> None:
    """Join what was added bit by bit, and give back the space of what was removed."""
    with opened(place, network) as found:
        before = found.stats().bytes
        found.compact()
        after = found.stats().bytes
    if not quiet:
        _say("{before:,} bytes before, {after:,} now", before=before, after=after)


@archive.command()
@PLACE
@NETWORK
@QUIET
def rebuild(place: str | None, network: bool, quiet: bool) -> None:
    """Make keys and postings anew from the stored texts: after damage, or for another version of the keys."""
    with opened(place, network, any_keys=True) as found:
        count = found.rebuild()
    if not quiet:
        _say("made anew for {texts}", texts=_counted(count, "text"))


@archive.command()
@PLACE
@NETWORK
@click.option("-o", "--output", type=ANY_PATH, help="Write to a file, whole or not at all.")
def export(place: str | None, network: bool, output: Path | None) -> None:
    """Write all articles as JSON lines, which `import` reads on any machine and any version."""
    from dedup.write.json import dumps

    check_output(output, [Path(place)] if place else [])
    with opened(place, network, writable=False) as found:
        lines = (dumps(record) + "\n" for record in found.records())
        if output is None or str(output) == "-":
            to_stdout(lines)
        else:
            to_file(lines, output)


@archive.command("import")
@click.argument("path", metavar="PATH | -", type=ANY_PATH)
@PLACE
@NETWORK
@click.option("--replace", is_flag=True, help="Store another text under the same id and version.")
@QUIET
@click.pass_context
def import_(
    context: click.Context, /, path: Path, place: str | None, network: bool, replace: bool, quiet: bool
) -> None:
    """Add what `export` wrote: the same articles, paragraph by paragraph."""
    shown = Shown(quiet)
    with opened(place, network) as found, stoppable(shown):
        loaded = found.load(Stdin(None) if str(path) == "-" else path, replace=replace, progress=shown)
    if not quiet:
        click.echo(_became(loaded))
    _tell(loaded, quiet)
    context.exit(2 if loaded.problems else 0)
