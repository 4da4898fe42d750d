"""``python -m rbmgeo.cli``: the commands without the script of the environment."""

from rbmgeo.cli.main import main

main()
