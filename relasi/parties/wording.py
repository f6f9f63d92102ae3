"""Names of built-in relations and rules: kept in English in the database, here for the catalogue."""

from django.utils.translation import gettext_noop as _

BUILTIN_TEXTS = (
    _("Spouse"), _("Parent"), _("Child"), _("Sibling"), _("Benefactor"), _("Beneficiary"), _("Employee"),
    _("Employer"), _("Referrer"), _("Referred customer"), _("Assistant"), _("Superior"),
    _("Has brought five customers or more"), _("Has brought another customer"), _("Carries the tag “member”"),
    _("Carries the tag “client”"), _("Carries the tag “customer”"), _("Can be reached, or there was contact"),
)  # fmt: skip
