"""`python -m kabar_cli` is the command `kabar`."""

from kabar_cli.main import app

app(prog_name="kabar")
