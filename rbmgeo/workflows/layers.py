"""A unit's map layers and walks as files."""

import numpy as np
from sqlalchemy.orm import Session

from rbmgeo.db.queries import layers, map_data
from rbmgeo.db.queries.layers import LAYERS, Layer
from rbmgeo.errors import NothingToDo, NotThere
from rbmgeo.privacy import seen
from rbmgeo.reports.gpx import gpx_bytes
from rbmgeo.reports.layer_files import layer_bytes


def layer_file(session: Session, ulp: str, kind: str, layer: Layer | None = None) -> bytes:
    """Write one layer of a unit, or all that hold anything, as a file (`FORMATS`).

    Raises `NothingToDo` where there is nothing to write.
    """
    wanted = LAYERS if layer is None else (layer,)
    found = {one.name: layers.features(session, ulp=ulp, layer=one) for one in wanted}
    found = {name: frame for name, frame in found.items() if len(frame)}
    if not found:
        raise NothingToDo(
            f"unit {ulp} has nothing to write there yet; import its lists and network first",
            f"unit {ulp} belum punya isinya; impor daftar dan jaringannya dulu",
        )
    if "customer" in found:
        seen.note(found["customer"]["idpel"])
    return layer_bytes(found, kind)


def rbm_gpx(session: Session, ulp: str, rbm: str, *, version_id: int | None = None) -> bytes:
    """Write the walk of one RBM as GPX: a waypoint a house, named by urut with its gardu, and the route.

    Houses without a position are left out: a place is never invented. Raises `NotThere`.
    """
    points = map_data.rbm_points(session, ulp=ulp, rbm=rbm, version_id=version_id)
    if points.empty:
        raise NotThere(f"RBM {rbm} is not in unit {ulp}", f"RBM {rbm} tidak ada di unit {ulp}")
    seen.note(map_data.idpels_of_rbm(session, ulp=ulp, rbm=rbm, version_id=version_id))
    stops = points[["lon", "lat"]].assign(
        name=[_number(*at) for at in points[["urut", "sisipan"]].astype(float).to_numpy()],
        said=points["gardu"].fillna(""),
    )
    return gpx_bytes(stops, route=f"RBM {rbm}")


def _number(urut: float, sisipan: float) -> str:
    known = "" if np.isnan(urut) else f"{int(urut):03d}"
    return known + ("" if np.isnan(sisipan) or not sisipan else f".{int(sisipan)}")
