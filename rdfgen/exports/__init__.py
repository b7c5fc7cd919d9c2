"""What is made of releases for others: their differences, and the forms that other programs want."""
