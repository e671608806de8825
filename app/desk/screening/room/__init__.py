"""The control room: whoever has its link plays what is published, in running order, and says what was played."""
