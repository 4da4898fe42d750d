"""What people did in the invented unit: matching, survey, schedule, routes, events, a hand-off."""

import json
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import text
from sqlalchemy.orm import Session

from bench.join import ULP
from bench.whole_unit import NEWEST, first_day

WHO = "bench"
#: Share of the customers whose record is doubted, and of those that a survey answered.
DOUBTED, ANSWERED = 0.05, 0.05
#: One house in so many is on the survey's lists.
VISITED = 75


def steps() -> list[tuple[str, Callable[[Session], Any]]]:
    """Return the steps in order, each for a session of its own."""
    return [
        ("classes and candidates", _match),
        ("findings", _findings),
        ("evaluation", _evaluate),
        ("survey plan, answers, proposals", _survey),
        ("schedule and letter", _schedule),
        ("routes: published, and a draft", _routes),
        ("reading calendar", _calendar),
        ("mutations", _mutations),
        ("events", _events),
        ("decisions at the desk, spellings, looks", _decisions),
        ("hand-off", _handoff),
        ("work lists of the field, and what came of them", _field),
        ("jobs, rejects, own readings", _others),
    ]


def _match(session: Session) -> None:
    from rbmgeo.workflows.match import match_ulp

    match_ulp(session, ULP, detect_errors=False, who=WHO)


def _findings(session: Session) -> None:
    from rbmgeo.db.queries import work
    from rbmgeo.matching.findings import Evidence, assess, findings

    rng = np.random.default_rng(2)
    matches = work.matches(session, ulp=ULP)
    recorded = matches["gardu"].dropna()
    other = recorded.sample(frac=1, random_state=3).set_axis(recorded.index)
    doubted = rng.random(len(recorded)) < DOUBTED
    p = np.where(
        doubted, rng.uniform(0.5, 1, len(recorded)), rng.beta(1, 20, len(recorded)).clip(0, 0.49)
    )
    found = pd.DataFrame(
        {"p": p.round(6), "proposed_gardu": other.where(doubted), "tier": "T1", "vote": 0.3, "vote_other": 0.6,
         "distance_m": 140.0, "proposed_distance_m": 60.0}, index=recorded.index)  # fmt: skip
    nobody = pd.Series(dtype="str")
    assessed = assess(recorded, Evidence(found, nobody, nobody))
    patch = pd.Series(
        [f"B{n // 12}" for n in range(int(doubted.sum()))], index=recorded.index[doubted]
    )
    table = findings(matches, assessed, patch, limit=0.5)
    run = work.latest_run(session, ulp=ULP, step="match")
    assert run is not None
    work.replace_findings(session, ulp=ULP, run_id=run.run_id, findings=table)
    summary = {
        **run.summary,
        "findings": int((table["kind"] != "ok").sum()),
        "tiers": {"T1": len(table)},
    }
    work.set_summary(session, ulp=ULP, run_id=run.run_id, summary=summary)


def _evaluate(session: Session) -> None:
    from rbmgeo.workflows.evaluate import evaluate_ulp

    evaluate_ulp(session, ULP, who=WHO)


