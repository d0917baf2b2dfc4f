"""`cse replace`: another certificate for the same term, for a name, an error, one lost, or a key (R-CE-06)."""

from typing import Annotated

import typer

from registry.cli.console import Session, UsageError, with_session
from registry.domain.numbers import parse_register_number
from registry.services import replacing
from schemas.refusals import translated

app = typer.Typer(no_args_is_help=True, help="Replace certificates: for a name, an error, one lost, or a key.")

_REASONS = ", ".join(replacing.ReplacedFor).lower()
NumberArgument = Annotated[str, typer.Argument(help="Register number.")]
ReasonOption = Annotated[str, typer.Option("--reason", help=f"Why: {_REASONS}.")]
ReferenceOption = Annotated[str, typer.Option("--decision", help="Reference of the decision, with its evidence.")]
HansOption = Annotated[str | None, typer.Option(help="With the reason name: the Chinese name from now on.")]
LatinOption = Annotated[str | None, typer.Option(help="With the reason name: the Latin name from now on.")]
DigestArgument = Annotated[str, typer.Argument(help="Digest of the proposal as it was shown.")]


@app.command("propose")
@with_session
def propose(
    session: Session,
    number: NumberArgument,
    *,
    reason: ReasonOption,
    decision: ReferenceOption,
    name_hans: HansOption = None,
    name_latin: LatinOption = None,
) -> int:
    """Propose to replace the certificates of a number; with the reason name those of the person, under the new name.

    Example: cse replace propose CSE26ELE00012379 --reason name --name-latin "Lin Zhiyuan" --decision 2026/40
    """
    with translated(ValueError, to=UsageError(f"--reason {reason} is none of {_REASONS}")):
        why = replacing.ReplacedFor(reason.upper())
    command = replacing.Replacement(parse_register_number(number), why, decision, name_hans, name_latin)
    digest = replacing.propose_replacement(session.desk, command, actor=session.actor(), now=session.now)
    proposed = f"{command.number}: nothing has changed yet. A second person confirms with"
    return session.answer({"number": command.number, "proposal": digest}, f"{proposed}\n  cse replace confirm {digest}")


@app.command("confirm")
@with_session
def confirm(session: Session, digest: DigestArgument) -> int:
    """Confirm it as another person; cse issue --pending makes the new certificates, and the old ones end after them.

    An old one ends with the first publication after the one that shows the new one.
    """
    command = replacing.confirm_replacement(session.desk, digest, actor=session.actor(), now=session.now)
    told = f"{command.number}: certificates are to be replaced: cse issue --pending"
    return session.answer({"number": command.number, "reason": command.replaced_for}, told)
