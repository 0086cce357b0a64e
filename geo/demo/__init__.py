"""The demo prefecture: official codes and counts where they exist, a seeded invention elsewhere."""
