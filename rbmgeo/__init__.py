"""Customers per RBM against customers per gardu, routes for the readers, kWh per gardu."""

__version__ = "0.1.0"
