"""SOP IV.6: was a changed gardu corrected rightly? Drawn, looked at twice where it differs, decided."""
