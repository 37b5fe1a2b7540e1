from django.apps import AppConfig


class ServiceConfig(AppConfig):
    name = "opscharter.service"
    label = "service"
