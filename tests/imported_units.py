"""Several invented units, imported as files, of one month: what runs over many units are tried on."""

from rbmgeo.db.queries import units
from rbmgeo.sample import SampleParams, make_sample
from rbmgeo.workflows.import_files import import_files


def import_units(database, tmp_path_factory, sizes: dict[str, int]) -> None:
    """Import units by code and customers; each of another seed."""
    for seed, (ulp, customers) in enumerate(sizes.items()):
        folder = tmp_path_factory.mktemp(ulp)
        make_sample(folder, SampleParams(ulp=ulp, customers=customers, seed=seed))
        # One month is enough: its list, its readings, and what does not come by month.
        for path in folder.rglob("*2024*"):
            if path.is_file() and "202412" not in path.name:
                path.unlink()
        with database.writing() as session:
            units.ensure_unit(session, ulp=ulp)
        import_files(database, [folder], ulp=ulp, accept_good=True, who="uji")
