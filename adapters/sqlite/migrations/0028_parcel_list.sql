-- A row a parcel, for whoever looks for parcels by what is to be done about them: written in the
-- transaction of each move. Stages: 0 to pack, 1 to ship, 2 travelling, 3 failed, 4 delivered,
-- 5 undelivered, 6 called off.
CREATE TABLE parcel (
  key       INTEGER NOT NULL,
  no        INTEGER NOT NULL,
  stage     INTEGER NOT NULL,
  -- By when the shopper waits for it.
  awaited   INTEGER NOT NULL,
  seller    BLOB    NOT NULL,
  warehouse BLOB    NOT NULL,
  PRIMARY KEY (key, no)
) WITHOUT ROWID, STRICT;

INSERT INTO parcel
SELECT f.key, json_extract(p.value, '$.no'),
  CASE json_extract(p.value, '$.scans[#-1].state')
    WHEN 'label' THEN 0 WHEN 'packed' THEN 1
    WHEN 'picked_up' THEN 2 WHEN 'in_transit' THEN 2 WHEN 'out_for_delivery' THEN 2
    WHEN 'failed' THEN 3 WHEN 'delivered' THEN 4 WHEN 'cancelled' THEN 6 ELSE 5 END,
  coalesce(json_extract(f.body, '$.promised'),
    json_extract(f.body, '$.parcels[0].scans[0].at') + 604800000),
  unhex(replace(json_extract(p.value, '$.seller'), '-', '')),
  unhex(replace(json_extract(p.value, '$.warehouse'), '-', ''))
FROM fulfillment f, json_each(f.body, '$.parcels') p;

-- Lists need nothing but this index until they show a row.
CREATE INDEX parcel_stage ON parcel (stage, awaited, key, no, seller, warehouse);
