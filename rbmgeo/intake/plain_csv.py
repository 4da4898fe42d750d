"""CSV of the plain kind, read at once: no quote in it, every line as wide as the header."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

LONGEST = 131_072  # the csv module refuses longer cells


def plain_text(text: str) -> str | None:
    """Return a text whose lines are its rows, or None where a quote or a stray CR may be."""
    text = text.replace("\r\n", "\n")
    return None if any(sign in text for sign in '"\r\x00') else text


def plain_rows(text: str, delimiter: str, *, header: int, width: int) -> pd.DataFrame | None:
    """Return the rows of a `plain_text` below line ``header`` (from 0), None where not plain.

    Columns 0 ... ``width`` - 1, every cell as text; index is the row's number in the file,
    from 1. Blank rows are left out. What is not plain takes a reader that tells which row
    is wrong.
    """
    body = text.split("\n", header + 1)[header + 1 :]
    if not body or not body[0].strip():
        return None
    names = [str(n) for n in range(width)]
    data = body[0].encode()
    try:
        table = pa_csv.read_csv(
            pa.BufferReader(data),
            pa_csv.ReadOptions(column_names=names, use_threads=False, block_size=len(data) + 1),
            pa_csv.ParseOptions(delimiter=delimiter, quote_char=False, ignore_empty_lines=False),
            pa_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid:
        return None
    if any(pc.max(pc.utf8_length(column)).as_py() > LONGEST for column in table.columns):
        return None
    frame = pd.DataFrame({n: table[str(n)].to_pandas() for n in range(width)}, dtype="str")
    frame.index = pd.RangeIndex(header + 2, header + 2 + len(frame))
    blank = _blank(table)
    return frame.drop(index=frame.index[blank]) if len(blank) else frame


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
