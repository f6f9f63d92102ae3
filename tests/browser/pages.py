"""The pages that are looked at, by name: numbers in their addresses are read from the running server."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Page, expect

PAGES: dict[str, str] = {
    "today": "/",
    "inbox": "/inbox/?folder=open",
    "inbox-waiting": "/inbox/?folder=waiting",
    "inbox-nothing": "/inbox/?q=xqzzw",
    "inbox-talk": "/inbox/{conversations}/",
    "conversation": "/conversations/{conversations}/",
    "deliveries": "/deliveries/",
    "message-templates": "/message-templates/",
    "message-template": "/message-templates/{message-templates}/",
    "template-preview": "/message-templates/{message-templates}/preview/",
    "signature-new": "/signatures/new/",
    "people": "/people/",
    "people-archived-none": "/people/?filter=city %3D Atlantis",
    "people-filtered": "/people/?filter=rung >%3D client and email is not empty",
    "people-filter-wrong": "/people/?filter=height > 3",
    "people-grouped": "/people/?group_by=rung",
    "companies": "/companies/",
    "households": "/households/",
    "board": "/people/?layout=board",
    "people-calendar": "/people/?layout=calendar",
    "people-chart": "/people/?layout=chart",
    "person": "/people/{people}/",
    "company": "/companies/{companies}/",
    "household": "/households/{households}/",
    "person-comments": "/people/{people}/comments/",
    "person-attachments": "/people/{people}/attachments/",
    "person-edit": "/people/{people}/edit/",
    "person-history": "/people/{people}/history/",
    "person-share": "/people/{people}/share/",
    "person-why": "/people/{people}/why/",
    "person-verb": "/people/{people}/do/archive/",
    "person-new": "/people/new/",
    "company-new": "/companies/new/",
    "household-new": "/households/new/",
    "export": "/people/export/",
    "tasks": "/tasks/",
    "tasks-board": "/tasks/?layout=board",
    "task": "/tasks/{tasks}/",
    "task-new": "/tasks/new/",
    "meetings": "/meetings/",
    "calls": "/calls/",
    "visits": "/visits/",
    "notes": "/notes/",
    "activities": "/activities/",
    "call": "/calls/{calls}/",
    "meeting": "/meetings/{meetings}/",
    "calendar": "/calendar/",
    "notifications": "/notifications/",
    "notification-settings": "/settings/notifications/",
    "calendars-elsewhere": "/settings/calendars/",
    "my-booking": "/my-booking/",
    "booking-pages": "/booking-pages/",
    "booking-page-new": "/booking-pages/new/",
    "booking-hours": "/booking-hours/",
    "bookings": "/bookings/",
    "search": "/search/?q=santoso",
    "search-nothing": "/search/?q=xqzzw",
    "import": "/people/import/",
    "import-map": "/people/import/{import_to_map}/",
    "import-trial": "/people/import/{import_tried}/",
    "import-result": "/people/import/{import_over}/",
    "duplicates": "/duplicates/",
    "compare": "/duplicates/compare/{left}/{right}/",
    "leads": "/leads/",
    "leads-board": "/leads/?layout=board",
    "lead-new": "/leads/new/",
    "lead-queue": "/leads/queue/",
    "lead-rehearsal": "/leads/rehearsal/?period=last 90 days&rule=1&rule=2&go=1",
    "lead-settings": "/leads/settings/",
    "natural-market": "/natural-market/",
    "my-card": "/my-card/",
    "web-forms": "/web-forms/",
    "web-form": "/web-forms/{web-forms}/",
    "referral-links": "/referral-links/",
    "referral-asks": "/referral-asks/",
    "market-names": "/market-names/",
    "score-rules": "/score-rules/",
    "assignment-rules": "/assignment-rules/",
    "territories": "/territories/",
    "shifts": "/shifts/",
    "form-submissions": "/form-submissions/",
    "public-form": "/f/form/konsultasi/",
    "public-card": "/f/card/fajar-nugroho/",
    "public-thanks": "/f/form/konsultasi/thanks/",
    "lead": "/leads/{leads}/",
    "lead-edit": "/leads/{leads}/edit/",
    "deals": "/deals/?layout=table",
    "deals-board": "/deals/?layout=board",
    "deals-calendar": "/deals/?layout=calendar",
    "deals-chart": "/deals/?layout=chart",
    "deal": "/deals/{deals}/",
    "deal-new": "/deals/new/",
    "quotes": "/quotes/",
    "quotes-calendar": "/quotes/?layout=calendar",
    "quotes-chart": "/quotes/?layout=chart",
    "quote": "/quotes/{quotes}/",
    "quote-sent": "/quotes/{quote_sent}/",
    "quote-new": "/quotes/new/",
    "quote-lines": "/quote-lines/",
    "quote-templates": "/quote-templates/",
    "quote-template": "/quote-templates/{quote-templates}/",
    "quote-template-edit": "/quote-templates/{quote-templates}/edit/",
    "discount-rules": "/discount-rules/",
    "orders": "/orders/",
    "orders-calendar": "/orders/?layout=calendar",
    "order": "/orders/{orders}/",
    "order-new": "/orders/new/",
    "order-returns": "/order-returns/",
    "offers": "/offers/",
    "offers-chart": "/offers/?layout=chart",
    "offer": "/offers/{offers}/",
    "offer-new": "/offers/new/",
    "offer-rules": "/offer-rules/",
    "offer-rule": "/offer-rules/{offer-rules}/",
    "offer-rule-new": "/offer-rules/new/",
    "costs": "/costs/",
    "costs-chart": "/costs/?layout=chart",
    "cost": "/costs/{costs}/",
    "cost-new": "/costs/new/",
    "cost-rates": "/cost-rates/",
    "cost-per-sale": "/cost-per-sale/?period=this quarter",
    "pipelines": "/pipelines/",
    "pipelines-flow": "/pipelines/flow/",
    "stages": "/stages/",
    "close-reasons": "/close-reasons/",
    "competitors": "/competitors/",
    "forecast": "/forecast/",
    "forecast-quarter": "/forecast/?period=this quarter",
    "quotas": "/quotas/",
    "catalogue": "/catalogue/",
    "products": "/products/",
    "product": "/products/{products}/",
    "product-new": "/products/new/",
    "price-books": "/price-books/",
    "price-book": "/price-books/{price-books}/",
    "price-book-copy": "/price-books/{price-books}/do/copy/",
    "prices": "/prices/",
    "taxes": "/taxes/",
    "tax-rates": "/tax-rates/",
    "stock-places": "/stock-places/",
    "stock": "/stock/",
    "stock-level": "/stock/{stock}/",
    "stock-movements": "/stock-movements/",
    "reservations": "/reservations/",
    "ladder": "/ladder/",
    "ladder-moves": "/ladder/moves/",
    "ladder-rules": "/settings/ladder/",
    "settings": "/settings/",
    "tags": "/settings/tags/",
    "own-fields": "/settings/fields/",
    "users": "/settings/users/",
    "user": "/users/{user}/",
    "user-invite": "/settings/users/invite/",
    "user-rights": "/settings/users/{user}/rights/",
    "ownership": "/settings/ownership/",
    "roles": "/settings/roles/",
    "role": "/settings/roles/{role}/",
    "role-new": "/settings/roles/new/",
    "teams": "/settings/teams/",
    "team": "/settings/teams/{team}/",
    "team-new": "/settings/teams/new/",
    "audit": "/settings/audit/",
    "jobs": "/settings/jobs/",
    "jobs-done": "/settings/jobs/?show=done",
    "job": "/settings/jobs/{job}/",
    "api-keys": "/settings/api-keys/",
    "api-key-new": "/settings/api-keys/new/",
    "profile": "/settings/profile/",
    "security": "/settings/security/",
    "sessions": "/settings/sessions/",
    "password-change": "/accounts/password/change/",
    "reauthenticate": "/accounts/reauthenticate/",
    "authenticator": "/accounts/2fa/totp/activate/",
    "passkey-new": "/accounts/2fa/webauthn/add/",
    "sign-out": "/accounts/logout/",
    "offline": "/offline/",
    "not-found": "/people/999999999/",
    "gallery": "/gallery/",
}

OUTSIDE: dict[str, str] = {
    "sign-in": "/accounts/login/",
    "forgot": "/accounts/password/reset/",
    "forgot-done": "/accounts/password/reset/done/",
    "reset-too-old": "/accounts/password/reset/key/1-abc/",
    "invitation": "{invitation}",
    "invitation-closed": "/invitation/unknown/",
    "public-quote": "{public_quote}",
    "public-order": "{public_order}",
    "public-quote-unknown": "/q/unknown/",
}
"""What somebody sees who has not signed in."""

STATUS = {"not-found": 404, "invitation-closed": 410, "public-quote-unknown": 404}
"""The answer of a page where it is not 200."""

LINKS = {
    "user": ("/settings/users/", r"/settings/users/(\d+)/rights/"),
    "role": ("/settings/roles/", r"/settings/roles/(\d+)/"),
    "team": ("/settings/teams/", r"/settings/teams/(\d+)/"),
    "job": ("/settings/jobs/?show=done", r"/settings/jobs/(\d+)/"),
    "left": ("/duplicates/", r'/people/(\d+)/"'),
    "right": ("/duplicates/", r'/people/(\d+)/"(?s:.)*?/people/(?!\1/)(\d+)/"'),
}
"""Where a number is found that no noun of the API has: a page, and the link in it."""

SLOW = 60_000  # milliseconds, for the work in the background

CUSTOMERS = """Nama,No HP,Email,Kota
Retno Wulandari Kusumaningrum,081234509876,retno@example.com,Salatiga
Bagus,085712340987,bagus@example.com,Kudus
Ningsih,12,bukan alamat,Jepara
"""


def address(page: Page, pattern: str, prepared: dict[str, str] | None = None) -> str:
    """The address with the number of a real record in it."""
    for place in re.findall(r"{([\w-]+)}", pattern):
        found = (prepared or {}).get(place) or (_linked if place in LINKS else _newest)(page, place)
        pattern = pattern.replace(f"{{{place}}}", found)
    return pattern


def prepare(page: Page, folder: Path) -> dict[str, str]:
    """What the demo company has not: imports at each step and somebody invited."""
    file = folder / "pelanggan.csv"
    file.write_text(CUSTOMERS)
    return {
        "import_to_map": _imported(page, file, "map"),
        "import_tried": _imported(page, file, "try"),
        "import_over": _imported(page, file, "import"),
        "invitation": _invited(page),
        "quote_sent": _first(page, "quotes", "status = sent"),
        "public_quote": _customers_page(page, "quotes", "status = sent", "customer"),
        "public_order": _customers_page(page, "orders", "status = reserved", "delivery"),
    }


def settled(page: Page) -> None:
    """Waits until what htmx fetches has come."""
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(150)


def _newest(page: Page, noun: str) -> str:
    sort = "-last_activity_at" if noun in ("people", "companies", "households") else "-id"
    items = page.request.get(f"/api/v1/{noun}/?limit=1&sort={sort}").json()["items"]
    return str(items[0]["id"])


def _first(page: Page, noun: str, asked: str) -> str:
    """The number of the newest record that a filter finds."""
    items = page.request.get(f"/api/v1/{noun}/", params={"filter": asked, "limit": 1, "sort": "-id"}).json()
    return str(items["items"][0]["id"])


def _customers_page(page: Page, noun: str, asked: str, box: str) -> str:
    """The address a customer was given, as the record's page tells it."""
    said = page.request.get(f"/{noun}/{_first(page, noun, asked)}/panel/{box}/").text()
    found = re.search(r"/[qo]/[\w-]+/", said)
    assert found, f"No address for the customer of {noun}"
    return found[0]


