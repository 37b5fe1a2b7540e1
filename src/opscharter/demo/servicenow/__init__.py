"""Taking in the incident log of a ServiceNow instance."""
