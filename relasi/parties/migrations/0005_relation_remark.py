from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("parties", "0004_lists_may_be_empty")]
    operations = [
        migrations.RenameField("relation", "note", "remark"),
        migrations.AlterField(
            "relation", "remark", models.CharField(blank=True, max_length=200, verbose_name="Remark")
        ),
    ]
