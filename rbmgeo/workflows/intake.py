"""SOP IV.1, the way in: files are kept, looked at, mapped by a person, checked, then loaded.

A consignment ("kiriman") is a folder of its own: the files as they came, and beside them what
was seen and answered. Commands and pages go through the same acts.
"""

import json
import re
import shutil
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from rbmgeo.db.session import Database
from rbmgeo.errors import NotThere, UsageError
from rbmgeo.intake.fill import Filling
from rbmgeo.intake.folder import files_of
from rbmgeo.intake.guess import How, around, columns_of, mapped, picks_of, template
from rbmgeo.intake.look import Group, Look, Table, survey_of
from rbmgeo.intake.profiles import Profile, as_toml, keep_profile, own_profiles
from rbmgeo.intake.raw import Source, header_key
from rbmgeo.intake.readers import open_file
from rbmgeo.reports.rejects import RejectFile
from rbmgeo.terms import FileKind
from rbmgeo.workflows.check_files import CheckSummary, check_files
from rbmgeo.workflows.import_files import ImportSummary, import_files
from rbmgeo.workflows.import_jobs import Progress

#: Seconds that files wait for an answer: they hold names and addresses.
KEPT_S = 86_400
_TOKEN = r"[0-9a-f]{16}"


@dataclass(frozen=True)
class Consignment:
    """Files that came together and what was seen and answered, in a folder of the home."""

    folder: Path

    @classmethod
    def of(cls, home: Path, token: str) -> "Consignment":
        """Return a consignment that is there; raises `NotThere`."""
        folder = home / "uploads" / token
        if not re.fullmatch(_TOKEN, token) or not (folder / "berkas").is_dir():
            raise NotThere(
                "these files are not kept any more; upload them again",
                "berkas ini tidak tersimpan lagi; unggah ulang",
            )
        return cls(folder)

    @property
    def token(self) -> str:
        """Its name in addresses."""
        return self.folder.name

    @property
    def files(self) -> Path:
        """Where the files lie as they came."""
        return self.folder / "berkas"

    @property
    def names(self) -> list[str]:
        """What its files are called."""
        return sorted(p.name for p in self.files.iterdir())

    def note(self, name: str, values: dict[str, Any]) -> None:
        """Keep what was seen or answered; a reader meets the old or the new, never a half."""
        beside = self.folder / f"{name}.new"
        beside.write_text(json.dumps(values, ensure_ascii=False), encoding="utf-8")
        beside.replace(self.folder / f"{name}.json")

    def noted(self, name: str) -> dict[str, Any] | None:
        """Return what was kept under a name, None where nothing was."""
        path = self.folder / f"{name}.json"
        if not path.is_file():
            return None
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return found

    @property
    def state(self) -> dict[str, Any]:
        """Whose it is and the job that works on it: ``ulp``, ``stop``, ``job``."""
        return self.noted("kiriman") or {}

    def forget(self, *names: str) -> None:
        """Drop what was kept under names: it does not hold any more."""
        for name in names:
            (self.folder / f"{name}.json").unlink(missing_ok=True)

    def look(self) -> Look:
        """Return what was seen; raises `NotThere` while nobody has looked."""
        seen = self.noted("dilihat")
        if seen is None:
            raise NotThere(
                "these files were not looked at yet; wait for the job",
                "berkas ini belum dilihat; tunggu pekerjaannya",
            )
        return Look.of_dict(seen)

    def drop(self) -> None:
        """Throw the files away."""
        shutil.rmtree(self.folder, ignore_errors=True)


def sweep(home: Path, *, needed: Collection[str], now: float | None = None) -> None:
    """Throw away consignments that waited a day for an answer, but those ``needed`` by a job.

    However a clock jumps, what somebody was promised to have loaded stays until it is.
    """
    moment = time.time() if now is None else now
    for folder in (home / "uploads").glob("*"):
        if folder.name not in needed and moment - folder.stat().st_mtime > KEPT_S:
            shutil.rmtree(folder, ignore_errors=True)


def waiting(home: Path, ulp: str) -> list[Consignment]:
    """Return the consignments of a unit that are not loaded yet, newest first."""
    folders = [f for f in (home / "uploads").glob("*") if re.fullmatch(_TOKEN, f.name)]
    found = [Consignment(f) for f in folders if (f / "berkas").is_dir()]
    open_ones = [c for c in found if c.state.get("ulp") == ulp and c.noted("dimuat") is None]
    return sorted(open_ones, key=lambda c: (-c.folder.stat().st_mtime, c.token))


