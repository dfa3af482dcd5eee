"""`dedup explain`: how two texts were compared, and which rule decided."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import click

from dedup import detect
from dedup.cli.options import CONFIGURING, MATCHING, READING, resolve, with_options
from dedup.cli.output import to_stdout
from dedup.errors import ReadError
from dedup.model import Explanation, cut
from dedup.settings import Settings
from dedup.write.terminal import harmless

_PARAGRAPH = re.compile(r"(?s)(.+):(\d{1,9})\Z")


@click.command()
@click.argument("a", metavar="A")
@click.argument("b", metavar="B")
@click.option("--text", "literal", is_flag=True, help="A and B are the texts themselves, not files.")
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
@with_options(MATCHING, READING, CONFIGURING)
def explain(a: str, b: str, literal: bool, as_json: bool, config: Path | None, isolated: bool, **options: Any) -> None:
    """Show both keys of two texts, each score, and which rule decided.

    A and B are files, or FILE:N for the paragraph N of a file.

    \b
    Examples:
      dedup explain article.txt:9 article.txt:16
      dedup explain --text "إلى المدرسة" "الى المدرسه"
    """
    settings, _ = resolve(options, config, isolated)
    texts = (a, b) if literal else (_text(a, settings), _text(b, settings))
    explanation = detect.explain(*texts, settings=settings)
    if as_json:
        from dedup.write.json import dumps

        lines = [dumps(explanation.to_dict())]
    else:
        lines = _lines(explanation)
    to_stdout(f"{line}\n" for line in lines)


def _text(argument: str, settings: Settings) -> str:
    if os.path.exists(argument):
        return detect.text_of(Path(argument), None, settings)
    if match := _PARAGRAPH.match(argument):
        return detect.text_of(Path(match[1]), int(match[2]), settings)
    raise ReadError(argument[:80], "no such file", "for the texts themselves add --text")


def _lines(explanation: Explanation) -> list[str]:
    found = explanation.similarity
    kind = "none" if found.kind is None else f"{found.kind}{' (spelling)' if found.spelling else ''}"
    return [
        f"kind: {kind}",
        f"rule: {explanation.rule}",
        f"score: {cut(found.score):.4f} (characters of the keys)",
        f"token score: {cut(found.token_score):.4f} (whole words of the keys)",
        f"key of A ({explanation.words[0]} words):",
        f"  {harmless(explanation.keys[0])}",
        f"key of B ({explanation.words[1]} words):",
        f"  {harmless(explanation.keys[1])}",
    ]
