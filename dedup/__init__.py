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


_GUESSED = {
    **dict.fromkeys(
        ("dedup", "dedupe", "deduplicate", "find", "find_duplicates", "duplicates", "near_duplicates", "run"),
        "dedup.scan(inputs) finds what repeats, dedup.clean writes tables without it",
    ),
    **dict.fromkeys(
        ("check", "add", "open", "create"),
        "an archive does: dedup.Archive.open(place), or dedup.Archive.create(place)",
    ),
    **dict.fromkeys(("read", "load", "scan_file", "scan_folder", "scan_path"), "dedup.scan(pathlib.Path(place)) reads"),
    **dict.fromkeys(
        ("diff", "match"), "dedup.explain(a, b) tells how two texts are alike, dedup.compare what they share"
    ),
    "evaluate": "it is a module: from dedup.evaluate import evaluate",
}
"""Name that somebody may try -> what does what it says."""


def __getattr__(name: str) -> Any:
    if name in _LATER:
        from importlib import import_module

        return getattr(import_module(_LATER[name]), name)
    remedy = f"; {_GUESSED[name]}" if name in _GUESSED else ""
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}{remedy}")


def __dir__() -> list[str]:
    return __all__  # with the names of `_LATER`, which a shell completes like the others
