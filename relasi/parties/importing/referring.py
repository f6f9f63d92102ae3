"""Companies and colleagues that rows name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from relasi.kit.access.models import User
from relasi.kit.access.rights import may
from relasi.kit.resources.importing.contract import Work
from relasi.parties.importing.reading import Draft
from relasi.parties.models import Company, Party
from relasi.parties.models.party import match_key


@dataclass(frozen=True)
class Referred:
    """Ids by what stands in the row. `missing`: companies that a trial would make."""

    companies: dict[str, int]
    owners: dict[str, int]

    def company(self, draft: Draft) -> int | None:
        return self.companies.get(match_key("company", draft.company)) if draft.company else None

    def owner(self, draft: Draft) -> int | None:
        return self.owners.get(draft.owner.lower()) if draft.owner else None

    def problems(self, draft: Draft) -> list[tuple[str, str]]:
        """What of a row could not be followed, though the row is taken."""
        if draft.owner and not self.owner(draft):
            return [
                (
                    "",
                    _("There is no colleague “%(name)s”; the owner was left as it is.")
                    % {"name": draft.owner[:80]},
                )
            ]
        return []


def referred(drafts: Sequence[Draft], work: Work) -> Referred:
    """Look up every company and colleague of a chunk; companies nobody has yet are made, unless this is a
    trial.
    """
    return Referred(_companies(drafts, work), _owners(drafts, work))


def _companies(drafts: Sequence[Draft], work: Work) -> dict[str, int]:
    names = {match_key("company", draft.company): draft.company for draft in drafts if draft.company}
    names.pop("", None)
    known: dict[str, int] = work.memo.setdefault("companies", {})
    missing = names.keys() - known.keys()
    if missing:
        rows = Party._default_manager.visible_to(work.user).filter(match_key__in=missing)
        found = rows.order_by("-pk").values_list("pk", "match_key", "kind", "archived_at")
        known |= {key: pk for pk, key, kind, archived in found if kind == "company" and archived is None}
        if not work.is_trial and may(work.user, "add", Company):
            for key in sorted(missing - known.keys()):
                known[key] = _make(names[key], work)
    return {key: known[key] for key in names if key in known}


def _make(name: str, work: Work) -> int:
    made = Company.create(by=work.user, batch=work.batch, kind="company", name=name[:200], owner=work.user)
    return int(made.pk)


def _owners(drafts: Sequence[Draft], work: Work) -> dict[str, int]:
    """Colleagues by name or e-mail, in lower case."""
    if not any(draft.owner for draft in drafts):
        return {}
    if "owners" not in work.memo:
        users = list(User.objects.visible_to(work.user).active())
        work.memo["owners"] = {user.name.lower(): user.pk for user in users} | {
            user.email.lower(): user.pk for user in users
        }
    found: dict[str, int] = work.memo["owners"]
    return found
