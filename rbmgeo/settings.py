"""Settings are a frozen value, read from the environment once at the edge."""

import re
from pathlib import Path
from string import Formatter
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Where the product lives and what it connects to; ``RBMGEO_*`` in the environment."""

    model_config = SettingsConfigDict(env_prefix="RBMGEO_", frozen=True, extra="ignore")

    home: Path = Path(".rbmgeo")
    database_url: str = ""
    web_database_url: str = ""  # log-in of the pages, who own nothing (docs/security-data.md)
    database_name: str = "rbmgeo"  # within the cluster of our own; the demo has another
    lang: str = "id"
    mbtiles: Path | None = None  # file of a base map; peta-dasar.mbtiles in ``home`` if not named
    # Of map tiles that one process remembers.
    tile_cache_bytes: Annotated[int, Field(ge=0)] = 64 * 1024 * 1024

    log: Literal["json", "text"] = "json"  # lines of pages and worker, on standard error
    web_statement_s: Annotated[float, Field(ge=0)] = 30  # one question of a page; 0 for any time
    worker_statement_s: Annotated[float, Field(ge=0)] = 3600  # one question of a job
    backup_to: Path | None = None  # a second disk; backups/ in ``home`` if not named
    backup_hour: Annotated[int, Field(ge=0, le=23)] = 2  # of the night, in ``time_zone``
    backup_keep: Annotated[int, Field(ge=1)] = 14  # newest backups that stay
    hsts_days: Annotated[int, Field(ge=0, le=730)] = (
        0  # browsers keep to HTTPS so long; 0: not told
    )
    # Whole months of the access log; dropped by the owner's command alone. To be fixed by PLN.
    access_keep_months: Annotated[int, Field(ge=12)] = 24
    login_keep_days: Annotated[int, Field(ge=1)] = 30  # wrong passwords, as hashes
    time_zone: str = "Asia/Jakarta"  # of the office, for what belongs to no unit

    # Who gets in (docs/operations.md; rbmgeo.keys)
    proxies: Annotated[int, Field(ge=0, le=5)] = 0  # servers before ours that speak HTTPS for us
    secret: SecretStr = SecretStr("")  # signs sessions; drawn and kept in the database if not given
    session_idle_min: Annotated[int, Field(ge=5)] = 720  # unused so long, a session ends: a shift
    admin_idle_min: Annotated[int, Field(ge=5)] = 60  # the same of whoever is an administrator
    session_hours: Annotated[int, Field(ge=1, le=720)] = 72  # used or not, it ends after the log-in
    local_login: bool = True  # by password; else only accounts for an emergency
    oidc_issuer: str = ""  # https address of the office's identity provider; off where empty
    oidc_client_id: str = ""
    oidc_client_secret: SecretStr = SecretStr("")
    oidc_claim: str = "preferred_username"  # of the ID token: the login here
    oidc_provision: bool = False  # whoever it vouches for gets an account, without a role
    oidc_name: str = ""  # on the button

    @field_validator("time_zone")
    @classmethod
    def _on_the_map(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"time zone {name!r} is not known, e.g. Asia/Makassar") from error
        return name

    @property
    def backups(self) -> Path:
        """The folder of the backups."""
        return (self.backup_to or self.home / "backups").resolve()

    @field_validator("database_url", "web_database_url")
    @classmethod
    def _with_driver(cls, url: str) -> str:
        """Read ``postgres://`` and ``postgresql://`` with the driver that our COPY needs."""
        return re.sub(r"^postgres(ql)?://", "postgresql+psycopg2://", url.strip())


def _fills_in(pattern: str, names: tuple[str, ...]) -> bool:
    """Say whether a pattern that a person wrote asks for some names and nothing of theirs.

    A number may be given leading zeros (``{number:03d}``); a width of a milliard, a part of a
    value or another conversion may not be asked for.
    """
    try:
        parts = list(Formatter().parse(pattern))
        plain = all(
            name is None
            or (name in names and not conversion and re.fullmatch(r"(0?[1-9])?d?", spec or ""))
            for _, name, spec, conversion in parts
        )
        return plain and bool(pattern.format(**dict.fromkeys(names, 1)))
    except (ValueError, LookupError):
        return False


#: Anywhere; at today's first house; at the gardu of most of its customers; at the unit's office;
#: where the reader's RBM of the day before ends.
WalkStart = Literal["free", "first", "gardu", "office", "previous"]


