"""SQLite: an archive in one file, with its write-ahead log beside it.

One writer at a time holds a lock on a file beside the archive, over its transaction, its checkpoint and its
close: two connections that write and checkpoint at once can corrupt a log (SQLite 3.7.0 to 3.51.2), and a
writer that waits for the lock waits its turn instead of trying again and again.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from itertools import chain
from typing import Any

from dedup.archive.database import INDEXES, LATER, TABLES, Row
from dedup.archive.records import Damage
from dedup.errors import ArchiveError
from dedup.language import told
from dedup.system import said_by

APPLICATION = 0x44454450
"""What an archive's header says it is: DEDP."""
HEADER = b"SQLite format 3\x00"
LOG_BYTES = 16_000_000
"""Size of the log from which a writer puts what is in it in its place."""
CACHE_KIB = 65_536
FIRST_CACHE_KIB = 2_000
"""Pages that a connection keeps, in its first question less: what one question reads it hardly reads twice, and to
take room for it from the system took half as long as to read it.
"""
ROWS_AT_ONCE = 2_000
"""Rows of one statement, where there are so many."""
WAIT, SETTLE_WAIT = 60, 300
"""Seconds that a statement waits for another program; milliseconds that emptying the log waits for readers: the
lock is held meanwhile, and it can be emptied another time."""
NETWORK = frozenset(
    "nfs nfs4 cifs smb2 smb3 smbfs 9p afs gpfs lustre ceph glusterfs fuse.sshfs fuse.s3fs davfs".split()
)
"""File systems on which a write-ahead log does not work: its index is shared memory."""
_WITHOUT_ROWID = ("setting", "counter", "occurrence", "fresh", *LATER)


