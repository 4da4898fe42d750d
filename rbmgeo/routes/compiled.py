"""Compile `rbmgeo.routes.kernel` once, keep the machine code on disk, and load it late.

Why numba, measured on RBM of 333 customers. It must run where no compiler is: a C extension needs
one at install on every PLN machine, and a twin in C was no faster (0.037 against 0.036 CPU s). It
must give the same order twice: the permissive library that is as short, fast-tsp, stops by the
clock and rounds to 65,535 steps; OR-Tools and PyVRP walk 4-7 % longer in a second; LKH is for
research alone. What it costs: 210 MB on disk, half a second once in a process, 5-10 s once in an
installation. So it is loaded by the first order that is worth it, never at import. Where numba
is not, the same file runs as plain Python, some hundred times slower and with the same result.
"""

import importlib.util
from functools import cache
from types import FunctionType, ModuleType
from typing import Any

from rbmgeo.routes import kernel


@cache
def compiled_kernel() -> Any:
    """Return a twin of the kernel's module in which every function is compiled.

    The machine code is kept in ``NUMBA_CACHE_DIR``, else beside the source or in the user's
    cache, apart for every kind of processor. Where numba is missing it is the kernel itself.
    """
    try:
        import numba
    except ImportError:
        return kernel
    types = {
        "Ints": numba.int32[::1], "Grid": numba.int32[:, ::1], "Wide": numba.int64[::1],
        "int": numba.int64, "bool": numba.boolean, "None": numba.void,
    }  # fmt: skip
    spec = importlib.util.find_spec(kernel.__name__)
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
