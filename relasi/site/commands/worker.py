"""`relasi worker`: work jobs on this machine, from the database or (RELASI_JOBS=celery) from the broker."""

from __future__ import annotations

import argparse

from relasi.kit.jobs.worker import Worker, work
from relasi.site.doctor import refuse_weak_database

HELP = "Work jobs, without serving pages."


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--queues", default="", help="only these, separated by commas")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--until-empty", action="store_true", help="stop when nothing is due")


def run(options: argparse.Namespace) -> int:
    refuse_weak_database()
    queues = [name for name in options.queues.split(",") if name] or None
    if options.until_empty:
        Worker(queues=queues, threads=options.threads).run_until_empty()
    else:
        work(queues=queues, threads=options.threads)
    return 0
