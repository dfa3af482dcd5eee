"""The archive: what was published, and where its words stand, in a database that outlives a process.

`store.py` knows articles, contents and their postings in SQL that two databases share; `sqlite.py` and
`postgres.py` are the databases. Nothing here compares texts: an archive proposes, the line confirms.
"""

from dedup.archive.banding import Banding
from dedup.archive.records import Added, Content, Damage, Entry, Filter, Info, Occurrence, Piece, Stats
from dedup.archive.store import Store, create_store, open_store

__all__ = [
    "Added",
    "Banding",
    "Content",
    "Damage",
    "Entry",
    "Filter",
    "Info",
    "Occurrence",
    "Piece",
    "Stats",
    "Store",
    "create_store",
    "open_store",
]
