"""Parts of an address: a unit, a month. No idpel, name or address of a customer is ever one."""

from werkzeug.routing import BaseConverter

from rbmgeo.terms import UNIT_CODE


class UlpConverter(BaseConverter):
    """Code of a unit: letters and figures."""

    regex = UNIT_CODE


class BlthConverter(BaseConverter):
    """A billing month, YYYYMM."""

    regex = r"[12][0-9]{3}(?:0[1-9]|1[0-2])"
