"""The draft as a table that people keep in a spreadsheet: taken out, and brought in after a look at every row."""
