
import storefront.search.models
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('storefront', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='SynonymGroup',
            fields=[
                ('id', models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.SlugField(max_length=60, unique=True, verbose_name='name')),
                ('words', models.TextField(help_text='One word or name a line, in any language or spelling.', verbose_name='words')),
                ('active', models.BooleanField(default=True, help_text='Take it out of use rather than delete it: a group that is gone is seeded again.', verbose_name='in use')),
            ],
            options={
                'verbose_name': 'group of words that mean the same',
                'verbose_name_plural': 'words that mean the same',
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='SearchEntry',
            fields=[
                ('id', models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('thing', models.CharField(max_length=40)),
                ('kind', models.CharField(choices=[('product', 'Piece'), ('story', 'Story'), ('village', 'Village'), ('craft', 'Craft'), ('workshop', 'Workshop')], max_length=8)),
                ('object_id', models.PositiveIntegerField()),
                ('language', models.CharField(max_length=12)),
                ('rank', models.PositiveSmallIntegerField(help_text='Places before stories before pieces where all else is equal.')),
                ('listed_at', models.DateTimeField()),
                ('title', models.CharField(max_length=255)),
                ('url_path', models.CharField(blank=True, help_text="Of a story's page.", max_length=500)),
                ('exact', models.CharField(max_length=120)),
                ('tokens', storefront.search.models.TokensField()),
            ],
            options={
                'indexes': [models.Index(fields=['exact'], name='entry_exact'), models.Index(fields=['kind', 'object_id'], name='entry_object')],
                'constraints': [models.UniqueConstraint(fields=('thing', 'language'), name='entry_once_per_language')],
            },
        ),
    ]
