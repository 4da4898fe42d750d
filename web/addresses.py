"""Parts of an address: a unit, a month. No idpel, name or address of a customer is ever one."""

from werkzeug.routing import BaseConverter


class UlpConverter(BaseConverter):
    """Code of a unit: letters and figures."""

    regex = r"[0-9A-Za-z]{2,8}"


class BlthConverter(BaseConverter):
    """A billing month, YYYYMM."""

    regex = r"[12][0-9]{3}(?:0[1-9]|1[0-2])"
