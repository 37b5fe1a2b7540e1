"""The floor's addresses: one for each kind of page."""

from django.urls import path

from bench.floor import views

urlpatterns = [
    path("", views.up),
    path("list/", views.list_page),
    path("detail/<int:pk>/", views.detail_page),
    path("api/list/", views.api_list),
    path("api/detail/<int:pk>/", views.api_detail),
    path("search/", views.search_page),
    path("create/", views.create),
    path("move/<int:pk>/", views.move),
    path("cockpit/", views.cockpit),
]
