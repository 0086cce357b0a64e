"""Reference data shipped with the product."""
