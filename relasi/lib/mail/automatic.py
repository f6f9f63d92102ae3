"""Did a machine send this mail? Nobody wants it answered by another machine (RFC 3834)."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import StrEnum

from relasi.lib.mail.message import Mail
from relasi.lib.text import fold
from relasi.lib.wording import mark as _

MOST_HOPS = 30
AUTOREPLY_HEADERS = ("x-autoreply", "x-autorespond", "x-autoresponder", "x-auto-reply", "x-autoreply-from",
                     "x-mail-autoreply", "x-auto-response")  # fmt: skip
NOT_SO = frozenset({"", "no", "false", "0"})
LIST_HEADERS = ("list-id", "list-post", "x-mailing-list", "mailing-list", "x-mailman-version")
AWAY = re.compile(
    r"(?:(?:re|auto|(?:balasan|jawaban) otomatis|auto(?:matic)?[ -]?reply|automatische antwort)"
    r"\s*[:-]\s*)?(?:(?:i am |i'm |saya )?(?:currently |sedang )?(?:out of (?:the )?office|ooo\b"
    r"|on (?:annual |sick )?leave\b|away from (?:the |my )?(?:office|mail|desk)"
    r"|on (?:vacation|holiday)\b|abwesen|di ?luar kantor"
    r"|tidak (?:berada )?di (?:kantor|tempat))|vacation (?:reply|response)"
    r"|(?:saya |sedang |saya sedang )(?:cuti|dinas luar)\b)"
)
REPLY = re.compile(
    r"auto(?:matic|mated)?[ -]?(?:reply|response|respon|responder|answer)|auto\s*:|balasan otomatis"
    r"|jawaban otomatis|respon(?:s)? otomatis|pesan otomatis|automatische antwort|reponse automatique"
    r"|respuesta automatica|thank you for (?:contacting|your e-?mail)|terima kasih telah menghubungi"
)
RETURNED = re.compile(
    r"(?:undeliver|undelivered|delivery (?:status notification|failure|has failed|incomplete)"
    r"|mail delivery (?:failed|failure|system)|returned mail|failure notice|message not delivered"
    r"|gagal (?:terkirim|dikirim)|pesan tidak terkirim|tidak terkirim)"
)
DAEMON = re.compile(r"(?:mailer-daemon|mail-daemon|postmaster|mail\.?delivery\.?system)@")
NO_REPLY = re.compile(r"(?:no|do-?not|dont|jangan|tidak)[-_.]?(?:reply|respond|balas|dibalas)(?:[-_.+].*)?@")


class Kind(StrEnum):
    """What sort of machine."""

    LOOP = "loop"
    AWAY = "away"
    REPLY = "reply"
    RETURNED = "returned"
    LIST = "list"
    BULK = "bulk"
    GENERATED = "generated"


@dataclass(frozen=True, slots=True)
class Automatic:
    """`reason` is a sentence ready for gettext; `evidence` what the mail says, as it says it."""

    kind: Kind
    reason: str
    evidence: str = ""


def why_automatic(mail: Mail, *, own: Collection[str] = ()) -> Automatic | None:
    """Why `mail` is taken for a machine's, or None for a person's. `own` are the addresses we send from."""
    loop = _loop(mail, {address.lower() for address in own})
    return loop or next(filter(None, (rule(mail) for rule in RULES)), None)


def _loop(mail: Mail, own: set[str]) -> Automatic | None:
    if mail.sender.address in own:
        return Automatic(Kind.LOOP, _("We sent this mail ourselves."), mail.sender.address)
    if looped := next((value for value in mail.all("x-loop") if value.strip(" <>").lower() in own), ""):
        return Automatic(Kind.LOOP, _("This mail has been with us before."), looped)
    hops = len(mail.all("received"))
    if hops > MOST_HOPS:
        return Automatic(Kind.LOOP, _("This mail has gone through too many servers."), str(hops))
    return None


def _away(mail: Mail) -> Automatic | None:
    subject = fold(mail.subject)
    says_so = not subject.startswith("re:") or _is_marked(mail)
    if says_so and AWAY.match(subject):
        return Automatic(Kind.AWAY, _("The subject says that somebody is away."), mail.subject)
    return None


def _is_marked(mail: Mail) -> bool:
    return bool(_word(mail, "auto-submitted").startswith("auto-") or _autoreply(mail))


def _returned(mail: Mail) -> Automatic | None:
    if mail.first("content-type").lower().startswith("multipart/report"):
        return Automatic(Kind.RETURNED, _("A mail server reports about a mail."), mail.first("content-type"))
    if DAEMON.match(mail.sender.address):
        return Automatic(Kind.RETURNED, _("A mail server sent this mail."), mail.sender.address)
    if mail.first("return-path").strip() == "<>" and RETURNED.match(fold(mail.subject)):
        return Automatic(Kind.RETURNED, _("A mail server reports about a mail."), mail.subject)
    return None


def _submitted(mail: Mail) -> Automatic | None:
    """RFC 3834, 5: anything but `no` is a machine's."""
    word = _word(mail, "auto-submitted")
    if not word or word == "no":
        return None
    kind = Kind.REPLY if word == "auto-replied" else Kind.GENERATED
    return Automatic(kind, _("The mail says that a machine sent it."), f"Auto-Submitted: {word}")


