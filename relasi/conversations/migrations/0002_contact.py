import datetime

from django.db import migrations, models

from relasi.conversations.starting_contact import fill
from relasi.lib.provinces import PROVINCES


def forwards(apps, schema_editor):
    fill(apps)


class Migration(migrations.Migration):
    dependencies = [("conversations", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="restday",
            name="laid_as",
            field=models.CharField(blank=True, editable=False, max_length=40),
        ),
        migrations.AlterField(
            model_name="restday",
            name="province",
            field=models.CharField(
                blank=True,
                choices=[(province.name, province.name) for province in PROVINCES],
                help_text="Empty: in the whole country.",
                max_length=60,
                verbose_name="Province",
            ),
        ),
        migrations.AlterField(
            model_name="sendinghours",
            name="opens_at",
            field=models.TimeField(default=datetime.time(8, 0), verbose_name="From"),
        ),
        migrations.CreateModel(
            name="LaidDay",
            fields=[
                (
                    "id",
                    models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("key", models.CharField(max_length=40, unique=True)),
            ],
            options={"verbose_name": "Laid rest day", "verbose_name_plural": "Laid rest days"},
        ),
        migrations.RunPython(forwards, migrations.RunPython.noop),
    ]
