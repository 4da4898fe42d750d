"""SOP II and III: what a reading or a prepaid check must hold, and what is odd about it."""
