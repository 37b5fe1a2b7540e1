"""The regulation and how it stands, as OSCAL documents: catalog, assessment results, plan of action and milestones."""
