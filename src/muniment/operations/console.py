"""What `muniment up` shows on the terminal."""

from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.table import Table

PARTS = {"server": "web server", "worker": "worker", "database": "database", "redirect": "HTTP port"}


class Screen:
    """Prints what the supervisor tells, for people."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def tell(self, event: str, **facts: Any) -> None:
        """Print one event; what nobody needs to see is left out."""
        shown = getattr(self, "_" + event.replace("-", "_"), None)
        if shown is not None:
            shown(**facts)

    def warn(self, sentence: str) -> None:
        """Print a warning."""
        self._console.print(f"[yellow]Warning:[/yellow] {sentence}", highlight=False)

    def refuse(self, sentence: str) -> None:
        """Print why a start was refused."""
        self._console.print(f"[red]Not started.[/red] {sentence}", highlight=False)

    def _step(self, *, name: str, seconds: float) -> None:
        self._console.print(f"[dim]{seconds:6.2f} s  {name}[/dim]", highlight=False)

    def _certificate(self, *, fingerprint: str, authority: str | None, **facts: Any) -> None:
        self._console.print("\n[bold]Certificate[/bold], SHA-256 as your browser shows it:", highlight=False)
        self._console.print(Padding(fingerprint, (0, 2)), highlight=False)
        if authority and authority != "None":
            self._console.print(
                Padding(f"made by the portal's own authority; to trust it, import {authority}", (0, 2)),
                highlight=False,
                soft_wrap=True,
            )

    def _welcome(self, *, link: str | None = None, sign_ins: list[dict[str, str]] | None = None) -> None:
        if link:
            self._console.print("\n[bold]Set up the first super admin[/bold], once, with this link:", highlight=False)
            self._console.print(f"  {link}", highlight=False, soft_wrap=True)
        if sign_ins:
            self._console.print("\n[bold]Who may sign in[/bold] (demo only)", highlight=False)
            table = Table(box=None, pad_edge=False, padding=(0, 2))
            for column in sign_ins[0]:
                table.add_column(column, overflow="fold")
            for person in sign_ins:
                table.add_row(*person.values())
            self._console.print(Padding(table, (0, 2)), soft_wrap=True)

    def _ready(self, *, address: str, seconds: float) -> None:
        self._console.print(
            f"\n[bold green]Ready[/bold green] after {seconds:.1f} s: [bold]{address}[/bold]   (Ctrl-C stops it)\n",
            highlight=False,
        )

    def _died(self, *, part: str, delay: float) -> None:
        self.warn(f"the {PARTS.get(part, part)} died and starts again in {delay:.1f} s.")

    def _started_again(self, *, part: str, **_facts: Any) -> None:
        self._console.print(f"The {PARTS.get(part, part)} was started again.", highlight=False)

    def _stopped(self) -> None:
        self._console.print("Stopped. Everything acknowledged is on disk.", highlight=False)
