"""Words that reach the reader from the database, the names of columns or a library, listed to be translated.

Nothing imports this: it is read by tools/messages.py. Whoever shows such a word passes it through gettext.
"""

from django.utils.translation import gettext_noop as _
from django.utils.translation import ngettext, pgettext

ROLES = (  # of relasi/administration/builtin_roles.py, shown by Role
    pgettext("role", "Administrator"),
    pgettext("role", "Sets up users, roles, fields and rules; sees every record."),
    pgettext("role", "Sales manager"),
    pgettext("role", "Leads sellers: everything of the team and the teams below it."),
    pgettext("role", "Seller"),
    pgettext("role", "Works with own customers, from first call to after-sales."),
    pgettext("role", "Service"),
    pgettext("role", "Answers customers: sees every customer, changes what they correct."),
    pgettext("role", "Management"),
    pgettext("role", "Reads everything, changes nothing."),
)
COLUMNS = (  # without a label of their own, as the audit trail names them
    _("About id"), _("About noun"), _("Act"), _("After"), _("At"), _("Author"), _("Before"), _("By"),
    _("Content type"), _("Counts"), _("Finished at"), _("Follows"), _("Format"), _("Is builtin"),
    _("Job id"), _("Left"), _("Loser"), _("Mapping"), _("Merged by"), _("Merged into"), _("Message"),
    _("Month day"), _("Noun"), _("Open failures"), _("Party"), _("Path"), _("Prefix"), _("Raw"),
    _("Read rows"), _("Record id"), _("Remind at"), _("Reminded at"), _("Repeats from"), _("Resource"),
    _("Right"), _("Rule"), _("Sha256"), _("Shared by"), _("Sheets"), _("Size"), _("Started at"),
    _("Target"), _("Token"), _("Total rows"), _("Trial"), _("Undone at"), _("Uploader"), _("Winner"),
)  # fmt: skip
EVENTS = (  # verbs of jobs and imports, as the audit trail tells them
    _("job cancelled"), _("job replayed"), _("cancelled"),
    _("checking"), _("decided different"), _("discarded"), _("done"), _("finished"),
    _("invited"), _("made"), _("mapped"), _("merged away"), _("postponed"), _("read"), _("received"),
    _("reopened"), _("rescheduled"), _("retired"), _("brought back"), _("started"), _("undoing"),
    _("undone"),
)  # fmt: skip
DJANGO = (  # said by its forms, models and password rules; here in our words
    _("This field is required."),
    _("This field cannot be blank."),
    _("This field cannot be null."),
    _("Enter a valid email address."),
    _("Enter a valid URL."),
    _("Enter a valid date."),
    _("Enter a valid time."),
    _("Enter a valid date/time."),
    _("Enter a valid value."),
    _("Enter a whole number."),
    _("Enter a number."),
    _("Select a valid choice. That choice is not one of the available choices."),
    _("Select a valid choice. %(value)s is not one of the available choices."),
    _("Value %(value)r is not a valid choice."),
    _("%(model_name)s with this %(field_label)s already exists."),
    _("Ensure this value is greater than or equal to %(limit_value)s."),
    _("Ensure this value is less than or equal to %(limit_value)s."),
    _("This password is too common."),
    _("The password is too similar to the %(verbose_name)s."),
    _("Null characters are not allowed."),
)
DJANGO_COUNTED = (
    ngettext(
        "This password is too short. It must contain at least %d character.",
        "This password is too short. It must contain at least %d characters.",
        2,
    ),
    ngettext(
        "Ensure this value has at most %(limit_value)d character (it has %(show_value)d).",
        "Ensure this value has at most %(limit_value)d characters (it has %(show_value)d).",
        2,
    ),
)
