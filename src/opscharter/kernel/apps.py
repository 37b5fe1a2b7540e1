from django.apps import AppConfig


class KernelConfig(AppConfig):
    name = "opscharter.kernel"
    label = "kernel"
