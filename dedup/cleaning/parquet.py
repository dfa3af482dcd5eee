"""A Parquet file written again without some of its rows and texts."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack
from functools import partial
from typing import IO, Any

import pyarrow as pa
from pyarrow import parquet

from dedup.cleaning.tables import Decide, Part
from dedup.read.tables.columns import ParquetRows, plain


def write(parts: Iterable[Part], text_field: str, target: IO[bytes]) -> None:
    """Write the rows of tables that stay: schema, metadata, compression and the order of row groups are their own.

    Of several tables, schema and compression are those of the first. A row group is held as a whole; one of which
    nothing stays is left out.

    Raises:
        ReadError: one cannot be read to its end.
    """
    with ExitStack() as closed:
        writer = None
        for source, decide in parts:
            rows = ParquetRows(source)
            if writer is None:
                writer = closed.enter_context(parquet.ParquetWriter(target, rows.schema, **_as_written(rows.file)))
            number = 0
            groups = (rows.file.read_row_group(i, use_threads=False) for i in range(rows.file.num_row_groups))
            for table in rows.safely(groups):
                left = _left(table, text_field, decide, number, rows)
                number += table.num_rows
                if left.num_rows:
                    writer.write_table(left, row_group_size=left.num_rows)


def _left(table: pa.Table, text_field: str, decide: Decide, before: int, rows: ParquetRows) -> pa.Table:
    """Return the rows of a row group that stay, with what stays of their texts."""
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
