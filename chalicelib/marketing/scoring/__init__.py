"""Lead scoring: rules of fit and engagement, and the points they give."""
