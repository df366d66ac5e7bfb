import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('marketplace_economies', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='RequiredLanguage',
            fields=[
                ('id', models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('destination', models.CharField(help_text='The economy or territory, by its two-letter code (ISO 3166-1).', max_length=2, validators=[django.core.validators.RegexValidator('^[A-Z]{2}$', 'Please give a two-letter code, such as JP.')], verbose_name='destination')),
                ('language', models.CharField(help_text='The code of the language, such as ja or zh-hant.', max_length=12, verbose_name='language')),
                ('machine_counts', models.BooleanField(default=False, help_text='Otherwise a person must have written the words.', verbose_name='machine translation is enough')),
                ('source', models.CharField(help_text="Who asks for it: the law, a partner's terms, a decision of yours.", max_length=300, verbose_name='source')),
            ],
            options={
                'verbose_name': 'required language',
                'verbose_name_plural': 'required languages',
                'ordering': ['destination', 'language'],
                'constraints': [models.UniqueConstraint(fields=('destination', 'language'), name='required_language_once', violation_error_message='This language is already required for this destination.')],
            },
        ),
    ]
