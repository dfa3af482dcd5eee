"""PostgreSQL: an archive that several machines share, in the same tables and the same SQL.

One writer at a time holds an advisory lock over its transaction; readers see one snapshot. Tables stand in a
schema of their own, which the URL may name: ``postgresql://host/base?schema=news``.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from dedup.archive.database import INDEXES, TABLES, Row
from dedup.archive.records import Damage
from dedup.errors import ArchiveError

try:
    import psycopg
    from psycopg import sql as quoting
except ImportError as missing:
    raise ArchiveError(
        "PostgreSQL", "psycopg is not installed", "pip install 'dedup-paragraphs[postgres]'"
    ) from missing

SCHEMA = "dedup"
STREAMED = 2_000
"""Rows that come at once from a long query."""


class PostgresDatabase:
    """One schema of a database, one connection for each thread."""

    def __init__(self, url: str, *, writable: bool = False) -> None:
        parts = urlsplit(url)
        asked = dict(parse_qsl(parts.query))
        self._schema = asked.pop("schema", SCHEMA)
        self._url = urlunsplit(parts._replace(query=urlencode(asked)))
        host = parts.hostname or "the local server"
        self.place = f"postgresql://{host}{parts.path}?schema={self._schema}"  # no password in a message
        self._writable = writable
        self._local = threading.local()
        self._connections: list[psycopg.Connection[Row]] = []
        self._guard = threading.Lock()
        self._lock = int.from_bytes(
            hashlib.blake2b(self._schema.encode(), digest_size=8).digest(), "little", signed=True
        )

    # --- statements -------------------------------------------------------------------------------

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[Row]:
        """Return all rows of a query."""
        with self._told():
            return self._connection().execute(_placed(sql), values).fetchall()

    def stream(self, sql: str, values: Sequence[Any] = ()) -> Iterator[Row]:
        """Yield the rows of a query, a few at a time where a snapshot is held."""
        with self._told():
            connection = self._connection()
            if not self._holds(connection):
                yield from connection.execute(_placed(sql), values).fetchall()
                return
            with connection.cursor("dedup_stream") as cursor:
                cursor.itersize = STREAMED
                yield from cursor.execute(_placed(sql), values)

    def run(self, sql: str, values: Sequence[Any] = ()) -> int:
        """Run a statement and return how many rows it touched."""
        with self._told():
            return self._connection().execute(_placed(sql), values).rowcount

    def discard(self, sql: str, values: Sequence[Any] = ()) -> None:
        """Run a statement that deletes rows."""
        self.run(sql, values)

    def run_many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """Run a statement for each of `rows`; inserts go as one COPY."""
        rows = list(rows)
        if not rows:
            return
        with self._told(), self._connection().cursor() as cursor:
            if not sql.startswith("INSERT INTO "):
                cursor.executemany(_placed(sql), rows)
                return
            target = sql.removeprefix("INSERT INTO ").split(" VALUES ")[0]
            with cursor.copy(f"COPY {target} FROM STDIN".encode()) as copy:
                for row in rows:
                    copy.write_row(row)

    # --- transactions -----------------------------------------------------------------------------

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Hold one snapshot."""
        connection = self._connection()
        if self._holds(connection):
            yield
            return
        with self._told():
            connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        try:
            yield
        finally:
            with suppress(psycopg.Error):
                connection.execute("ROLLBACK")

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold one transaction, alone."""
        if not self._writable:
            raise ArchiveError(self.place, "was opened to read", "open it with writable=True")
        connection = self._connection()
        with self._told():
            connection.execute("BEGIN")
            try:
                connection.execute("SELECT pg_advisory_xact_lock(%s)", (self._lock,))
                yield
                connection.execute("COMMIT")
            except BaseException:
                with suppress(psycopg.Error):
                    connection.execute("ROLLBACK")
                raise

    def _holds(self, connection: psycopg.Connection[Row]) -> bool:
        return connection.info.transaction_status != psycopg.pq.TransactionStatus.IDLE

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Turn what the server says into what a person can act on."""
        try:
            yield
        except psycopg.errors.UndefinedTable as error:
            raise ArchiveError(
                self.place, "there is no archive here", f"make one: dedup archive create --archive {self.place}"
            ) from error
        except psycopg.errors.InsufficientPrivilege as error:
            raise ArchiveError(self.place, "this role may not do that", "see the grants of its schema") from error
        except psycopg.errors.DiskFull as error:
            raise ArchiveError(self.place, "the disk of the server is full", "make room and try again") from error
        except psycopg.OperationalError as error:
            said = str(error).strip().splitlines()[0]
            raise ArchiveError(self.place, f"cannot be reached: {said}", "see the server and the URL") from error
        except psycopg.Error as error:
            said = str(error).strip().splitlines()[0]
            raise ArchiveError(self.place, f"PostgreSQL says: {said}", "see dedup archive verify") from error

    # --- connections ------------------------------------------------------------------------------

    def _connection(self) -> psycopg.Connection[Row]:
        found: psycopg.Connection[Row] | None = getattr(self._local, "connection", None)
        if found is None or found.closed:
            found = self._local.connection = self._opened()
            with self._guard:
                self._connections.append(found)
        return found

    def _opened(self) -> psycopg.Connection[Row]:
        with self._told():
            connection = psycopg.connect(self._url, autocommit=True, connect_timeout=10)
            connection.execute(quoting.SQL("SET search_path TO {}").format(quoting.Identifier(self._schema)))
            # Without it a commit that was acknowledged could be lost with the server's own process.
            connection.execute("SET synchronous_commit TO on")
            connection.execute("SET client_min_messages TO warning")
            return connection

    def has(self, table: str) -> bool:
        """Return whether there is a table."""
        # information_schema hides what this role may not read: a story that is kept would be followed nowhere, unsaid.
        sql = "SELECT 1 FROM pg_tables WHERE schemaname = ? AND tablename = ?"
        return bool(self.rows(sql, (self._schema, table)))

    def define(self, table: str) -> None:
        """Make a table that is not there, within a transaction that writes."""
        self.run(_definition(table))

    # --- the whole database -----------------------------------------------------------------------

    def create(self, first: Mapping[str, Sequence[Row]]) -> None:
        """Make the schema, its tables and their first rows, all or nothing."""
        name = quoting.Identifier(self._schema)
        with self.writing():
            connection = self._connection()
            if self.has("setting"):
                raise ArchiveError(self.place, "is there already", "add to it, or name another schema")
            connection.execute(quoting.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(name))
            for statement in _definitions():
                connection.execute(statement.encode())
            for table, rows in first.items():
                self.run_many(f"INSERT INTO {table} VALUES (?, ?)", rows)  # noqa: S608

    def damage(self) -> Iterator[Damage]:
        """Yield nothing: pages have checksums where the server was made with them, and rows have their own."""
        yield from ()

    def settle(self) -> None:
        """Do nothing: the server does."""

    def tidy(self) -> None:
        """Write the tables anew without what was removed."""
        with self._told():
            for table in filter(self.has, TABLES):
                self._connection().execute(f"VACUUM (FULL, ANALYZE) {table}".encode())

    def size(self) -> int:
        """Return the bytes of the tables and their indexes."""
        size = (
            "SELECT COALESCE(SUM(pg_total_relation_size(c.oid)), 0)::bigint FROM pg_class c JOIN pg_namespace n"
            " ON n.oid = c.relnamespace WHERE n.nspname = ? AND c.relkind = 'r'"
        )
        ((found,),) = self.rows(size, (self._schema,))
        return int(found)

    def close(self) -> None:
        """Close every connection."""
        with self._guard:
            connections, self._connections = self._connections, []
        for connection in connections:
            with suppress(psycopg.Error):
                connection.close()
        self._local = threading.local()


def _definitions() -> Iterator[str]:
    yield from map(_definition, TABLES)
    # A block is read as it is, whole, and often: in its row, and never compressed.
    yield "ALTER TABLE block ALTER COLUMN data SET STORAGE PLAIN"
    for name, on in INDEXES.items():
        yield f"CREATE INDEX {name} ON {on}"


def _definition(table: str) -> str:
    return f"CREATE TABLE {table} ({TABLES[table].replace('BYTES', 'bytea')})"


def _placed(sql: str) -> bytes:
    return sql.replace("?", "%s").encode()
