"""Documents of the search are marked with whom they may concern (see kernel.search.marks)."""

from django.db import migrations

from opscharter.kernel.search.marks import mark_all


class Migration(migrations.Migration):
    dependencies = [("kernel", "0014_presence_page")]

    operations = [
        migrations.RunPython(lambda apps, editor: mark_all(editor.connection), migrations.RunPython.noop),
    ]
