"""The tables as they stood when the migrations of the first months were drawn together; later ones build on them."""

import django.contrib.auth.models
import django.contrib.auth.validators
import django.db.models.deletion
import django.utils.timezone
import opscharter.kernel.calendars.models
from django.conf import settings
from django.db import migrations, models

from opscharter.kernel.audit import rules
from opscharter.kernel.search import schema


def create(apps, schema_editor):
    """Make what models cannot say: the full-text index, and tables whose rows are only ever appended."""
    schema.create(schema_editor.connection)
    rules.create(schema_editor.connection)


class Migration(migrations.Migration):

    replaces = [
        ("kernel", "0001_initial"),
        ("kernel", "0002_database_rules"),
        ("kernel", "0003_clock_of_working_days"),
        ("kernel", "0004_index_of_running_clocks"),
        ("kernel", "0005_access_revision"),
        ("kernel", "0006_passwords_and_verifications"),
        ("kernel", "0007_live_pages"),
        ("kernel", "0008_clock_reasons"),
        ("kernel", "0009_user_unlocked"),
    ]

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        migrations.CreateModel(
            name='AccessRevision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('mark', models.CharField(max_length=32)),
            ],
        ),
        migrations.CreateModel(
            name='AuditBlock',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(db_index=True, verbose_name='day')),
                ('sealed_at', models.DateTimeField(verbose_name='sealed at')),
                ('members', models.TextField(verbose_name='entries')),
                ('count', models.PositiveIntegerField(verbose_name='count')),
                ('last_entry', models.BigIntegerField(db_index=True)),
                ('previous_hash', models.CharField(blank=True, max_length=64)),
                ('hash', models.CharField(max_length=64)),
            ],
            options={
                'verbose_name': 'audit block',
                'verbose_name_plural': 'audit blocks',
            },
        ),
        migrations.CreateModel(
            name='AuditVerification',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(verbose_name='at')),
                ('entries', models.PositiveBigIntegerField(verbose_name='entries')),
                ('blocks', models.PositiveBigIntegerField(verbose_name='blocks')),
                ('intact', models.BooleanField(verbose_name='intact')),
                ('findings', models.JSONField(default=dict, verbose_name='findings')),
                ('anchor', models.CharField(blank=True, max_length=64)),
            ],
        ),
        migrations.CreateModel(
            name='IndicatorFigure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=80)),
                ('period', models.CharField(max_length=10, verbose_name='period')),
                ('dimension', models.CharField(blank=True, max_length=40)),
                ('member', models.BigIntegerField(default=0)),
                ('value', models.DecimalField(decimal_places=4, max_digits=18, null=True, verbose_name='value')),
                ('numerator', models.BigIntegerField(null=True)),
                ('population', models.BigIntegerField(default=0)),
                ('frozen_at', models.DateTimeField()),
                ('hash', models.CharField(max_length=64)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('code', 'period', 'dimension', 'member'), name='indicator_figure_once')],
            },
        ),
        migrations.CreateModel(
            name='LiveChannel',
            fields=[
                ('name', models.CharField(max_length=80, primary_key=True, serialize=False)),
                ('seq', models.PositiveBigIntegerField(default=0)),
                ('touched_at', models.DateTimeField(db_index=True)),
            ],
        ),
        migrations.CreateModel(
            name='NumberSequence',
            fields=[
                ('key', models.CharField(max_length=120, primary_key=True, serialize=False)),
                ('last', models.BigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name='Presence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('channel', models.CharField(max_length=80)),
                ('person', models.CharField(max_length=40)),
                ('label', models.CharField(max_length=160)),
                ('doing', models.CharField(max_length=10)),
                ('seen_at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(fields=['channel', 'seen_at'], name='presence_channel')],
                'constraints': [models.UniqueConstraint(fields=('channel', 'person'), name='presence_once')],
            },
        ),
        migrations.CreateModel(
            name='ScheduleState',
            fields=[
                ('code', models.CharField(max_length=80, primary_key=True, serialize=False)),
                ('next_run', models.DateTimeField()),
                ('last_run', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='SearchDocument',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('record_type', models.CharField(max_length=60)),
                ('record_id', models.BigIntegerField()),
                ('number', models.CharField(blank=True, max_length=60)),
                ('title', models.CharField(blank=True, max_length=300)),
                ('words', models.TextField(blank=True)),
            ],
            options={
                'indexes': [models.Index(fields=['number'], name='search_document_number')],
                'constraints': [models.UniqueConstraint(fields=('record_type', 'record_id'), name='search_document_once')],
            },
        ),
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('username', models.CharField(error_messages={'unique': 'A user with that username already exists.'}, help_text='Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.', max_length=150, unique=True, validators=[django.contrib.auth.validators.UnicodeUsernameValidator()], verbose_name='username')),
                ('first_name', models.CharField(blank=True, max_length=150, verbose_name='first name')),
                ('last_name', models.CharField(blank=True, max_length=150, verbose_name='last name')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='email address')),
                ('is_staff', models.BooleanField(default=False, help_text='Designates whether the user can log into this admin site.', verbose_name='staff status')),
                ('is_active', models.BooleanField(default=True, help_text='Designates whether this user should be treated as active. Unselect this instead of deleting accounts.', verbose_name='active')),
                ('date_joined', models.DateTimeField(default=django.utils.timezone.now, verbose_name='date joined')),
                ('display_name', models.CharField(blank=True, max_length=120, verbose_name='name')),
                ('language', models.CharField(blank=True, max_length=10, verbose_name='language')),
                ('time_zone', models.CharField(blank=True, max_length=64, verbose_name='time zone')),
                ('must_change_password', models.BooleanField(default=False)),
                ('unlocked', models.DateTimeField(editable=False, null=True)),
                ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
            ],
            options={
                'verbose_name': 'user',
                'verbose_name_plural': 'users',
            },
            managers=[
                ('objects', django.contrib.auth.models.UserManager()),
            ],
        ),
        migrations.CreateModel(
            name='ApiToken',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('prefix', models.CharField(max_length=12)),
                ('hash', models.CharField(max_length=64, unique=True)),
                ('read_only', models.BooleanField(default=False, verbose_name='read only')),
                ('record_types', models.JSONField(blank=True, default=list, verbose_name='record types')),
                ('created_at', models.DateTimeField(verbose_name='created')),
                ('expires_at', models.DateTimeField(verbose_name='expires')),
                ('last_used_at', models.DateTimeField(null=True, verbose_name='last used')),
                ('last_address', models.CharField(blank=True, max_length=64, verbose_name='last used from')),
                ('revoked_at', models.DateTimeField(null=True, verbose_name='revoked')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='api_tokens', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='ApprovalPolicy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=0, editable=False)),
                ('created_at', models.DateTimeField(editable=False, verbose_name='created')),
                ('updated_at', models.DateTimeField(editable=False, verbose_name='changed')),
                ('archived_at', models.DateTimeField(editable=False, null=True, verbose_name='archived')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('record_type', models.CharField(max_length=60, verbose_name='record type')),
                ('action', models.CharField(max_length=60, verbose_name='step')),
                ('rank', models.PositiveSmallIntegerField(default=100, verbose_name='rank')),
                ('conditions', models.JSONField(blank=True, default=list, verbose_name='conditions')),
                ('steps', models.JSONField(default=list, verbose_name='steps')),
                ('four_eyes', models.BooleanField(default=True, verbose_name='not the requester')),
                ('deadline_hours', models.PositiveIntegerField(blank=True, null=True, verbose_name='deadline (hours)')),
                ('escalate_to', models.CharField(blank=True, max_length=40, verbose_name='escalate to role')),
                ('created_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('updated_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'approval policy',
                'verbose_name_plural': 'approval policies',
                'indexes': [models.Index(fields=['record_type', 'action', 'rank'], name='approval_policy_lookup')],
            },
        ),
        migrations.CreateModel(
            name='ApprovalRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('record_type', models.CharField(max_length=60)),
                ('record_id', models.BigIntegerField()),
                ('move', models.CharField(max_length=60)),
                ('subject', models.CharField(blank=True, max_length=200)),
                ('policy', models.JSONField()),
                ('shown', models.JSONField()),
                ('hash', models.CharField(max_length=64)),
                ('state', models.CharField(choices=[('open', 'open'), ('approved', 'approved'), ('rejected', 'rejected'), ('void', 'void'), ('withdrawn', 'withdrawn')], default='open', max_length=10, verbose_name='state')),
                ('step', models.PositiveSmallIntegerField(default=0)),
                ('requested_at', models.DateTimeField()),
                ('requested_person', models.BigIntegerField(null=True)),
                ('due_at', models.DateTimeField(null=True, verbose_name='due')),
                ('escalated_at', models.DateTimeField(null=True)),
                ('decided_at', models.DateTimeField(null=True)),
                ('requested_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['record_type', 'record_id', 'move', 'state'], name='approval_request_record'), models.Index(fields=['state', 'due_at'], name='approval_request_due')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('record_type', 'record_id', 'move'), name='approval_one_open')],
            },
        ),
        migrations.CreateModel(
            name='Attachment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('record_type', models.CharField(max_length=60)),
                ('record_id', models.BigIntegerField()),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('path', models.CharField(max_length=200)),
                ('size', models.PositiveBigIntegerField(verbose_name='size')),
                ('content_type', models.CharField(max_length=100, verbose_name='type')),
                ('sha256', models.CharField(max_length=64)),
                ('visibility', models.CharField(max_length=10)),
                ('added_at', models.DateTimeField(verbose_name='added')),
                ('archived_at', models.DateTimeField(null=True)),
                ('added_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['record_type', 'record_id'], name='attachment_record')],
            },
        ),
        migrations.CreateModel(
            name='AuditEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(db_index=True, verbose_name='at')),
                ('actor_label', models.CharField(max_length=160, verbose_name='who')),
                ('action', models.CharField(max_length=60, verbose_name='action')),
                ('record_type', models.CharField(blank=True, max_length=60, verbose_name='record type')),
                ('record_id', models.BigIntegerField(null=True)),
                ('record_version', models.PositiveIntegerField(default=0)),
                ('number', models.CharField(blank=True, max_length=60, verbose_name='number')),
                ('changes', models.JSONField(default=dict, verbose_name='changes')),
                ('note', models.TextField(blank=True, verbose_name='note')),
                ('via', models.CharField(max_length=20, verbose_name='by way of')),
                ('address', models.CharField(blank=True, max_length=64, verbose_name='address')),
                ('edition', models.CharField(blank=True, max_length=40, verbose_name='regulation version')),
                ('hash', models.CharField(max_length=64)),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'audit entry',
                'verbose_name_plural': 'audit trail',
                'indexes': [models.Index(fields=['record_type', 'record_id', 'id'], name='audit_record'), models.Index(fields=['user', 'id'], name='audit_user')],
            },
        ),
        migrations.CreateModel(
            name='BusinessCalendar',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=0, editable=False)),
                ('created_at', models.DateTimeField(editable=False, verbose_name='created')),
                ('updated_at', models.DateTimeField(editable=False, verbose_name='changed')),
                ('archived_at', models.DateTimeField(editable=False, null=True, verbose_name='archived')),
                ('name', models.CharField(max_length=80, unique=True, verbose_name='name')),
                ('time_zone', models.CharField(default='Asia/Shanghai', max_length=64, verbose_name='time zone')),
                ('holidays', models.CharField(blank=True, choices=[('', 'none'), ('cn', 'mainland China, with make-up workdays'), ('tw', 'Taiwan'), ('hk', 'Hong Kong'), ('mo', 'Macau'), ('sg', 'Singapore')], default='', max_length=2, verbose_name='public holidays')),
                ('week', models.JSONField(default=opscharter.kernel.calendars.models.office_week, help_text='Seven days from Monday, each a list of windows such as [["09:00", "12:00"], ["13:30", "18:00"]].', verbose_name='week')),
                ('revision', models.PositiveIntegerField(default=0, editable=False)),
                ('created_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('updated_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'business calendar',
                'verbose_name_plural': 'business calendars',
            },
        ),
        migrations.CreateModel(
            name='Channel',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('email', 'e-mail'), ('apprise', 'chat or webhook')], max_length=10, verbose_name='kind')),
                ('address', models.CharField(max_length=500, verbose_name='address')),
                ('types', models.JSONField(blank=True, default=list, help_text='Message types; empty: all.')),
                ('digest', models.BooleanField(default=False, verbose_name='once a day')),
                ('quiet_from', models.TimeField(blank=True, null=True, verbose_name='quiet from')),
                ('quiet_to', models.TimeField(blank=True, null=True, verbose_name='quiet to')),
                ('active', models.BooleanField(default=True, verbose_name='active')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='channels', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='ControlException',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('guard', models.CharField(max_length=80, verbose_name='guard')),
                ('clause', models.CharField(max_length=12, verbose_name='clause')),
                ('record_type', models.CharField(max_length=60, verbose_name='record type')),
                ('record_id', models.BigIntegerField()),
                ('reason', models.TextField(verbose_name='reason')),
                ('granted_at', models.DateTimeField(verbose_name='granted at')),
                ('expires_at', models.DateTimeField(verbose_name='expires at')),
                ('granted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['record_type', 'record_id', 'guard'], name='control_exception_record')],
            },
        ),
        migrations.CreateModel(
            name='ControlSetting',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('control', models.CharField(max_length=80, verbose_name='control')),
                ('valid_from', models.DateTimeField(verbose_name='valid from')),
                ('mode', models.CharField(choices=[('enforce', 'enforce'), ('warn', 'warn'), ('off', 'off')], max_length=10, verbose_name='mode')),
                ('parameters', models.JSONField(default=dict, verbose_name='parameters')),
                ('reason', models.TextField(verbose_name='reason')),
                ('set_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['control', 'valid_from'], name='control_setting_dated')],
            },
        ),
        migrations.CreateModel(
            name='GuardDecision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(verbose_name='at')),
                ('guard', models.CharField(max_length=80, verbose_name='guard')),
                ('clause', models.CharField(max_length=12, verbose_name='clause')),
                ('outcome', models.CharField(choices=[('refused', 'refused'), ('warned', 'warned'), ('overridden', 'overridden')], max_length=12, verbose_name='outcome')),
                ('step', models.CharField(max_length=60, verbose_name='step')),
                ('record_type', models.CharField(max_length=60, verbose_name='record type')),
                ('record_id', models.BigIntegerField(null=True)),
                ('number', models.CharField(blank=True, max_length=60, verbose_name='number')),
                ('message', models.TextField(verbose_name='reason')),
                ('inputs', models.JSONField(default=dict, verbose_name='inputs')),
                ('edition', models.CharField(blank=True, max_length=40, verbose_name='regulation version')),
                ('via', models.CharField(max_length=20, verbose_name='by way of')),
                ('actor_label', models.CharField(max_length=160, verbose_name='who')),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['guard', 'at'], name='guard_decision_guard'), models.Index(fields=['record_type', 'record_id'], name='guard_decision_record')],
            },
        ),
        migrations.CreateModel(
            name='IdempotencyKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=100)),
                ('record_type', models.CharField(max_length=60)),
                ('record_id', models.BigIntegerField()),
                ('body_hash', models.CharField(max_length=64)),
                ('created_at', models.DateTimeField(db_index=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('user', 'key'), name='idempotency_key_once')],
            },
        ),
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('type', models.CharField(max_length=60)),
                ('key', models.CharField(max_length=120)),
                ('data', models.JSONField(default=dict)),
                ('url', models.CharField(blank=True, max_length=200)),
                ('record_type', models.CharField(blank=True, max_length=60)),
                ('record_id', models.BigIntegerField(null=True)),
                ('created_at', models.DateTimeField()),
                ('read_at', models.DateTimeField(null=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notices', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'notice',
                'verbose_name_plural': 'notices',
                'indexes': [models.Index(fields=['user', 'read_at', '-created_at'], name='notice_inbox')],
                'constraints': [models.UniqueConstraint(fields=('user', 'type', 'key'), name='notice_once_an_event')],
            },
        ),
        migrations.CreateModel(
            name='SavedView',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('resource', models.CharField(max_length=80)),
                ('name', models.CharField(max_length=60, verbose_name='name')),
                ('query', models.TextField(blank=True)),
                ('shared', models.BooleanField(default=False, verbose_name='shared')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='saved_views', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'saved view',
                'verbose_name_plural': 'saved views',
                'indexes': [models.Index(fields=['resource', 'shared'], name='saved_view_shared')],
                'constraints': [models.UniqueConstraint(fields=('user', 'resource', 'name'), name='saved_view_once')],
            },
        ),
        migrations.CreateModel(
            name='TimelineEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('record_type', models.CharField(max_length=60)),
                ('record_id', models.BigIntegerField()),
                ('at', models.DateTimeField(verbose_name='at')),
                ('kind', models.CharField(choices=[('comment', 'comment'), ('created', 'created'), ('move', 'step'), ('field', 'field change'), ('event', 'event')], max_length=12, verbose_name='kind')),
                ('visibility', models.CharField(choices=[('customer', 'visible to the customer'), ('internal', 'internal'), ('system', 'system')], max_length=10, verbose_name='visibility')),
                ('who', models.CharField(max_length=160, verbose_name='who')),
                ('verb', models.CharField(blank=True, max_length=60, verbose_name='what')),
                ('text', models.TextField(blank=True, verbose_name='text')),
                ('data', models.JSONField(blank=True, default=dict)),
                ('clause', models.CharField(blank=True, max_length=12, verbose_name='clause')),
                ('source_key', models.CharField(blank=True, max_length=80)),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['record_type', 'record_id', 'at', 'id'], name='timeline_record')],
            },
        ),
        migrations.CreateModel(
            name='ApprovalSeat',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('step', models.PositiveSmallIntegerField()),
                ('person', models.BigIntegerField()),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='seats', to='kernel.approvalrequest')),
            ],
            options={
                'indexes': [models.Index(fields=['person', 'request'], name='approval_seat_person')],
                'constraints': [models.UniqueConstraint(fields=('request', 'step', 'person'), name='approval_seat_once')],
            },
        ),
        migrations.CreateModel(
            name='CalendarDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(default=0, editable=False)),
                ('created_at', models.DateTimeField(editable=False, verbose_name='created')),
                ('updated_at', models.DateTimeField(editable=False, verbose_name='changed')),
                ('archived_at', models.DateTimeField(editable=False, null=True, verbose_name='archived')),
                ('day', models.DateField(verbose_name='day')),
                ('windows', models.JSONField(blank=True, default=list, help_text='Empty: closed all day.', verbose_name='windows')),
                ('reason', models.CharField(max_length=200, verbose_name='reason')),
                ('calendar', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='days', to='kernel.businesscalendar', verbose_name='calendar')),
                ('created_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('updated_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'exceptional day',
                'verbose_name_plural': 'exceptional days',
                'constraints': [models.UniqueConstraint(fields=('calendar', 'day'), name='calendar_day_once')],
            },
        ),
        migrations.CreateModel(
            name='Clock',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('record_type', models.CharField(max_length=60)),
                ('record_id', models.BigIntegerField()),
                ('kind', models.CharField(max_length=20, verbose_name='kind')),
                ('round', models.PositiveIntegerField(default=1, verbose_name='round')),
                ('target_seconds', models.PositiveIntegerField(verbose_name='target')),
                ('calendar_version', models.PositiveIntegerField(default=0)),
                ('policy', models.CharField(blank=True, max_length=120, verbose_name='policy')),
                ('working_days', models.PositiveSmallIntegerField(default=0)),
                ('started_at', models.DateTimeField(verbose_name='started')),
                ('counts_from', models.DateTimeField()),
                ('carried_seconds', models.PositiveIntegerField(default=0)),
                ('state', models.CharField(choices=[('running', 'running'), ('paused', 'paused'), ('stopped', 'stopped'), ('cancelled', 'cancelled')], default='running', max_length=10, verbose_name='state')),
                ('due_at', models.DateTimeField(null=True, verbose_name='due')),
                ('next_warning_at', models.DateTimeField(null=True)),
                ('warned', models.PositiveSmallIntegerField(default=0)),
                ('breached_at', models.DateTimeField(null=True, verbose_name='breached')),
                ('stopped_at', models.DateTimeField(null=True, verbose_name='stopped')),
                ('elapsed_seconds', models.PositiveIntegerField(null=True, verbose_name='elapsed')),
                ('calendar', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='kernel.businesscalendar')),
            ],
            options={
                'indexes': [models.Index(fields=['state', 'next_warning_at'], name='clock_next_warning'), models.Index(fields=['record_type', 'kind', 'started_at'], name='clock_kind_started'), models.Index(condition=models.Q(('state', 'running')), fields=['record_type', 'kind', 'due_at'], name='clock_running')],
                'constraints': [models.UniqueConstraint(fields=('record_type', 'record_id', 'kind', 'round'), name='clock_once_a_round')],
            },
        ),
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('waiting', 'waiting'), ('sent', 'sent'), ('failed', 'failed')], default='waiting', max_length=10)),
                ('not_before', models.DateTimeField()),
                ('sent_at', models.DateTimeField(null=True)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('error', models.TextField(blank=True)),
                ('channel', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='kernel.channel')),
                ('notice', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='kernel.notice')),
            ],
            options={
                'indexes': [models.Index(fields=['state', 'not_before'], name='delivery_due')],
                'constraints': [models.UniqueConstraint(fields=('notice', 'channel'), name='delivery_once')],
            },
        ),
        migrations.CreateModel(
            name='Vote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('step', models.PositiveSmallIntegerField()),
                ('seat', models.BigIntegerField(verbose_name='for')),
                ('person', models.BigIntegerField(verbose_name='by')),
                ('decision', models.CharField(choices=[('approve', 'approve'), ('reject', 'reject'), ('abstain', 'abstain')], max_length=10, verbose_name='decision')),
                ('comment', models.TextField(blank=True, verbose_name='comment')),
                ('at', models.DateTimeField(verbose_name='at')),
                ('hash', models.CharField(max_length=64)),
                ('request', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='votes', to='kernel.approvalrequest')),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('request', 'step', 'seat'), name='approval_one_vote_a_seat'), models.UniqueConstraint(fields=('request', 'step', 'person'), name='approval_one_vote_a_person')],
            },
        ),
        migrations.CreateModel(
            name='ClockInterval',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('start', models.DateTimeField(verbose_name='from')),
                ('end', models.DateTimeField(null=True, verbose_name='to')),
                ('counted', models.BooleanField(verbose_name='counts')),
                ('reason', models.CharField(max_length=300, verbose_name='reason')),
                ('seconds', models.PositiveIntegerField(null=True, verbose_name='working seconds')),
                ('policy', models.CharField(blank=True, max_length=120)),
                ('calendar_version', models.PositiveIntegerField(default=0)),
                ('clock', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='intervals', to='kernel.clock')),
            ],
            options={
                'indexes': [models.Index(fields=['clock', 'start'], name='clock_interval_order')],
            },
        ),
        migrations.RunPython(create, migrations.RunPython.noop),
    ]
