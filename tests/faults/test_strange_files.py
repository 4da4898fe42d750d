"""Whatever a file holds: every row is accounted for, or one clear sentence says why not."""

import os
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rbmgeo.errors import RbmgeoError
from rbmgeo.intake import check as checking
from rbmgeo.intake.profiles import choose
from rbmgeo.intake.readers import read_tables
from rbmgeo.sample import SampleParams, make_sample


@pytest.fixture(scope="module")
def originals(tmp_path_factory):
    """One file of each kind of text and table that the field has, as bytes."""
    where = tmp_path_factory.mktemp("ulp")
    make_sample(where, SampleParams(customers=200, seed=5))
    kept = {}
    for path in sorted(where.rglob("*")):
        if path.suffix in (".csv", ".xlsx", ".gpkg") and "truth" not in path.parts:
            kept.setdefault(path.parent.name + path.suffix, (path.name, path.read_bytes()))
    return kept


def taken_in(path):
    """Check a file as the importer does; a refusal in words is an answer too."""
    try:
        for table in read_tables(path):
            done = checking.check(table, choose(table), ulp="51354")
            assert done.read == done.good + len(done.rejects) + done.skipped
            assert done.rejects["rule"].notna().all()
    except RbmgeoError as error:
        assert str(error).strip(), repr(error)  # noqa: PT017


def mangled(data, cuts, flips, insert):
    """Cut, flip and insert bytes as broken transfers and hands do."""
    done = bytearray(data)
    for start, length in cuts:
        at = int(start * len(done))
        del done[at : at + length]
    for where, value in flips:
        if done:
            done[int(where * (len(done) - 1))] = value
    at = len(done) // 2
    return bytes(done[:at] + insert + done[at:])


share = st.floats(0, 1, exclude_max=True)
mangling = {
    "cuts": st.lists(st.tuples(share, st.integers(1, 400)), max_size=3),
    "flips": st.lists(st.tuples(share, st.integers(0, 255)), max_size=12),
    "insert": st.one_of(
        st.binary(max_size=40),
        st.text(max_size=20).map(lambda t: t.encode("utf-8", "surrogatepass")),
        st.sampled_from([b"\x00" * 8, b'"', b"\r\r\n", b";;;;;\n", b"\xef\xbb\xbf", b"=1+1;@x\n"]),
    ),
}


def one_of_the_files(tmp_path_factory, originals, which, cuts, flips, insert):
    names = sorted(originals)
    name, data = originals[names[which % len(names)]]
    path = tmp_path_factory.mktemp("m") / name
    path.write_bytes(mangled(data, cuts, flips, insert))
    try:
        taken_in(path)
    finally:
        path.unlink()


@settings(
    max_examples=60, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(which=st.integers(0, 50), **mangling)
def test_a_mangled_file_is_accounted_for_or_refused(
    tmp_path_factory, originals, which, cuts, flips, insert
):
    one_of_the_files(tmp_path_factory, originals, which, cuts, flips, insert)


@pytest.mark.drill
def test_ten_minutes_of_mangled_files(tmp_path_factory, originals):
    until = time.monotonic() + float(os.environ.get("RBMGEO_FUZZ_S", "600"))
    seen = 0

    @settings(
        max_examples=500, deadline=None, database=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(which=st.integers(0, 50), **mangling)
    def once(which, cuts, flips, insert):
        nonlocal seen
        seen += 1
        if time.monotonic() < until:
            one_of_the_files(tmp_path_factory, originals, which, cuts, flips, insert)

    while time.monotonic() < until:
        once()
    assert seen > 1000
    print(f"{seen} mangled files")
