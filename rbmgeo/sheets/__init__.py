"""Printed sheets as vector PDF: Peta RBM, Peta Gardu, and the deed of hand-over (berita acara).

Layout is arrays in, places out (`labels`, `frames`, `ways`); drawing is what is left. Lengths on
paper are millimetres from the lower left corner; those on the ground metres of the unit's UTM zone.
"""
