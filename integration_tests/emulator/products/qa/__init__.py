"""Reviews, automatic reviews, survey answers, disputes, calibration sessions, scorecards and quizzes of Zendesk QA."""
