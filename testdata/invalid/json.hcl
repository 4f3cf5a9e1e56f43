{"api": {"v1": {}}} # ERROR: JSON in a declaration
