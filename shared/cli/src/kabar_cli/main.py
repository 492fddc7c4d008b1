"""The commands of `kabar`, put together."""

import typer

from kabar_cli.audit.command import audit
from kabar_cli.demo.command import demo
from kabar_cli.disclosure.command import disclosure_app
from kabar_cli.dlq.command import dlq_app
from kabar_cli.index import index_app, topology
from kabar_cli.offline import enrich
from kabar_cli.push import push
from kabar_cli.searching import search, show
from kabar_cli.trace.command import trace
from kabar_cli.up import down, status, up

app = typer.Typer(
    name="kabar",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="News articles from producers to searchers, with a record of what each says about the use of AI.",
)
for command in (up, down, status, demo, push, search, show, trace, audit, enrich, topology):
    app.command()(command)
app.add_typer(index_app, name="index")
app.add_typer(dlq_app, name="dlq")
app.add_typer(disclosure_app, name="disclosure")
