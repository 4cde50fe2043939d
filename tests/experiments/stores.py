"""Tracking stores for tests: SQLite files, a tracking server over HTTP, a PostgreSQL database."""

from __future__ import annotations

import os
import select
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from contextlib import suppress
from pathlib import Path

from experiments.tracking import Store, open_store


def store_in(room: Path, empty: Path) -> Store:
    """A new SQLite store in a folder, from an empty one: making the tables takes seconds."""
    (room / "mlflow.db").write_bytes(empty.read_bytes())
    return open_store(f"sqlite:///{room}/mlflow.db")


class Server:
    """An MLflow tracking server that also keeps the files, behind a door that can be shut."""

    def __init__(self, room: Path) -> None:
        self.port, behind = _free_port(), _free_port()
        command = [
            sys.executable, "-m", "mlflow", "server", "--backend-store-uri", f"sqlite:///{room}/server.db",
            "--serve-artifacts", "--artifacts-destination", str(room / "files"), "--host", "127.0.0.1",
            "--port", str(behind), "--workers", "1",
        ]  # fmt: skip
        around = {**os.environ, "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false", "MLFLOW_DISABLE_TELEMETRY": "true"}
        self.process = subprocess.Popen(
            command, env=around, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        self.behind, self._door = behind, socket.socket()
        self._callers: list[socket.socket] = []
        for _ in range(300):
            with suppress(OSError):
                urllib.request.urlopen(f"http://127.0.0.1:{behind}/health", timeout=1).close()
                break
            time.sleep(0.2)
        self.open()

    @property
    def uri(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def open(self) -> None:
        self._door = socket.socket()
        self._door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._door.bind(("127.0.0.1", self.port))
        self._door.listen(20)
        threading.Thread(target=self._receive, args=(self._door,), daemon=True).start()

    def shut(self) -> None:
        """From now on connections are refused, and those that are open are cut."""
        for line in (self._door, *self._callers):
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
        self._door.close()

    def stop(self) -> None:
        os.killpg(self.process.pid, 15)
        self.process.wait(20)

    def _receive(self, door: socket.socket) -> None:
        with suppress(OSError):
            while True:
                caller = door.accept()[0]
                self._callers.append(caller)
                threading.Thread(target=_pass_on, args=(caller, self.behind), daemon=True).start()


def _pass_on(caller: socket.socket, port: int) -> None:
    with caller, socket.create_connection(("127.0.0.1", port)) as server, suppress(OSError):
        while True:
            for ready in select.select([caller, server], [], [])[0]:
                part = ready.recv(65536)
                if not part:
                    return
                (server if ready is caller else caller).sendall(part)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


class PostgreSQL:
    """A PostgreSQL server with an empty database, as a user of its own where tests run as root."""

    BINARIES = next(
        iter(sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"), reverse=True)), Path("none/none")
    ).parent

    def __init__(self) -> None:
        self.port, self.room = _free_port(), Path(tempfile.mkdtemp(prefix="eosun-postgresql-"))
        self._user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        if self._user:
            shutil.chown(self.room, "postgres")
        self._run("initdb", "--auth=trust", "--username=eosun", "-D", str(self.room / "data"))
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self.room} -c fsync=off"
        self._run("pg_ctl", "-D", str(self.room / "data"), "-o", options, "-w", "-l", str(self.room / "log"), "start")

    @property
    def uri(self) -> str:
        return f"postgresql://eosun@127.0.0.1:{self.port}/postgres"

    def stop(self) -> None:
        self._run("pg_ctl", "-D", str(self.room / "data"), "-m", "immediate", "-w", "stop")
        shutil.rmtree(self.room)

    def _run(self, name: str, *words: str) -> None:
        command = [*self._user, str(self.BINARIES / name), *words]
        subprocess.run(command, cwd=self.room, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
