"""Reference data about concepts: the authorities' names, hierarchies and replacements, for the concepts that papers use."""
