import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("storefront", "0002_search"),
        ("wagtailcore", "0098_apitoken"),
    ]

    operations = [
        migrations.CreateModel(
            name="MachineFailure",
            fields=[
                ("id", models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("translation_key", models.UUIDField()),
                ("reason", models.CharField(max_length=300, verbose_name="reason")),
                ("failed_at", models.DateTimeField(auto_now=True)),
                (
                    "locale",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="wagtailcore.locale"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("translation_key", "locale"), name="failure_once_per_language"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ViewCount",
            fields=[
                ("id", models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(choices=[("product", "Piece"), ("page", "Page")], max_length=8),
                ),
                ("object_id", models.PositiveIntegerField()),
                ("month", models.DateField()),
                ("number", models.PositiveIntegerField(default=0)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("kind", "object_id", "month"), name="views_once_per_month")
                ],
            },
        ),
    ]
