"""What Django's models cannot say: the full-text index, and the tables whose rows are only ever appended."""

from django.db import migrations

from opscharter.kernel.audit import rules
from opscharter.kernel.search import schema


def create(apps, schema_editor):
    schema.create(schema_editor.connection)
    rules.create(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("kernel", "0001_initial")]
    operations = [migrations.RunPython(create, migrations.RunPython.noop)]
