from django.apps import AppConfig


class CustomersConfig(AppConfig):
    name = "opscharter.customers"
    label = "customers"
