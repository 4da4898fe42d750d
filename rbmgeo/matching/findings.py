"""SOP IV.3, its result: one row per active customer with a PDPJ record, most doubtful first."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from rbmgeo.frames import MATCHES
from rbmgeo.matching.calibrate import after_a_look
from rbmgeo.terms import Match, Tier

#: What the walk along drops and spans says is all but certain; a drop may be drawn wrongly.
CERTAIN_WRONG, CERTAIN_RIGHT = 0.99, 0.01
#: Nothing is known of a customer without a point: the share of wrong records that utilities
#: report (findings on a real utility; a setting once controls were surveyed).
BASE_RATE = 0.05
#: Parts of a score that nobody can look at on the spot: told among the details only.
GENERAL_REASONS = ("reason.base", "reason.together")
AGREEING = {Match.COCOK, Match.SELARAS, Match.TIDAK_DIBACA_VENDOR}


@dataclass(frozen=True)
class Evidence:
    """What was found by the ways there are; each may be empty.

    ``suspicion``: frame of `rbmgeo.matching.suspicion`. ``connected``: gardu by a walk along
    drops or poles (index idpel). ``shared_poles``: several gardu on the recorded pole.
    ``surveyed``: the gardu that a surveyor found.
    """

    suspicion: pd.DataFrame
    connected: pd.Series
    shared_poles: pd.Series
    surveyed: pd.Series = field(default_factory=lambda: pd.Series(dtype="str"))


def assess(recorded: pd.Series, evidence: Evidence, *, limit: float = 0.5) -> pd.DataFrame:
    """Give every recorded customer its p, the gardu proposed, the tier and the reasons.

    ``recorded``: gardu by idpel. ``raw_p`` is p before any survey corrected it. A walk along the spans outranks every neighbour (tier TX);
    without a point nothing but the base rate is known (tier T0). A survey outranks them all
    (tier SV, R-MA-10): what it called right stays under ``limit``, what it called wrong above,
    and how far says how well that goes with what was known before.
    """
    found = evidence.suspicion.reindex(recorded.index)
    out = pd.DataFrame(
        {
            "p": found["p"].astype(float), "raw_p": found.get("raw_p", found["p"]).astype(float),
            "proposed_gardu": found["proposed_gardu"],
            "tier": found.get("tier", pd.Series(Tier.T1.value, found.index)).fillna(Tier.T1.value),
        },
        index=recorded.index,
    )  # fmt: skip
    blind = out["p"].isna()
    out.loc[blind, "p"] = BASE_RATE
    out.loc[blind, "tier"] = Tier.T0.value
    out["reasons"] = _reasons(found, blind)
    _sure(out, recorded, evidence.connected, Tier.TX, "walk")
    _poles(out, recorded, evidence.shared_poles.reindex(recorded.index).dropna())
    computed = out["p"].copy()
    _sure(out, recorded, evidence.surveyed, Tier.SV, "survey")
    looked = out["tier"].eq(Tier.SV)
    denied = out.loc[looked, "p"] == CERTAIN_WRONG
    out.loc[looked, "p"] = after_a_look(computed[looked], denied, limit=limit).round(6)
    return out


def findings(
    matches: pd.DataFrame, assessed: pd.DataFrame, patch: pd.Series, *, limit: float
) -> pd.DataFrame:
    """Join classes and doubts to `FINDINGS`, ranked by p, ties by idpel.

    ``kind`` is ``ok`` where both agree; ``gardu_diragukan`` from ``limit`` on; else the
    class of R-MA-01. Being prepaid or read by PLN alone is no finding (R-MA-11).
    """
    MATCHES.check(matches)
    out = assessed.join(matches[["match", "gardu"]], how="left")
    # Where the walk along the spans arrives at the record, no neighbourhood can deny it.
    sure = out["tier"].isin([Tier.TX, Tier.SV]) & (out["p"] < limit)
    agrees = out["match"].isin(AGREEING) | (sure & out["match"].eq(Match.PERLU_SURVEI))
    out["kind"] = out["match"].astype("str").where(~agrees, "ok")
    doubted = (out["p"] >= limit) & (agrees | out["match"].eq(Match.PERLU_SURVEI))
    out["kind"] = out["kind"].where(~doubted, "gardu_diragukan").fillna("ok")
    out["patch"] = patch.reindex(out.index)
    out["question"] = [
        _question(*row) for row in out[["kind", "patch", "tier"]].itertuples(index=False)
    ]
    out = (
        out.rename_axis("idpel").reset_index().sort_values(["p", "idpel"], ascending=[False, True])
    )
    columns = [
        "kind",
        "p",
        "raw_p",
        "gardu",
        "proposed_gardu",
        "patch",
        "tier",
        "reasons",
        "question",
    ]
    return out.set_index("idpel")[columns]


def _reasons(found: pd.DataFrame, blind: pd.Series) -> Any:
    """Say each customer's evidence, what weighs most first; ``points`` sum to the log-odds."""
    columns = [
        found[n].to_numpy(float, na_value=np.nan) if n in found else np.full(len(found), np.nan)
        for n in _SAID
    ]
    weights = found["parts"] if "parts" in found else pd.Series(None, found.index, dtype=object)
    out: list[list[dict[str, object]]] = []
    for nothing, weight, *values in zip(blind, weights, *columns, strict=True):
        if nothing:
            out.append([{"key": "reason.no_point"}])
            continue
        said = _said(dict(zip(_SAID, values, strict=True)))
        out.append(_weighed(said, weight) if isinstance(weight, dict) else said)
    return out


