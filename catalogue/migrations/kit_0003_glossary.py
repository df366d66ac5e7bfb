import django.db.models.deletion
import modelcluster.fields
from django.db import migrations, models

import catalogue.models


class Migration(migrations.Migration):
    dependencies = [
        ("catalogue", "kit_0002_translation"),
        ("wagtailcore", "0098_apitoken"),
    ]

    operations = [
        migrations.CreateModel(
            name="GlossaryTerm",
            fields=[
                (
                    "id",
                    models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("term", models.CharField(max_length=120, verbose_name="term")),
                (
                    "language",
                    models.CharField(
                        choices=catalogue.models.languages,
                        help_text="The language of the texts in which the term is looked for.",
                        max_length=12,
                        verbose_name="language",
                    ),
                ),
                (
                    "match_case",
                    models.BooleanField(
                        default=False,
                        help_text="Only where it is written with exactly these capitals.",
                        verbose_name="capitals matter",
                    ),
                ),
                (
                    "never_translate",
                    models.BooleanField(
                        default=False,
                        help_text="It stays as it is in every language.",
                        verbose_name="never translate",
                    ),
                ),
                (
                    "note",
                    models.TextField(
                        blank=True, help_text="What translators should know about it.", verbose_name="note"
                    ),
                ),
            ],
            options={
                "verbose_name": "glossary term",
                "verbose_name_plural": "glossary",
                "ordering": ["term"],
                "constraints": [
                    models.UniqueConstraint(fields=("term", "language"), name="term_once_per_language")
                ],
            },
        ),
        migrations.CreateModel(
            name="GlossaryBreach",
            fields=[
                (
                    "id",
                    models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("translation_key", models.UUIDField()),
                ("findings", models.JSONField(default=list)),
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
                        fields=("translation_key", "locale"), name="breach_once_per_language"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="GlossaryWord",
            fields=[
                (
                    "id",
                    models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                (
                    "language",
                    models.CharField(
                        choices=catalogue.models.languages, max_length=12, verbose_name="language"
                    ),
                ),
                ("word", models.CharField(max_length=120, verbose_name="word")),
                (
                    "term",
                    modelcluster.fields.ParentalKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="words",
                        to="catalogue.glossaryterm",
                    ),
                ),
            ],
            options={
                "ordering": ["language"],
                "constraints": [
                    models.UniqueConstraint(fields=("term", "language"), name="word_once_per_language")
                ],
            },
        ),
    ]
