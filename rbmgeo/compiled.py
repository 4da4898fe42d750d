"""Compile a file of plain functions with numba, keep the machine code on disk, and load it late."""

import importlib.util
from functools import cache
from types import FunctionType, ModuleType
from typing import Any


@cache
def compiled(module: ModuleType) -> Any:
    """Return a twin of a module in which every function is compiled.

    The types of arguments are read from their names: ``Ints`` a row of int32, ``Grid`` a table of
    them, ``Wide`` a row of int64, ``Floats`` and ``Table`` a row and a table of float64. Every
    function stands below those that it calls.

    The machine code is kept in ``NUMBA_CACHE_DIR``, else beside the source or in the user's
    cache, apart for every kind of processor. Where numba is missing it is the module itself: the
    same results, some hundred times slower.
    """
    try:
        import numba
    except ImportError:
        return module
    types = {
        "Ints": numba.int32[::1], "Grid": numba.int32[:, ::1], "Wide": numba.int64[::1],
        "Floats": numba.float64[::1], "Table": numba.float64[:, ::1],
        "int": numba.int64, "float": numba.float64, "bool": numba.boolean, "None": numba.void,
    }  # fmt: skip
    spec = importlib.util.find_spec(module.__name__)
    assert spec is not None
    assert spec.loader is not None
    twin: ModuleType = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(twin)
    for name, thing in list(vars(twin).items()):
        if isinstance(thing, FunctionType) and thing.__module__ == twin.__name__:
            told = dict(thing.__annotations__)
            back = types[told.pop("return")]
            # Types are said, not found out: else every kind of call is compiled apart.
            signature = back(*(types[kind] for kind in told.values()))
            try:
                fast = numba.njit(signature, cache=True)(thing)
            except (RuntimeError, OSError):  # nowhere to keep it: compiled for this process
                fast = numba.njit(signature)(thing)
            setattr(twin, name, fast)
    return twin