def _autoreply(mail: Mail) -> Automatic | None:
    marks = [f"{name}: {mail.first(name)}" for name in AUTOREPLY_HEADERS if _word(mail, name) not in NOT_SO]
    if (word := _word(mail, "precedence")) in {"auto_reply", "auto-reply"}:
        marks.append(f"Precedence: {word}")
    if not marks:
        return None
    return Automatic(Kind.REPLY, _("The mail says that it is an automatic reply."), marks[0])


def _list(mail: Mail) -> Automatic | None:
    named = next((name for name in LIST_HEADERS if mail.first(name)), "")
    if not named and _word(mail, "precedence") != "list":
        return None
    return Automatic(Kind.LIST, _("The mail comes from a mailing list."), mail.first(named or "precedence"))


def _bulk(mail: Mail) -> Automatic | None:
    if (word := _word(mail, "precedence")) in {"bulk", "junk"}:
        return Automatic(Kind.BULK, _("The mail says that it went to many."), f"Precedence: {word}")
    if mail.list_unsubscribe:
        return Automatic(Kind.BULK, _("The mail offers to end a subscription."), mail.list_unsubscribe[0])
    return None


def _subject(mail: Mail) -> Automatic | None:
    if REPLY.match(fold(mail.subject)):
        return Automatic(Kind.REPLY, _("The subject says that it is an automatic reply."), mail.subject)
    return None


def _suppressed(mail: Mail) -> Automatic | None:
    """Exchange marks so what its rules and services send ([MS-OXCMAIL], 2.1.3.2.18)."""
    value = mail.first("x-auto-response-suppress")
    if value and not {part.strip().lower() for part in value.split(",")} <= {"none", ""}:
        return Automatic(Kind.GENERATED, _("The mail asks for no automatic reply."), value)
    return None


def _without_sender(mail: Mail) -> Automatic | None:
    if mail.first("return-path").strip() == "<>":
        return Automatic(Kind.GENERATED, _("The mail names nobody to whom it could be returned."))
    everybody = [mailbox.address for mailbox in mail.answer_to]
    if not everybody or not all(NO_REPLY.match(address) for address in everybody):
        return None
    return Automatic(Kind.GENERATED, _("Nobody reads answers at the address of the sender."), everybody[0])


def _word(mail: Mail, name: str) -> str:
    """The first word of a header, in lower case: `auto-replied; owner-email="x"` → `auto-replied`."""
    return mail.first(name).partition(";")[0].partition("(")[0].strip().lower()


RULES: tuple[Callable[[Mail], Automatic | None], ...] = (
    _away, _returned, _autoreply, _submitted, _subject, _list, _bulk, _suppressed, _without_sender,
)  # fmt: skip
