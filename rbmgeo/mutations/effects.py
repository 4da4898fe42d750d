"""What an accepted mutation makes of the master's facts of a customer."""

from typing import Any

from rbmgeo.terms import Act, Mutation, ReadBy, Service


def service_after(kind: Mutation, act: Act, was: dict[str, Any] | None) -> dict[str, Any] | None:
    """Return what the master says of a customer once a mutation is accepted."""
    if was is None:
        return None
    if kind in (Mutation.HILANG, Mutation.PINDAH_UNIT):
        return {**was, "active": False}
    if kind == Mutation.KE_PRA:
        return {**was, "jenis_layanan": Service.PRA.value, "dibaca_oleh": ReadBy.TIDAK.value}
    if kind == Mutation.UBAH_DAYA and act == Act.REMOVE:
        return {**was, "dibaca_oleh": ReadBy.PLN.value}
    if kind == Mutation.UBAH_DAYA and act == Act.PLACE:
        return {**was, "dibaca_oleh": ReadBy.VENDOR.value}
    if act == Act.PLACE or kind == Mutation.BARU:
        return {**was, "active": True}
    return was
