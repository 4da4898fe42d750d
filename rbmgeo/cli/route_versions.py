"""`rbmgeo routes`, whole: its commands stand in three files, each of which adds its own."""

from rbmgeo.cli import change_sets, route_plans, workbench

#: Named, so that no tidy mind leaves out an import whose use is what it adds.
PARTS = (route_plans, workbench, change_sets)
app = route_plans.app
