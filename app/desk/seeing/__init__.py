"""What somebody sees on their own pages, shown to organisers: to read, without their links and without any act."""
