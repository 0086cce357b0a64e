"""What people see of the store: map layers, tiles, styles and exports."""
