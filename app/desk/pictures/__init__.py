"""Pictures of how the cities stand: answers over time, modes, regions, and the map."""
