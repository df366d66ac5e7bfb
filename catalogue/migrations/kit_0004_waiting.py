from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalogue", "kit_0003_glossary"),
    ]

    operations = [
        migrations.AddField(
            model_name="translationrecord",
            name="waiting",
            field=models.JSONField(blank=True, default=dict),
        ),
    ]
