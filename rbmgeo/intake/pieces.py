"""A source in pieces that fit in memory, every row of one customer in one piece.

Rows of one key have to be seen together: they repeat or contradict each other (R-IM-04), or
are services of one number. A large source is therefore laid aside once, in as many parts as
needed, each row in the part that the key's hash names.
"""

import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Generic, TypeVar

import numpy as np
import pandas as pd
import pyarrow as pa
import shapely

from rbmgeo.intake.raw import RawTable, Source, joined

#: Rows that are handled at a time; a table of so many, with its copies, is some 100 MB.
ROWS = 100_000
_NUMBER, _SHAPE, _CELLS = "\0number", "\0shape", "\0cells"

T = TypeVar("T")
Key = Callable[[pd.DataFrame], pd.Series]


def together(source: Source, key: Key | None) -> Iterator[RawTable]:
    """Yield every row of a source once, those of one key in one piece.

    ``key`` gives each row's key as text (missing or "" where it has none); None where rows
    have nothing to do with each other. A small source is one piece, in the file's order.
    """
    pieces = source.pieces()
    if key is None:
        yield from pieces
        return
    held: list[RawTable] = []
    for piece in pieces:
        held.append(piece)
        if sum(p.read for p in held) > 2 * ROWS:
            break
    else:
        yield joined(held or [source.head])
        return
    parts = max(-(-source.rows_about // ROWS), 3)
    with tempfile.TemporaryDirectory(prefix="rbmgeo-") as folder:
        aside = _Aside(Path(folder), parts, held[0])
        # The next piece is read while one is laid aside.
        coming = Ahead(pieces)
        with closing(coming), aside.writing() as write:
            coming.begin()
            while held:
                write(held.pop(0), key)
            for piece in coming:
                write(piece, key)
        for part in range(parts):
            yield aside.read(part)


class Ahead(Generic[T]):
    """Pieces that are made one ahead, beside whoever uses them: the database works meanwhile.

    `begin` starts with the first piece before anybody asks for it; an error of making it comes
    when it is asked for. `close` is owed where not all pieces were taken.
    """

    def __init__(self, pieces: Iterator[T]) -> None:
        self._pieces = pieces
        self._beside = ThreadPoolExecutor(1)
        self._coming: Future[T | None] | None = None

    def begin(self) -> None:
        """Start making the next piece."""
        if self._coming is None:
            self._coming = self._beside.submit(next, self._pieces, None)

    def __iter__(self) -> Iterator[T]:
        """Yield every piece, in order, once."""
        while True:
            self.begin()
            assert self._coming is not None
            piece = self._coming.result()
            self._coming = None
            if piece is None:
                return
            self.begin()
            yield piece

    def close(self) -> None:
        """Wait for what is being made, and make no more."""
        self._beside.shutdown(wait=True, cancel_futures=True)


class _Aside:
    """Parts of one source in a folder, an Arrow file each; misfits have a part of their own."""

    def __init__(self, folder: Path, parts: int, like: RawTable) -> None:
        self.folder, self.parts = folder, parts
        self.file, self.sheet, self.epoch = like.file, like.sheet, like.epoch
        self.names = [str(n) for n in like.rows.columns]
        self.has_shape = like.geometry is not None
        shape = [pa.field(_SHAPE, pa.binary())] if self.has_shape else []
        self.schema = pa.schema(
            [
                pa.field(_NUMBER, pa.int64()),
                *(pa.field(n, pa.large_string()) for n in self.names),
                *shape,
                pa.field(_CELLS, pa.list_(pa.string())),
            ]
        )

    def writing(self) -> "_Writer":
        return _Writer(self)

    def path(self, part: int) -> Path:
        return self.folder / f"{part}.arrow"

    def read(self, part: int) -> RawTable:
        with pa.OSFile(str(self.path(part))) as file:
            table = pa.ipc.open_file(file).read_all()
        cells = table[_CELLS]
        misfit = cells.is_valid().to_numpy()
        numbers = table[_NUMBER].to_numpy()
        misfits = dict(
            zip(
                numbers[misfit].tolist(),
                cells.filter(pa.array(misfit)).to_pylist(),
                strict=True,
            )
        )
        order = np.argsort(numbers[~misfit], kind="stable")
        fine = table.filter(pa.array(~misfit)).take(pa.array(order))
        rows = pd.DataFrame(
            {n: pd.array(fine[n], dtype="str") for n in self.names},
            index=pd.Index(numbers[~misfit][order]),
        )
        geometry = None
        if self.has_shape:
            geometry = shapely.from_wkb(fine[_SHAPE].to_numpy(zero_copy_only=False))
        return RawTable(self.file, self.sheet, rows, geometry, misfits, self.epoch)


class _Writer:
    def __init__(self, aside: _Aside) -> None:
        self.aside = aside
        self.open = ExitStack()

    def __enter__(self) -> Callable[[RawTable, Key], None]:
        a = self.aside
        self.files = [
            self.open.enter_context(pa.ipc.new_file(str(a.path(n)), a.schema))
            for n in range(a.parts)
        ]
        return self._write

    def __exit__(self, *error: object) -> None:
        self.open.close()

    def _write(self, piece: RawTable, key: Key) -> None:
        a = self.aside
        keys = key(piece.rows).fillna("").to_numpy(dtype=object)
        part = pd.util.hash_array(keys, categorize=False) % a.parts
        order = np.argsort(part, kind="stable")
        columns: dict[str, object] = {_NUMBER: piece.rows.index.to_numpy()[order]}
        for name in a.names:
            columns[name] = pa.array(piece.rows[name].array).take(pa.array(order))
        if a.has_shape:
            assert piece.geometry is not None
            columns[_SHAPE] = pa.array(shapely.to_wkb(piece.geometry[order]).tolist(), pa.binary())
        columns[_CELLS] = pa.nulls(len(order), pa.list_(pa.string()))
        table = pa.table(columns).cast(a.schema)
        starts = np.searchsorted(part[order], np.arange(a.parts + 1))
        for n, file in enumerate(self.files):
            if starts[n + 1] > starts[n]:
                file.write_table(table.slice(starts[n], starts[n + 1] - starts[n]))
        if piece.misfits:
            self.files[0].write_table(self._misfits(piece))

    def _misfits(self, piece: RawTable) -> pa.Table:
        a = self.aside
        many = len(piece.misfits)
        columns = {n: pa.nulls(many, a.schema.field(n).type) for n in a.schema.names}
        columns[_NUMBER] = pa.array(list(piece.misfits), pa.int64())
        columns[_CELLS] = pa.array(list(piece.misfits.values()), pa.list_(pa.string()))
        return pa.table(columns, schema=a.schema)
