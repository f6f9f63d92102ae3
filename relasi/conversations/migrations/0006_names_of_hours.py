"""Hours of sending have a name to be found by; those we laid are called after their purpose and way."""

from django.conf import settings
from django.db import migrations, models
from django.utils import translation

from relasi.channels.models import Medium
from relasi.conversations.models import Purpose


def name(apps, schema_editor):
    with translation.override(settings.LANGUAGE_CODE):
        for row in apps.get_model("conversations", "SendingHours").objects.filter(name=""):
            row.name = f"{Purpose(row.purpose).label}, {Medium(row.channel).label}"[:120]
            row.save(update_fields=["name"])


class Migration(migrations.Migration):
    dependencies = [("conversations", "0005_signatures")]

    operations = [
        migrations.AddField(
            model_name="sendinghours",
            name="name",
            field=models.CharField(blank=True, default="", max_length=120, verbose_name="Name"),
            preserve_default=False,
        ),
        migrations.RunPython(name, migrations.RunPython.noop),
    ]
