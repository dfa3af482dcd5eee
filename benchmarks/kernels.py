"""Every paragraph once through the kernels and the reference: the same keys, the same signatures.

python -m benchmarks.kernels NEWS.jsonl.gz
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np

from benchmarks.corpus import digest, paragraphs
from dedup.kernels import COMPILED_FROM, failure, pack
from dedup.sketch import minhash
from dedup.text.compiled import make_keys
from dedup.text.normalize import loose_key

NUM_PERM = 128
CHUNK = 2_000


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path", type=Path)
    texts = paragraphs(parser.parse_args().path)
    if failure() is not None:
        print(f"numba cannot be loaded: {failure()}")
        return 1
    keys = make_keys(texts, "ar", COMPILED_FROM)
    other_keys = [i for i, (text, key) in enumerate(zip(texts, keys, strict=True)) if key != loose_key(text)]
    other_signatures = sum(different(keys[low : low + CHUNK]) for low in range(0, len(keys), CHUNK))
    print(f"{len(texts):,} paragraphs, digest {digest(texts)}")
    print(f"{len(other_keys)} keys differ {other_keys[:5]}, {other_signatures} signatures differ")
    return 1 if other_keys or other_signatures else 0


def different(keys: list[str]) -> int:
    """Return how many signatures of `keys` the kernel and datasketch give differently."""
    batch = pack(keys)
    compiled = minhash.sign_batch_compiled(batch, NUM_PERM, 1, 5)
    reference = minhash.sign_batch_reference(batch, NUM_PERM, 1, 5)
    return int(np.any(compiled != reference, axis=1).sum())


if __name__ == "__main__":
    sys.exit(main())
