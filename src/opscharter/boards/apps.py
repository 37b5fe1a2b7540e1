from django.apps import AppConfig


class BoardsConfig(AppConfig):
    name = "opscharter.boards"
    label = "boards"
