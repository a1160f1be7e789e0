"""The sales cycle: how long deals stay in each stage, and how many go on."""