class SqliteDatabase:
    """One file, one connection for each thread."""

    def __init__(self, path: str, *, writable: bool = False, full: bool = False, network: bool = False) -> None:
        self.place = path
        self._writable, self._full = writable, full
        self._local = threading.local()
        self._connections: list[sqlite3.Connection] = []
        self._guard = threading.Lock()
        kind = _file_system(os.path.realpath(path))
        if kind in NETWORK and not network:
            finding = told(f"is on a network file system ({kind}), where SQLite loses what it writes")
            raise ArchiveError(path, finding, "use a local disk, or PostgreSQL for several machines")

    # --- statements -------------------------------------------------------------------------------

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[Row]:
        """Return all rows of a query."""
        with self._told():
            return self._connection().execute(sql, values).fetchall()

    def stream(self, sql: str, values: Sequence[Any] = ()) -> Iterator[Row]:
        """Yield the rows of a query, a few at a time."""
        with self._told():
            yield from self._connection().execute(sql, values)

    def run(self, sql: str, values: Sequence[Any] = ()) -> int:
        """Run a statement and return how many rows it touched."""
        with self._told():
            return self._connection().execute(sql, values).rowcount

    def discard(self, sql: str, values: Sequence[Any] = ()) -> None:
        """Delete rows without any text: to overwrite them would double what is written."""
        with self._told():
            connection = self._connection()
            connection.execute("PRAGMA secure_delete=FAST")
            try:
                connection.execute(sql, values)
            finally:
                connection.execute("PRAGMA secure_delete=ON")

    def run_many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """Run a statement for each of `rows`."""
        with self._told():
            connection, rows = self._connection(), list(rows)
            head, _, marks = sql.partition(" VALUES ")
            whole = len(rows) // ROWS_AT_ONCE * ROWS_AT_ONCE if marks else 0
            if whole:
                several = f"{head} VALUES {', '.join([marks] * ROWS_AT_ONCE)}"
                for low in range(0, whole, ROWS_AT_ONCE):
                    connection.execute(several, tuple(chain.from_iterable(rows[low : low + ROWS_AT_ONCE])))
            connection.executemany(sql, rows[whole:])

    # --- transactions -----------------------------------------------------------------------------

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Hold one snapshot."""
        connection = self._connection()
        if connection.in_transaction:
            yield
            return
        with self._told():
            connection.execute("BEGIN")
        try:
            yield
        finally:
            with suppress(sqlite3.Error):
                connection.execute("ROLLBACK")
                connection.execute(f"PRAGMA cache_size=-{CACHE_KIB}")

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold one transaction, alone."""
        if not self._writable:
            raise ArchiveError(self.place, "was opened to read", "open it with writable=True")
        connection = self._connection()
        with self._told(), self._lock():
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                connection.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):
                    connection.execute("ROLLBACK")
                raise
            with suppress(OSError):
                if os.stat(f"{self.place}-wal").st_size > LOG_BYTES:
                    connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()

    @contextmanager
    def _lock(self) -> Iterator[None]:
        handle = os.open(f"{self.place}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Turn what the database or the system says into what a person can act on."""
        try:
            yield
        except sqlite3.Error as error:
            raise _explained(self.place, error) from error
        except OSError as error:
            raise ArchiveError(self.place, f"cannot be used: {said_by(error)}", "see its permissions") from error

    # --- connections ------------------------------------------------------------------------------

    def _connection(self) -> sqlite3.Connection:
        found: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if found is None:
            found = self._local.connection = self._opened()
            with self._guard:
                self._connections.append(found)
        return found

    def _opened(self) -> sqlite3.Connection:
        with self._told():
            if not os.path.isfile(self.place):
                raise ArchiveError(
                    self.place, "there is no archive here", f"make one: dedup archive create --archive {self.place}"
                )
            with open(self.place, "rb") as file:
                header = file.read(100)
            if header and (not header.startswith(HEADER) or header[68:72] != APPLICATION.to_bytes(4, "big")):
                raise ArchiveError(self.place, "is no archive of dedup", "name the file that dedup archive create made")
            connection = self._connected()
            connection.execute(f"PRAGMA synchronous={'FULL' if self._full else 'NORMAL'}")
            return connection

    def _connected(self) -> sqlite3.Connection:
        """Open to write, or to read; where the medium is read-only, as a file that nobody changes."""
        if self._writable:
            connection = self._uri("mode=rw")
            connection.execute("PRAGMA wal_autocheckpoint=0")
            return connection
        try:
            connection = self._uri("mode=ro", FIRST_CACHE_KIB)
            connection.execute("SELECT 1 FROM setting").fetchone()
            return connection
        except sqlite3.OperationalError:
            if os.access(os.path.dirname(os.path.abspath(self.place)), os.W_OK):
                raise
            return self._uri("immutable=1")

    def _uri(self, how: str, cache_kib: int = CACHE_KIB) -> sqlite3.Connection:
        # Three characters mean something in such a name; urllib would load the addresses of the network, too.
        escaped = os.path.abspath(self.place).replace("%", "%25").replace("?", "%3f").replace("#", "%23")
        uri = f"file:{escaped}?{how}"
        connection = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=WAIT, check_same_thread=False)
        for pragma in ("mmap_size=0", f"cache_size=-{cache_kib}", "secure_delete=ON", "trusted_schema=OFF"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("PRAGMA cell_size_check=ON")
        return connection

    def has(self, table: str) -> bool:
        """Return whether there is a table."""
        return bool(self.rows("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", (table,)))

    def define(self, table: str) -> None:
        """Make a table that is not there, within a transaction that writes."""
        self.run(_definition(table))

    # --- the whole file ---------------------------------------------------------------------------

    def create(self, first: Mapping[str, Sequence[Row]]) -> None:
        """Make the file, its tables and their first rows; a file that is there is never written over."""
        with self._told():
            if not os.path.isdir(os.path.dirname(os.path.abspath(self.place))):
                raise ArchiveError(self.place, "there is no such folder", "make it first")
            if os.path.exists(self.place):
                raise ArchiveError(self.place, "is there already", "add to it, or name another place")
            # Made under another name: a kill in the middle leaves no archive that lacks a table.
            unfinished = f"{self.place}.new-{os.getpid()}"
            connection = sqlite3.connect(unfinished, isolation_level=None)
            try:
                connection.execute("PRAGMA page_size=4096")
                connection.execute(f"PRAGMA application_id={APPLICATION}")
                connection.execute("PRAGMA journal_mode=WAL").fetchall()
                for statement in _definitions():
                    connection.execute(statement)
                for table, rows in first.items():
                    connection.executemany(f"INSERT INTO {table} VALUES (?, ?)", rows)  # noqa: S608
            finally:
                connection.close()
                for suffix in ("-wal", "-shm"):
                    with suppress(FileNotFoundError):
                        os.unlink(unfinished + suffix)
            os.link(unfinished, self.place)
            os.unlink(unfinished)

    def damage(self) -> Iterator[Damage]:
        """Yield what SQLite itself finds damaged."""
        try:
            self._connection().execute(f"PRAGMA cache_size=-{CACHE_KIB}")
            for (finding,) in self._connection().execute("PRAGMA integrity_check(20)"):
                if finding != "ok":
                    yield Damage(self.place, str(finding))
            made = self._connection().execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL")
            later = {_definition(table) for table in LATER}
            if {sql for (sql,) in made} | later != set(_definitions()):
                yield Damage(self.place, "its tables are not defined as they were made")
        except sqlite3.DatabaseError as error:
            yield Damage(self.place, str(error))

    def settle(self) -> None:
        """Empty the log, unless somebody reads in it."""
        connection = self._connection()
        with self._told(), self._lock():
            connection.execute(f"PRAGMA busy_timeout={SETTLE_WAIT}")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            connection.execute(f"PRAGMA busy_timeout={1_000 * WAIT}")

    def tidy(self) -> None:
        """Write the file anew without what was removed, and empty the log."""
        connection = self._connection()
        with self._told(), self._lock():
            connection.execute("VACUUM")
        self.settle()

    def size(self) -> int:
        """Return the bytes of the file and its log."""
        return sum(os.path.getsize(path) for path in (self.place, f"{self.place}-wal") if os.path.exists(path))

    def close(self) -> None:
        """Close every connection; a writer empties the log, alone."""
        with self._guard:
            connections, self._connections = self._connections, []
        if self._writable and connections:
            with suppress(ArchiveError), self._told(), self._lock():
                for connection in connections:
                    connection.close()
        for connection in connections:
            with suppress(sqlite3.Error):
                connection.close()
        self._local = threading.local()


def _definitions() -> Iterator[str]:
    yield from map(_definition, TABLES)
    for name, on in INDEXES.items():
        yield f"CREATE INDEX {name} ON {on}"


def _definition(table: str) -> str:
    # An INTEGER PRIMARY KEY is the row's own number; BIGINT would be an index beside it.
    columns = TABLES[table].replace("BIGINT PRIMARY KEY", "INTEGER PRIMARY KEY").replace("BYTES", "BLOB")
    columns = columns.replace("BIGINT", "INTEGER")
    return f"CREATE TABLE {table} ({columns}){' WITHOUT ROWID' if table in _WITHOUT_ROWID else ''}"


def _explained(place: str, error: sqlite3.Error) -> ArchiveError:
    said = str(error)
    for part, finding, remedy in _KNOWN:
        if part in said:
            return ArchiveError(place, finding, remedy)
    return ArchiveError(place, f"SQLite {sqlite3.sqlite_version} says: {said}", "see dedup archive verify")


_KNOWN = (
    ("disk is full", told("the disk is full; nothing of this was written"), told("make room and try again")),
    ("disk I/O error", told("the disk cannot be read or written"), told("see the disk, and the limits on file size")),
    ("readonly", told("cannot be written"), told("see the permissions of the file and of its folder")),
    ("locked", told("another program holds it"), told("end that program and try again")),
    ("malformed", told("is damaged"), told("dedup archive verify says where; restore it from a copy")),
    ("not a database", told("is no archive of dedup"), told("name the file that dedup archive create made")),
    ("unable to open", told("cannot be opened"), told("see the permissions of the file and of its folder")),
)
"""What SQLite says, what that means, and what to try."""


def _file_system(path: str) -> str:
    """Return the type of the file system that a path is on, or nothing where that is not told."""
    best, kind = "", ""
    with suppress(OSError), open("/proc/self/mounts", encoding="utf-8", errors="replace") as mounts:
        for line in mounts:
            _, point, each, *_ = line.split(" ")
            point = point.replace("\\040", " ")
            if (path == point or path.startswith(point.rstrip("/") + "/")) and len(point) >= len(best):
                best, kind = point, each
    return kind
