-- The carrier's speed by which a due time was reckoned; null: no carrier has anything left to do. After a
-- start with another speed these rows get their time anew.
ALTER TABLE fulfillment ADD COLUMN speed INTEGER;

-- Whatever is under way, by a speed that nobody noted.
UPDATE fulfillment SET speed = -1
WHERE EXISTS (
    SELECT 1 FROM json_each(body, '$.parcels') p
    WHERE json_extract(p.value, '$.scans[#-1].state')
      NOT IN ('delivered', 'returned_to_sender', 'cancelled'))
  OR EXISTS (
    SELECT 1 FROM json_each(body, '$.returns') r
    WHERE json_extract(r.value, '$.steps[#-1].state') IN ('label', 'received'));

CREATE INDEX fulfillment_speed ON fulfillment (speed) WHERE speed IS NOT NULL;
