"""How months are asked for."""

import pytest

from rbmgeo.errors import UsageError
from rbmgeo.workflows.energy import span_of


def test_one_month_and_several():
    assert span_of("202405") == ("202405", "202405")
    assert span_of("202401..202412") == ("202401", "202412")


@pytest.mark.parametrize(
    "text", ["202413", "202401..", "..202412", "2024", "\u0662024\u0660\u0661", ""]
)
def test_half_a_span_or_no_month_is_refused(text):
    with pytest.raises(UsageError):
        span_of(text)
