"""`cse replace`: another certificate for the same term, for a name, an error, one lost, or a key (R-CE-06)."""

from typing import Annotated

import typer

from registry.cli.console import Digest, Number, Session, command
from registry.services import replacing

app = typer.Typer(no_args_is_help=True, help="Replace certificates: for a name, an error, one lost, or a key.")

ReplacementReason = Annotated[replacing.ReplacedFor, typer.Option("--reason", case_sensitive=False, help="Why.")]
DecisionReference = Annotated[str, typer.Option("--decision", help="Reference of the decision, with its evidence.")]
ChineseName = Annotated[str | None, typer.Option(help="With the reason name: the Chinese name from now on.")]
LatinName = Annotated[str | None, typer.Option(help="With the reason name: the Latin name from now on.")]


@command(app, "propose")
def propose(
    session: Session,
    number: Number,
    *,
    reason: ReplacementReason,
    decision: DecisionReference,
    name_hans: ChineseName = None,
    name_latin: LatinName = None,
) -> int:
    """Propose to replace the certificates of a number; with the reason name those of the person, under the new name.

    Example: cse replace propose CSE26ELE00012379 --reason name --name-latin "Lin Zhiyuan" --decision 2026/40
    """
    asked = replacing.Replacement(number, reason, decision, name_hans, name_latin)
    digest = replacing.propose_replacement(session.desk, asked, actor=session.actor(), now=session.now)
    return session.propose(number, digest, "replacement proposed", group="replace")


@command(app, "confirm")
def confirm(session: Session, digest: Digest) -> int:
    """Confirm it as another person; cse issue --pending makes the new certificates, and the old ones end after them.

    An old one ends with the first publication after the one that shows the new one.
    """
    done = replacing.confirm_replacement(session.desk, digest, actor=session.actor(), now=session.now)
    told = f"{done.number}: certificates are to be replaced: cse issue --pending"
    return session.answer({"number": done.number, "reason": done.replaced_for}, told)
