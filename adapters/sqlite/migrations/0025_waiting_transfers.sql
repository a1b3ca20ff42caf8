-- A shopper's transfers that have yet to come, counted before another one is waited for.
CREATE INDEX payment_waiting ON payment (user)
  WHERE method = 'bank_transfer' AND state IN ('authorizing', 'awaiting_transfer');
