import pytest

from rbmgeo.errors import UsageError
from rbmgeo.intake.pasted import read_pasted

HOSTILE = [
    "", " \n\t", "'; DROP TABLE pdpj; --", "<script>alert(1)</script>", "{{7*7}}", "=1+1",
    "\u202e\u2066", "9" * 300_000, "- - - -", "%s%s%n", "../../etc/passwd", "\u0661" * 12,
]  # fmt: skip
A, B, C = "513540000001", "513540000002", "013540000003"


@pytest.mark.parametrize(
    "text",
    [f"{A}\n{B}\n{C}", f"{A},{B};{C}", f"{A} {B} {C}", f"'{A}'\t\"{B}\"|{C}", f"{A}\r\n\r\n{B}/{C}",
     "5135 4000 0001\n5135-4000-0002\n0135.4000.0003", "5135 4000 0001 5135 4000 0002 0135 4000 0003",
     f"{A}\u2028{B}\x0b{C}", f"\ufeff{A}, [{B}], ({C})"],
)  # fmt: skip
def test_numbers_are_read_with_any_separator_in_their_order(text):
    done = read_pasted(text)
    assert done.idpels == (A, B, C)
    assert done.faults == ()


def test_what_repeats_is_counted_once_and_said():
    done = read_pasted(f"{A} {A}\n{B},{A}")
    assert (done.idpels, done.repeated) == ((A, B), 2)


@pytest.mark.parametrize(
    ("value", "why"),
    [("51354000000", "11 angka"), ("5.1354E+11", "Excel"), ("Budi", "bukan 12 angka"),
     (A + B, "24 angka"), ("５１３５４００００００１", "bukan 12 angka")],
)  # fmt: skip
def test_a_fault_is_named_with_its_line_and_reason_and_never_mended(value, why):
    done = read_pasted(f"{A}\n{value}")
    assert done.idpels == (A,)
    (fault,) = done.faults
    assert (fault.line, fault.value) == (2, value)
    assert why in fault.indonesian


def test_a_number_never_ends_inside_a_group():
    # Twenty-four figures in three groups: the middle one alone is a number.
    done = read_pasted(f"1234 {A} 12345678")
    assert done.idpels == (A,)
    assert [f.value for f in done.faults] == ["1234", "12345678"]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_a_fault_or_nothing(text):
    done = read_pasted(text)
    assert done.idpels == ()
    assert all(len(f.value) <= 24 for f in done.faults)


def test_more_than_a_gardu_has_is_refused():
    with pytest.raises(UsageError, match="signs"):
        read_pasted("1" * 400_001)
    with pytest.raises(UsageError, match="5001"):
        read_pasted("\n".join(f"{n:012d}" for n in range(5_001)))
