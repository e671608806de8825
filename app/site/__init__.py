"""What organisers write around the programme: pages, news, photos and the colours of a summit's public site."""
