"""Half-lives: how long a lead lasts, sector by sector."""