def _linked(page: Page, place: str) -> str:
    url, link = LINKS[place]
    found = re.search(link, page.request.get(url).text())
    assert found, f"No {place} on {url}"
    return found[found.re.groups]


def _imported(page: Page, file: Path, step: str) -> str:
    """Takes the file in up to the step: `map`, `try` or `import`; returns the number of the import."""
    page.goto("/people/import/")
    page.set_input_files("#import-file", file)
    trial = page.get_by_role("button", name="Try it")
    start = page.get_by_role("button", name=re.compile(r"Import \d"))
    expect(trial).to_be_visible(timeout=SLOW)
    if step != "map":
        trial.click()
        expect(start).to_be_visible(timeout=SLOW)
    if step == "import":
        start.click()
        expect(page.get_by_role("heading", name="Rows to mend")).to_be_visible(timeout=SLOW)
    found = re.search(r"/import/(\d+)/", page.url)
    assert found, page.url
    return found[1]


def _invited(page: Page) -> str:
    page.goto("/settings/users/invite/")
    page.fill("input[name=email]", "baru@sahabat-selalu.example")
    page.get_by_role("button", name="Invite").click()
    page.wait_for_load_state("networkidle")
    found = re.search(r"(/invitation/[^<\"]+/)", page.content())
    assert found, page.url
    return found[1]
