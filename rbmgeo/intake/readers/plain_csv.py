"""CSV of the plain kind, read at once: quotes hold whole cells, every line is one row."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

LONGEST = 131_072  # the csv module refuses longer cells
QUOTE, NEWLINE = 34, 10


def plain_rows(
    block: bytes, delimiter: str, *, skip: int, number: int, width: int
) -> tuple[pd.DataFrame, int] | None:
    """Return the rows of a block below its first ``skip`` lines, None where it is not plain.

    Columns 0 ... ``width`` - 1, every cell as text; index is the row's number in the file,
    the first of them ``number``. Blank rows are left out. The second value is the number of
    the row after the block. What is not plain takes a reader that tells which row is wrong.
    """
    block = block.replace(b"\r\n", b"\n") if b"\r" in block else block
    if b"\r" in block or (b'"' in block and not _whole_cells(block, ord(delimiter))):
        return None
    start = 0
    for _ in range(skip):
        start = block.find(b"\n", start) + 1
        if not start:
            return None
    names = [str(n) for n in range(width)]
    lines = block.count(b"\n", start) + (0 if block.endswith(b"\n") else 1)
    body = pa.py_buffer(block)[start:] if start else pa.py_buffer(block)
    if start >= len(block) or block[start] in b"\n \t":
        return None
    try:
        table = pa_csv.read_csv(
            pa.BufferReader(body),
            pa_csv.ReadOptions(column_names=names, use_threads=False, block_size=len(block) + 1),
            pa_csv.ParseOptions(
                delimiter=delimiter, quote_char='"', double_quote=False, ignore_empty_lines=False
            ),
            pa_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False,
                quoted_strings_can_be_null=False,
            ),
        )  # fmt: skip
    except pa.ArrowInvalid:
        return None
    if len(table) != lines:
        return None
    if any(pc.max(pc.utf8_length(column)).as_py() > LONGEST for column in table.columns):
        return None
    frame = pd.DataFrame({n: pd.array(table[str(n)], dtype="str") for n in range(width)})
    frame.index = pd.RangeIndex(number, number + lines)
    blank = _blank(table)
    return (frame.drop(index=frame.index[blank]) if len(blank) else frame), number + lines


def _whole_cells(block: bytes, delimiter: int) -> bool:
    """Say whether every pair of quotes holds one whole cell within its line."""
    signs = np.frombuffer(block, np.uint8)
    at = np.flatnonzero(signs == QUOTE)
    if len(at) % 2:
        return False
    opened, closed = at[::2], at[1::2]
    before = signs[np.maximum(opened - 1, 0)]
    after = signs[np.minimum(closed + 1, len(signs) - 1)]
    begins = (before == delimiter) | (before == NEWLINE) | (opened == 0)
    ends = (after == delimiter) | (after == NEWLINE) | (closed == len(signs) - 1)
    if not (begins.all() and ends.all()):
        return False
    ends_of_line = np.flatnonzero(signs == NEWLINE)
    within = np.searchsorted(ends_of_line, opened) == np.searchsorted(ends_of_line, closed)
    return bool(within.all())


def _blank(table: pa.Table) -> "np.ndarray":
    """Return the places of rows in which no cell has anything but space."""
    left = np.arange(len(table))
    for column in table.columns:
        said = pc.match_substring_regex(column.take(pa.array(left)), "[0-9A-Za-z]")
        left = np.asarray(left[~said.to_numpy(zero_copy_only=False)])
        if not len(left):
            return left
    rows = table.take(pa.array(left)).to_pylist()
    return np.array(
        [
            place
            for place, row in zip(left, rows, strict=True)
            if not any(map(str.strip, row.values()))
        ],
        dtype=int,
    )
