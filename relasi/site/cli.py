"""The command line: `relasi run`, `relasi import people FILE`, `relasi backup FILE`, …"""

from __future__ import annotations

import argparse
import os
import sys
from importlib import import_module
from pathlib import Path

COMMANDS = sorted(path.stem for path in (Path(__file__).parent / "commands").glob("[a-z]*.py"))


def main(argv: list[str] | None = None) -> int:
    """Run one command. Errors a person can mend are one line on standard error and exit code 2."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "relasi.site.settings")
    import django
    from django.core.exceptions import ImproperlyConfigured

    from relasi.site.failures import CommandFailed

    try:
        django.setup()
        options = _parser().parse_args(argv)
        return int(options.run(options) or 0)
    except (CommandFailed, ImproperlyConfigured) as error:
        print(f"relasi: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # whoever read our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="relasi", description="A CRM that companies run themselves.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name in COMMANDS:
        module = import_module(f"relasi.site.commands.{name}")
        command = commands.add_parser(
            name.rstrip("_").replace("_", "-"), help=module.HELP, description=module.HELP
        )
        module.arguments(command)
        command.set_defaults(run=module.run)
    return parser


if __name__ == "__main__":
    sys.exit(main())
