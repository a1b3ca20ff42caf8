//! Parcels and returns: what was sold is sent, no more comes back than arrived, and its money once.

use crate::ids;
use crate::report::{Collector, Named};
use crate::stock::{self, Holds};
use rusqlite::{Connection, OptionalExtension, Row};
use serde::Deserialize;
use std::collections::BTreeMap;

/// One pass in order of key. An order of before there were parcels needs none.
const ORDERS: &str = "SELECT o.key, o.id, o.state, o.payment_id, o.checkout,
    o.created_at >= (SELECT applied_at FROM migration WHERE name = '0010_fulfillment'),
    EXISTS (SELECT 1 FROM temp.untold u WHERE u.order_id = o.id),
    f.order_id, f.due IS NOT NULL, f.body
  FROM orders o LEFT JOIN fulfillment f ON f.key = o.key ORDER BY o.key";

/// Refunds that pay returns back, in the connection's own temporary tables: what credit notes and the
/// seller ledger are compared by.
const PAID: &str = "CREATE TEMP TABLE return_paid (
  order_key INTEGER NOT NULL, refund BLOB NOT NULL, PRIMARY KEY (order_key, refund)
) WITHOUT ROWID";

/// Run only where there are more rows than orders have.
const STRAY: &str = "SELECT f.order_id AS \"order\", 'has parcels and is not there' AS what
  FROM fulfillment f LEFT JOIN orders o ON o.key = f.key WHERE o.key IS NULL";

#[derive(Deserialize)]
struct Body<'a> {
    order: &'a str,
    #[serde(borrow)]
    parcels: Vec<Parcel<'a>>,
    #[serde(borrow, default)]
    returns: Vec<Return<'a>>,
}

#[derive(Deserialize)]
struct Parcel<'a> {
    no: u16,
    #[serde(borrow)]
    lines: Vec<Line<'a>>,
    #[serde(borrow)]
    scans: Vec<Step<'a>>,
}

#[derive(Deserialize)]
struct Return<'a> {
    id: &'a str,
    origin: Origin,
    #[serde(borrow)]
    lines: Vec<Line<'a>>,
    #[serde(borrow)]
    steps: Vec<Step<'a>>,
    refund: Option<Plan>,
}

#[derive(Deserialize, Clone, Copy, PartialEq)]
#[serde(rename_all = "snake_case")]
enum Origin {
    Shopper,
    Parcel(u16),
}

#[derive(Deserialize)]
struct Line<'a> {
    sku: &'a str,
    quantity: i64,
}

#[derive(Deserialize)]
struct Step<'a> {
    state: &'a str,
}

#[derive(Deserialize)]
struct Plan {
    amount: Money,
    attempt: u32,
    paid: Option<Money>,
}

#[derive(Deserialize)]
struct Money {
    minor: i64,
}

impl Parcel<'_> {
    fn state(&self) -> &str {
        self.scans.last().map_or("", |scan| scan.state)
    }
}

impl Return<'_> {
    fn state(&self) -> &str {
        self.steps.last().map_or("", |step| step.state)
    }
}

/// An order with what was written of its parcels.
struct Sent<'r> {
    key: i64,
    id: &'r [u8],
    payment: &'r [u8],
    is_sold: bool,
    /// Whether something will be done about it by itself.
    is_due: bool,
}

impl Sent<'_> {
    fn named(&self) -> Vec<Named> {
        vec![Named::new("order", ids::text(self.id))]
    }
}

/// Checks every order. `holds`: what each has been promised.
pub fn check(conn: &Connection, holds: &mut Holds, found: &mut Collector) -> rusqlite::Result<()> {
    conn.execute_batch(PAID)?;
    let mut statement = conn.prepare(ORDERS)?;
    let mut rows = statement.query([])?;
    let (mut sent, mut returns) = (0, 0);
    while let Some(row) = rows.next()? {
        let order = Sent {
            key: row.get(0)?,
            id: row.get_ref(1)?.as_blob().unwrap_or_default(),
            payment: row.get_ref(3)?.as_blob().unwrap_or_default(),
            is_sold: matches!(text(row, 2)?, "confirmed" | "shipped" | "delivered"),
            is_due: row.get(8)?,
        };
        let Some(body) = row.get_ref(9)?.as_str_or_null().unwrap_or_default() else {
            if order.is_sold
                && row.get::<_, Option<bool>>(5)? == Some(true)
                && !row.get::<_, bool>(6)?
            {
                let what = "is sold, everybody was told, and it has no parcels";
                found.add("told-at-least-once", order.named(), what);
            }
            continue;
        };
        sent += 1;
        let Ok(body) = serde_json::from_str::<Body<'_>>(body) else {
            found.add(
                "no-lost-order",
                order.named(),
                "what is written of its parcels is not understood",
            );
            continue;
        };
        let whose = row.get_ref(7)?.as_blob().unwrap_or_default();
        if whose != order.id || ids::parse(body.order).as_ref().map(|id| &id[..]) != Some(order.id)
        {
            found.add("own-data-only", order.named(), "has another order's parcels");
        }
        let promised = holds.get_mut(row.get(4)?).filter(|hold| hold.order == order.key);
        if order.is_sold && promised.is_some_and(|hold| Some(hold.goods) != goods(&body)) {
            found.add("no-lost-order", order.named(), "its parcels do not hold what was bought");
        }
        returns += body.returns.len() as u64;
        check_pieces(&order, &body, found);
        for back in &body.returns {
            check_money(conn, &order, back, found)?;
        }
    }
    let all = crate::sql::count(conn, "fulfillment")?;
    if all != sent {
        crate::sql::each(conn, STRAY, |ids, what| found.add("no-lost-order", ids, what))?;
    }
    found.checked("orders with parcels", all);
    found.checked("returns", returns);
    Ok(())
}

