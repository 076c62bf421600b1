"""Lists, searches, views and single objects, with their filters, side-loads and pages."""
