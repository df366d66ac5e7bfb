from django.db import models


class DataVersion(models.Model):
    """Changes whenever rows of one kind do ("rates", "markets"); what is kept in memory is kept under its token."""

    name = models.CharField(max_length=32, primary_key=True)
    token = models.CharField(max_length=32)

    def __str__(self) -> str:
        return f"{self.name}: {self.token}"
