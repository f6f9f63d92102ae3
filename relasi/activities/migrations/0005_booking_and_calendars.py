import datetime
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import relasi.activities.models.booking
import relasi.activities.models.preference
import relasi.kit.records.laying
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('access', '0005_last_login_is_kept_by_the_system'),
        ('access', '__first__'),
        ('activities', '0004_repeating'),
    ]

    operations = [
        relasi.kit.records.laying.CreateModels(
            models=[
                migrations.CreateModel(
                    name='PushKey',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('name', models.CharField(default='push', max_length=10, unique=True)),
                        ('secrets', models.JSONField(default=dict)),
                    ],
                    options={
                        'verbose_name': 'Key for web push',
                        'verbose_name_plural': 'Keys for web push',
                    },
                ),
                migrations.CreateModel(
                    name='BookingHours',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                        ('updated_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                        ('version', models.PositiveIntegerField(default=1, editable=False)),
                        ('name', models.CharField(blank=True, max_length=80, verbose_name='Name')),
                        ('weekdays', models.CharField(default='12345', help_text='1 is Monday, 7 is Sunday: 12345', max_length=7, validators=[django.core.validators.RegexValidator('^[1-7]{1,7}$', 'Only the numbers 1 (Monday) to 7 (Sunday).')], verbose_name='Weekdays')),
                        ('opens_at', models.TimeField(default=datetime.time(9, 0), verbose_name='From')),
                        ('closes_at', models.TimeField(default=datetime.time(17, 0), verbose_name='Until')),
                        ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='Owner')),
                    ],
                    options={
                        'verbose_name': 'Booking hours',
                        'verbose_name_plural': 'Booking hours',
                        'ordering': ['owner', 'weekdays', 'opens_at', 'id'],
                    },
                ),
                migrations.CreateModel(
                    name='BookingPage',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                        ('updated_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                        ('version', models.PositiveIntegerField(default=1, editable=False)),
                        ('name', models.CharField(max_length=120, verbose_name='Title')),
                        ('key', models.SlugField(default=relasi.activities.models.booking.new_key, max_length=40, unique=True, verbose_name='In the address')),
                        ('description', models.TextField(blank=True, verbose_name='Text above')),
                        ('language', models.CharField(choices=[('id', 'Indonesian'), ('en', 'English')], default='id', max_length=5, verbose_name='Language')),
                        ('minutes', models.PositiveSmallIntegerField(default=30, validators=[django.core.validators.MinValueValidator(5), django.core.validators.MaxValueValidator(480)], verbose_name='Minutes')),
                        ('before_minutes', models.PositiveSmallIntegerField(default=0, validators=[django.core.validators.MaxValueValidator(480)], verbose_name='Free before (minutes)')),
                        ('after_minutes', models.PositiveSmallIntegerField(default=0, validators=[django.core.validators.MaxValueValidator(480)], verbose_name='Free after (minutes)')),
                        ('notice_hours', models.PositiveSmallIntegerField(default=4, validators=[django.core.validators.MaxValueValidator(8760)], verbose_name='At least so many hours ahead')),
                        ('ahead_days', models.PositiveSmallIntegerField(default=30, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(365)], verbose_name='At most so many days ahead')),
                        ('most_a_day', models.PositiveSmallIntegerField(blank=True, help_text='Of one colleague; empty: as many as fit.', null=True, validators=[django.core.validators.MinValueValidator(1)], verbose_name='At most a day')),
                        ('until_hours', models.PositiveSmallIntegerField(default=2, validators=[django.core.validators.MaxValueValidator(8760)], verbose_name='May be moved or called off until (hours before)')),
                        ('reminder_hours', models.PositiveSmallIntegerField(blank=True, default=24, null=True, validators=[django.core.validators.MaxValueValidator(8760)], verbose_name='Remind the visitor (hours before)')),
                        ('location', models.CharField(blank=True, max_length=300, verbose_name='Place or link')),
                        ('questions', models.TextField(blank=True, help_text='One a line; a * at the end: it must be answered.', verbose_name='Questions')),
                        ('rests_on_days_off', models.BooleanField(default=True, verbose_name='Not on days off')),
                        ('is_active', models.BooleanField(default=True, verbose_name='Open')),
                        ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='Owner')),
                        ('team', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='access.team', verbose_name='In turn among the team')),
                    ],
                    options={
                        'verbose_name': 'Booking page',
                        'verbose_name_plural': 'Booking pages',
                        'ordering': ['name', 'id'],
                    },
                ),
                migrations.CreateModel(
                    name='Booking',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                        ('updated_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                        ('version', models.PositiveIntegerField(default=1, editable=False)),
                        ('name', models.CharField(max_length=200, verbose_name='Visitor')),
                        ('email', models.EmailField(blank=True, max_length=254, verbose_name='E-mail')),
                        ('phone', models.CharField(blank=True, max_length=32, verbose_name='Phone')),
                        ('time_zone', models.CharField(default='Asia/Jakarta', max_length=40, verbose_name='Time zone')),
                        ('answers', models.JSONField(blank=True, default=list, editable=False, verbose_name='Answers')),
                        ('secret', models.CharField(default=relasi.activities.models.booking.new_secret, editable=False, max_length=64, unique=True)),
                        ('form_key', models.CharField(default=relasi.activities.models.booking.new_secret, editable=False, max_length=64, unique=True)),
                        ('address_code', models.CharField(blank=True, editable=False, max_length=64)),
                        ('cancelled_at', models.DateTimeField(editable=False, null=True, verbose_name='Called off')),
                        ('meeting', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='booking', to='activities.activity', verbose_name='Meeting')),
                        ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='Owner')),
                        ('page', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='bookings', to='activities.bookingpage', verbose_name='Booking page')),
                    ],
                    options={
                        'verbose_name': 'Booking',
                        'verbose_name_plural': 'Bookings',
                        'ordering': ['-id'],
                        'indexes': [models.Index(fields=['address_code', 'created_at'], name='booking_address'), models.Index(fields=['owner', 'created_at'], name='booking_host')],
                    },
                ),
                migrations.CreateModel(
                    name='CalendarAccount',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                        ('updated_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                        ('version', models.PositiveIntegerField(default=1, editable=False)),
                        ('name', models.CharField(blank=True, max_length=200, verbose_name='Calendar')),
                        ('url', models.URLField(max_length=500, verbose_name='Address of the server')),
                        ('username', models.CharField(blank=True, max_length=200, verbose_name='User')),
                        ('secrets', models.JSONField(blank=True, default=dict, editable=False)),
                        ('calendar_url', models.CharField(blank=True, editable=False, max_length=500)),
                        ('takes_tasks', models.BooleanField(default=False, editable=False)),
                        ('shows_titles', models.BooleanField(default=False, verbose_name='Show titles of what is there')),
                        ('is_active', models.BooleanField(default=True, verbose_name='In use')),
                        ('sync_token', models.TextField(blank=True, editable=False)),
                        ('running_since', models.DateTimeField(editable=False, null=True)),
                        ('synced_at', models.DateTimeField(editable=False, null=True, verbose_name='Last compared')),
                        ('problem', models.TextField(blank=True, editable=False, verbose_name='Problem')),
                        ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='Owner')),
                    ],
                    options={
                        'verbose_name': 'Calendar elsewhere',
                        'verbose_name_plural': 'Calendars elsewhere',
                        'ordering': ['id'],
                    },
                ),
                migrations.CreateModel(
                    name='CalendarLink',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('is_ours', models.BooleanField(default=False)),
                        ('href', models.CharField(max_length=500)),
                        ('uid', models.CharField(max_length=300)),
                        ('etag', models.CharField(blank=True, max_length=200)),
                        ('version', models.PositiveIntegerField(default=0)),
                        ('raw', models.TextField(blank=True)),
                        ('unrolled_until', models.DateTimeField(null=True)),
                        ('account', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='links', to='activities.calendaraccount')),
                        ('activity', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='activities.activity')),
                    ],
                    options={
                        'verbose_name': 'Event elsewhere',
                        'verbose_name_plural': 'Events elsewhere',
                        'constraints': [models.UniqueConstraint(fields=('account', 'href'), name='calendar_link_once'), models.UniqueConstraint(condition=models.Q(('activity__isnull', False)), fields=('account', 'activity'), name='calendar_link_of_activity')],
                    },
                ),
                migrations.CreateModel(
                    name='BusyTime',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('starts_at', models.DateTimeField()),
                        ('ends_at', models.DateTimeField()),
                        ('all_day', models.BooleanField(default=False)),
                        ('title', models.CharField(blank=True, max_length=200)),
                        ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('link', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='times', to='activities.calendarlink')),
                    ],
                    options={
                        'verbose_name': 'Busy time',
                        'verbose_name_plural': 'Busy times',
                        'indexes': [models.Index(fields=['user', 'ends_at', 'starts_at'], name='busy_time_user')],
                    },
                ),
                migrations.CreateModel(
                    name='DavName',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('name', models.CharField(db_index=True, max_length=250)),
                        ('uid', models.CharField(max_length=300)),
                        ('activity', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='dav_name', to='activities.activity')),
                    ],
                    options={
                        'verbose_name': 'Name in a calendar program',
                        'verbose_name_plural': 'Names in calendar programs',
                    },
                ),
                migrations.CreateModel(
                    name='Letter',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('key', models.CharField(max_length=120, unique=True)),
                        ('to', models.EmailField(max_length=254)),
                        ('subject', models.CharField(max_length=300)),
                        ('text', models.TextField()),
                        ('headers', models.JSONField(default=dict)),
                        ('calendar', models.TextField(blank=True)),
                        ('due_at', models.DateTimeField(default=django.utils.timezone.now)),
                        ('state', models.CharField(choices=[('waiting', 'Waiting'), ('sending', 'Sending'), ('sent', 'Sent'), ('failed', 'Failed'), ('uncertain', 'Uncertain'), ('dropped', 'Not needed any more')], default='waiting', max_length=10)),
                        ('tries', models.PositiveSmallIntegerField(default=0)),
                        ('problem', models.TextField(blank=True)),
                        ('changed_at', models.DateTimeField(default=django.utils.timezone.now)),
                        ('booking', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='letters', to='activities.booking')),
                        ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'verbose_name': 'Letter',
                        'verbose_name_plural': 'Letters',
                        'indexes': [models.Index(condition=models.Q(('state__in', ['waiting', 'sending'])), fields=['due_at'], name='letter_waiting')],
                    },
                ),
                migrations.CreateModel(
                    name='NotificationPreference',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('mail', models.CharField(choices=[('off', 'No mails'), ('daily', 'Once a day, what is unread'), ('at_once', 'Mentions at once, the rest once a day')], default='off', max_length=8, verbose_name='E-mail')),
                        ('in_app', models.JSONField(default=relasi.activities.models.preference.all_kinds)),
                        ('by_mail', models.JSONField(default=relasi.activities.models.preference.all_kinds)),
                        ('by_push', models.JSONField(default=relasi.activities.models.preference.all_kinds)),
                        ('stop_key', models.CharField(default=relasi.activities.models.preference.new_key, max_length=64, unique=True)),
                        ('digest_on', models.DateField(null=True)),
                        ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='notification_preference', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'verbose_name': 'Choice of notifications',
                        'verbose_name_plural': 'Choices of notifications',
                    },
                ),
                migrations.CreateModel(
                    name='PushDevice',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('name', models.CharField(blank=True, max_length=120)),
                        ('endpoint', models.CharField(max_length=500, unique=True)),
                        ('secrets', models.JSONField(default=dict)),
                        ('made_at', models.DateTimeField(default=django.utils.timezone.now)),
                        ('sent_at', models.DateTimeField(null=True)),
                        ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='push_devices', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'verbose_name': 'Device',
                        'verbose_name_plural': 'Devices',
                    },
                ),
            ],
        ),
        migrations.AddField(
            model_name='notification',
            name='is_quiet',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='notification',
            name='mailed_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='notification',
            name='pushed_at',
            field=models.DateTimeField(null=True),
        ),
    ]