class UnitSettings(BaseModel):
    """What differs between units: rows of ``ulp.settings``, never a branch in code.

    Every default is that of the rule named behind it (domain.md).
    """

    model_config = ConfigDict(frozen=True, extra="allow")

    sample: bool = False  # "DATA CONTOH (REKAAN)" on every page
    boundary_buffer_m: float = Field(5000, ge=0)  # R-IM-08
    shared_point_customers: int = Field(5, ge=1)  # R-IM-12
    plausible_m: float = Field(350, gt=0)  # R-MA-05
    weak_m: float = Field(1000, gt=0)  # R-MA-05
    pole_plausible_m: float = Field(30, gt=0)  # R-MA-06
    pole_survey_m: float = Field(60, gt=0)  # R-MA-06
    code_d_periods: int = Field(3, ge=1)  # R-MA-08
    route_outlier_m: float = Field(2000, gt=0)  # R-MA-09
    pln_read_over_va: float = Field(33_000, gt=0)  # R-RO-10
    walking_m_per_s: float = Field(1.07, gt=0)  # R-RO-07
    detour: float = Field(1.3, ge=1)  # R-RO-07
    crossing_m: float = Field(5, ge=0)  # metres that crossing a street counts for
    crossing_large_m: float = Field(15, ge=0)  # the same of trunk, primary, secondary roads
    crossing_by_road: dict[str, float] = {}  # class of road (OSM highway): its own metres
    large_at_junctions: bool = False  # large roads are crossed at junctions only
    street_limit_m: float = Field(150, gt=0)  # a house farther off any street has no known way
    walk_start: WalkStart = "free"  # R-RO-05, where a walk begins
    walk_start_by_rbm: dict[str, WalkStart] = {}  # an RBM's own
    office: tuple[float, float] | None = None  # lon, lat; where walks may begin
    service_s: float = Field(45, ge=0)  # R-RO-07
    capacity_min: int = Field(150, ge=1)  # R-RO-04, the project's 150-600
    capacity_max: int = Field(600, ge=1)  # R-RO-04
    capacity_by_kind: tuple[tuple[str, int, int], ...] = ()  # R-RO-04, by kind of area
    date_shift_days: int = Field(3, ge=0)  # R-RO-08
    min_gain_share: float = Field(0.05, ge=0)  # R-RO-06
    min_gain_m: float = Field(200, ge=0)  # R-RO-06
    border_within_m: float = Field(350, gt=0)  # a neighbour unit's gardu that near is asked about
    border_margin_m: float = Field(100, ge=0)  # and nearer than the recorded one by so much
    finding_limit: float = Field(0.5, ge=0, le=1)  # shown above it
    control_share: float = Field(0.1, ge=0, le=1)  # control houses of a survey list
    survey_visit_s: float = Field(240, ge=0)  # to ask at one house and look at its pole
    stop_share: float = Field(0.05, gt=0, le=1)  # R-SA-20: errors left that matter
    stop_risk: float = Field(0.10, gt=0, lt=1)  # R-SA-20: chance of missing them
    verify_share: float = Field(0.10, gt=0, le=1)  # R-SA-20: wrong ones that a sample must show
    verify_risk: float = Field(0.10, gt=0, lt=1)  # R-SA-20: chance that it misses them
    verify_doubles: float = Field(0.10, ge=0, le=1)  # R-SB-02: visited by a second person
    coverage_limit: float = Field(0.8, ge=0, le=1)  # kWh coverage under it is hatched
    dlpd_rise: float = Field(
        0.5, gt=0
    )  # R-EN-04: kWh above the month before by more than this share
    dlpd_fall: float = Field(0.5, gt=0, le=1)  # R-EN-04: below it by more
    dlpd_low_hours: float = Field(40, ge=0)  # R-EN-03
    self_read_days: tuple[int, int] = (23, 27)  # R-PO-03, days of the month
    closing_day: int | None = Field(None, ge=1, le=31)  # of the month: stands are decided by then
    stand_photo_budget: int = Field(200, ge=0, le=2000)  # R-SB-01, checks that a month allows
    stand_visit_budget: int = Field(50, ge=0, le=2000)  # R-SB-01
    stand_rbm_least: int = Field(10, ge=1, le=200)  # checks that make an RBM seen in a month
    stand_rotation_months: int = Field(12, ge=1, le=36)  # R-SB-01
    stand_lot_by: Literal["petugas", "rbm"] = "petugas"  # R-SA-10
    stand_aql: float = 1.0  # R-SA-11: 0.65, 1.0 or 2.5
    reading_tolerance_days: int = Field(0, ge=0, le=31)  # R-SA-01
    reading_least_days: int = Field(28, ge=1, le=62)  # R-SA-02
    reading_most_days: int = Field(33, ge=1, le=62)  # R-SA-02
    reading_first_hour: int = Field(5, ge=0, le=23)  # R-SA-03
    reading_last_hour: int = Field(20, ge=1, le=24)  # R-SA-03
    reading_speed_m_per_s: float = Field(8.3, gt=0)  # R-SA-05
    reading_accuracy_m: float = Field(30, ge=0)  # R-SA-05
    reading_step_m: float = Field(200, ge=0)  # R-SA-05
    reading_away_m: float = Field(100, ge=0)  # R-SA-06
    arrears_due_day: int = Field(20, ge=1, le=28)  # R-AR-01
    arrears_due_after_months: int = Field(0, ge=0, le=3)  # R-AR-01, month of a bill to its due day
    arrears_cut_sheets: int = Field(1, ge=1)  # R-AR-08
    arrears_other_sheets: int = Field(2, ge=2)  # R-AR-06
    arrears_other_name: str = "Perusahaan lain"  # R-AR-06, who owns those
    arrears_removal_sheets: int = Field(3, ge=1)  # R-AR-07
    arrears_removal_days: int = Field(60, ge=0)  # R-AR-07
    arrears_reconnect_days: int = Field(1, ge=0)  # R-AR-05, H+1
    arrears_report_days: int = Field(1, ge=0)  # R-AR-05, H+1
    arrears_working_days: bool = False  # R-AR-05, calendar days where not
    arrears_paid_codes: tuple[str, ...] = ("LUNAS",)  # a source's codes of a paid bill
    arrears_tools: str = ""  # recommended for a cut, as the employer names them (SOP VI)
    deed_number: str = "{number:03d}/BA-RBM/{ulp}/{month}/{year}"  # month in Roman figures
    deed_place: str = ""  # where deeds are signed; the unit's name if empty
    deed_giver_name: str = ""  # first party, who hands over; a line to write on if empty
    deed_giver_position: str = "Koordinator pembacaan meter"
    deed_receiver_name: str = ""  # second party, who receives
    deed_receiver_position: str = "Manajer ULP"
    deed_opening: str = ""  # the paragraph before the table; ours if empty
    deed_closing: str = ""  # the paragraph before the signatures; ours if empty
    form_number: str = "{number:05d}/{kind}/{ulp}/{month}/{year}"  # kind as KML, TUL-II-04
    form_signer_name: str = ""  # who signs TUL VI-01; a line to write on if empty
    form_signer_position: str = "Manajer ULP"  # or whoever is appointed (SOP VI)
    form_words: dict[str, str] = {}  # the unit's own paragraph on a form, by kind; ours if missing
    base_map: Literal["none", "file", "url"] = "none"  # the ground below maps
    base_map_url: str = ""  # XYZ, WMTS or ArcGIS tiles; the only host that a map loads from
    base_map_attribution: str = ""  # whose map it is, shown on it
    base_map_max_zoom: int = Field(19, ge=1, le=22)  # of the address
    google_maps: bool = True  # a link that sends a coordinate, on tap
    #: Months that a photo is kept after its own; None for ever, until PLN fixes a number.
    photo_keep_months: int | None = Field(None, ge=3)
    phone_keep_days: int = Field(30, ge=1)  # lists and receipts on a phone, then purged
    kddk_pattern: str = ""  # optional; codes stay opaque without it

    @field_validator("stand_aql")
    @classmethod
    def _with_a_table(cls, aql: float) -> float:
        """Refuse an AQL that domain.md has no plans of."""
        if aql not in (0.65, 1.0, 2.5):
            raise ValueError(f"stand_aql is {aql}, expected 0.65, 1.0 or 2.5")
        return aql

    @field_validator("office")
    @classmethod
    def _on_earth(cls, at: tuple[float, float] | None) -> tuple[float, float] | None:
        if at is not None and not (-180 <= at[0] <= 180 and -90 <= at[1] <= 90):
            raise ValueError(f"office is {at}, expected longitude and latitude in degrees")
        return at

    @field_validator("crossing_by_road")
    @classmethod
    def _not_negative(cls, by_road: dict[str, float]) -> dict[str, float]:
        if any(not 0 <= metres < 10_000 for metres in by_road.values()):
            raise ValueError("a crossing counts for 0 metres or more")
        return by_road

    @field_validator("deed_number")
    @classmethod
    def _makes_numbers(cls, pattern: str) -> str:
        """Refuse a pattern that gives two deeds one number."""
        names = ("number", "ulp", "month", "year")
        if not _fills_in(pattern, names):
            raise ValueError("deed_number may hold {number}, {ulp}, {month} and {year}")
        said = {pattern.format(number=n, ulp="51354", month="I", year=2024) for n in (1, 2)}
        if len(said) < 2:
            raise ValueError("deed_number must hold {number}")
        return pattern

    @field_validator("form_number")
    @classmethod
    def _makes_form_numbers(cls, pattern: str) -> str:
        """Refuse a pattern that gives two forms one number."""
        if not _fills_in(pattern, ("number", "kind", "ulp", "month", "year")):
            raise ValueError("form_number may hold {number}, {kind}, {ulp}, {month} and {year}")
        said = {
            pattern.format(number=n, kind=k, ulp="51354", month="I", year=2024)
            for n in (1, 2)
            for k in ("KML", "INF")
        }
        if len(said) < 4:
            raise ValueError("form_number must hold {number} and {kind}")
        return pattern

    @classmethod
    def of(cls, row: dict[str, Any] | None) -> "UnitSettings":
        """Read the settings stored with a unit; missing ones take the rule's default."""
        return cls.model_validate(row or {})