def _survey(session: Session) -> None:
    """Write a plan, answers before and after it, what they propose, some twice and otherwise."""
    from rbmgeo.db.queries import survey, work

    rng = np.random.default_rng(4)
    found = work.findings(session, ulp=ULP)
    visits = len(found) // VISITED
    asked = found.head(visits).assign(second=False, control=rng.random(visits) < 0.1)
    n = np.arange(len(asked))
    asked = asked.assign(surveyor=n % 4 + 1, day=n // 4 % 5 + 1, stop=n // 20 + 1)
    parts = [{"surveyor": s, "day": d, "houses": visits // 20, "expected": 50.0, "km": 4.0, "minutes": 400}
             for s in range(1, 5) for d in range(1, 6)]  # fmt: skip
    summary = {"ulp": ULP, "visits": len(asked), "controls": 200, "doubles": 0, "lists": 20, "km": 80.0, "expected": 1000.0,
               "per_km": 12.5, "per_km_by_p": 9.0, "estimated": False, "asked": visits, "parts": parts}  # fmt: skip
    run_id = work.add_run(session, ulp=ULP, step="survey", params={"visits": visits, "surveyors": 4, "days": 5},
                          summary=summary, who=WHO)  # fmt: skip
    session.execute(
        text("UPDATE run SET finished_at = '2026-10-01' WHERE run_id = :r"), {"r": run_id}
    )
    columns = ["surveyor", "day", "stop", "control", "second", "patch", "question"]
    survey.add_tasks(session, ulp=ULP, run_id=run_id, tasks=asked[columns].rename_axis("idpel"))
    told = pd.concat(
        [asked.head(visits // 2), found.sample(int(len(found) * ANSWERED), random_state=5)]
    )
    told = told[~told.index.duplicated()]
    wrong = rng.random(len(told)) < told["p"].to_numpy(float)
    when = pd.Timestamp("2026-10-02 01:00+00") + pd.to_timedelta(
        rng.integers(0, 60 * 24, len(told)), unit="h"
    )
    answers = pd.DataFrame({
        "client_id": [str(uuid.UUID(int=int(k) + 1)) for k in range(len(told))], "conflict_no": 0, "idpel": told.index,
        "outcome": np.where(wrong, "gardu_lain", "cocok"),
        "gardu": np.where(wrong, told["proposed_gardu"].fillna(told["gardu"]), told["gardu"]),
        "control": told["control"].eq(True) if "control" in told else False,
        "officer": [f"P-{k % 8 + 1:02d}" for k in range(len(told))], "answered_at": when.astype(str),
        "received_at": when.astype(str), "recorded_gardu": told["gardu"].to_numpy(), "promised_p": told["p"].to_numpy(),
        "raw_p": told["raw_p"].to_numpy(), "given_by": WHO})  # fmt: skip
    again = answers[wrong].head(200)
    again = again.assign(outcome="cocok", gardu=again["recorded_gardu"], officer="P-09",
                         client_id=[str(uuid.UUID(int=10**9 + k)) for k in range(len(again))])  # fmt: skip
    survey.add_answers(session, ulp=ULP, rows=pd.concat([answers, again]))
    session.execute(
        text(
            """
            INSERT INTO proposal (ulp, idpel, field, before, after, client_id, state, proposed_by)
            SELECT ulp, idpel, 'gardu', recorded_gardu, gardu, client_id,
                   (ARRAY['approved', 'approved', 'open', 'rejected'])[1 + row_number() OVER () % 4], 'bench'
            FROM survey_answer WHERE ulp = :u AND outcome = 'gardu_lain' AND gardu <> recorded_gardu
            """
        ),
        {"u": ULP},
    )
    session.execute(
        text(
            "INSERT INTO approval (ulp, proposal_id, decision, decided_by) SELECT ulp, proposal_id, state, 'kedua' "
            "FROM proposal WHERE ulp = :u AND state IN ('approved', 'rejected')"
        ),
        {"u": ULP},
    )


def _schedule(session: Session) -> None:
    from rbmgeo.workflows.letters import letter_from_schedule
    from rbmgeo.workflows.schedule import propose_schedule

    officers = [f"P-{k + 1:02d}" for k in range(8)]
    done = propose_schedule(
        session, ULP, officers=officers, begin_on=first_day(), capacity=60, who=WHO
    )
    session.execute(
        text("UPDATE survey_schedule SET made_at = '2026-10-01' WHERE ulp = :u"), {"u": ULP}
    )
    letter_from_schedule(session, ULP, officer=officers[0], first_on=done.first_on,
                         last_on=done.first_on + timedelta(days=5), on=first_day(), who=WHO)  # fmt: skip


def _routes(session: Session) -> None:
    """Publish the newest list, draft it anew on the workbench and move a house there."""
    from rbmgeo.db.queries import lists, versions
    from rbmgeo.workflows.workbench import act, new_draft, open_draft
    from tests.reviewed import publish

    listed = lists.rbm_list(session, ulp=ULP).drop_duplicates("idpel").set_index("idpel")
    by = listed.groupby("rbm")
    routes = pd.DataFrame(
        {"hari_baca": by["hari_baca"].first(), "officer": by["officer"].first(), "customers": by.size(),
         "length_m": 9.0 * by.size(), "length_before_m": 11.0 * by.size(), "length_estimated": False,
         "minutes": 1.0 * by.size(), "reordered": True})  # fmt: skip
    version = versions.add_draft(session, ulp=ULP, note="bench", who=WHO)
    members = listed[["rbm", "urut", "sisipan"]].astype({"urut": int, "sisipan": int})
    missing = session.scalars(
        text(
            "SELECT idpel FROM customer c WHERE ulp = :u AND dibaca_oleh = 'vendor' AND NOT EXISTS (SELECT FROM "
            "rbm_list l WHERE l.ulp = c.ulp AND l.idpel = c.idpel AND l.blth = :b) ORDER BY 1"
        ),
        {"u": ULP, "b": NEWEST},
    ).all()
    last = routes.index[::-1][: len(missing) // 90 + 1]
    extra = pd.DataFrame({"rbm": [last[k // 90] for k in range(len(missing))], "urut": 900, "sisipan": [k % 90 for k in range(len(missing))]},
                         index=pd.Index(missing, name="idpel"))  # fmt: skip
    versions.replace_routes(
        session, ulp=ULP, version_id=version, routes=routes, members=pd.concat([members, extra])
    )
    publish(session, ULP, version, effective_blth="202611", who=WHO)
    draft = new_draft(session, ULP, blth=NEWEST, who=WHO)
    it = open_draft(session, ULP, draft, who=WHO)
    first, second = routes.index[:2]
    house = members.index[members["rbm"] == first][0]
    act(
        session,
        ULP,
        draft,
        {"kind": "move", "steps": [[house, second, ""]]},
        revision=it.revision,
        who=WHO,
    )


def _calendar(session: Session) -> None:
    from rbmgeo.workflows.reading_calendar import plan_month

    plan_month(session, ULP, NEWEST, who=WHO)


def _mutations(session: Session) -> None:
    from rbmgeo.workflows.mutations import find_mutations

    find_mutations(session, ULP, NEWEST, who=WHO)


def _events(session: Session) -> None:
    """Draft an event, and open another."""
    from rbmgeo.workflows.event_choice import choose_by_circle, keep_choice, poles_to_cut
    from rbmgeo.workflows.events import Asked, draft_event, keep_event

    for number, code in enumerate(("PD00001", "PD00002")):
        row = session.execute(
            text(
                "SELECT ST_X(geom) AS x, ST_Y(geom) AS y FROM gardu WHERE ulp = :u AND gardu = :g"
            ),
            {"u": ULP, "g": code},
        ).one()
        asked = Asked(
            "sisipan",
            f"BARU{number}",
            code,
            first_day() - timedelta(days=60),
            kva=100.0,
            place=(row.x + 0.0005, row.y),
        )
        event = draft_event(session, ULP, asked, who=WHO)
        poles_to_cut(session, ULP, event)
        keep_choice(session, ULP, event, choose_by_circle(session, ULP, event, radius_m=150))
        if number:
            keep_event(session, ULP, event, who=WHO)


def _decisions(session: Session) -> None:
    from rbmgeo.db.queries import desk
    from rbmgeo.workflows.desk import settle
    from rbmgeo.workflows.looks import ask_again
    from rbmgeo.workflows.spelling import judge_spelling

    ids = session.scalars(
        text("SELECT idpel FROM finding f WHERE ulp = :u AND kind = 'gardu_diragukan' AND NOT EXISTS (SELECT FROM "
             "survey_answer a WHERE a.ulp = f.ulp AND a.idpel = f.idpel) ORDER BY idpel LIMIT 20"), {"u": ULP}
    ).all()  # fmt: skip
    shown = session.scalars(
        text("SELECT public_id::text FROM customer WHERE ulp = :u AND idpel = ANY(:i)"),
        {"u": ULP, "i": list(ids)},
    ).all()
    rows = desk.open_findings(session, ulp=ULP, lines=list(shown))
    settle(session, ULP, rows, "catatan_benar", reason="bench", who=WHO)
    judge_spelling(session, ULP, ["PD00001", "PD00010"], "berbeda", who=WHO)
    twice = session.scalar(
        text(
            "SELECT idpel FROM survey_answer WHERE ulp = :u AND officer = 'P-09' ORDER BY 1 LIMIT 1"
        ),
        {"u": ULP},
    )
    ask_again(session, ULP, str(twice), who=WHO)


def _handoff(session: Session) -> None:
    from rbmgeo.workflows.handoff import hand_over

    hand_over(session, ULP, "ap2t", NEWEST, who=WHO)


def _field(session: Session) -> None:
    """Write lists of information for two customers of three, 330 orders each, half of them visited."""
    values = {"u": ULP, "b": NEWEST, "who": WHO, "day": first_day()}
    session.execute(text("""
        CREATE TEMP TABLE listed ON COMMIT DROP AS
        SELECT idpel, n / 330 AS list, n % 330 + 1 AS stop, md5('list' || n / 330)::uuid AS list_id,
               md5('order' || n)::uuid AS order_id, md5('visit' || n)::uuid AS client_id, n % 2 = 0 AS visited,
               lon, lat
        FROM (SELECT idpel, ST_X(geom) AS lon, ST_Y(geom) AS lat,
                     (row_number() OVER (ORDER BY idpel) - 1)::int AS n
              FROM customer WHERE ulp = :u AND right(idpel, 1) < '7') c"""), values)  # fmt: skip
    session.execute(text("""
        INSERT INTO visit_list (ulp, list_id, job, blth, title, officer, planned_on, made_by)
        SELECT DISTINCT :u, list_id, 'informasi', :b, 'Brosur ' || list, 'petugas-' || list % 40,
               CAST(:day AS date) + list % 20, :who FROM listed"""), values)  # fmt: skip
    session.execute(text("""
        INSERT INTO visit_order (ulp, order_id, list_id, job, idpel, stop, due_on, reason)
        SELECT :u, order_id, list_id, 'informasi', idpel, stop, CAST(:day AS date) + list % 20, 'informasi'
        FROM listed"""), values)  # fmt: skip
    session.execute(text("""
        INSERT INTO field_visit (ulp, client_id, sha256, order_id, idpel, job, outcome, lon, lat, accuracy_m,
                                 device_at, device_id, officer, content, received_by)
        SELECT :u, client_id, md5(client_id::text) || md5('2' || client_id), order_id, idpel, 'informasi',
               'tersampaikan_langsung', lon, lat, 6, CAST(:day AS date) + list % 20 + interval '3 hours',
               md5('phone' || list % 40)::uuid, 'petugas-' || list % 40, '{}', :who
        FROM listed WHERE visited"""), values)  # fmt: skip


def _others(session: Session) -> None:
    from rbmgeo.db.queries import jobs, work

    number = jobs.ask(session, ulp=ULP, task="evaluate", args={}, who=WHO)
    jobs.finish(session, ulp=ULP, job_id=number, state=jobs.DONE, result={})
    session.execute(text("DELETE FROM procrastinate_jobs"))
    session.execute(
        text(
            """
            INSERT INTO import_reject (ulp, batch_id, row_no, "column", value, rule, message_id, message_en, cells)
            SELECT :u, (SELECT max(batch_id) FROM import_batch WHERE ulp = :u), n, 'IDPEL', '?', 'R-IM-01',
                   'IDPEL harus 12 angka', 'an idpel has 12 digits', '{"IDPEL": "?"}' FROM generate_series(1, 2000) n
            """
        ),
        {"u": ULP},
    )
    session.execute(
        text(
            """
            INSERT INTO own_reading (ulp, client_id, idpel, blth, service, read_at, officer, stand_kwh, lbkb_code, received_by)
            SELECT ulp, gen_random_uuid(), idpel, :b, 'pasca', '2026-12-05 02:00+00', 'P-01', 500, 'A', 'bench'
            FROM customer WHERE ulp = :u AND jenis_layanan = 'pasca' ORDER BY idpel LIMIT 2000
            """
        ),
        {"u": ULP, "b": NEWEST},
    )
    # Photos of every third stand: their files are not opened by the pages that count them.
    session.execute(
        text(
            """
            INSERT INTO photo (ulp, idpel, blth, sha256, suffix, size_bytes)
            SELECT ulp, idpel, :b, lpad(idpel, 64, '0'), '.jpg', 1 FROM customer
            WHERE ulp = :u AND jenis_layanan = 'pasca' AND right(idpel, 1) IN ('0', '3', '6')
            """
        ),
        {"u": ULP, "b": NEWEST},
    )
    curve = [0, *range(5, 255, 5)]
    work.add_run(
        session, ulp=ULP, step="survey_rehearsal", who=WHO,
        params={"seed": 1, "planted": 0.05, "wrong_answers": 0.02, "cannot_trace": 0.03, "rounds": 5, "visits": 100, "controls": 10},
        summary=json.loads(json.dumps({
            "customers": 12000, "of": 150000, "errors": 600, "visits": [0, *range(10, 510, 10)],
            "found": _found(curve), "rounds": [{"promised": 40.0, "found": 38}] * 5, "error": 0.03})),
    )  # fmt: skip


def _found(curve: list[int]) -> dict[str, list[int]]:
    from rbmgeo.survey.rehearsal import WAYS

    return dict.fromkeys(WAYS, curve)
