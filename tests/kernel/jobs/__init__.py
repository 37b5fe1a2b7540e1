"""The queue, the schedules and the worker, tested with a few chores."""
