"""A throw-away PostgreSQL server from the system's binaries, on loopback, never as root."""

import glob
import os
import shutil
import socket
import subprocess
from contextlib import contextmanager

NOBODY = 65534


def binaries():
    """Return the folder with initdb, or None."""
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb"))
    if found:
        return os.path.dirname(found[-1])
    own = shutil.which("initdb")
    return os.path.dirname(os.path.realpath(own)) if own else None


def missing():
    """Return why no server can be started here, or None."""
    try:
        import psycopg  # noqa: F401
    except ImportError:
        return "psycopg is not installed (pip install 'dedup-paragraphs[postgres]')"
    return None if binaries() else "PostgreSQL's server is not installed (apt-get install postgresql)"


@contextmanager
def server(folder):
    """Run a server on its own data, and yield its URL and what ends all its processes at once and starts it again."""
    home = binaries()
    data = os.path.join(folder, "data")
    os.makedirs(data, mode=0o700)
    as_nobody = {}
    if os.geteuid() == 0:
        os.chown(folder, NOBODY, NOBODY)
        os.chown(data, NOBODY, NOBODY)
        as_nobody = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
        for above in (folder, *_parents(folder)):
            os.chmod(above, os.stat(above).st_mode | 0o011)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE, "cwd": folder, **as_nobody}
    made = [f"{home}/initdb", "-D", data, "-U", "dedup", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync"]
    subprocess.run(made, check=True, **quiet)
    options = f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories='' -c fsync=off"
    control = [f"{home}/pg_ctl", "-D", data, "-w", "-t", "60", "-l", os.path.join(folder, "log"), "-o", options]
    stop = [f"{home}/pg_ctl", "-D", data, "-m", "immediate", "-w", "stop"]

    def told(command):
        return subprocess.run(command, check=False, stdout=subprocess.DEVNULL, cwd=folder, **as_nobody).returncode

    def start():
        assert told([*control, "start"]) == 0

    def crash():
        told(stop)  # immediate: every process leaves at once and writes nothing; the next start recovers
        start()

    start()
    try:
        yield f"postgresql://dedup@127.0.0.1:{port}/postgres", crash
    finally:
        told(stop)


def _parents(folder):
    while (above := os.path.dirname(folder)) not in ("/", "/tmp", folder):
        yield above
        folder = above
