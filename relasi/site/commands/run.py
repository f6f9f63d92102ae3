"""`relasi run`: bring the database up to date, make the first owner, serve pages and work jobs."""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections import deque
from types import FrameType

from django.core.management import call_command

from relasi.administration.first_start import first_start
from relasi.kit.jobs.worker import start_in_background
from relasi.site import statistics
from relasi.site.doctor import refuse_weak_database
from relasi.site.failures import CommandFailed

HELP = "Serve the product on one port, with its jobs."
FALLS, WITHIN, PAUSE = 5, 60.0, 0.5  # so many falls within so many seconds end the command


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", default=os.environ.get("HOST", "127.0.0.1"))
    parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8000")))
    parser.add_argument(
        "--threads", type=int, default=8, help="requests answered at once by each web process"
    )
    parser.add_argument("--processes", type=int, default=1, help="web processes")
    parser.add_argument("--empty", action="store_true", help="start without the demo company")
    parser.add_argument(
        "--no-worker", action="store_true", help="only pages; jobs run elsewhere (relasi worker)"
    )


def run(options: argparse.Namespace) -> int:
    refuse_weak_database()
    _refuse_taken_port(options)
    call_command("migrate", verbosity=0, interactive=False)
    statistics.refresh()
    _welcome(options)
    web = Web(_granian(options))
    web.start()
    if not options.no_worker:
        start_in_background()
    return web.wait()


class Web:
    """The process that serves pages: started again when it falls, ended with this one."""

    def __init__(self, command: list[str]) -> None:
        self.command = command
        self.is_ending = False
        self.falls: deque[float] = deque(maxlen=FALLS)
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Its own session, so that what is left of a killed one can be found and ended."""
        self.process = subprocess.Popen(self.command, start_new_session=True)  # noqa: S603
        signal.signal(signal.SIGTERM, self._end)
        signal.signal(signal.SIGINT, self._end)

    def wait(self) -> int:
        """Until it was told to end. Raises CommandFailed when it falls again and again."""
        while self.process:
            code = self.process.wait()
            self._end_the_rest(self.process.pid)
            if self.is_ending:
                return 0
            self.falls.append(time.monotonic())
            if len(self.falls) == FALLS and self.falls[-1] - self.falls[0] < WITHIN:
                raise CommandFailed(
                    f"The web server ended {FALLS} times within a minute, last with code {code}."
                )
            time.sleep(PAUSE)
            self.start()
        return 0

    def _end(self, _signal: int, _frame: FrameType | None) -> None:
        self.is_ending = True
        if self.process:
            self.process.terminate()

    def _end_the_rest(self, session: int) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(session, signal.SIGKILL)


def _refuse_taken_port(options: argparse.Namespace) -> None:
    family = socket.AF_INET6 if ":" in options.host else socket.AF_INET
    with socket.socket(family) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((options.host, options.port))
        except PermissionError as error:
            raise CommandFailed(
                f"Port {options.port} needs the rights of the administrator. Set PORT to one above 1023."
            ) from error
        except OverflowError as error:
            raise CommandFailed("PORT is a number from 1 to 65535.") from error
        except OSError as error:
            raise CommandFailed(
                f"Port {options.port} of {options.host} is taken by another program. "
                f"Set PORT to a free one, for example PORT={options.port + 1}."
            ) from error


def _granian(options: argparse.Namespace) -> list[str]:
    return [
        sys.executable, "-m", "relasi.site.web", "--interface", "wsgi", "--host", options.host,
        "--port", str(options.port),
        "--workers", str(options.processes), "--blocking-threads", str(options.threads), "--no-ws",
        "--respawn-failed-workers", "--log-level", "warning", "relasi.site.wsgi:application",
    ]  # fmt: skip


def _welcome(options: argparse.Namespace) -> None:
    address = f"http://{options.host}:{options.port}"
    made = first_start(demo="" if options.empty else "small")
    print(f"\n  Relasi is at {address}\n", flush=True)
    if made:
        print(
            f"  Sign in as   {made.email}\n"
            f"  Password     {made.password}   (shown this once; change it in Settings)\n",
            flush=True,
        )
