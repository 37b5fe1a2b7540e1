"""The regulation as a file: imported from Markdown, exported as Markdown and PDF, and searched."""
