//! Orders: their history, their frozen content, and that stock, money and facts agree with them.

mod history;
mod quote;

use crate::ids;
use crate::report::{Collector, Named};
use crate::sql::{PendingFacts, Waiting};
use crate::stock::{Hold, HoldState, Holds};
use rusqlite::{Connection, Row};

const ORDERS: &str = concat!(
    "SELECT o.key, o.id, o.checkout, o.state, o.version, o.currency, o.total, o.answer, o.moves,
       c.quote, k.quote,
       p.order_id, p.minor, p.currency, p.state, p.captured, p.refunded, p.refunding,
       l.key IS NOT NULL, p.key IS NOT NULL, o.user, o.checkout_id, p.user, k.user
     FROM orders o
     LEFT JOIN order_content c ON c.key = o.key
     LEFT JOIN payment p ON p.key = ",
    crate::sql::key!("o.payment_id"),
    " AND p.id = o.payment_id
     LEFT JOIN checkout k ON k.key = o.checkout AND k.id = o.checkout_id
     LEFT JOIN order_list l ON l.user = o.user AND l.key = o.key
     ORDER BY o.key"
);

/// A payment as its order sees it.
struct Money<'r> {
    order: &'r [u8],
    user: &'r [u8],
    minor: i64,
    currency: &'r str,
    state: &'r str,
    captured: i64,
    refunded: i64,
    refunding: i64,
}

/// An order as it lies in its rows.
struct Order<'r> {
    key: i64,
    id: &'r [u8],
    user: &'r [u8],
    checkout: i64,
    checkout_id: &'r [u8],
    /// Whose checkout it was, if it comes from one.
    shown_to: Option<&'r [u8]>,
    state: &'r str,
    version: i64,
    currency: &'r str,
    total: i64,
    answer: Option<&'r str>,
    moves: &'r str,
    /// Its content's quote, if it has content.
    quote: Option<&'r str>,
    /// Its checkout's quote, if it comes from one.
    shown: Option<&'r str>,
    money: Option<Money<'r>>,
    listed: bool,
    waiting: Option<Waiting>,
}

impl<'r> Order<'r> {
    fn read(row: &'r Row<'_>, facts: &PendingFacts) -> rusqlite::Result<Self> {
        let id = blob(row, 1)?;
        let money = if row.get(19)? {
            Some(Money {
                order: blob(row, 11)?,
                user: blob(row, 22)?,
                minor: row.get(12)?,
                currency: text(row, 13)?,
                state: text(row, 14)?,
                captured: row.get(15)?,
                refunded: row.get(16)?,
                refunding: row.get(17)?,
            })
        } else {
            None
        };
        Ok(Self {
            key: row.get(0)?,
            id,
            user: blob(row, 20)?,
            checkout: row.get(2)?,
            checkout_id: blob(row, 21)?,
            shown_to: row.get_ref(23)?.as_blob_or_null().unwrap_or_default(),
            state: text(row, 3)?,
            version: row.get(4)?,
            currency: text(row, 5)?,
            total: row.get(6)?,
            answer: maybe(row, 7)?,
            moves: text(row, 8)?,
            quote: maybe(row, 9)?,
            shown: maybe(row, 10)?,
            money,
            listed: row.get(18)?,
            waiting: id.try_into().ok().and_then(|id: [u8; 16]| facts.get(&id).copied()),
        })
    }

    fn named(&self) -> Vec<Named> {
        vec![Named::new("order", ids::text(self.id))]
    }

    fn is_open(&self) -> bool {
        matches!(self.state, "created" | "payment_pending")
    }

    fn is_live(&self) -> bool {
        !matches!(self.state, "payment_failed" | "cancelled")
    }

    fn is_sold(&self) -> bool {
        matches!(self.state, "confirmed" | "shipped" | "delivered")
    }
}

fn text<'r>(row: &'r Row<'_>, at: usize) -> rusqlite::Result<&'r str> {
    Ok(row.get_ref(at)?.as_str().unwrap_or_default())
}

fn maybe<'r>(row: &'r Row<'_>, at: usize) -> rusqlite::Result<Option<&'r str>> {
    Ok(row.get_ref(at)?.as_str_or_null().unwrap_or_default())
}

fn blob<'r>(row: &'r Row<'_>, at: usize) -> rusqlite::Result<&'r [u8]> {
    Ok(row.get_ref(at)?.as_blob().unwrap_or_default())
}

/// How many rows the orders account for: if a table has more, the rest is nobody's.
#[derive(Debug, Clone, Copy, Default)]
pub struct Seen {
    pub orders: u64,
    pub contents: u64,
    pub payments: u64,
    pub listed: u64,
}

/// Checks every order.
pub fn check(
    conn: &Connection,
    holds: &mut Holds,
    facts: &PendingFacts,
    found: &mut Collector,
) -> rusqlite::Result<Seen> {
    let mut statement = conn.prepare(ORDERS)?;
    let mut rows = statement.query([])?;
    let mut seen = Seen::default();
    while let Some(row) = rows.next()? {
        let order = Order::read(row, facts)?;
        seen.orders += 1;
        seen.contents += u64::from(order.quote.is_some());
        seen.payments += u64::from(order.money.as_ref().is_some_and(|m| m.order == order.id));
        seen.listed += u64::from(order.listed);
        check_place(&order, found);
        let was_confirmed = history::check(&order, found);
        let goods = quote::check(&order, found);
        match holds.get_mut(order.checkout) {
            Some(hold) => {
                check_alone(&order, hold, found);
                check_stock(&order, hold, was_confirmed, goods, found);
            }
            None => {
                let what = "its checkout has no hold: nothing is set aside for it";
                found.add("no-lost-order", order.named(), what);
            }
        }
        check_money(&order, was_confirmed, found);
        check_told(&order, found);
    }
    found.checked("orders", seen.orders);
    Ok(seen)
}

