"""Who supports an asset, and until when: warranties and support contracts, with warnings before they end."""
