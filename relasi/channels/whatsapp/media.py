"""Files on WhatsApp: which kind each is sent as, how it is handed over, how those of customers come."""

from __future__ import annotations

import mimetypes
from dataclasses import dataclass

from relasi.channels.graph import GraphError, answer_of, bearer, call, is_own_host
from relasi.channels.interface import File
from relasi.channels.models import Account
from relasi.channels.picking import text
from relasi.channels.web import MEGABYTE, NotSent, Web, web_for
from relasi.channels.whatsapp.words import WORDS
from relasi.lib.wording import InputError
from relasi.lib.wording import mark as _

KILOBYTE = 1024
LONGEST_FETCHED = 25 * MEGABYTE
FETCH_WITHIN = 20.0  # seconds for one file


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file (Meta, “Supported media types”): its types, the most bytes, whether words go along."""

    name: str
    types: tuple[str, ...]
    most: int
    has_caption: bool


KINDS = (
    Kind("image", ("image/jpeg", "image/png"), 5 * MEGABYTE, True),
    Kind("sticker", ("image/webp",), 500 * KILOBYTE, False),
    Kind("video", ("video/mp4", "video/3gpp"), 16 * MEGABYTE, True),
    Kind("audio", ("audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg"), 16 * MEGABYTE, False),
)
DOCUMENT = Kind("document", (), 100 * MEGABYTE, True)


def kind_of(file: File) -> Kind:
    """What a file is sent as; a document where it is nothing else or too large for it. Raises InputError."""
    kind = file.content_type.partition(";")[0].strip().lower()
    found = next((one for one in KINDS if kind in one.types and len(file.content) <= one.most), DOCUMENT)
    if len(file.content) > found.most:
        raise InputError(
            _("“%(name)s” is larger than the %(most)s megabytes that WhatsApp takes."),
            name=file.name, most=found.most // MEGABYTE,
        )  # fmt: skip
    return found


def upload(web: Web, account: Account, file: File) -> str:
    """Hand a file over; the id under which it can be sent for 30 days. Raises GraphError, NotSent, Unsure."""
    kind = file.content_type.partition(";")[0].strip() or "application/octet-stream"
    found = call(
        web, account, "POST", f"{account.settings.get('phone_number_id', '')}/media", words=WORDS,
        data={"messaging_product": "whatsapp", "type": kind}, files={"file": (file.name, file.content, kind)},
    )  # fmt: skip
    if not (media := text(found, "id")):
        raise NotSent(_("WhatsApp took the file and gave no id for it."))
    return media


def fetch_file(account: Account, media: str, *, name: str = "", content_type: str = "") -> File:
    """The file of a customer, by its id: first its address is asked for, then the file. WhatsApp keeps it 30
    days. Raises InputError with the reason.
    """
    with web_for(account) as web:
        return fetched(web, account, media, name=name, content_type=content_type)


def fetched(web: Web, account: Account, media: str, *, name: str = "", content_type: str = "") -> File:
    if not (media.isalnum() and media.isascii()):
        raise InputError(_("The file has no id by which it could be fetched."))
    number = account.settings.get("phone_number_id", "")
    about = call(
        web, account, "GET", media, words=WORDS, params={"phone_number_id": number}, whole=FETCH_WITHIN
    )
    url, size = text(about, "url"), text(about, "file_size")
    if size.isdecimal() and int(size[:15]) > LONGEST_FETCHED:
        raise InputError(_("The file is larger than %(most)s megabytes."), most=LONGEST_FETCHED // MEGABYTE)
    if not is_own_host(account, url):
        raise InputError(_("The file lies at an address that is not WhatsApp's."))
    reply = web.ask("GET", url, headers=bearer(account), most=LONGEST_FETCHED, whole=FETCH_WITHIN)
    if not reply.is_good:
        _say_why(reply)
    content_type = content_type or text(about, "mime_type") or reply.content_type
    return File(name=name or _named(media, content_type), content_type=content_type, content=reply.body)


def _say_why(reply: object) -> None:
    try:
        answer_of(reply, WORDS)  # type: ignore[arg-type]
    except GraphError as error:
        raise InputError(error.text, **error.values) from error
    raise InputError(_("The file is not there any more."))


def _named(media: str, content_type: str) -> str:
    return media + (mimetypes.guess_extension(content_type.partition(";")[0].strip().lower()) or "")
