"""SOP VI: who owes how many sheets, whose that is, who may be cut off, reconnected, removed."""
