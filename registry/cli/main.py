"""The verbs of `cse`, and the exit codes: 0 good, 1 the answer is no, 2 could not decide, 3 refused."""

import signal
import sys
from importlib import metadata

import typer
from typer.exceptions import TyperException

from registry.cli import cpd, decide, demo, events, intake, issue, member, policy, publish, renew, replace, trust
from registry.cli.console import ERR, GOOD, OUT, REFUSED, UNDECIDED, NotPublishedError, UsageError, explained
from registry.cli.serve import serve
from registry.cli.sweep import sweep
from registry.cli.upgrade import upgrade
from registry.cli.verify import verify
from registry.domain.refusals import DomainError
from registry.store.refusals import StoreError
from schemas.refusals import Refusal

app = typer.Typer(
    name="cse",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="The engineer register of CSE: issue, decide, publish and verify.\n\n"
    "Exit codes: 0 good, 1 the answer is no, 2 could not decide, 3 wrong use or refused input.\n\n"
    "cse --version tells the version.",
)
app.command("demo")(demo.demo)
app.command("census")(demo.census_command)
app.command("serve")(serve)
app.command("import")(intake.import_file)
app.command("recommend")(issue.recommend)
app.command("register")(issue.register)
app.command("issue")(issue.issue)
app.command("export")(issue.export)
app.command("print")(issue.print_many)
app.command("agreements")(publish.agreements)
app.command("publish")(publish.publish_command)
app.command("sweep")(sweep)
app.command("events")(events.events)
app.command("audit")(events.audit_command)
app.command("upgrade")(upgrade)
app.command("verify")(verify)
for group in (decide, cpd, replace, policy, renew, trust, member):
    app.add_typer(group.app, name=group.__name__.rpartition(".")[2])


_INTERRUPTED = 130
"""What typer makes of Ctrl-C."""


def main() -> None:
    """Run one command and leave with its exit code; every refusal is one plain sentence.

    Being ended is like Ctrl-C, so that nothing half-built stays behind.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        code = run(sys.argv[1:])
    except Exception as error:
        print(f"cse: this should not happen, and nothing was decided: {type(error).__name__}: {error}", file=sys.stderr)
        code = UNDECIDED
    sys.exit(code)


def run(arguments: list[str]) -> int:
    """Run one command and return its exit code."""
    if arguments == ["--version"]:
        OUT.print(f"cse {metadata.version('cse-registry')}")
        return GOOD
    try:
        result = app(arguments, prog_name="cse", standalone_mode=False)
        if result == _INTERRUPTED:
            raise KeyboardInterrupt
    except TyperException as error:
        told = error.format_message() if hasattr(error, "format_message") else str(error)
        message = " ".join(told.split())  # Choices come in lines of their own.
        if message:  # Empty when the help itself was the answer.
            context = getattr(error, "ctx", None)
            ERR.print(f"cse: {message} ({context.command_path if context else 'cse'} --help tells how)", markup=False)
        return REFUSED
    except (NotPublishedError, StoreError) as error:
        ERR.print(f"cse: {error}", markup=False)
        return UNDECIDED
    except (DomainError, Refusal, UsageError) as error:
        ERR.print(f"cse: {explained(error)}", markup=False)
        return REFUSED
    except (KeyboardInterrupt, typer.Abort):
        ERR.print("cse: stopped", markup=False)
        return REFUSED
    return result if isinstance(result, int) else 0


if __name__ == "__main__":
    main()
