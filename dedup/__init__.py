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
from dedup.read.phrases import read_phrases
from dedup.settings import Settings
from dedup.text.normalize import Normalized
from dedup.version import __version__

if TYPE_CHECKING:
    from dedup.archives import Archive
    from dedup.cleaning import clean
    from dedup.clusters import cluster, keep_indices
    from dedup.streaming import stream

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
    "clean",
    "cluster",
    "compare",
    "explain",
    "keep_indices",
    "normalize",
    "paragraphs",
    "read_phrases",
    "scan",
    "sign",
    "similarity",
    "stream",
]


_LATER = {
    "Archive": "dedup.archives",  # loads numpy, which a small scan does without
    "clean": "dedup.cleaning",
    "cluster": "dedup.clusters",
    "keep_indices": "dedup.clusters",
    "stream": "dedup.streaming",
}
"""Public name -> the module that is loaded when it is first asked for."""


def __getattr__(name: str) -> Any:
    if name in _LATER:
        from importlib import import_module

        return getattr(import_module(_LATER[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__  # with the names of `_LATER`, which a shell completes like the others
