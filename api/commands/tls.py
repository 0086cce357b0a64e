"""`reliefmap tls`: https for an intranet, by an authority of its own."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import UTC, datetime

from api.certificates import (
    SAME_MACHINE,
    address,
    certificate_files,
    issue,
    names_of_this_machine,
    read,
)
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
        help="host names and IP addresses that phones open"
        " (default: those of the certificate on file, else this machine's)",
    )


def _run(arguments: argparse.Namespace, settings: Settings) -> Answer:
    files = certificate_files(settings.data_dir)
    known = read(files).names if files.complete else names_of_this_machine()
    names = arguments.names or known
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
        *(f"  {address('http', name, settings.port)}/install" for name in _outward(made.names)),
        f"Digest to compare on the phone (SHA-256): {made.authority_sha256}",
    ]
    if settings.host in SAME_MACHINE:
        lines.append("Other machines reach the server once it starts with RELIEFMAP_HOST=0.0.0.0.")
    return Answer("\n".join(lines), data)


def _outward(names: Sequence[str]) -> Sequence[str]:
    """The names that other machines use; all where there are no others."""
    return [name for name in names if name not in SAME_MACHINE] or names
