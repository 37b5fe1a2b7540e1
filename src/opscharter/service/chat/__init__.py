"""Live chat: contacts and visitors talk with agents; what comes of it becomes a ticket."""