def profiles_folder(home: Path) -> Path:
    """Return where confirmed mappings are kept: one folder a unit, those for every unit beside."""
    return home / "profiles"


def look_at(home: Path, token: str, ulp: str, progress: Progress | None = None) -> Look:
    """Look at a consignment's files, archives unpacked, and keep what was seen."""
    kept = Consignment.of(home, token)
    beside = kept.folder / "isi"
    shutil.rmtree(beside, ignore_errors=True)
    files = files_of([kept.files], unpack_into=beside)
    look = survey_of(files, own=own_profiles(profiles_folder(home), ulp), progress=progress)
    kept.note("dilihat", look.as_dict())
    kept.forget("diperiksa", "dimuat")
    return look


def check_consignment(
    database: Database, home: Path, token: str, ulp: str, progress: Progress | None = None
) -> CheckSummary:
    """Check what was mapped and keep the result, the refused rows as files to be mended."""
    kept = Consignment.of(home, token)
    plan = kept.look().plan()
    if not plan:
        raise UsageError(
            "no table is to be loaded; answer the questions or choose a kind for a table",
            "belum ada tabel yang akan dimuat; jawab pertanyaannya atau pilih jenis tabel",
        )
    refused = kept.folder / "ditolak"
    shutil.rmtree(refused, ignore_errors=True)
    refused.mkdir()
    paths = list(dict.fromkeys(Path(p) for p, _ in plan))
    done = check_files(
        database, paths, ulp=ulp, plan=plan, rejects=RejectFile(refused / "ditolak.csv"),
        progress=progress,
    )  # fmt: skip
    kept.note("diperiksa", done.as_dict())
    return done


def load_consignment(
    database: Database,
    home: Path,
    token: str,
    ulp: str,
    *,
    accept_good: bool,
    who: str,
    progress: Progress | None = None,
) -> ImportSummary:
    """Load what was mapped and remember each confirmed mapping for next month."""
    kept = Consignment.of(home, token)
    look = kept.look()
    plan = look.plan()
    paths = list(dict.fromkeys(Path(p) for p, _ in plan))
    done = import_files(
        database, paths, ulp=ulp, plan=plan, accept_good=accept_good, who=who, progress=progress,
        home=home,
    )  # fmt: skip
    remember(profiles_folder(home), ulp, look.groups)
    kept.note("dimuat", done.as_dict())
    return done


def remember(folder: Path, ulp: str, groups: Sequence[Group]) -> list[Path]:
    """Keep the mappings that a person confirmed; a value typed for one file is not kept."""
    made = []
    for group in groups:
        profile = group.mapping
        if profile is None or not profile.seen or group.needs_answer or not group.load:
            continue
        lasting = replace(profile, filling=replace(profile.filling, fixed={}))
        name = f"{profile.kind.replace('_', '-')}-{group.key}"
        made.append(keep_profile(folder / ulp, replace(lasting, name=name)))
    return made


def confirm(look: Look, key: str) -> None:
    """Take a group's guess as it was shown, in place; raises `UsageError` where it lacks a column."""
    group = look.group(key)
    if group.missing or not group.profile:
        raise UsageError(
            f"the columns {', '.join(group.missing) or 'of this table'} are not mapped yet; choose them",
            f"kolom {', '.join(group.missing) or 'tabel ini'} belum dipetakan; pilih dulu",
        )
    group.needs_answer, group.load = False, True


def leave_out(look: Look, key: str) -> None:
    """Do not load a group, in place; its files stay in sight."""
    look.group(key).load = False


