from django.urls import path

from marketplace.payments import views

urlpatterns = [path("webhooks/stripe/", views.stripe_webhook, name="stripe-webhook")]
