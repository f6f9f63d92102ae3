"""`relasi demo`: fill an empty database with the demo company."""

from __future__ import annotations

import argparse
import time

from django.core.management import call_command

from relasi.administration.first_start import first_start
from relasi.kit.access.models import User
from relasi.site.demo.loading import load
from relasi.site.demo.sizes import SIZES
from relasi.site.failures import CommandFailed

HELP = "Fill an empty database with the demo company PT Sahabat Selalu."


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--size", choices=SIZES, default="small")
    parser.add_argument("--seed", type=int, default=20240817)


def run(options: argparse.Namespace) -> int:
    call_command("migrate", verbosity=0, interactive=False)
    made = first_start()
    if made is None and User.objects.count() > 1:
        raise CommandFailed(
            "The database is not empty; the demo company needs one of its own (RELASI_DATABASE_URL)."
        )
    owner = User.objects.get(is_owner=True)
    began = time.monotonic()
    load(
        options.size,
        owner,
        seed=options.seed,
        say=lambda text: print(f"  {text} ({time.monotonic() - began:.0f} s)", flush=True),
    )
    took, worked = time.monotonic() - began, time.process_time()
    print(f"Loaded the {options.size} demo company in {took:.1f} s ({worked:.0f} s of processor time).")
    if made:
        print(f"Sign in as {made.email} with password {made.password}")
    return 0
