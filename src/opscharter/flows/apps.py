from django.apps import AppConfig


class FlowsConfig(AppConfig):
    name = "opscharter.flows"
    label = "flows"