_SAID = (
    "vote", "vote_other", "distance_m", "proposed_distance_m", "line_m", "proposed_line_m",
    "walk", "walk_other", "patch", "patch_other", "pole", "pole_other",
)  # fmt: skip

#: The part of the score that each reason stands for; `together` and `base` have no reason.
_PART_OF = {
    "reason.neighbours": "votes", "reason.distance": "distance", "reason.walk": "walk",
    "reason.line": "line", "reason.patch": "patch", "reason.pole": "pole",
    "reason.together": "together", "reason.base": "base",
}  # fmt: skip


def _said(at: dict[str, float]) -> list[dict[str, object]]:
    """Put what was measured into reasons; what is unknown is not said."""
    said: list[dict[str, object]] = []
    if at["vote"] == at["vote"]:
        said.append({"key": "reason.neighbours", "n": round(at["vote"] * 10)})
    if at["vote_other"] == at["vote_other"]:
        said.append({"key": "reason.other_neighbours", "percent": round(at["vote_other"] * 100)})
    for key, own, other in (
        ("distance", "distance_m", "proposed_distance_m"), ("line", "line_m", "proposed_line_m"),
    ):  # fmt: skip
        if at[own] == at[own] and at[other] == at[other]:
            told = {"own_m": round(at[own]), "other_m": round(at[other])}
            said.append({"key": f"reason.{key}", **told})
    for key in ("walk", "patch", "pole"):
        if at[key] == at[key]:
            share = {
                "percent": round(at[key] * 100),
                "other": round(_known(at[f"{key}_other"]) * 100),
            }
            said.append({"key": f"reason.{key}", **share})
    return said


def _known(value: float) -> float:
    return value if value == value else 0.0


def _weighed(said: list[dict[str, object]], parts: dict[str, float]) -> list[dict[str, object]]:
    """Give each reason its part of the score; parts without a reason are said in general words."""
    told = [
        {**r, "points": parts[_PART_OF[k]]} if (k := str(r["key"])) in _PART_OF else r for r in said
    ]
    spoken = {_PART_OF.get(str(r["key"])) for r in told}
    told += [
        {"key": f"reason.{name}", "points": value}
        for name, value in parts.items()
        if name not in spoken and (value or name in ("base", "together"))
    ]
    general = {"reason.base": 2, "reason.together": 1}
    return sorted(
        told, key=lambda r: (general.get(str(r["key"]), 0), -float(str(r.get("points", 0))))
    )


def _sure(out: pd.DataFrame, recorded: pd.Series, told: pd.Series, tier: Tier, how: str) -> None:
    """Let a walk or a survey speak: in place, for the customers that it reaches."""
    known = told.reindex(recorded.index).dropna()
    if known.empty:
        return
    wrong = known != recorded[known.index]
    out.loc[known.index, "tier"] = tier.value
    out.loc[known.index, "p"] = wrong.map({True: CERTAIN_WRONG, False: CERTAIN_RIGHT})
    out.loc[known.index, "proposed_gardu"] = known.where(wrong)
    said = {
        idpel: {"key": f"reason.{how}_{'other' if is_wrong else 'same'}", "gardu": gardu}
        for idpel, gardu, is_wrong in zip(known.index, known, wrong, strict=True)
    }
    out["reasons"] = _said_first(out, said)


def _poles(out: pd.DataFrame, recorded: pd.Series, shared: pd.Series) -> None:
    """Call a record outside the gardu that its pole carries wrong; inside, the pole says little."""
    hung = out.loc[shared.index]
    tier, proposed = dict(hung["tier"]), dict(hung["proposed_gardu"])
    was = dict(recorded[shared.index])
    carried: dict[Any, tuple[str, ...]] = {
        idpel: gardu
        for idpel, gardu in zip(shared.index, shared, strict=True)
        if tier[idpel] != Tier.TX and was[idpel] not in gardu
    }
    if not carried:
        return
    rows = list(carried)
    out.loc[rows, "p"] = CERTAIN_WRONG
    out.loc[rows, "tier"] = Tier.TX.value
    out.loc[rows, "proposed_gardu"] = [
        proposed[i] if proposed[i] in carried[i] else carried[i][0] for i in rows
    ]
    said = {i: {"key": "reason.pole_carries", "gardu": ", ".join(carried[i])} for i in rows}
    out["reasons"] = _said_first(out, said)


def _unweighed(reason: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in reason.items() if k != "points"}


def _said_first(out: pd.DataFrame, said: dict[Any, dict[str, str]]) -> list[list[Any]]:
    # What is sure has no weights: the neighbours' are not what its p was made of.
    return [
        [said[idpel], *(_unweighed(r) for r in reasons if r["key"] not in GENERAL_REASONS)]
        if idpel in said
        else reasons
        for idpel, reasons in zip(out.index, out["reasons"], strict=True)
    ]


def _question(kind: Any, patch: Any, tier: Any) -> str | None:
    if kind == "ok":
        return None
    if tier == Tier.SV and kind == "gardu_diragukan":
        return "question.decide"
    if isinstance(patch, str):
        return "question.patch"
    return {
        "ganda": "question.twice",
        "hanya_pdpj": "question.pdpj_only",
        "gardu_diragukan": "question.pole" if tier != Tier.T0 else "question.gardu",
    }.get(kind, "question.gardu")
