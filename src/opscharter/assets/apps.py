from django.apps import AppConfig


class AssetsConfig(AppConfig):
    name = "opscharter.assets"
    label = "assets"
