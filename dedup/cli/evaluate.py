"""`dedup evaluate`: how right the kinds are on labelled pairs, and which threshold would suit them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from dedup import evaluate as evaluating
from dedup.cli.options import ANY_PATH, CONFIGURING, MATCHING, READING, resolve, with_options
from dedup.cli.output import check_output, note, to_file, to_stdout
from dedup.cli.speech import speaking
from dedup.evaluate import Evaluation, Judged
from dedup.labels import CLASSES
from dedup.model import cut
from dedup.write import words
from dedup.write.svg import sweep_plot
from dedup.write.terminal import harmless

BAR = 40
"""Characters of the longest bar of the histogram."""
WRONG_SHOWN = 20
"""Wrong pairs that are listed; `--json` has all."""


@click.command()
@click.argument("labels", metavar="LABELS", type=ANY_PATH)
@click.option("--corpus", type=ANY_PATH, help="Where the ids in LABELS (document:paragraph) are found.")
@click.option("--where", metavar="COLUMN=VALUE", multiple=True, help="Only rows with this value; may come again.")
@click.option("--least-words", type=click.IntRange(0), default=0, metavar="N", help="Only pairs of N words and more.")
@click.option("--plot", type=ANY_PATH, help="Write the sweep of thresholds to this file, as SVG.")
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
@with_options(MATCHING, READING, CONFIGURING)
def evaluate(
    labels: Path,
    corpus: Path | None,
    where: tuple[str, ...],
    least_words: int,
    plot: Path | None,
    as_json: bool,
    config: Path | None,
    isolated: bool,
    **options: Any,
) -> None:
    """Compare the kinds that are found with labelled pairs.

    LABELS is CSV with a header, or JSON lines: a, b and label. Labels are kinds, or words such as copy,
    rewrite, other, 1, 0. A column second holds the label of another reader: pairs on which both differ are
    scored apart.

    \b
    Examples:
      dedup evaluate pairs.csv
      dedup evaluate labels.csv --corpus articles.jsonl.gz --where half=test --plot sweep.svg
    """
    settings, _ = resolve(options, config, isolated)
    asked = dict(_condition(condition) for condition in where)
    if plot is not None and plot.suffix.lower() != ".svg":
        raise click.BadParameter(f"{plot} is no .svg", param_hint="--plot")
    check_output(plot, [labels, *([corpus] if corpus else [])])
    found = evaluating.evaluate(labels, corpus, where=asked, least_words=least_words, settings=settings)
    for notice in found.notices:
        click.echo(note(words.notice(notice, speaking(), harmless)), err=True)
    if plot is not None:
        to_file(sweep_plot(found.sweep), plot)
    if as_json:
        from dedup.write.json import dumps

        to_stdout([dumps(found.to_dict()) + "\n"])
        return
    to_stdout(f"{line}\n" for line in _lines(found))


def _condition(text: str) -> tuple[str, str]:
    column, equals, value = text.partition("=")
    if not equals:
        raise click.BadParameter(f"{text!r} is no COLUMN=VALUE", param_hint="--where")
    return column, value


def _lines(found: Evaluation) -> Iterator[str]:
    disputed = f"; {len(found.apart)} more on which two readers differ, scored apart" if found.apart else ""
    yield f"{len(found.judged)} labelled pairs{disputed}"
    for figures in (_measures, _confusion, _histogram, _sweep) if found.judged else ():
        yield ""
        yield from figures(found)
    if found.apart:
        yield ""
        yield "disputed pairs, by the first reader:"
        yield from _measures(Evaluation(found.apart))
    if found.wrong:
        yield ""
        yield f"{len(found.wrong)} wrong:"
        yield from (_wrong(judged) for judged in found.wrong[:WRONG_SHOWN])
        if len(found.wrong) > WRONG_SHOWN:
            yield f"  and {len(found.wrong) - WRONG_SHOWN} more; --json lists all"


def _measures(found: Evaluation) -> Iterator[str]:
    yield f"{'class':<10}{'pairs':>6}{'precision':>11}{'recall':>8}{'F1':>8}   95 % of F1"
    for m in found.measures:
        low, high = m.interval
        yield (
            f"{m.name:<10}{m.support:>6}{cut(m.precision):>11.3f}{cut(m.recall):>8.3f}{cut(m.f1):>8.3f}"
            f"   {low:.3f} to {high:.3f}"
        )


def _confusion(found: Evaluation) -> Iterator[str]:
    kinds = sorted({kind for _, kind in found.confusion})
    labels = sorted({label for label, _ in found.confusion})
    yield f"{'label':<12}" + "".join(f"{kind:>12}" for kind in kinds)
    for label in labels:
        yield f"{label:<12}" + "".join(f"{found.confusion[label, kind]:>12}" for kind in kinds)


def _histogram(found: Evaluation) -> Iterator[str]:
    counts = found.histogram
    names = [name for name in CLASSES if name in counts]
    most = max(sum(bins) for bins in zip(*counts.values(), strict=True)) or 1
    yield f"{'score':<14}" + "".join(f"{name:>10}" for name in names)
    bins = len(counts[names[0]])
    for i in range(bins):
        row = [counts[name][i] for name in names]
        if any(row):
            bar = "#" * round(BAR * sum(row) / most)
            yield f"{i / bins:.2f} to {(i + 1) / bins:.2f}  " + "".join(f"{n:>10}" for n in row) + f"  {bar}"


def _sweep(found: Evaluation) -> Iterator[str]:
    yield "repeats, if the score alone decided:"
    yield f"{'threshold':<10}{'precision':>10}{'recall':>8}{'F1':>8}"
    for threshold, precision, recall, f1 in found.sweep[::5]:
        yield f"{threshold:<10.2f}{precision:>10.3f}{recall:>8.3f}{f1:>8.3f}"
    best = max(found.sweep, key=lambda row: (row[3], row[0]))
    yield f"best F1: {best[3]:.3f} at threshold {best[0]:.2f}"


def _wrong(judged: Judged) -> str:
    kind = judged.explanation.similarity.kind or "none"
    why = "; ".join(judged.explanation.evidence) or judged.explanation.rule
    return f"  {harmless(judged.pair.name)}: {judged.pair.label}, found {kind} {cut(judged.score):.4f} ({why})"
