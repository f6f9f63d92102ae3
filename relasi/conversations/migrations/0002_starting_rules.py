"""Hours of sending, most messages and their sources, as shipped."""

from django.db import migrations

from relasi.conversations.starting_contact import fill


def forwards(apps, schema_editor):
    fill(apps)


class Migration(migrations.Migration):
    dependencies = [("conversations", "0001_initial")]
    operations = [migrations.RunPython(forwards, migrations.RunPython.noop)]
