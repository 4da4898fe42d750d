"""Keys and certificates of the office: of the phones' queues, and of its own HTTPS."""
