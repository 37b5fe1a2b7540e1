from django.apps import AppConfig


class CharterConfig(AppConfig):
    name = "opscharter.charter"
    label = "charter"
