"""Own readings of a month that leave: what counts, and what stands apart for a person."""

import pandas as pd

#: Why a reading is not in the list.
CONFLICT, REPLACED = "konflik", "diganti"


def parted(readings: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the readings that are handed over, one per customer, and those apart.

    Parameters
    ----------
    readings
        One row per own reading of one month and service: ``idpel``, ``client_id``,
        ``conflict_no``, ``read_at``, ``reading_no``, ``clashes``, ``stand_kwh``,
        ``sisa_token_kwh``.

    Returns
    -------
    tuple
        Both with the columns of ``readings`` and ``why``. Of a customer counts the latest
        reading that saw the register, else the latest: a closed door afterwards takes no
        stand away. Contents that clash under one id all stand apart (``konflik``), earlier
        readings too (``diganti``). Together they are all rows, none twice.
    """
    rows = readings.assign(why=None)
    clash = rows["clashes"].astype(bool)
    good = rows[~clash].copy()
    good["saw"] = good["stand_kwh"].notna() | good["sisa_token_kwh"].notna()
    order = good.sort_values(["idpel", "saw", "read_at", "reading_no"])
    last = order.drop_duplicates("idpel", keep="last").index
    counted = rows.loc[sorted(last)]
    apart = rows.drop(index=last)
    apart["why"] = [CONFLICT if c else REPLACED for c in apart["clashes"]]
    by = ["idpel", "read_at", "reading_no"]
    return counted.sort_values(by), apart.sort_values(by)
