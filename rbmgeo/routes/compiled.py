"""Compile `rbmgeo.routes.kernel` once, keep the machine code on disk, and load it late.

Why numba, measured on RBM of 333 customers. It must run where no compiler is: a C extension needs
one at install on every PLN machine, and a twin in C was no faster (0.037 against 0.036 CPU s). It
must give the same order twice: the permissive library that is as short, fast-tsp, stops by the
clock and rounds to 65,535 steps; OR-Tools and PyVRP walk 4-7 % longer in a second; LKH is for
research alone. What it costs: 210 MB on disk, half a second once in a process, 5-10 s once in an
installation. So it is loaded by the first order that is worth it, never at import. Where numba
is not, the same file runs as plain Python, some hundred times slower and with the same result.
"""

from functools import cache
from typing import Any

from rbmgeo.compiled import compiled
from rbmgeo.routes import kernel


@cache
def compiled_kernel() -> Any:
    """Return the kernel with every function compiled (`rbmgeo.compiled`)."""
    return compiled(kernel)
