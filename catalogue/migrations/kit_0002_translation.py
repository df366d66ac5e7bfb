import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("catalogue", "kit_0001_pieces_crafts_materials"),
        ("wagtailcore", "0098_apitoken"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="TranslationRecord",
            fields=[
                ("id", models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("translation_key", models.UUIDField()),
                (
                    "written_by",
                    models.CharField(
                        choices=[
                            ("maker", "The maker"),
                            ("editor", "An editor"),
                            ("machine", "Machine translation"),
                        ],
                        max_length=8,
                        verbose_name="written by",
                    ),
                ),
                ("based_on", models.CharField(max_length=64)),
                ("stale", models.BooleanField(default=False, verbose_name="out of date")),
                ("changed_at", models.DateTimeField(auto_now=True)),
                (
                    "author",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
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
                        fields=("translation_key", "locale"), name="record_once_per_language"
                    )
                ],
            },
        ),
    ]
