"""The Indonesian catalogue kept in step with the source: `.venv/bin/python -m tools.messages [FILE.tsv …]`.

Finds every message of the Python sources and the Jinja templates, keeps the translations there are, takes
new ones from the given files (English, a tab, Indonesian; for plurals the English singular), writes it all
and lists what is missing. A message is matched by its exact English text; nothing is guessed or marked fuzzy.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = ROOT / "relasi" / "site" / "locale" / "id" / "LC_MESSAGES" / "django.po"
KEYWORDS = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop", "mark")),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}
JINJA = {
    "trimmed": "true",
    "newstyle_gettext": "true",
    "trim_blocks": "true",
    "lstrip_blocks": "true",
    "silent": "false",
}
HEADER = """\
# Indonesian for Relasi. Written by tools/messages.py, which keeps the translations and the order.
msgid ""
msgstr ""
"Project-Id-Version: Relasi\\n"
"Language: id\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"

"""


def main(files: list[str]) -> int:
    """Bring the catalogue up to date; 1 while a translation is missing."""
    catalogue = updated(found(), known(), told(map(Path, files)))
    CATALOGUE.write_text(written(catalogue))
    lacking = [message for message in messages(catalogue) if not is_translated(message)]
    for message in lacking:
        print(name_of(message).replace("\n", "\\n"), "\t", sep="")
    print(f"{len(list(messages(catalogue)))} messages, {len(lacking)} not translated.", file=sys.stderr)
    return 1 if lacking else 0


def found() -> Catalog:
    """Every message of the sources, with the files that say it."""
    catalogue = empty()
    for path in sources():
        name = path.relative_to(ROOT).as_posix()
        method, options = ("python", {}) if path.suffix == ".py" else ("jinja2.ext:babel_extract", JINJA)
        with path.open("rb") as file:
            for _line, text, _comments, context in extract(method, file, keywords=KEYWORDS, options=options):
                if text and text != ("", ""):
                    catalogue.add(text, locations=[(name, 0)], context=context)
    return catalogue


def empty() -> Catalog:
    """A catalogue of Indonesian, which has one form for any number."""
    catalogue = Catalog(locale="id")
    catalogue.mime_headers = [("Plural-Forms", "nplurals=1; plural=0;")]
    return catalogue


def sources() -> Iterator[Path]:
    for path in sorted((ROOT / "relasi").rglob("*")):
        is_page = path.suffix in {".html", ".txt"} and "templates" in path.parts
        is_code = path.suffix == ".py" and "migrations" not in path.parts
        if is_page or is_code:
            yield path


def known() -> Catalog:
    """The catalogue as it is in the repository."""
    if not CATALOGUE.exists():
        return empty()
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="id")


def told(files: Iterable[Path]) -> dict[str, str]:
    """English → Indonesian as the files say; a later line wins."""
    lines = (line for path in files for line in path.read_text().splitlines() if "\t" in line)
    pairs = (line.split("\t", 1) for line in lines)
    return {_unquoted(source): _unquoted(target) for source, target in pairs if target.strip()}


def updated(sources: Catalog, before: Catalog, told: dict[str, str]) -> Catalog:
    """The messages of the sources with the translations of before, else the told ones."""
    for message in messages(sources):
        old = before.get(message.id, message.context)
        if (
            old is not None
            and is_translated(old)
            and isinstance(old.id, tuple) == isinstance(message.id, tuple)
        ):
            message.string = old.string
        else:
            text = told.get(name_of(message), "") or _sibling(message, before)
            message.string = (text,) if message.pluralizable else text
    return sources


def written(catalogue: Catalog) -> str:
    """The file's text: sorted by message, no places and no dates, so that only real changes show."""
    file = io.BytesIO()
    write_po(file, catalogue, omit_header=True, sort_output=True, no_location=True, width=110)
    return HEADER + file.getvalue().decode().strip() + "\n"


def messages(catalogue: Catalog) -> Iterator[Message]:
    """All but the header."""
    return (message for message in catalogue if message.id)


def english(message: Message) -> str:
    """The source text; of a plural its singular."""
    return message.id[0] if isinstance(message.id, tuple) else message.id


def name_of(message: Message) -> str:
    """How files of translations call it: the English text, behind `context|` where it has one."""
    return f"{message.context}|{english(message)}" if message.context else english(message)


def is_translated(message: Message) -> bool:
    texts = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
    return bool(texts) and all(texts)


def _sibling(message: Message, before: Catalog) -> str:
    """What the catalogue says of the same text with the other number of forms, such as one now counted."""
    for old in messages(before):
        if english(old) == english(message) and old.context == message.context and is_translated(old):
            return old.string[0] if isinstance(old.string, (tuple, list)) else old.string
    return ""


def _unquoted(text: str) -> str:
    return text.strip("\r\n").replace("\\n", "\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
