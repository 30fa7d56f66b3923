"""The demo: an invented firm of accountants, three clients, people in each role and files of many kinds."""
