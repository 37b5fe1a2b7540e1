from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "opscharter.demo"
    label = "demo"
