"""The customer's card: a small map without a name in it, and facts without weight."""

import re

import small_unit as small


def card(client, number):
    return client.get(f"/{small.SMALL}/{small.BLTH}/pelanggan/{small.public_id(number)}").text


def test_the_card_draws_the_house_among_its_neighbours(as_role):
    page = card(as_role("perencana"), 1)
    svg = re.search(r'<svg class="small-map".*?</svg>', page, re.S)[0]
    assert svg.count('class="near ini"') == 3
    assert 'class="here"' in svg and 'class="gardu ini"' in svg
    assert "Nama" not in svg and "Kenanga" not in svg and small.idpel(1) not in svg


def test_what_else_is_known_stands_beside_it(as_role):
    page = card(as_role("pengawas"), 1)
    assert "PD001: 3,6 kVA tersambung dari 100 kVA (4 %)" in page
    assert "Belum pernah disurvei" in page
    assert "Tiang belum tercatat" in page
    assert "tanpa bobot" in page