def remap(look: Look, key: str, kind: FileKind, answers: dict[str, str]) -> None:
    """Take a person's mapping of a group, in place: our column -> where it comes from.

    An answer is ``kolom:HEADER`` (any column may be mapped to anything), ``bawah:HEADER``
    (empty cells take the cell above), ``judul``, ``nama``, ``lembar`` or ``bagian`` with the
    pattern that was found behind the colon, ``tetap:VALUE``, or "" for no such column.

    Raises
    ------
    UsageError
        Where a needed column is not mapped.
    """
    group, table = look.group(key), next(t for t in look.tables if t.group == key)
    source = _source_of(Path(table.path), table.sheet)
    headers: dict[str, str] = {}
    parts: dict[str, dict[str, str]] = {"judul": {}, "nama": {}, "lembar": {}, "tetap": {}}
    down, section = [], ""
    for ours in columns_of(kind):
        how, _, what = answers.get(ours, "").partition(":")
        if how in ("kolom", "bawah") and what in map(str, source.head.rows.columns):
            headers[ours] = what
            down += [ours] if how == "bawah" else []
        elif how == "bagian":
            section = ours
        elif how == "tetap" and what.strip():
            parts[how][ours] = what.strip()
        elif how in parts and what in [p for h, p, _ in _said(table, ours) if _NAMES[h] == how]:
            parts[how][ours] = what
    filling = Filling(
        tuple(down), section, from_title=parts["judul"], from_name=parts["nama"],
        from_sheet=parts["lembar"], fixed=parts["tetap"],
    )  # fmt: skip
    profile = mapped(source, kind, headers, filling, name=f"{kind.replace('_', '-')}-{key}")
    missing = profile.missing(source.head)
    if missing:
        raise UsageError(
            f"this kind needs the columns {', '.join(missing)}; choose where they come from",
            f"jenis ini memerlukan kolom {', '.join(missing)}; pilih asalnya",
        )
    group.kind, group.name, group.profile = str(kind), profile.name, as_toml(profile)
    group.picks = [
        {"ours": p.ours, "how": str(p.how), "source": p.source, "samples": list(p.samples),
         "different": len(p.samples)}
        for p in picks_of(source, profile)
    ]  # fmt: skip
    group.missing, group.doubts = [], []
    group.needs_answer, group.load = False, True


def offers(look: Look, key: str, kind: FileKind) -> list[dict[str, Any]]:
    """Return, for every column that a kind may have, what is chosen now and what was seen.

    Each has ``ours``, ``needed``, ``chosen`` (as `remap` takes it), ``extra``: choices beside
    the file's headers, (value, how, sample).
    """
    group, table = look.group(key), next(t for t in look.tables if t.group == key)
    now = group.mapping
    picks = {p["ours"]: p for p in group.picks}
    found = []
    needed = set(now.needs if now and now.kind == kind else _needs(kind))
    for ours in columns_of(kind):
        pick = picks.get(ours)
        chosen = ""
        extra: list[tuple[str, str, str]] = []
        if pick is not None:
            chosen = _as_answer(pick)
            if pick["how"] not in (How.HEADER, How.VALUES):
                extra = [(chosen, pick["how"], ", ".join(pick["samples"]))]
        elif ours == "gardu" and group.hint:
            extra = [(f"kolom:{group.hint}", "petunjuk", ", ".join(group.samples[group.hint]))]
        for how, pattern, value in _said(table, ours):
            answer = f"{_NAMES[how]}:{pattern}"
            if answer not in [e[0] for e in extra]:
                extra.append((answer, str(how), value))
        if ours in _BY_SECTION and not any(e[0].startswith("bagian") for e in extra):
            extra.append(("bagian:", str(How.SECTION), ""))
        found.append({"ours": ours, "needed": ours in needed, "chosen": chosen, "extra": extra})
    return found


def _needs(kind: FileKind) -> tuple[str, ...]:
    return template(kind).needs


#: How an answer of a page spells where a column comes from.
_NAMES = {
    How.HEADER: "kolom", How.VALUES: "kolom", How.DOWN: "bawah", How.SECTION: "bagian",
    How.TITLE: "judul", How.NAME: "nama", How.SHEET: "lembar",
}  # fmt: skip
_BY_SECTION = ("gardu", "rbm")


def _said(table: Table, ours: str) -> list[tuple[How, str, str]]:
    return around(ours, table.titles, table.sheet, table.file)


def _as_answer(pick: dict[str, Any]) -> str:
    if pick["how"] == How.FIXED:
        return f"tetap:{pick['samples'][0]}"
    return f"{_NAMES[How(pick['how'])]}:{pick['source']}"


def _source_of(path: Path, sheet: str) -> Source:
    return next(s for s in open_file(path) if s.sheet == sheet)


def profile_of_file(path: Path, own: Sequence[Profile] = ()) -> list[tuple[str, Profile]]:
    """Return the guessed profile of every table of a file, by sheet, for a person to read."""
    look = survey_of([path], own=own)
    refused = next((t.refused for t in look.tables if t.refused), None)
    if refused is not None:
        raise UsageError(refused[1], refused[0])
    found = []
    for group in look.groups:
        profile = group.mapping
        if profile is not None:
            sheets = ", ".join(t.sheet for t in look.of(group) if t.sheet)
            found.append((sheets, profile))
    return found


def name_for(path: Path) -> str:
    """Return a profile's name for a file: small letters, figures, hyphens."""
    plain = "-".join(re.findall(r"[a-z0-9]+", path.name.partition(".")[0].lower()))
    return plain[:60] or header_key(path.name).lower()[:60] or "profil"
