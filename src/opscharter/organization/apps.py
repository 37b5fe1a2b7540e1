from django.apps import AppConfig


class OrganizationConfig(AppConfig):
    name = "opscharter.organization"
    label = "organization"
