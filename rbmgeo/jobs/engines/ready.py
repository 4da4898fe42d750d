"""What a process begins with: everything imported, machine code loaded; forked from, never run."""

from rbmgeo.compiled import compiled
from rbmgeo.network import reach
from rbmgeo.routes import kernel
from rbmgeo.workflows import unit_piece

#: Loading machine code takes half a second, which is paid once and not for each unit.
READY = (compiled(kernel), compiled(reach), unit_piece)