fn text<'r>(row: &'r Row<'_>, at: usize) -> rusqlite::Result<&'r str> {
    Ok(row.get_ref(at)?.as_str().unwrap_or_default())
}

/// The sum of what is in the parcels, as holds have it.
fn goods(body: &Body<'_>) -> Option<u64> {
    let one = |line: &Line<'_>| {
        ids::parse(line.sku).map(|sku| stock::goods(ids::key(&sku), line.quantity))
    };
    let lines = body.parcels.iter().flat_map(|parcel| &parcel.lines);
    lines.map(one).try_fold(0_u64, |sum, line| Some(sum.wrapping_add(line?)))
}

/// No more comes back than arrived, or than the parcel held that came back or was lost.
fn check_pieces(order: &Sent<'_>, body: &Body<'_>, found: &mut Collector) {
    let mut backs: BTreeMap<(Option<u16>, &str), i64> = BTreeMap::new();
    for back in body.returns.iter().filter(|back| back.state() != "rejected") {
        let from = match back.origin {
            Origin::Shopper => None,
            Origin::Parcel(no) => Some(no),
        };
        for line in &back.lines {
            *backs.entry((from, line.sku)).or_default() += line.quantity;
        }
    }
    for ((from, sku), pieces) in backs {
        let is_from = |parcel: &&Parcel<'_>| match from {
            None => parcel.scans.iter().any(|scan| scan.state == "delivered"),
            Some(no) => parcel.no == no && matches!(parcel.state(), "returned_to_sender" | "lost"),
        };
        let lines = body.parcels.iter().filter(is_from).flat_map(|parcel| &parcel.lines);
        let there: i64 = lines.filter(|line| line.sku == sku).map(|line| line.quantity).sum();
        if pieces > there {
            let mut ids = order.named();
            ids.push(Named::new("sku", sku));
            let what = format!("{pieces} pieces come back, of {there} that could");
            found.add("released-once", ids, what);
        }
    }
}

/// What a return was paid is what its refund says; what it is owed will be paid.
fn check_money(
    conn: &Connection,
    order: &Sent<'_>,
    back: &Return<'_>,
    found: &mut Collector,
) -> rusqlite::Result<()> {
    let mut add = |invariant, what: String| {
        let mut ids = order.named();
        ids.push(Named::new("return", back.id));
        found.add(invariant, ids, what);
    };
    let (is_looked_at, is_paid) =
        (matches!(back.state(), "restocked" | "written_off"), back.state() == "refunded");
    let Some(plan) = &back.refund else {
        if is_looked_at || is_paid {
            add("paid-once", format!("is {}, and nobody said what it is owed", back.state()));
        }
        return Ok(());
    };
    if is_looked_at && !order.is_due {
        add("paid-once", format!("is owed {}, and nothing will send it", plan.amount.minor));
    }
    if is_paid != plan.paid.is_some() {
        let paid = if plan.paid.is_some() { "paid" } else { "not paid" };
        add("paid-once", format!("is {}, and its money is {paid}", back.state()));
    }
    let (Some(paid), Ok(whose), Ok(payment)) =
        (&plan.paid, <[u8; 16]>::try_from(order.id), <[u8; 16]>::try_from(order.payment))
    else {
        return Ok(());
    };
    let refund = ids::refund_of_return(&whose, back.id, plan.attempt);
    let mut row = conn.prepare_cached(
        "SELECT minor FROM refund WHERE payment = ?1 AND id = ?2 AND state = 'succeeded'",
    )?;
    let of = (ids::key(&payment), refund);
    let gave: i64 = row.query_row(of, |row| row.get(0)).optional()?.unwrap_or(0);
    if gave != paid.minor {
        add("paid-once", format!("says that {} was paid, its refund gave {gave}", paid.minor));
    }
    if paid.minor > plan.amount.minor {
        add("paid-once", format!("was paid {} of {}", paid.minor, plan.amount.minor));
    }
    if gave > 0 {
        let mut keep = conn.prepare_cached("INSERT OR IGNORE INTO return_paid VALUES (?1, ?2)")?;
        keep.execute((order.key, refund))?;
    }
    Ok(())
}
