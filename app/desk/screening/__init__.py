"""Videos on their way to a screen: reviewed, put into running order, played by the control room."""
