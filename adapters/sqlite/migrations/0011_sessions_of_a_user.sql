-- A user's sessions, for whoever signs other devices out.
CREATE INDEX session_user ON session (user);
