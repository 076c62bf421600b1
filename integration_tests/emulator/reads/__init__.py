"""Lists, searches, views and single objects, with filters, sideloads and pages."""
