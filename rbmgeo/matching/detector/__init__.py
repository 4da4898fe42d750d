"""Who is recorded on the wrong gardu: evidence from the surroundings, learned on planted errors."""
