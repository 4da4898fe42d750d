"""What tests of arrears draw with lies beside them."""
