"""What a delegate tells about themselves after registering, at their own pace: names, languages, a photo, the badge,
and what they agree to."""
