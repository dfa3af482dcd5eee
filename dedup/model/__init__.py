"""What goes down the line: documents, paragraphs, matches, groups and the report.

Nothing here reads, compares or writes. What a finished report is asked again (a diff, another
threshold, a page) it asks of the `Stages` that `decide` gave it, so that imports only point down.
"""

from dedup.model.matches import (
    RELATIONS,
    REWRITTEN_WORDS,
    Diff,
    Differ,
    DiffOp,
    Explanation,
    Family,
    Group,
    Match,
    Pair,
    Part,
    Parts,
    Relation,
    Similarity,
    Span,
    Spans,
    kind_of,
)
from dedup.model.plain import cut, pair_fingerprint, shown, shown_or_none
from dedup.model.report import SCHEMA, VERDICTS, Compared, Counts, Generator, Notice, Problem, Report, Skipped, Stages
from dedup.model.texts import Article, Block, Document, Paragraph, Stored, Word

__all__ = [
    "RELATIONS",
    "REWRITTEN_WORDS",
    "SCHEMA",
    "VERDICTS",
    "Article",
    "Block",
    "Compared",
    "Counts",
    "Diff",
    "DiffOp",
    "Differ",
    "Document",
    "Explanation",
    "Family",
    "Generator",
    "Group",
    "Match",
    "Notice",
    "Pair",
    "Paragraph",
    "Part",
    "Parts",
    "Problem",
    "Relation",
    "Report",
    "Similarity",
    "Skipped",
    "Span",
    "Spans",
    "Stages",
    "Stored",
    "Word",
    "cut",
    "kind_of",
    "pair_fingerprint",
    "shown",
    "shown_or_none",
]
