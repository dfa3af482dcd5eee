"""Find repeated paragraphs, exact and near, in any language; Arabic first.

>>> import dedup
>>> report = dedup.scan(["النص الأول الذي كتبه المحرر عن افتتاح المدرسة الجديدة في المدينة",
...                      "النص الاول الذي كتبه المحرر عن افتتاح المدرسه الجديده فى المدينة"])
>>> report.verdict, report.by_kind["normalized"]
('block', 1)
"""

from typing import TYPE_CHECKING, Any

from dedup.detect import compare, explain, normalize, paragraphs, scan, sign, similarity
from dedup.errors import ArchiveError, DedupError, InputError, ReadError, SettingsError
from dedup.model import (
    Diff,
    DiffOp,
    Document,
    Explanation,
    Family,
    Group,
    Match,
    Paragraph,
    Problem,
    Report,
    Similarity,
    Skipped,
    Span,
    Spans,
)
from dedup.settings import Settings
from dedup.text.normalize import Normalized
from dedup.version import __version__

if TYPE_CHECKING:
    from dedup.archives import Archive

__all__ = [
    "Archive",
    "ArchiveError",
    "DedupError",
    "Diff",
    "DiffOp",
    "Document",
    "Explanation",
    "Family",
    "Group",
    "InputError",
    "Match",
    "Normalized",
    "Paragraph",
    "Problem",
    "ReadError",
    "Report",
    "Settings",
    "SettingsError",
    "Similarity",
    "Skipped",
    "Span",
    "Spans",
    "__version__",
    "compare",
    "explain",
    "normalize",
    "paragraphs",
    "scan",
    "sign",
    "similarity",
]


def __getattr__(name: str) -> Any:
    if name == "Archive":  # loads numpy, which a small scan does without
        from dedup.archives import Archive

        return Archive
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
