"""What phones of the field and the office say to each other (docs/wire.md)."""
