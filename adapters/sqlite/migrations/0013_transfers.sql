-- Money that comes by bank transfer, in one piece or several, and the account that it is sent to (JSON).

ALTER TABLE payment ADD COLUMN received INTEGER NOT NULL DEFAULT 0;
ALTER TABLE payment ADD COLUMN account TEXT;
