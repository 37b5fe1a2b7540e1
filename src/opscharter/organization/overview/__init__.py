"""Pages over the whole organization: the chart, who may do what and why, the load of a team."""
