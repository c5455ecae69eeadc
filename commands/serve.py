"""`corpuscope serve`: the app over one or more corpora, on this machine only unless told otherwise."""

from __future__ import annotations

import argparse
import ipaddress
import os
import socket
import sys
from importlib.util import find_spec
from pathlib import Path

from commands.query_arguments import open_and_remember
from corpuscope.errors import CorpuscopeError, UsageError
from pages.environment import for_app

LOCAL_ADDRESS = "127.0.0.1"
PORT = 8501


class PortTaken(CorpuscopeError):
    """An address and port that the app cannot listen on."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `serve`."""
    parser.add_argument("folders", nargs="+", type=Path, metavar="DIR", help="folder of a corpus")
    parser.add_argument("--port", type=int, default=PORT, help="port to listen on (default %(default)s)")
    parser.add_argument("--address", default=LOCAL_ADDRESS, help="address to listen on (default %(default)s)")


def run(args: argparse.Namespace) -> int:
    """Check the corpora and the port, then become the server."""
    folders = check_corpora(args.folders)
    check_port(args.address, args.port)
    for line in announcement(folders, args.address, args.port):
        print(line, file=sys.stderr)
    sys.stderr.flush()
    environment = os.environ | for_app(folders, args.address, args.port)
    # The server takes this process over: Ctrl-C and SIGTERM reach it and nothing stands between.
    os.execve(sys.executable, [sys.executable, app_file()], environment)


def check_corpora(folders: list[Path]) -> list[Path]:
    """The absolute folders, each a corpus that can be read; one named twice is served once."""
    absolute = list(dict.fromkeys(f.resolve() for f in folders))
    for folder in absolute:
        open_and_remember(folder)
    return absolute


def check_port(address: str, port: int) -> None:
    """Raise a clear error when nothing can listen there."""
    if not 0 < port < 65536:
        raise UsageError(f"--port is {port}; it must be a number from 1 to 65535.")
    try:
        family, _, _, _, target = socket.getaddrinfo(address, port, type=socket.SOCK_STREAM)[0]
    except (OSError, UnicodeError):
        raise UsageError(f"--address {address!r} is no address of a machine; try {LOCAL_ADDRESS}.") from None
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(target)
        except OSError as error:
            raise PortTaken(
                f"Nothing can listen on {address} port {port} ({error.strerror}). Choose another with --port."
            ) from None


def announcement(folders: list[Path], address: str, port: int) -> list[str]:
    """What is served where, and a warning when others can reach it."""
    host = f"[{address}]" if ":" in address else address
    lines = [f"Serving {', '.join(f.name for f in folders)} at http://{host}:{port} (stop with Ctrl-C)"]
    if not _is_local(address):
        lines.append(
            f"Warning: listening on {address}, so others on the network can read every document; there is no log-in."
        )
    return lines


def app_file() -> str:
    """Where app.py is installed."""
    spec = find_spec("app")
    if spec is None or spec.origin is None:
        raise CorpuscopeError("The app is not installed; run: pip install -e . in the project's folder.")
    return spec.origin


def _is_local(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return address == "localhost"
