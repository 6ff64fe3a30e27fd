"""What a recovery procedure is: its model, its loading and checking, its references."""
