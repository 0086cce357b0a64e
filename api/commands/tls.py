"""`reliefmap tls`: https for an intranet, by an authority of its own."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime

from api.certificates import address, certificate_files, issue, names_of_this_machine
from api.commands.command import Answer, Subcommands, add_command
from geo.settings import Settings


def add_to(commands: Subcommands) -> None:
    """Registers the command."""
    parser = add_command(
        commands, "tls", _run, "Make the certificates for https; run it again to renew them."
    )
    parser.add_argument(
        "names",
        nargs="*",
        metavar="NAME",
        help="host names and IP addresses that phones open (default: this machine's)",
    )


def _run(arguments: argparse.Namespace, settings: Settings) -> Answer:
    names = arguments.names or names_of_this_machine()
    files = certificate_files(settings.data_dir)
    made = issue(files, names, datetime.now(UTC))
    data = {
        "names": made.names,
        "server_until": made.server_until.isoformat(),
        "authority_until": made.authority_until.isoformat(),
        "authority_sha256": made.authority_sha256,
        "authority": str(files.authority),
    }
    lines = [
        f"Certificate for {', '.join(made.names)}, until {made.server_until:%Y-%m-%d}.",
        f"Start again: https is then served on port {settings.tls_port}. Each phone installs the"
        " authority once:",
        f"  {address('http', made.names[0], settings.port)}/install",
        f"Digest to compare on the phone (SHA-256): {made.authority_sha256}",
    ]
    return Answer("\n".join(lines), data)
