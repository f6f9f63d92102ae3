"""What the events of an Asterisk mean for a call with a customer.

Each is understood by itself. Calls are known by the Linkedid, the id of the first channel of a call: the
customer's where the call came in, the colleague's where it went out. Calls among colleagues are no news.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from relasi.channels.interface import CallNews, CallState, Changed, News
from relasi.channels.phone.ami import Packet
from relasi.channels.phone.numbers import UNKNOWN, customer_number, is_extension, peer_of

RING = "4"  # the state of a channel on which a call comes in
RECORDINGS = (".wav", ".mp3", ".ogg", ".gsm", ".opus", ".wav49")
LIVE = "RelasiCallsLive"  # our own: which calls there are, asked for when a connection begins


@dataclass(frozen=True, slots=True)
class Step:
    """One event with what is needed to read it."""

    packet: Packet
    settings: Mapping[str, Any]
    at: datetime

    def get(self, name: str) -> str:
        return self.packet.get(name)

    def is_ours(self, text: str) -> bool:
        return is_extension(text, self.settings)

    @property
    def call(self) -> str:
        return (
            self.get("Linkedid")
            or self.get("DestLinkedid")
            or self.get("Uniqueid")
            or self.get("DestUniqueid")
        )

    @property
    def is_first(self) -> bool:
        """Whether it is about the channel with which the call began."""
        return self.get("Uniqueid") == self.call

    def news(self, state: CallState, number: str, *, is_inbound: bool, **rest: str) -> CallNews:
        return CallNews(
            external_id=self.call, state=state, is_inbound=is_inbound, at=self.at,
            number=customer_number(number, self.settings, is_dialled=not is_inbound), **rest,
        )  # fmt: skip


def news_of(packet: Packet, settings: Mapping[str, Any], at: datetime) -> list[News]:
    """What an event says; nothing for most. `at` counts where the event has no time of its own."""
    read = READERS.get(packet.event)
    return list(read(Step(packet, settings, _time_of(packet) or at))) if read else []


def matters(packet: Packet) -> bool:
    """Whether an event is kept: it may say something about a call."""
    if packet.event == "VarSet":
        return packet.get("Variable") == "MIXMONITOR_FILENAME"
    return packet.event in READERS


def external_id(packet: Packet, number: str) -> str:
    """The same for the same event. `number` tells those apart that look alike."""
    who = packet.get("DestUniqueid") or packet.get("Uniqueid") or packet.get("UniqueID")
    return f"{who}:{packet.event}:{packet.get('Timestamp') or number}"[:200]


def _arrived(step: Step) -> Iterator[CallNews]:
    """A call comes in, before any telephone of ours rings."""
    peer = peer_of(step.get("Channel"))
    is_incoming = step.packet.event != "Newchannel" or step.get("ChannelState") == RING
    if step.is_first and is_incoming and not step.is_ours(peer) and not _is_local(step.get("Channel")):
        yield step.news("ringing", step.get("CallerIDNum"), is_inbound=True, name=_name(step))


def _dials(step: Step) -> Iterator[CallNews]:
    if sides := _sides(step):
        number, is_inbound, extension = sides
        yield step.news(
            "ringing",
            number,
            is_inbound=is_inbound,
            extension=extension,
            name=_name(step) if is_inbound else "",
        )


def _dialled(step: Step) -> Iterator[CallNews]:
    """One telephone was answered, or rings no more."""
    if sides := _sides(step):
        number, is_inbound, extension = sides
        status = step.get("DialStatus").upper()
        if status == "ANSWER":
            yield step.news("answered", number, is_inbound=is_inbound, extension=extension)
        elif is_inbound:
            yield step.news("passed", number, is_inbound=True, extension=extension, cause=status.lower())


def _holds(step: Step) -> Iterator[CallNews]:
    """One side holds: who began the call is told by which side the first channel is."""
    peer, state = peer_of(step.get("Channel")), "held" if step.packet.event == "Hold" else "resumed"
    is_ours = step.is_ours(peer)
    number = step.get("ConnectedLineNum") if is_ours else step.get("CallerIDNum")
    if not step.is_ours(number):
        is_inbound = step.is_first != is_ours
        yield step.news(state, number, is_inbound=is_inbound, extension=peer if is_ours else "")  # type: ignore[arg-type]


def _hung_up(step: Step) -> Iterator[CallNews]:
    """The call is over when its first channel is."""
    if not step.is_first or _is_local(step.get("Channel")):
        return
    peer = peer_of(step.get("Channel"))
    is_inbound = not step.is_ours(peer)
    number = step.get("CallerIDNum") if is_inbound else _target(step)
    if step.is_ours(number):
        return
    cause = step.get("Cause-txt") or step.get("Cause")
    yield step.news("ended", number, is_inbound=is_inbound, extension="" if is_inbound else peer, cause=cause)


def _recorded(step: Step) -> Iterator[CallNews]:
    """Where the recording lies, said by a variable while it runs or by the record of the call."""
    given = step.get("Value") if step.packet.event == "VarSet" else step.get("UserField")
    pattern = str(step.settings.get("recordings") or "")
    name = given.replace("\\", "/").rpartition("/")[2]
    if not pattern or not name.lower().endswith(RECORDINGS):
        return
    caller = step.get("CallerIDNum") or step.get("Source")
    is_inbound = not step.is_ours(caller)
    number = caller if is_inbound else step.get("Destination") or _target(step)
    call = step.get("Linkedid") or step.get("UniqueID") or step.call
    news = step.news("ringing", number, is_inbound=is_inbound, recording=pattern.replace("{file}", name))
    yield CallNews(
        **{**{field: getattr(news, field) for field in CallNews.__dataclass_fields__}, "external_id": call}
    )


def _live(step: Step) -> Iterator[Changed]:
    yield Changed(
        kind="calls_live", key="", values={"ids": step.packet.all("Call"), "at": step.at.isoformat()}
    )


READERS: dict[str, Callable[[Step], Iterator[News]]] = {
    "Newchannel": _arrived,
    "QueueCallerJoin": _arrived,
    "DialBegin": _dials,
    "DialEnd": _dialled,
    "Hold": _holds,
    "Unhold": _holds,
    "Hangup": _hung_up,
    "Cdr": _recorded,
    "VarSet": _recorded,
    LIVE: _live,
}


def _sides(step: Step) -> tuple[str, bool, str] | None:
    """(the customer's number, whether it came in, the colleague's extension) of one dialling; None for calls
    among colleagues and calls that only pass through.
    """
    caller, dialled = peer_of(step.get("Channel")), peer_of(step.get("DestChannel"))
    if step.is_ours(dialled) and not step.is_ours(caller):
        number = step.get("CallerIDNum")
        return None if step.is_ours(number) else (number, True, dialled)
    if step.is_ours(caller) and not step.is_ours(dialled):
        return _target(step), False, caller
    return None


def _target(step: Step) -> str:
    """The number a colleague dialled."""
    dialled = step.get("DialString").rpartition("/")[2].partition("@")[0]
    known = (
        step.get("Exten"),
        dialled,
        step.get("ConnectedLineNum"),
        step.get("DestExten"),
        step.get("DestCallerIDNum"),
    )
    numbers = [text for text in known if sum(sign.isdigit() for sign in text) > 2]
    return next((text for text in numbers if not step.is_ours(text)), numbers[0] if numbers else "")


def _is_local(channel: str) -> bool:
    """A channel that only joins two others."""
    return channel.startswith("Local/")


def _name(step: Step) -> str:
    name = step.get("CallerIDName")
    return "" if name.lower() in UNKNOWN or name == step.get("CallerIDNum") else name[:200]


def _time_of(packet: Packet) -> datetime | None:
    """The telephone system's own clock, where it is told to say it (timestampevents = yes)."""
    try:
        return datetime.fromtimestamp(float(packet.get("Timestamp")), UTC)
    except (ValueError, OverflowError, OSError):
        return None
