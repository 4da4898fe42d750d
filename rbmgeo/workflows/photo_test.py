"""Uji foto buta: draw photos that anyone can draw again, look at each without its stand, say what it shows.

SOP opening "sampling terkait keakurasian hasil baca stand meter"; R-SA-15, R-SA-18, R-SA-19.
"""

from dataclasses import dataclass
from typing import Any

import pandas as pd
from sqlalchemy.orm import Session

from rbmgeo.db.queries import photo_test as kept
from rbmgeo.db.queries.log import log_command
from rbmgeo.errors import NothingToDo, UsageError
from rbmgeo.sampling.draw import draw_evenly, list_hash
from rbmgeo.sampling.estimate import half_width
from rbmgeo.supervision.photo_test import (
    RESERVE_SHARE,
    PhotoResult,
    PhotoVerdict,
    next_place,
    verdict_of,
)

UNIT = "unit"
#: Photos of one sample; more is a full check.
MOST = 2000
#: Figures that a register shows at most, and those behind the comma.
MOST_DIGITS = 12


@dataclass(frozen=True)
class PhotoSheet:
    """One sample with its photos (`kept.items`) and how it stands."""

    sample: Any
    items: pd.DataFrame
    result: PhotoResult


def lots(session: Session, ulp: str, blth: str) -> pd.DataFrame:
    """Return who can be tested: ``readings``, ``photos``, by officer; the unit is their sum."""
    found = kept.lot(session, ulp=ulp, blth=blth)
    by = found.groupby("officer", sort=True)["photo"]
    return pd.DataFrame({"readings": by.size(), "photos": by.sum().astype(int)})


def buys(photos: int, size: int) -> float:
    """Return how far (plus or minus) a share near 2 % is known from so many photos of a lot."""
    return half_width(photos, min(size, photos), share=0.02)


def draw_photos(
    session: Session, ulp: str, blth: str, *, scope: str, size: int, seed: str, who: str
) -> str:
    """Draw a sample of photos, shared out over the RBM; return its id.

    Raises
    ------
    UsageError
        If the size or the seed is none.
    NothingToDo
        If no reading of the scope has both a stand and a photo.
    """
    seed = seed.strip()
    if not 1 <= size <= MOST:
        raise UsageError(f"{size} photos; expected 1 to {MOST}", f"{size} foto; isi 1 sampai {MOST}")  # fmt: skip
    if not seed or len(seed) > 60:
        raise UsageError("name a seed of up to 60 letters, and publish it before the draw",
                         "isi benih sampai 60 huruf, dan umumkan sebelum diundi")  # fmt: skip
    found = kept.lot(session, ulp=ulp, blth=blth)
    mine = found if scope == UNIT else found[found["officer"] == scope]
    usable = mine[mine["photo"].astype(bool)]
    if usable.empty:
        raise NothingToDo(
            f"no reading of {blth} here has both a stand and a photo; import the zip of photos",
            f"belum ada bacaan {blth} di sini yang punya stand dan foto; impor zip fotonya",
        )
    strata = dict(zip(usable["idpel"], usable["rbm"], strict=True))
    size = min(size, len(strata))
    drawn = draw_evenly(strata, size, seed=seed, reserve=max(1, round(size * RESERVE_SHARE)))
    rows = [(i, r, False) for r, d in drawn.items() for i in d.sample]
    rows += [(i, r, True) for r, d in drawn.items() for i in d.reserve]
    items = pd.DataFrame(rows, columns=["idpel", "stratum", "reserve"])
    items["place"] = range(1, len(items) + 1)
    told = list_hash(strata)
    sample_id = kept.add_sample(
        session, ulp=ulp, items=items, blth=blth, scope=scope, lot=len(strata), size=size, seed=seed,
        list_hash=told, content={"readings": len(mine), "without_photo": len(mine) - len(usable)},
        drawn_by=who,
    )  # fmt: skip
    log_command(session, who=who, ulp=ulp, command="photo sample",
                after={"blth": blth, "size": size, "seed": seed, "list_hash": told})  # fmt: skip
    return str(sample_id)


def sheet(session: Session, ulp: str, sample_id: str) -> PhotoSheet:
    """Return a sample and how it stands; raises `NotThere`."""
    one = kept.sample(session, ulp=ulp, sample_id=sample_id)
    items = kept.items(session, ulp=ulp, sample_id=sample_id)
    count = items["verdict"].value_counts()
    session.expunge(one)
    return PhotoSheet(one, items, PhotoResult(
        one.lot, one.size, *(int(count.get(str(v), 0)) for v in PhotoVerdict)
    ))  # fmt: skip


def next_photo(session: Session, ulp: str, found: PhotoSheet) -> tuple[int, str | None] | None:
    """Return place and photo (public id, None: its file is gone) of what is next; None: done.

    Nothing here tells the recorded stand (R-SA-19).
    """
    places = [(int(p), bool(r)) for p, r in zip(found.items["place"], found.items["reserve"], strict=True)]  # fmt: skip
    looked = found.items.dropna(subset=["verdict"])
    done = {int(p): PhotoVerdict(v) for p, v in zip(looked["place"], looked["verdict"], strict=True)}  # fmt: skip
    place = next_place(places, done)
    if place is None:
        return None
    photo = kept.photo_of(session, ulp=ulp, sample_id=str(found.sample.sample_id), place=place)
    return place, photo


def check_photo(
    session: Session, ulp: str, sample_id: str, place: int, seen: str | None, *, who: str
) -> tuple[PhotoVerdict, str]:
    """Keep what was read off a photo, then tell the recorded stand.

    Raises
    ------
    UsageError
        If it is no number, the photo is another than the next one, or was looked at already.
    """
    kept.lock(session, ulp=ulp, sample_id=sample_id)
    found = sheet(session, ulp, sample_id)
    following = next_photo(session, ulp, found)
    if following is None or following[0] != place:
        raise UsageError("this photo is not the next one; load the page again",
                         "foto ini bukan giliran berikutnya; muat ulang halaman")  # fmt: skip
    typed = None if seen is None else seen.strip().replace(" ", "").replace(",", ".")
    if typed is not None and not (typed.replace(".", "", 1).isascii() and typed.replace(".", "", 1).isdigit() and len(typed) <= MOST_DIGITS):  # fmt: skip
        raise UsageError("type the figures that the photo shows, or say that it cannot be read",
                         "ketik angka yang terlihat di foto, atau nyatakan tidak terbaca")  # fmt: skip
    recorded = kept.recorded(session, ulp=ulp, sample_id=sample_id, place=place)
    if recorded is None:
        raise NothingToDo("the reading of this photo is gone; draw a new sample",
                          "bacaan foto ini sudah tidak ada; undi sampel baru")  # fmt: skip
    verdict = verdict_of(typed, recorded)
    kept.add_check(session, ulp=ulp, sample_id=sample_id, place=place, seen=typed,
                   recorded=recorded, verdict=str(verdict), checked_by=who)  # fmt: skip
    return verdict, recorded
