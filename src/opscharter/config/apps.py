from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "opscharter.config"
    label = "config"

    def ready(self) -> None:
        """List the chapters once every model is loaded."""
        from opscharter.config.site import install

        install()
