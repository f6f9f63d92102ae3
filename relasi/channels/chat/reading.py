"""What a visitor sent, as it was kept: a line of JSON, and behind it the bytes of a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from relasi.channels import picking, raw
from relasi.channels.interface import File, Incoming, Outcome, Outgoing
from relasi.channels.models import Account, Intake

LONGEST_TEXT = 5000  # signs
LONGEST_NAME = 180


def read(account: Account, intake: Intake) -> Iterator[Incoming]:
    """The message in a raw input. `sender` is our number of the visitor, `thread` stays empty: which talk it
    belongs to is decided when it is taken in.
    """
    head, _newline, content = raw.current(intake).partition(b"\n")
    said = picking.parsed(head)
    yield Incoming(
        external_id=intake.external_id,
        sender=str(intake.meta.get("visitor", "")),
        sender_name=picking.text(said, "name")[:200],
        at=intake.at,
        text=picking.text(said, "text")[:LONGEST_TEXT],
        files=_files(said, content),
        extra={
            "page": picking.text(said, "page")[:500],
            **({"offline": True} if picking.pick(said, "offline") is True else {}),
        },
    )


def send(account: Account, messages: Sequence[Outgoing]) -> Iterator[Outcome]:
    """Nothing leaves: the visitor's page fetches it."""
    for message in messages:
        yield Outcome(key=message.key, state="accepted", external_id=message.key)


def _files(said: dict[str, object], content: bytes) -> tuple[File, ...]:
    name = picking.text(said, "file", "name")[:LONGEST_NAME]
    if not content or not name:
        return ()
    return (File(name=name, content_type=picking.text(said, "file", "type")[:100], content=content),)
