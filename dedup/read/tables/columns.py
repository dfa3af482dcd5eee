"""Parquet and Arrow: rows from columns, a batch at a time; only the columns that a document needs."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Collection, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from dedup.errors import ReadError
from dedup.language import told
from dedup.model import Document, Notice, Problem, Skipped
from dedup.read.files import Source
from dedup.read.tables.documents import field_of_text, fields_read, row_document, without_text
from dedup.settings import Settings

if TYPE_CHECKING:
    import pyarrow as pa

BATCH_ROWS = 256
"""Rows that are held at once; pages of Parquet are read as they are needed."""
PAGE_BYTES = 1 << 20
FILE_MAGIC = b"ARROW1"


def parquet_documents(source: Source, settings: Settings) -> Iterator[Document | Problem | Skipped | Notice]:
    """Yield a document for each row of Parquet; a row that is none is a problem, and the next goes on.

    Raises:
        ReadError: it is damaged, or pyarrow is not installed.
    """
    return _documents(ParquetRows(source), source, settings)


def arrow_documents(source: Source, settings: Settings) -> Iterator[Document | Problem | Skipped | Notice]:
    """Yield a document for each row of an Arrow file (Feather) or stream, as `parquet_documents` does."""
    return _documents(ArrowRows(source), source, settings)


def _documents(rows: Columns, source: Source, settings: Settings) -> Iterator[Document | Problem | Skipped | Notice]:
    texts = rows.rows([field.name for field in rows.schema if is_text(field.type)])
    wrong = without_text(rows.schema.names, texts, source, settings) or _wrong_type(rows, texts, source, settings)
    if wrong is not None:
        yield wrong
        return
    for number, row in enumerate(rows.rows(fields_read(settings)), 1):
        yield row_document(row, f"{source.name}:{number}", source.name, settings, path=source.path, number=number)


def _wrong_type(
    rows: Columns, texts: Iterable[dict[str, Any]], source: Source, settings: Settings
) -> Problem | Skipped | None:
    kind = rows.schema.field(settings.text_field).type
    if is_text(kind):
        return None
    finding = told(f'field "{settings.text_field}" is {str(kind)[:40]}, not text')
    if source.in_walk:  # a folder may hold tables of anything
        return Skipped(source.name, finding)
    return Problem(source.name, finding, field_of_text(texts, settings))


def is_text(kind: pa.DataType) -> bool:
    """Return whether a column of a type holds strings; one of nulls may."""
    types = _arrow("it").types
    inner = kind.value_type if types.is_dictionary(kind) else kind
    views = getattr(types, "is_string_view", lambda _: False)(inner)
    return views or any(test(inner) for test in (types.is_string, types.is_large_string, types.is_null))


class Columns:
    """A table of columns that gives its rows; what is wrong with its bytes is a ReadError."""

    schema: pa.Schema

    def __init__(self, source: Source, form: str) -> None:
        self._name, self._form = source.name, form
        self._arrow = _arrow(source.name)
        if source.packing is not None:
            raise ReadError(source.name, f"{form} that is packed once more", "unpack it: it packs its columns itself")

    def rows(self, fields: Collection[str] | None = None) -> Iterator[dict[str, Any]]:
        """Yield each row as a mapping of these fields, all by default, as far as it has them."""
        names = [name for name in self.schema.names if fields is None or name in fields]
        for batch in self.safely(self.batches(names)):
            columns = [self.values(batch.column(name)) for name in names]
            for values in zip(*columns, strict=True):
                yield dict(zip(names, values, strict=True))

    def batches(self, names: list[str]) -> Iterator[pa.RecordBatch]:
        """Yield the columns of these names, some rows at a time."""
        raise NotImplementedError

    def safely(self, batches: Iterable[Any]) -> Iterator[Any]:
        """Yield what is read; damage that shows on the way is a ReadError."""
        waiting = iter(batches)
        while True:
            try:
                batch = next(waiting)
            except StopIteration:
                return
            except (self._arrow.ArrowException, OSError, ValueError) as error:
                raise self.damaged(error) from error
            yield batch

    def damaged(self, error: Exception) -> ReadError:
        """Return what an exception of pyarrow is, without what stands in the file."""
        if isinstance(error, ReadError):
            return error
        said = str(error).splitlines()[0].split(". ")[0].split(": ")[0][:80] if str(error) else type(error).__name__
        return ReadError(self._name, f"damaged {self._form} ({said})", "write it anew, or get it again")

    def values(self, column: pa.Array) -> list[Any]:
        """Return a column as Python values: times to the microsecond, or as text where Python has none for them."""
        types = self._arrow.types
        try:
            if types.is_timestamp(column.type) and column.type.unit == "ns":
                column = column.cast(self._arrow.timestamp("us", column.type.tz), safe=False)
            return list(column.to_pylist())
        except UnicodeDecodeError:
            plain = column.cast(column.type.value_type) if types.is_dictionary(column.type) else column
            return [_decoded(value) for value in plain.cast(self._arrow.large_binary()).to_pylist()]
        except (OverflowError, ValueError, KeyError):  # a year beyond 9999, a zone that Python does not know
            return list(column.cast(self._arrow.string()).to_pylist())


def _decoded(value: bytes | None) -> str | bytes | None:
    """Return bytes as text where they are UTF-8; what is none is for the row to be called."""
    try:
        return None if value is None else value.decode()
    except UnicodeDecodeError:
        return value


class ParquetRows(Columns):
    """The rows of a Parquet file."""

    def __init__(self, source: Source) -> None:
        super().__init__(source, "parquet")
        from pyarrow import parquet

        try:
            self.file = parquet.ParquetFile(source.open(), buffer_size=PAGE_BYTES)
            self.schema = self.file.schema_arrow
        except (self._arrow.ArrowException, OSError, ValueError) as error:
            raise self.damaged(error) from error

    def batches(self, names: list[str]) -> Iterator[pa.RecordBatch]:
        """Yield the columns of these names, some rows at a time.

        Each row group has a reader of its own: one of all groups keeps half a kilobyte of each row it has read.
        """
        for group in range(self.file.num_row_groups):
            yield from self.file.iter_batches(BATCH_ROWS, row_groups=[group], columns=names, use_threads=False)


class ArrowRows(Columns):
    """The rows of an Arrow file or stream; a batch is as long as whoever wrote it made it."""

    def __init__(self, source: Source) -> None:
        super().__init__(source, "arrow")
        self._source = source
        self._is_file = source.open().read(len(FILE_MAGIC)) == FILE_MAGIC
        try:
            self.schema = self._reader(None).schema
        except (self._arrow.ArrowException, OSError, ValueError) as error:
            raise self.damaged(error) from error

    def _reader(self, names: list[str] | None) -> Any:
        from pyarrow import ipc

        fields = None if names is None else [self.schema.get_field_index(name) for name in names]
        options = ipc.IpcReadOptions(included_fields=fields, use_threads=False)
        opened = ipc.open_file if self._is_file else ipc.open_stream
        return opened(self._source.open(), options=options)

    def batches(self, names: list[str]) -> Iterator[pa.RecordBatch]:
        """Yield the columns of these names, some rows at a time."""
        reader = self._reader(names)
        whole = map(reader.get_batch, range(reader.num_record_batches)) if self._is_file else iter(reader)
        for batch in whole:
            for start in range(0, batch.num_rows, BATCH_ROWS):
                yield batch.slice(start, BATCH_ROWS)


def plain(value: Any) -> Any:
    """Return a value of a column as JSON has it: times in ISO 8601, bytes in hexadecimal, the rest as text."""
    if isinstance(value, dict):
        return {str(name): plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if value is None or isinstance(value, str | int | float | bool):
        return value
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return value.hex() if isinstance(value, bytes) else str(value)


def _arrow(place: str) -> Any:
    """Return pyarrow, which is loaded only here.

    Whoever has loaded it before has chosen how it takes memory. Else it is asked of the system: its own pool grew by
    50 MB over 100,000 rows of which it held 5 MB.

    Raises:
        ReadError: it is not installed.
    """
    known = "pyarrow" in sys.modules
    try:
        import pyarrow as pa
    except ImportError as error:
        finding = told("cannot be read without pyarrow")
        raise ReadError(place, finding, "pip install 'dedup-paragraphs[arrow]'") from error
    if not known:
        pa.set_memory_pool(pa.system_memory_pool())
    return pa
