"""When each scheduled job runs next; the jobs themselves lie in the task queue's own table."""

from django.db import models


class ScheduleState(models.Model):
    """The next moment at which one schedule is due; taken by one worker at a time."""

    code = models.CharField(max_length=80, primary_key=True)
    next_run = models.DateTimeField()
    last_run = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.code}: {self.next_run:%Y-%m-%d %H:%M}"
