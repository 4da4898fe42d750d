"""Whose data went where: customers' numbers found in what leaves, and the class of every column.

A floor of its own, beside `rbmgeo.labels`: sheets, reports, jobs and pages all note what they gave.
"""
