"""A Parquet file written again without some of its rows and texts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from functools import partial
from typing import IO, Any

import pyarrow as pa
from pyarrow import parquet

from dedup.cleaning.tables import Decide, Part
from dedup.read.tables.columns import BATCH_ROWS, ParquetRows, plain

HELD_BYTES = 64_000_000
"""Bytes of values of a row group that are held before they are written as a row group of their own: writers make
groups of a million rows where nobody says otherwise, and pyarrow writes a group at once."""


def write(parts: Iterable[Part], text_field: str, target: IO[bytes]) -> None:
    """Write the rows of tables that stay: schema, metadata, compression and the order of row groups are their own.

    Of several tables, schema and compression are those of the first. A row group of which nothing stays is left out,
    and one of more than HELD_BYTES is written as several.

    Raises:
        ReadError: one cannot be read to its end.
    """
    with ExitStack() as closed:
        writer = None
        for source, decide in parts:
            rows = ParquetRows(source)
            if writer is None:
                writer = closed.enter_context(parquet.ParquetWriter(target, rows.schema, **_as_written(rows.file)))
            for table in _groups(rows, text_field, decide):
                writer.write_table(table, row_group_size=table.num_rows)


def _groups(rows: ParquetRows, text_field: str, decide: Decide) -> Iterator[pa.Table]:
    """Yield what stays of each row group, as tables of a row group each."""
    number = 0
    for group in range(rows.file.num_row_groups):
        held, size = list[pa.Table](), 0
        for batch in rows.safely(rows.file.iter_batches(BATCH_ROWS, row_groups=[group], use_threads=False)):
            left = _left(pa.Table.from_batches([batch]), text_field, decide, number, rows)
            number += batch.num_rows
            size += left.nbytes
            held.append(left)
            if size >= HELD_BYTES:
                yield from _whole(held)
                held, size = [], 0
        yield from _whole(held)


def _whole(held: list[pa.Table]) -> Iterator[pa.Table]:
    """Yield the rows of tables as one, where there is a row."""
    table = pa.concat_tables(held).combine_chunks() if held else None
    if table is not None and table.num_rows:
        yield table


def _left(table: pa.Table, text_field: str, decide: Decide, before: int, rows: ParquetRows) -> pa.Table:
    """Return the rows of a part of a row group that stay, with what stays of their texts."""
    place = table.schema.get_field_index(text_field)
    texts = rows.values(table.column(place))
    fates = [decide(before + i + 1, text, partial(_fields, table, i, rows)) for i, text in enumerate(texts)]
    if any(fate.text is not None for fate in fates):
        field = table.schema.field(place)
        new = [text if fate.text is None else fate.text for text, fate in zip(texts, fates, strict=True)]
        kind = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
        table = table.set_column(place, field, pa.array(new, kind).cast(field.type))
    return table if all(fate.stays for fate in fates) else table.filter(pa.array([fate.stays for fate in fates]))


def _fields(table: pa.Table, i: int, rows: ParquetRows) -> Any:
    """Return a row as JSON has it."""
    return plain({name: rows.values(table.column(name).slice(i, 1))[0] for name in table.schema.names})


def _as_written(file: parquet.ParquetFile) -> dict[str, Any]:
    """Return the options of a writer that writes as `file` was written."""
    metadata = file.metadata
    if not metadata.num_row_groups:
        return {}
    columns = [metadata.row_group(0).column(i) for i in range(metadata.num_columns)]
    packed = {column.path_in_schema: column.compression.lower() for column in columns}
    packed = {path: "none" if codec == "uncompressed" else codec for path, codec in packed.items()}
    codecs = set(packed.values())
    return {
        "compression": codecs.pop() if len(codecs) == 1 else packed,
        "use_deprecated_int96_timestamps": any(column.physical_type == "INT96" for column in columns),
    }
