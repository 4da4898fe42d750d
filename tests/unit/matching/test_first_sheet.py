"""What two lists say without any place: in both, in one, in none; spellings to unite."""

import pandas as pd
import pytest

from rbmgeo.matching.first_sheet import parts, standing
from rbmgeo.matching.spellings import folded, look_alikes, united


def customers(**who):
    """Draw customers: name = "vendor", "pln" or "pra"."""
    frame = pd.DataFrame(index=pd.Index(who, name="idpel"))
    frame["active"] = True
    frame["jenis_layanan"] = ["pra" if w == "pra" else "pasca" for w in who.values()]
    frame["dibaca_oleh"] = [{"pra": "tidak"}.get(w, w) for w in who.values()]
    return frame.assign(has_point=False)


def rbm_list(*idpels):
    names = ("line", "rbm", "urut", "sisipan", "hari_baca", "officer", "gardu")
    return pd.DataFrame({"idpel": list(idpels)}).assign(**dict.fromkeys(names, "")).assign(rbm="R1")


def pdpj(*idpels):
    names = ("line", "gardu", "jurusan", "tiang", "deret", "penyulang")
    return (
        pd.DataFrame({"idpel": list(idpels)})
        .assign(**dict.fromkeys(names, ""))
        .assign(gardu="G1", conflict=False)
    )


def test_every_customer_stands_in_one_part_with_its_reason():
    who = customers(a="vendor", b="vendor", c="vendor", d="pra", e="pln", f="pra", g="vendor")
    rows = standing(who, rbm_list("a", "b", "f"), pdpj("a", "c", "d", "e", "x"))
    assert rows["part"].to_dict() == {
        "a": "keduanya", "b": "hanya_rbm", "c": "hanya_pdpj", "d": "hanya_pdpj",
        "e": "hanya_pdpj", "f": "hanya_rbm", "g": "tanpa_daftar", "x": "hanya_pdpj",
    }  # fmt: skip
    assert rows["why"].to_dict() == {
        "a": "", "b": "perlu_dilihat", "c": "perlu_dilihat", "d": "wajar_pra", "e": "wajar_pln",
        "f": "R-PR-02", "g": "perlu_dilihat", "x": "perlu_dilihat",
    }  # fmt: skip
    assert parts(rows)["customers"].sum() == len(rows) == 8
    assert not rows["has_point"].any()


def test_a_list_that_was_never_loaded_accuses_nobody():
    who = customers(a="vendor", d="pra")
    rows = standing(who, rbm_list().iloc[:0], pdpj("a", "d"))
    assert rows["why"].to_dict() == {"a": "daftar_belum_ada", "d": "wajar_pra"}
    rows = standing(who, rbm_list("a"), pdpj().iloc[:0])
    assert rows.loc["a", "why"] == "daftar_belum_ada"


@pytest.mark.parametrize(
    ("one", "other"), [("KA1316", "KAI316"), ("PD0123", "PD123"), ("PD0100", "PDO1OO")]
)
def test_codes_that_look_alike(one, other):
    assert folded(one) == folded(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("PD0123", "PD0124"), ("PD0010", "PD0100"), ("PD1", "PE1"), ("PD100", "PD10")],
)
def test_codes_that_do_not(one, other):
    assert folded(one) != folded(other)


def spelled(*rows):
    return pd.DataFrame(rows, columns=["gardu", "raw_gardu", "customers", "known"])


def test_look_alikes_are_listed_beside_each_other_and_nothing_is_united():
    told = spelled(
        ("KA1316", "KA 1316", 40, True), ("KA1316", "KA-1316", 2, True),
        ("KAI316", "KAI316", 3, False), ("PD0001", "PD 0001", 9, True),
    )  # fmt: skip
    found = look_alikes(told)
    assert found["customers"].to_dict() == {"KA1316": 42, "KAI316": 3}
    assert found["group"].nunique() == 1
    assert found["known"].to_dict() == {"KA1316": True, "KAI316": False}
    assert united(told)["raw_gardu"].tolist() == ["KA 1316", "KA-1316"]
