"""The Telegram edge, durable workflows, policy, wording, the local chat and the web pages."""
