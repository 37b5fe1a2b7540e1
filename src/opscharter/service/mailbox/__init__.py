"""Mailboxes: mail comes in by IMAP or a pipe, becomes tickets and answers, and goes out again."""
