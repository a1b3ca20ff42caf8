-- What is left of accounts that were deleted before their end took all of it along: payment tokens of orders
-- that have ended, one-time tokens, mails with such links, and what opens the way to decline mails.
UPDATE payment SET token = '' WHERE token <> '' AND user NOT IN (SELECT id FROM user)
  AND order_id IN (SELECT id FROM orders WHERE state IN ('payment_failed', 'cancelled', 'delivered'));
DELETE FROM proof WHERE user NOT IN (SELECT id FROM user);
DELETE FROM mail_preference WHERE user NOT IN (SELECT id FROM user);
UPDATE mail SET recipient = '', subject = '', text = '', html = ''
  WHERE user IS NOT NULL AND recipient <> '' AND user NOT IN (SELECT id FROM user);
