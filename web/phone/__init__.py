"""The phone of the field: its app, its lists; it works without a network and sends when there is one."""
