"""Who stands where while mutations are applied to a draft: nobody else is renumbered."""

import pandas as pd

from rbmgeo.mutations.effects import service_after
from rbmgeo.mutations.walks import Walks, free_place
from rbmgeo.terms import Act, Mutation


def draft(**places):
    rows = [(idpel, rbm, urut, sisipan) for idpel, (rbm, urut, sisipan) in places.items()]
    return pd.DataFrame(rows, columns=["idpel", "rbm", "urut", "sisipan"]).set_index("idpel")


def test_who_comes_gets_the_place_proposed_and_who_stood_elsewhere_leaves():
    walks = Walks(draft(a=("A", 1, 0), b=("A", 2, 0), c=("B", 1, 0)))
    assert walks.placed("c", "A", (1, 1), "a") == ["A", 1, 1]
    assert walks.removed == ["c"]
    assert walks.came().to_dict("index") == {"c": {"rbm": "A", "urut": 1, "sisipan": 1}}
    assert walks.changed == 1


def test_a_place_taken_meanwhile_gives_way_to_the_next_free_one_behind():
    walks = Walks(draft(a=("A", 1, 0), b=("A", 2, 0)))
    assert walks.placed("x", "A", (1, 1), "a") == ["A", 1, 1]
    after = walks.placed("y", "A", (1, 1), "a")
    assert after is not None
    assert after[1] == 1 and after[2] > 1


def test_where_the_walk_was_ordered_anew_the_place_follows_the_customer_behind_whom():
    assert free_place([(1, 0), (2, 0), (7, 0), (8, 0)], {(1, 0), (2, 0), (7, 0), (8, 0)}, (2, 1), (7, 0)) not in [None, (2, 1)]  # fmt: skip


def test_who_leaves_without_a_place_changes_nothing():
    walks = Walks(draft(a=("A", 1, 0)))
    walks.left("z")
    walks.left("a")
    assert walks.removed == ["a"]
    assert walks.changed == 1


def test_a_mutation_changes_only_what_it_says_of_the_master():
    was = {"active": True, "jenis_layanan": "pasca", "dibaca_oleh": "vendor"}
    assert service_after(Mutation.HILANG, Act.REMOVE, was) == {**was, "active": False}
    assert service_after(Mutation.UBAH_DAYA, Act.REMOVE, was) == {**was, "dibaca_oleh": "pln"}
    assert service_after(Mutation.UBAH_DAYA, Act.NOTE, was) == was
    assert service_after(Mutation.HILANG, Act.REMOVE, None) is None
