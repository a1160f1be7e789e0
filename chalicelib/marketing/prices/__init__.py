"""What the cloud charges, as estimates of a campaign's cost are reckoned with it."""
