"""Whether a page or an Instagram account works."""

from __future__ import annotations

from django.utils import timezone

from relasi.channels import looking
from relasi.channels.graph import call, ending_token, unreached
from relasi.channels.interface import Finding, Health
from relasi.channels.models import Account
from relasi.channels.picking import records, text, texts
from relasi.channels.social.words import WORDS
from relasi.channels.web import Web, web_for
from relasi.lib.wording import InputError
from relasi.lib.wording import mark as _

TOKEN = _("Access token")


def check(account: Account) -> Health:
    now = timezone.now()
    needed = {"page_id": _("Id of the page"), "access_token": TOKEN, "app_secret": _("App secret"),
              "verify_token": _("Verify token")}  # fmt: skip
    if account.channel == "instagram":
        needed["instagram_id"] = _("Id of the Instagram account")
    findings = looking.missing(account, **needed)
    if account.settings.get("page_id") and account.secrets.get("access_token"):
        with web_for(account) as web:
            findings += [*_page(web, account), *ending_token(web, account, now)]
    return Health((*findings, *looking.receiving(account, now)))


def _page(web: Web, account: Account) -> list[Finding]:
    page = str(account.settings["page_id"])
    try:
        found = call(web, account, "GET", page, words=WORDS, params={"fields": "name"}, whole=20)
        apps = call(web, account, "GET", f"{page}/subscribed_apps", words=WORDS, whole=20)
    except InputError as error:
        return [unreached(error)]
    good = Finding(
        state="good",
        what=TOKEN,
        words=_("Meta accepts it for %(name)s."),
        values={"name": text(found, "name")},
    )
    if any("messages" in texts(one, "subscribed_fields") for one in records(apps, "data")):
        return [good]
    return [good, Finding(
        state="broken", what=_("Incoming messages"), words=_("No app gets the messages of the page."),
        todo=_("At Meta, subscribe the app to the page with the field “messages”."),
    )]  # fmt: skip
