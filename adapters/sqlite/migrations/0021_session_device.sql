-- What a session was opened on, as far as it said so: "firefox/linux". Guests' sessions say nothing.
ALTER TABLE session ADD COLUMN device TEXT;
