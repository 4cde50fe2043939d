"""Cleaned rows on their way to a table, kept on disk in parts: a build that is killed goes on after the last one."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from corpora.table import ROW_GROUP

MOST_CHARACTERS = 1 << 24
"""Of texts in a part: long ones make a part of fewer than 20,000 rows."""


class Spool:
    """Parts in a folder, in their order, each with the state of the work after it. A part is there whole or not at all.

    Memory holds one part.
    """

    def __init__(self, folder: Path, schema: pa.Schema) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder, self._schema = folder, schema
        self._rows: list[tuple[Any, ...]] = []
        self._characters = 0

    def add(self, row: tuple[Any, ...], characters: int) -> bool:
        """Add a row; whether there are now enough of them for a part."""
        self._rows.append(row)
        self._characters += characters
        return len(self._rows) >= ROW_GROUP or self._characters >= MOST_CHARACTERS

    def write(self, state: dict[str, Any]) -> None:
        """Write the rows that wait as one part, with the state that the next one begins with."""
        values = zip(*self._rows, strict=True) if self._rows else [()] * len(self._schema)
        columns = [pa.array(column, field.type) for column, field in zip(values, self._schema, strict=True)]
        table = pa.table(columns, schema=self._schema.with_metadata({"state": json.dumps(state)}))
        target = self._folder / f"{len(self._paths()):06d}.arrow"
        draft = target.with_suffix(".draft")
        options = pa.ipc.IpcWriteOptions(compression="lz4")
        with pa.OSFile(str(draft), "wb") as out, pa.ipc.new_file(out, table.schema, options=options) as writer:
            writer.write_table(table)
        draft.rename(target)
        self._rows, self._characters = [], 0

    def state(self) -> dict[str, Any] | None:
        """The state after the last part, None before the first. Parts from one that cannot be read on are deleted."""
        paths, state = self._paths(), None
        for number, path in enumerate(paths):
            try:
                with pa.memory_map(str(path)) as stream:
                    state = json.loads(pa.ipc.open_file(stream).schema.metadata[b"state"])
            except (pa.ArrowException, OSError, KeyError, TypeError):
                for broken in paths[number:]:
                    broken.unlink()
                break
        return state

    def parts(self, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
        """The parts in their order, with all columns or some of them."""
        fields = None if columns is None else [self._schema.get_field_index(name) for name in columns]
        options = pa.ipc.IpcReadOptions(included_fields=fields)
        for path in self._paths():
            with pa.memory_map(str(path)) as stream:
                yield pa.ipc.open_file(stream, options=options).read_all()

    def _paths(self) -> list[Path]:
        return sorted(self._folder.glob("*.arrow"))
