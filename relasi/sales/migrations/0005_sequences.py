import django.db.models.deletion
import django.utils.timezone
import relasi.kit.records.laying
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('access', '__first__'),
        ('conversations', '0001_initial'),
        ('parties', '0007_quick_pages'),
        ('sales', '0004_quotes'),
    ]

    operations = [
        relasi.kit.records.laying.CreateModels(
            models=[
                migrations.CreateModel(
                    name='Sequence',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                        ('updated_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                        ('version', models.PositiveIntegerField(default=1, editable=False)),
                        ('archived_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='Archived')),
                        ('name', models.CharField(max_length=120, verbose_name='Name')),
                        ('about', models.TextField(blank=True, verbose_name='What it is for')),
                        ('purpose', models.CharField(choices=[('service', 'Service'), ('marketing', 'Offer'), ('collection', 'Collection'), ('legal', 'Legal notice')], default='service', max_length=10, verbose_name='Purpose')),
                        ('stops_on_reply', models.BooleanField(default=True, verbose_name='Stops when the customer answers')),
                        ('is_active', models.BooleanField(default=True, verbose_name='In use')),
                        ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='Owner')),
                    ],
                    options={
                        'verbose_name': 'Sequence',
                        'verbose_name_plural': 'Sequences',
                        'ordering': ['name'],
                    },
                ),
                migrations.CreateModel(
                    name='SequenceStep',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                        ('updated_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                        ('version', models.PositiveIntegerField(default=1, editable=False)),
                        ('order', models.PositiveSmallIntegerField(default=1, verbose_name='Order')),
                        ('kind', models.CharField(choices=[('task', 'Task'), ('call', 'Call'), ('email', 'E-mail'), ('whatsapp', 'WhatsApp'), ('sms', 'SMS')], default='task', max_length=8, verbose_name='What')),
                        ('wait_days', models.PositiveSmallIntegerField(default=0, verbose_name='Days after the step before')),
                        ('subject', models.CharField(blank=True, max_length=200, verbose_name='What is to be done')),
                        ('sequence', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='steps', to='sales.sequence', verbose_name='Sequence')),
                        ('template', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='conversations.template', verbose_name='Template')),
                    ],
                    options={
                        'verbose_name': 'Step',
                        'verbose_name_plural': 'Steps',
                        'ordering': ['sequence', 'order', 'id'],
                    },
                ),
                migrations.CreateModel(
                    name='Enrolment',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                        ('updated_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                        ('version', models.PositiveIntegerField(default=1, editable=False)),
                        ('status', models.CharField(choices=[('running', 'Running'), ('done', 'Came to its end'), ('answered', 'The customer answered'), ('stopped', 'Stopped')], default='running', editable=False, max_length=8, verbose_name='Status')),
                        ('step', models.PositiveSmallIntegerField(default=0, editable=False, verbose_name='Steps done')),
                        ('next_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='Next step')),
                        ('reason', models.CharField(blank=True, editable=False, max_length=300, verbose_name='Reason')),
                        ('remark', models.CharField(blank=True, max_length=300, verbose_name='Remark')),
                        ('started_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='Started')),
                        ('ended_at', models.DateTimeField(editable=False, null=True, verbose_name='Ended')),
                        ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='Owner')),
                        ('party', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='enrolments', to='parties.party', verbose_name='Customer')),
                        ('sequence', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='enrolments', to='sales.sequence', verbose_name='Sequence')),
                    ],
                    options={
                        'verbose_name': 'Enrolment',
                        'verbose_name_plural': 'Enrolments',
                        'indexes': [models.Index(condition=models.Q(('status', 'running')), fields=['next_at', 'id'], name='enrolment_due'), models.Index(fields=['party', 'status'], name='enrolment_party')],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('status', 'running')), fields=('sequence', 'party'), name='enrolment_once', violation_error_message='This customer is in this sequence already.')],
                    },
                ),
            ],
        ),
    ]
