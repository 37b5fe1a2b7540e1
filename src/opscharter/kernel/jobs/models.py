"""When each scheduled job runs next, and which workers live; the jobs themselves lie in the task queue's own table."""

from django.db import models


class ScheduleState(models.Model):
    """The next moment at which one schedule is due; taken by one worker at a time."""

    code = models.CharField(max_length=80, primary_key=True)
    next_run = models.DateTimeField()
    last_run = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.code}: {self.next_run:%Y-%m-%d %H:%M}"


class WorkerBeat(models.Model):
    """When a worker last said that it lives; what it was doing is given to others when it no longer does."""

    worker_id = models.CharField(max_length=64, primary_key=True)
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.worker_id}: {self.seen_at:%Y-%m-%d %H:%M:%S}"
