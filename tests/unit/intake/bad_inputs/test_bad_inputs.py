"""Every bad input becomes what the list says: a value, a named reject, a warning or a refusal."""

import re

import pytest
from cases import CASES

from rbmgeo.errors import RbmgeoError
from rbmgeo.intake import positions
from rbmgeo.intake.check import check
from rbmgeo.intake.fill import filled
from rbmgeo.intake.profiles import choose
from rbmgeo.intake.readers import open_file
from rbmgeo.labels.rules import RULES, words


def taken_in(case, path):
    """What the importer makes of a file, but for the database: checked tables with all warnings."""
    done = []
    for source in open_file(path, case.asked):
        profile = choose(source.head, name=case.profile, kind=case.kind)
        profile = profile.with_declared(**case.declared)
        laid, set_aside = filled(source, profile.filling, profile.headers(source.head))
        watched, dragged = positions.watch(laid, profile)
        checked = check(watched.whole(), profile, ulp=case.ulp, dragged=dragged)
        aside = {"SECTION_ROW": set_aside()} if set_aside() else {}
        checked.warnings |= positions.warn_places(checked.places) | laid.notes | aside
        done.append(checked)
    return done


@pytest.mark.parametrize("case", CASES, ids=[f"{c.number}-{c.what[:40]}" for c in CASES])
def test_bad_input(case, tmp_path):
    path = case.make(tmp_path)
    if case.refused:
        with pytest.raises(RbmgeoError, match=re.escape(case.refused.split(":")[0])) as refusal:
            taken_in(case, path)
        told = (str(refusal.value), refusal.value.in_language("id"))
        assert f"rule {case.refused}" in told[0]
        assert f"aturan {case.refused.split(':')[0]}" in told[1]
        assert told[0] != told[1]
        assert all(path.name in t for t in told)
        return
    tables = taken_in(case, path)
    assert len(tables) == case.tables
    done = tables[0]
    assert done.read == done.good + len(done.rejects) + done.skipped
    if case.count:
        assert (done.read, done.good, len(done.rejects), done.skipped) == case.count
    if case.rule:
        bad = done.rejects.iloc[0]
        assert (bad["rule"], bad["row_no"] > 0) == (case.rule, True)
        assert words(case.rule, "id") != words(case.rule, "en")
        assert bad["cells"]
    elif not case.count:
        assert done.rejects.empty
    for name, value in case.value.items():
        assert done.rows.iloc[0][name] == value
    if case.warn:
        assert done.warnings[case.warn] > 0
        assert case.warn in RULES
    if case.quality:
        told = done.places.iloc[0]
        assert told["quality"] == case.quality
        assert (told["lat"] == told["lat"]) == (case.quality in ("ok", "R-IM-69-kasar"))
