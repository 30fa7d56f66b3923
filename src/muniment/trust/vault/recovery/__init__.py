"""The key backup, and the words that open it: read also where there is no portal yet."""
