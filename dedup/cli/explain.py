"""`dedup explain`: how two texts were compared, and which rule decided."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import click

from dedup import detect
from dedup.cli.curve import curve_lines
from dedup.cli.options import CONFIGURING, MATCHING, READING, resolve, with_options
from dedup.cli.output import to_stdout
from dedup.cli.speech import speaking
from dedup.errors import ReadError
from dedup.language import Language
from dedup.model import Explanation, cut
from dedup.settings import Settings
from dedup.write.terminal import harmless
from dedup.write.words import kind_name

_PARAGRAPH = re.compile(r"(?s)(.+):(\d{1,9})\Z")


@click.command()
@click.argument("a", metavar="A", required=False)
@click.argument("b", metavar="B", required=False)
@click.option("--text", "literal", is_flag=True, help="A and B are the texts themselves, not files.")
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
@click.option("--settings", "curve", is_flag=True, help="Instead: recall and cost of comparing large input.")
@click.option(
    "--size", type=click.IntRange(2), metavar="N", help="With --settings: for N paragraphs, by recall target."
)
@with_options(MATCHING, READING, CONFIGURING)
def explain(
    a: str | None,
    b: str | None,
    literal: bool,
    as_json: bool,
    curve: bool,
    size: int | None,
    config: Path | None,
    isolated: bool,
    **options: Any,
) -> None:
    """Show both keys of two texts, each score, and which rule decided.

    A and B are files, or FILE:N for the paragraph N of a file.

    \b
    Examples:
      dedup explain article.txt:9 article.txt:16
      dedup explain --text "إلى المدرسة" "الى المدرسه"
      dedup explain --settings --size 1000000
    """
    settings, _ = resolve(options, config, isolated)
    if curve:
        if a is not None:
            raise click.UsageError("--settings takes no texts: it is about large input")
        to_stdout(f"{line}\n" for line in curve_lines(settings, size))
        return
    if a is None or b is None:
        raise click.UsageError("two texts are compared: name A and B, or ask for --settings")
    if size is not None:
        raise click.UsageError("--size goes with --settings")
    texts = (a, b) if literal else (_text(a, settings), _text(b, settings))
    within = not literal and _file_of(a) == _file_of(b)
    explanation = detect.explain(*texts, within=within, settings=settings)
    if as_json:
        from dedup.write.json import dumps

        lines = [dumps(explanation.to_dict())]
    else:
        lines = _lines(explanation, speaking())
    to_stdout(f"{line}\n" for line in lines)


def _text(argument: str, settings: Settings) -> str:
    if os.path.exists(argument):
        return detect.text_of(Path(argument), None, settings)
    if match := _PARAGRAPH.match(argument):
        return detect.text_of(Path(match[1]), int(match[2]), settings)
    raise ReadError(argument[:80], "no such file", "for the texts themselves add --text")


def _file_of(argument: str) -> str:
    match = None if os.path.exists(argument) else _PARAGRAPH.match(argument)
    return match[1] if match else argument


def _lines(explanation: Explanation, lang: Language) -> list[str]:
    found = explanation.similarity
    kind = lang.say("none") if found.kind is None else kind_name(found.kind, lang)
    score, token = cut(found.score), cut(found.token_score)
    words_a, words_b = explanation.words
    return [
        lang.say("kind: {kind} (spelling)", kind=kind) if found.spelling else lang.say("kind: {kind}", kind=kind),
        lang.say("rule: {rule}", rule=lang.tell(explanation.rule)),
        *(lang.say("evidence: {evidence}", evidence=lang.tell(said)) for said in explanation.evidence),
        lang.say("score: {score:.4f} (characters of the keys)", score=score),
        lang.say("token score: {score:.4f} (whole words of the keys)", score=token),
        lang.say("key of A ({words} words):", words=words_a),
        f"  {harmless(explanation.keys[0])}",
        lang.say("key of B ({words} words):", words=words_b),
        f"  {harmless(explanation.keys[1])}",
    ]
