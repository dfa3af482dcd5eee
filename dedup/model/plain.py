"""How values leave the program: likeness cut, surrogates replaced, pairs named."""

from __future__ import annotations

import hashlib
import math
import re

_SURROGATE = re.compile("[\ud800-\udfff]")


def cut(likeness: float) -> float:
    """Return a likeness cut, not rounded, to 4 decimals: 0.84999 must not read 0.85.

    >>> cut(0.84999), cut(0.7), cut(1.0)
    (0.8499, 0.7, 1.0)
    """
    return math.floor(likeness * 10_000 + 1e-7) / 10_000


def shown(text: str) -> str:
    """Return `text` as it may leave the program: each lone surrogate is U+FFFD, one for one."""
    try:
        text.encode()  # several times as fast as looking for one
    except UnicodeEncodeError:
        return _SURROGATE.sub("\ufffd", text)
    return text


def shown_or_none(text: str | None) -> str | None:
    """Return `shown(text)`, or None."""
    return None if text is None else shown(text)


def pair_fingerprint(a_key: str, b_key: str) -> str:
    """Return a name for two keys that survives moves: the same two texts, the same name."""
    digest = hashlib.blake2b(digest_size=8)
    for key in sorted((a_key, b_key)):
        digest.update(len(key).to_bytes(8, "little"))
        digest.update(_encoded(key))
    return f"dedup1:{digest.hexdigest()}"


def _encoded(key: str) -> bytes:
    try:
        return key.encode()
    except UnicodeEncodeError:  # lone surrogates, in the profile "none"
        return shown(key).encode()
