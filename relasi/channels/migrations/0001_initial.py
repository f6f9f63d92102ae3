import django.db.models.deletion
import django.utils.timezone
import relasi.kit.records.laying
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('access', '0005_last_login_is_kept_by_the_system'),
        ('access', '__first__'),
    ]

    operations = [
        relasi.kit.records.laying.CreateModels(
            models=[
                migrations.CreateModel(
                    name='Account',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                        ('updated_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                        ('version', models.PositiveIntegerField(default=1, editable=False)),
                        ('archived_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='Archived')),
                        ('name', models.CharField(max_length=120, verbose_name='Name')),
                        ('channel', models.CharField(choices=[('email', 'E-mail'), ('whatsapp', 'WhatsApp'), ('sms', 'SMS'), ('phone', 'Phone'), ('chat', 'Live chat'), ('messenger', 'Messenger'), ('instagram', 'Instagram'), ('form', 'Web form'), ('visit', 'Face to face')], editable=False, max_length=10, verbose_name='Channel')),
                        ('provider', models.CharField(editable=False, max_length=24, verbose_name='Carried by')),
                        ('address', models.CharField(blank=True, help_text='The mailbox, number or page it stands for.', max_length=254, verbose_name='Address')),
                        ('is_active', models.BooleanField(default=True, verbose_name='In use')),
                        ('settings', models.JSONField(blank=True, default=dict, editable=False)),
                        ('secrets', models.JSONField(blank=True, default=dict, editable=False)),
                        ('cursor', models.JSONField(blank=True, default=dict, editable=False)),
                        ('state', models.CharField(choices=[('good', 'Works well'), ('warning', 'Works, with a flaw'), ('broken', 'Does not work'), ('unknown', 'Not checked yet')], default='unknown', editable=False, max_length=8, verbose_name='Health')),
                        ('findings', models.JSONField(blank=True, default=list, editable=False)),
                        ('checked_at', models.DateTimeField(editable=False, null=True, verbose_name='Checked')),
                        ('received_at', models.DateTimeField(editable=False, null=True, verbose_name='Last received')),
                        ('sent_at', models.DateTimeField(editable=False, null=True, verbose_name='Last sent')),
                        ('listener', models.CharField(blank=True, editable=False, max_length=80)),
                        ('listened_until', models.DateTimeField(editable=False, null=True)),
                        ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='Owner')),
                        ('team', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='access.team', verbose_name='Team')),
                    ],
                    options={
                        'verbose_name': 'Channel',
                        'verbose_name_plural': 'Channels',
                        'indexes': [models.Index(fields=['channel', 'address'], name='account_address')],
                    },
                ),
                migrations.CreateModel(
                    name='Intake',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                        ('updated_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                        ('version', models.PositiveIntegerField(default=1, editable=False)),
                        ('external_id', models.CharField(blank=True, max_length=200, verbose_name='External id')),
                        ('state', models.CharField(choices=[('new', 'Waiting'), ('done', 'Understood'), ('failed', 'Not understood'), ('ignored', 'Set aside')], default='new', max_length=8, verbose_name='State')),
                        ('at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='Received')),
                        ('body', models.BinaryField(null=True)),
                        ('path', models.CharField(blank=True, editable=False, max_length=255)),
                        ('sha256', models.CharField(blank=True, editable=False, max_length=64)),
                        ('size', models.PositiveBigIntegerField(default=0, editable=False, verbose_name='Size')),
                        ('mended', models.BinaryField(null=True)),
                        ('meta', models.JSONField(blank=True, default=dict, editable=False)),
                        ('title', models.CharField(blank=True, max_length=200, verbose_name='About')),
                        ('error', models.TextField(blank=True, editable=False, verbose_name='What is wrong')),
                        ('tries', models.PositiveSmallIntegerField(default=0, editable=False, verbose_name='Tries')),
                        ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='intakes', to='channels.account', verbose_name='Channel')),
                    ],
                    options={
                        'verbose_name': 'Raw input',
                        'verbose_name_plural': 'Raw inputs',
                        'indexes': [models.Index(condition=models.Q(('state', 'done'), _negated=True), fields=['state', '-id'], name='intake_state'), models.Index(fields=['account', '-at', '-id'], name='intake_account')],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('external_id', ''), _negated=True), fields=('account', 'external_id'), name='intake_once')],
                    },
                ),
            ],
        ),
    ]
