"""What keeps the product alive: manifests of backups, when one is due, lines of the log."""
