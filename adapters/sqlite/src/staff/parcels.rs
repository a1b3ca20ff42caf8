//! Lists of parcels, from the rows that every move of a parcel keeps true.

use super::desk::whole;
use crate::fulfillment;
use crate::store::sql_error;
use rusqlite::{Connection, Row};
use souk_fulfillment::ParcelStage;
use souk_kernel::{PortError, SellerId, Timestamp};
use souk_staff::{FindParcels, ParcelTally, Sent};

type Sql<T> = rusqlite::Result<T>;

/// One index has all that is asked and in the order that is wanted, forwards or backwards; the rows
/// themselves are read only for what is shown.
fn sql(urgent_first: bool) -> String {
    let (behind, order) = if urgent_first { (">", "ASC") } else { ("<", "DESC") };
    format!(
        "SELECT f.order_id, f.version, f.body, p.awaited, p.no
         FROM parcel p CROSS JOIN fulfillment f ON f.key = p.key
         WHERE p.stage = ?1 AND (p.awaited, p.key, p.no) {behind} (?2, ?3, ?4)
           AND (?5 IS NULL OR p.seller = ?5) AND (?6 IS NULL OR p.warehouse = ?6)
           AND p.awaited < ?7
         ORDER BY p.awaited {order}, p.key {order}, p.no {order} LIMIT ?8"
    )
}

pub(super) fn find(conn: &Connection, find: &FindParcels) -> Result<Vec<Sent>, PortError> {
    let urgent_first = find.stage.is_awaited();
    let edge = if urgent_first { i64::MIN } else { i64::MAX };
    let place = find.after.map_or((edge, edge, edge), |(at, key, no)| (at.0, key, i64::from(no)));
    let values = (
        find.stage.rank(),
        place.0,
        place.1,
        place.2,
        find.seller.map(|seller| *seller.bytes()),
        find.warehouse.map(|warehouse| *warehouse.bytes()),
        find.awaited_before.map_or(i64::MAX, |moment| moment.0),
        whole(find.limit),
    );
    let row = |row: &Row<'_>| {
        Ok((fulfillment::stored(row)?, Timestamp(row.get(3)?), row.get::<_, u16>(4)?))
    };
    let read = || -> Sql<Vec<_>> {
        conn.prepare_cached(&sql(urgent_first))?.query_map(values, row)?.collect()
    };
    let mut found = Vec::new();
    for (stored, awaited, no) in read().map_err(|e| sql_error(&e))? {
        let all = fulfillment::read(stored)?;
        let parcel = all.parcel(no).cloned();
        found.extend(parcel.map(|parcel| Sent { order: all.order, awaited, parcel }));
    }
    Ok(found)
}

const TALLY: &str = "SELECT stage, count(*), sum(awaited < ?2) FROM parcel
  WHERE stage <= ?3 AND (?1 IS NULL OR seller = ?1) GROUP BY stage";

pub(super) fn tally(
    conn: &Connection,
    seller: Option<SellerId>,
    now: Timestamp,
) -> Sql<ParcelTally> {
    let mut tally = ParcelTally::default();
    let mut statement = conn.prepare_cached(TALLY)?;
    let seller = seller.map(|seller| *seller.bytes());
    let mut rows = statement.query((seller, now.0, ParcelStage::Failed.rank()))?;
    while let Some(row) = rows.next()? {
        let stage: u8 = row.get(0)?;
        let stage = ParcelStage::ALL.into_iter().find(|known| known.rank() == stage);
        let stage = stage.ok_or(rusqlite::Error::InvalidQuery)?;
        let count = |at| row.get::<_, i64>(at).map(i64::cast_unsigned);
        tally.add(stage, count(1)?, count(2)?);
    }
    Ok(tally)
}
