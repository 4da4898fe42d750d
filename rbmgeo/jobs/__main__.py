"""``python -m rbmgeo.jobs``: the worker beside the pages."""

from rbmgeo.jobs.worker import main

main()
