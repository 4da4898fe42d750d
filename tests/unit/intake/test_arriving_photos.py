"""Pictures that come in pieces: whole and true, or not there; whoever else sends the same at once."""

import hashlib
import os
import random
from concurrent.futures import ThreadPoolExecutor

import pytest

from rbmgeo.errors import TooManyTries
from rbmgeo.intake import arriving_photos
from rbmgeo.intake.arriving_photos import ArrivingPhotos, NoPicture
from rbmgeo.intake.photo_store import PhotoStore

CONTENT = b"\xff\xd8\xff\xe0" + random.Random(1).randbytes(90_000)
NAME = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def arriving(tmp_path):
    return ArrivingPhotos(PhotoStore(tmp_path))


def test_any_pieces_from_many_sides_make_the_picture_once(arriving):
    """Each side asks what is there and sends on from it, as phones do; their pieces differ."""

    def side(seed):
        chance = random.Random(seed)
        found = arriving.there(NAME)
        while not found.whole:
            at = found.have if chance.random() < 0.8 else chance.randrange(len(CONTENT))
            piece = CONTENT[at : at + chance.randrange(1, 9_000)]
            found = arriving.take(NAME, at, len(CONTENT), piece)
        return found

    with ThreadPoolExecutor(6) as pool:
        assert {f.have for f in pool.map(side, range(6))} == {len(CONTENT)}
    assert arriving.store.path(NAME, ".jpg").read_bytes() == CONTENT
    assert not list(arriving.parts.iterdir())


def test_what_a_killed_server_left_is_gone_on_with(arriving):
    arriving.take(NAME, 0, len(CONTENT), CONTENT[:50_000])
    # Cut in the middle of a piece: what is there is the beginning all the same.
    os.truncate(arriving.parts / NAME, 43_210)
    assert arriving.there(NAME).have == 43_210
    assert arriving.take(NAME, 43_210, len(CONTENT), CONTENT[43_210:]).whole


def test_what_is_not_what_its_name_says_is_dropped_and_can_be_sent_anew(arriving):
    arriving.take(NAME, 0, len(CONTENT), CONTENT[:1_000])
    (arriving.parts / NAME).write_bytes(b"\xff\xd8\xff\xe0" + b"0" * 996)
    with pytest.raises(NoPicture, match="hash"):
        arriving.take(NAME, 1_000, len(CONTENT), CONTENT[1_000:])
    assert arriving.there(NAME).have == 0
    assert arriving.take(NAME, 0, len(CONTENT), CONTENT).whole


def test_the_first_bytes_are_looked_at_also_when_they_come_one_by_one(arriving):
    page = b"<html>" * 9
    name = hashlib.sha256(page).hexdigest()
    for at in range(11):
        arriving.take(name, at, len(page), page[at : at + 1])
    with pytest.raises(NoPicture, match="JPEG"):
        arriving.take(name, 11, len(page), page[11:12])
    assert arriving.there(name).have == 0


def test_begun_pictures_are_bounded_and_old_ones_give_way(arriving, monkeypatch):
    monkeypatch.setattr(arriving_photos, "MOST_PARTS", 3)
    for n in range(3):
        arriving.take(f"{n:064x}", 0, 100, CONTENT[:20])
    with pytest.raises(TooManyTries):
        arriving.take(NAME, 0, len(CONTENT), CONTENT[:20])
    os.utime(arriving.parts / f"{1:064x}", (0, 0))
    assert arriving.take(NAME, 0, len(CONTENT), CONTENT[:20]).have == 20
    assert arriving.there(f"{1:064x}").have == 0
