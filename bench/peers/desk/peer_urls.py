"""The addresses of the django-helpdesk that is compared with."""

from django.urls import include, path

urlpatterns = [path("", include("helpdesk.urls", namespace="helpdesk"))]
