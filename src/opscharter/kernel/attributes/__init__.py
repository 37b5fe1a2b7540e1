"""Fields that a company defines in the browser: their definitions, their values, and what makes a value right."""
