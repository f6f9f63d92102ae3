from django.db import migrations, models

from relasi.conversations.starting_contact import fill


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
                blank=True, help_text="Empty: in the whole country.", max_length=60, verbose_name="Province"
            ),
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
