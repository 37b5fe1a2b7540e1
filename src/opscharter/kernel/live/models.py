"""What open pages follow: channels with a number that only goes up, and who is there."""

from django.db import models


class LiveChannel(models.Model):
    """Something that pages follow, such as a chat; `seq` goes up with whatever changes it."""

    name = models.CharField(max_length=80, primary_key=True)
    seq = models.PositiveBigIntegerField(default=0)
    touched_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.name} {self.seq}"


class Presence(models.Model):
    """Somebody who has a channel's page open, and what they do there; old rows count for nothing.

    `page` is the page that spoke last: one that is closed takes away nobody who has gone on to another.
    """

    channel = models.CharField(max_length=80)
    person = models.CharField(max_length=40)
    label = models.CharField(max_length=160)
    page = models.CharField(max_length=36, default="")
    doing = models.CharField(max_length=10)
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "person"], name="presence_once")]
        indexes = [models.Index(fields=["channel", "seen_at"], name="presence_channel")]

    def __str__(self) -> str:
        return f"{self.channel} {self.label} {self.doing}"
