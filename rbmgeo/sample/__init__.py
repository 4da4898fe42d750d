"""An invented ULP as the files that the field has; marked "DATA CONTOH (REKAAN)" everywhere."""

from rbmgeo.sample.honesty import Honesty
from rbmgeo.sample.make import make_sample
from rbmgeo.sample.params import SampleParams

__all__ = ["Honesty", "SampleParams", "make_sample"]
