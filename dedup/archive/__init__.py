"""The archive: what was published, and where its words stand, in a database that outlives a process.

`store.py` knows articles, contents and their postings in SQL that two databases share; `sqlite.py` and
`postgres.py` are the databases. Nothing here compares texts: an archive proposes, the line confirms.
"""
