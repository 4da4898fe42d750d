"""One unit from its tables to its results: the pure part of what the workflows load and keep.

Nothing in here knows a database, a file or another unit.
"""
