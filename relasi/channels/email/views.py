"""Signing a mailbox in at Google or Microsoft, there and back again; and a key to sign its mails with."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from relasi.channels.email import dkim, oauth
from relasi.channels.email.mailbox import Mailbox
from relasi.channels.jobs import check
from relasi.channels.models import Account
from relasi.kit.access.requests import Request
from relasi.kit.access.rights import may
from relasi.lib.secrets import equal
from relasi.lib.wording import InputError

SESSION = "mailbox_sign_in"
SELECTOR = "relasi"


@never_cache
@require_POST
def sign_in(request: Request, account_id: int) -> HttpResponse:
    """Begin: the person is sent to the authority. A shared mailbox is the administrators', a personal one its
    owner's.
    """
    account = _own(request, account_id)
    try:
        started = oauth.begin(account, back_to=_back_to(request))
    except oauth.SignInError as error:
        messages.error(request, _said(error))
        return _back(account)
    request.session[SESSION] = {
        "account": account.pk,
        "state": started.state,
        "verifier": started.verifier,
    }
    return redirect(started.address)


@never_cache
@require_GET
def signed_in(request: Request) -> HttpResponse:
    """Come back with `code` and the `state` that was given out; used once."""
    began = request.session.pop(SESSION, None)
    if not began or not equal(str(began["state"]), request.GET.get("state", "")):
        raise PermissionDenied(
            _("This sign-in was not begun here, or was finished already. Begin it once more.")
        )
    account = _own(request, int(began["account"]))
    try:
        if not (code := request.GET.get("code", "")):
            raise oauth.SignInError("%(why)s", why=_refusal(request))
        oauth.finish(account, code=code, verifier=began["verifier"], back_to=_back_to(request))
    except oauth.SignInError as error:
        messages.error(request, _said(error))
    else:
        messages.success(request, _("Signed in. The mailbox is connected."))
    return _back(account)


@never_cache
@require_POST
def new_key(request: Request, account_id: int) -> HttpResponse:
    """POST, with `replace` where there is a key already: from now on mails are signed with a key of our
    making. The health of the channel shows the record that belongs into the DNS.
    """
    account = _own(request, account_id)
    if Mailbox(account).secret("dkim_key") and not request.POST.get("replace"):
        messages.error(request, _("There is a key already; replacing it makes its DNS record worthless."))
        return _back(account)
    selector = Mailbox(account).text("dkim_selector") or SELECTOR
    account.change(
        by=request.user,
        settings={**account.settings, "dkim_selector": selector},
        secrets={**(account.secrets or {}), "dkim_key": dkim.new_key().private},
    )
    check.later(account_id=account.pk, _key=f"check-{account.pk}")
    messages.success(request, _("Mails are signed now. Add the record that Health shows to your DNS."))
    return _back(account)


def _own(request: Request, account_id: int) -> Account:
    account: Account = get_object_or_404(
        Account.objects.visible_to(request.user), pk=account_id, provider="mailbox"
    )
    if not may(request.user, "change", account):
        raise PermissionDenied(_("You may not do this."))
    return account


def _refusal(request: HttpRequest) -> str:
    if request.GET.get("error") == "access_denied":
        return _("You did not give the permission; nothing was changed.")
    return _("The sign-in was refused (%(why)s).") % {"why": request.GET.get("error", "?")[:80]}


def _said(error: InputError) -> str:
    return _(error.text) % error.values


def _back_to(request: HttpRequest) -> str:
    return settings.RELASI_PUBLIC_URL.rstrip("/") + reverse("mailbox_signed_in")


def _back(account: Account) -> HttpResponse:
    """To the page of the channel."""
    return redirect("resource_record", "channels", account.pk)


urlpatterns = [
    path("channels/mailbox/<int:account_id>/sign-in/", sign_in, name="mailbox_sign_in"),
    path("channels/mailbox/<int:account_id>/new-key/", new_key, name="mailbox_new_key"),
    path("channels/mailbox/signed-in/", signed_in, name="mailbox_signed_in"),
]
