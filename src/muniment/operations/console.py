"""What `muniment up` shows on the terminal."""

from typing import Any

from rich.console import Console
from rich.markup import escape

PARTS = {"server": "web server", "worker": "worker", "database": "database", "redirect": "HTTP port"}
WIDE = 160  # lines that a terminal may wrap, but that can be copied


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
        self._print(f"[yellow]Warning:[/yellow] {escape(sentence)}")

    def refuse(self, sentence: str) -> None:
        """Print why a start was refused."""
        self._print(f"[red]Not started.[/red] {escape(sentence)}")

    def _step(self, *, name: str, seconds: float) -> None:
        self._print(f"[dim]{seconds:6.2f} s  {name}[/dim]")

    def _certificate(self, *, fingerprint: str, authority: str | None, **facts: Any) -> None:
        self._print("\n[bold]Certificate[/bold], SHA-256 as your browser shows it:")
        self._print(f"  {fingerprint}")
        if authority:
            self._print(f"  made by the portal's own authority; to trust it, import {authority}")

    def _welcome(self, *, link: str | None = None, sign_ins: list[dict[str, str]] | None = None) -> None:
        if link:
            self._print("[bold]Set up the first super admin[/bold], once, with this link:")
            self._print(f"  {link}\n")
        if sign_ins:
            self._print("[bold]Who may sign in[/bold] (demo only)")
            for line in columns(sign_ins):
                self._print(f"  {escape(line)}")
            self._print("")

    def _ready(self, *, address: str, seconds: float) -> None:
        self._print(
            f"\n[bold green]Ready[/bold green] after {seconds:.1f} s: [bold]{address}[/bold]   (Ctrl-C stops it)\n"
        )

    def _died(self, *, part: str, delay: float) -> None:
        self.warn(f"the {PARTS.get(part, part)} died and starts again in {delay:.1f} s.")

    def _started_again(self, *, part: str, **_facts: Any) -> None:
        self._print(f"The {PARTS.get(part, part)} was started again.")

    def _stopped(self) -> None:
        self._print("Stopped. Everything acknowledged is on disk.")

    def _print(self, text: str) -> None:
        """Print a line as it is: the terminal may wrap it, it can be copied whole, and `:CD:` is no picture."""
        self._console.print(text, highlight=False, soft_wrap=True, emoji=False)


def columns(rows: list[dict[str, str]]) -> list[str]:
    """Return `rows` as lines under their names; what is the same in all of them is said once, at the end."""
    names = list(rows[0])
    same = [name for name in names if len(rows) > 1 and len({row[name] for row in rows}) == 1]
    shown = [name for name in names if name not in same]
    widths = {name: max(len(name), *(len(row[name]) for row in rows)) for name in shown}
    lines = [[name.ljust(widths[name]) for name in shown]]
    lines += [[row[name].ljust(widths[name]) for name in shown] for row in rows]
    return ["  ".join(line).rstrip() for line in lines] + [f"{name} of all: {rows[0][name]}" for name in same]