/// It lies where it is looked for, and everything of it is one shopper's.
fn check_place(order: &Order<'_>, found: &mut Collector) {
    let key = |id: &[u8]| id.try_into().ok().map(|id| ids::key(&id));
    if key(order.id) != Some(order.key) || key(order.checkout_id) != Some(order.checkout) {
        let what = "is filed under another key: nobody finds it";
        found.add("no-lost-order", order.named(), what);
    }
    if order.money.as_ref().is_some_and(|money| money.user != order.user) {
        found.add("own-data-only", order.named(), "another user pays it than ordered");
    }
    if order.shown_to.is_some_and(|user| user != order.user) {
        found.add("own-data-only", order.named(), "comes from another user's checkout");
    }
}

/// A checkout has one order that lives, and one that was charged.
fn check_alone(order: &Order<'_>, hold: &mut Hold, found: &mut Collector) {
    let mut once = |seen: &mut u8, what: &str| {
        *seen = seen.saturating_add(1);
        if *seen > 1 {
            found.add("paid-once", order.named(), what);
        }
    };
    if order.is_live() {
        let what = "is not the only order of its checkout that is neither failed nor cancelled";
        once(&mut hold.live, what);
    }
    let charged =
        |money: &Money<'_>| matches!(money.state, "authorized" | "capturing" | "captured");
    if order.money.as_ref().is_some_and(charged) {
        once(&mut hold.charged, "is not the only order of its checkout with a charge");
    }
}

/// The order and its checkout's hold agree.
fn check_stock(
    order: &Order<'_>,
    hold: &mut Hold,
    was_confirmed: bool,
    goods: Option<u64>,
    found: &mut Collector,
) {
    let mine = hold.order == order.key;
    hold.owned |= mine;
    let has = |state| mine && hold.state == state;
    let name = hold.state.name();
    let whose = if mine { "" } else { " for another order" };
    let say = |what: &str| format!("is {}, but {what}: the hold is {name}{whose}", order.state);
    if order.is_open() && !has(HoldState::Paying) {
        found.add("released-once", order.named(), say("its stock is not pinned by it"));
    }
    if order.is_sold() {
        let shipped = has(HoldState::Shipped);
        if !has(HoldState::Committed) && !shipped {
            found.add("no-lost-order", order.named(), say("its stock is not committed to it"));
        }
        if order.state != "confirmed" && !shipped {
            found.add("no-lost-order", order.named(), say("no parcel of it has left"));
        }
        if goods.is_some_and(|goods| goods != hold.goods) {
            let what = "the stock that it has is not what was bought";
            found.add("no-lost-order", order.named(), what);
        }
    }
    if !order.is_live() {
        if has(HoldState::Paying) || has(HoldState::Committed) || has(HoldState::Shipped) {
            found.add("released-once", order.named(), say("it still has its stock"));
        }
        if order.state == "cancelled" && was_confirmed && !has(HoldState::Restocked) {
            found.add("released-once", order.named(), say("its stock did not come back"));
        }
    }
}

/// The order and its payment agree. What is under way is exactly: an open order whose gateway call is
/// recorded but not answered; a cancelled one whose fact still waits for whoever returns the money.
fn check_money(order: &Order<'_>, was_confirmed: bool, found: &mut Collector) {
    let Some(money) = &order.money else {
        if !order.is_open() && (order.total != 0 || order.is_live()) {
            found.add("paid-once", order.named(), format!("is {}, without a payment", order.state));
        }
        return;
    };
    let mut add = |invariant, what: String| found.add(invariant, order.named(), what);
    if money.order != order.id {
        add("paid-once", "its payment belongs to another order".into());
    }
    if (money.minor, money.currency) != (order.total, order.currency) {
        let (total, currency) = (order.total, order.currency);
        let (minor, other) = (money.minor, money.currency);
        add(
            "charged-as-shown",
            format!("costs {total} {currency}, its payment is {minor} {other}"),
        );
    }
    let waiting = order.waiting.unwrap_or_default();
    let kept = money.captured - money.refunded - money.refunding;
    let right = match (order.state, money.state) {
        (
            "created" | "payment_pending",
            "authorizing" | "requires_action" | "awaiting_transfer" | "voiding",
        )
        | ("payment_failed", "declined" | "voided")
        | ("cancelled", "voided") => true,
        ("payment_pending", "authorized") => true,
        ("confirmed" | "shipped" | "delivered", "authorized" | "capturing" | "captured") => true,
        // It never came as far as the gateway.
        ("cancelled", "authorizing") => !was_confirmed && !order.moves.contains("payment_pending"),
        ("cancelled", "captured") => kept == 0 || waiting.cancelled,
        ("cancelled", "authorized" | "capturing" | "voiding") => waiting.cancelled,
        _ => false,
    };
    if !right {
        let (state, held) = (order.state, money.state);
        let rest = if kept > 0 { format!(", {kept} of it not given back") } else { String::new() };
        add("paid-once", format!("is {state}, its payment is {held}{rest}"));
    }
    if order.is_sold() && money.state != "captured" && !waiting.confirmed {
        let what = format!("was confirmed, that fact is told, and its payment is {}", money.state);
        add("told-at-least-once", what);
    }
}

/// Whatever ended an order was told, or waits to be.
fn check_told(order: &Order<'_>, found: &mut Collector) {
    if !order.is_open() && !order.listed && order.waiting.is_none() {
        let what = "none of its facts waits to be told, yet its shopper's list lacks it";
        found.add("told-at-least-once", order.named(), what);
    }
}
