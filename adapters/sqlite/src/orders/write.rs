//! The statements of the purchase.

use super::read;
use crate::inventory::Plan;
use crate::tx::Tx;
use crate::{cart, claims, inventory, outbox, payments};
use souk_inventory::{HoldState, StockAnswer, StockIntent, StockRefusal};
use souk_kernel::{CheckoutId, OrderId, PortError};
use souk_orders::rules::{created, drawn, pending};
use souk_orders::{
    Answer, Begin, BeginRefusal, HoldStep, Move, Order, OrderState, Settle, SettleRefusal,
    StartCheckout, Started,
};

type Decided<T, E> = Result<Result<T, E>, PortError>;

/// A [`Begin`] with its rows' texts made.
pub(super) struct BeginRows {
    begin: Begin,
    /// The order as it will stand.
    pub(super) order: Order,
    digest: [u8; 16],
    quote: String,
    ship_to: String,
    moves: String,
}

impl BeginRows {
    pub(super) fn new(begin: Begin) -> Result<Self, PortError> {
        let mut order = created(&begin);
        order.state = OrderState::PaymentPending;
        order.moves.push(pending(&begin));
        Ok(Self {
            digest: claims::digest(&begin.claim.key),
            quote: json(&*begin.quote)?,
            ship_to: json(&*begin.ship_to)?,
            moves: lines(&order.moves)?,
            order,
            begin,
        })
    }
}

/// What became of a [`Begin`].
pub(super) enum Outcome {
    /// It began, as prepared.
    Fresh,
    /// The key was claimed before.
    Before(Box<Order>),
}

/// The first round.
pub(super) fn begin(tx: &mut Tx<'_>, rows: &BeginRows) -> Decided<Outcome, BeginRefusal> {
    let begin = &rows.begin;
    if let Some(claimed) = claims::find(tx, &rows.digest)? {
        if claimed.request != begin.claim.request {
            return Ok(Err(BeginRefusal::KeyReused));
        }
        let order = read::order_in(tx, OrderId::from_bytes(claimed.subject))?;
        return Ok(order.map(|o| Outcome::Before(Box::new(o))).ok_or(BeginRefusal::KeyReused));
    }
    if let Some(most) = begin.transfers_max
        && payments::waiting_transfers(tx, begin.user)? >= most
    {
        return Ok(Err(BeginRefusal::TooManyTransfers(most)));
    }
    let plan = match &begin.hold {
        HoldStep::Take(take) => inventory::plan_take(tx, take, &[])?,
        HoldStep::Pin(pin) => {
            if let Some(order) = live_order(tx, begin.checkout)? {
                return Ok(Err(BeginRefusal::CheckoutTaken(order)));
            }
            inventory::plan(tx, &StockIntent::Pin(*pin))?
        }
    };
    let plan = match plan {
        Ok(plan) => plan,
        Err(refusal) => return Ok(Err(refusal.into())),
    };
    // What its checkout holds already is not held for this order.
    if let Plan::Done(StockAnswer::Hold(hold)) = &plan
        && !begin.has_pinned(hold)
    {
        return Ok(Err(StockRefusal::HoldGone(hold.state).into()));
    }
    if let Some((_, freeze)) = &begin.cart
        && !cart::apply_one(tx, freeze)?.done()
    {
        return Ok(Err(BeginRefusal::CartChanged));
    }
    inventory::execute(tx, plan)?;
    claims::insert(tx, &rows.digest, &begin.claim, begin.order.bytes())?;
    insert(tx, rows)?;
    payments::start(tx, &begin.payment)?;
    Ok(Ok(Outcome::Fresh))
}

fn insert(tx: &Tx<'_>, rows: &BeginRows) -> Result<(), PortError> {
    let order = &rows.order;
    tx.execute(
        "INSERT INTO orders (key, id, user, checkout, checkout_id, payment_id, state, version,
           lease_owner, lease_until, currency, total, cart_version, deadline, moves, created_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)",
        (
            order.id.key(),
            order.id.bytes(),
            order.user.bytes(),
            order.checkout.key(),
            order.checkout.bytes(),
            order.payment.bytes(),
            order.state.name(),
            signed(order.version),
            order.lease.map(|l| l.owner.cast_signed()),
            order.lease.map(|l| l.until.0),
            order.total().currency.code(),
            order.total().minor,
            order.cart_version.map(signed),
            order.deadline.0,
            &rows.moves,
            order.created_at.0,
        ),
    )?;
    tx.execute(
        "INSERT INTO order_content (key, quote, ship_to) VALUES (?1, ?2, ?3)",
        (order.id.key(), &rows.quote, &rows.ship_to),
    )?;
    Ok(())
}

/// A [`Settle`] with its rows' texts made.
pub(super) struct SettleRows {
    settle: Settle,
    answer: Option<String>,
    moves: String,
}

impl SettleRows {
    pub(super) fn new(settle: Settle) -> Result<Self, PortError> {
        Ok(Self {
            answer: settle.answer.as_ref().map(answer_json).transpose()?,
            moves: lines(&settle.moves)?,
            settle,
        })
    }
}

/// A later round.
pub(super) fn settle(tx: &mut Tx<'_>, rows: &SettleRows) -> Decided<u64, SettleRefusal> {
    let settle = &rows.settle;
    let found = tx.first(
        "SELECT version, state FROM orders WHERE key = ?1 AND id = ?2",
        (settle.order.key(), settle.order.bytes()),
        |row| {
            let state = row.get_ref(1)?.as_str().ok().and_then(OrderState::from_name);
            let state = state.ok_or(rusqlite::Error::InvalidQuery)?;
            Ok((row.get::<_, i64>(0)?.cast_unsigned(), state))
        },
    )?;
    let Some((version, state)) = found else { return Ok(Err(SettleRefusal::Stale)) };
    if version != settle.expected_version {
        return Ok(Err(SettleRefusal::Stale));
    }
    let Some(to) = walk(state, &settle.moves) else { return Ok(Err(SettleRefusal::NotDrawn)) };
    let plan = match &settle.stock {
        None => None,
        Some(intent) => match inventory::plan(tx, intent)? {
            Ok(plan) => Some(plan),
            Err(refusal) => return Ok(Err(SettleRefusal::Stock(refusal))),
        },
    };
    if let Some(step) = &settle.payment
        && let Err(refusal) = payments::advance(tx, step)?
    {
        return Ok(Err(SettleRefusal::Payment(refusal)));
    }
    if let Some(plan) = plan {
        inventory::execute(tx, plan)?;
    }
    if matches!(settle.stock, Some(StockIntent::Unpin(_))) {
        keep_checkout(tx, settle.order)?;
    }
    update(tx, rows, to)?;
    if let Some(intent) = &settle.cart {
        cart::apply_one(tx, intent)?;
    }
    for event in &settle.events {
        outbox::insert(tx, event)?;
    }
    Ok(Ok(version + 1))
}

/// Buy Now has no checkout until its first try fails: then its content can be tried again.
fn keep_checkout(tx: &Tx<'_>, order: OrderId) -> Result<(), PortError> {
    tx.execute(
        "INSERT OR IGNORE INTO checkout
           (key, id, user, cart_version, quote, ship_to, deadline, created_at)
         SELECT o.checkout, o.checkout_id, o.user, o.cart_version, c.quote, coalesce(c.ship_to, '{}'),
           o.deadline, o.created_at
         FROM orders o JOIN order_content c ON c.key = o.key WHERE o.key = ?1",
        [order.key()],
    )?;
    Ok(())
}

/// The state at the end of the moves; `None` where one is not drawn.
fn walk(start: OrderState, moves: &[Move]) -> Option<OrderState> {
    moves.iter().try_fold(start, |at, step| drawn(at, step.to).then_some(step.to))
}

fn update(tx: &Tx<'_>, rows: &SettleRows, to: OrderState) -> Result<(), PortError> {
    let settle = &rows.settle;
    tx.execute(
        "UPDATE orders SET state = ?2, version = version + 1, lease_owner = ?3, lease_until = ?4,
           answer = coalesce(answer, ?5), moves = moves || ?6
         WHERE key = ?1",
        (
            settle.order.key(),
            to.name(),
            settle.lease.map(|l| l.owner.cast_signed()),
            settle.lease.map(|l| l.until.0),
            &rows.answer,
            &rows.moves,
        ),
    )?;
    Ok(())
}

/// The start of a checkout.
pub(super) fn start(tx: &mut Tx<'_>, start: &StartCheckout) -> Decided<Started, BeginRefusal> {
    let record = &start.record;
    let digest = claims::digest(&start.claim.key);
    if let Some(claimed) = claims::find(tx, &digest)? {
        let same = claimed.request == start.claim.request;
        let before = Started::Before(CheckoutId::from_bytes(claimed.subject));
        return Ok(if same { Ok(before) } else { Err(BeginRefusal::KeyReused) });
    }
    let earlier = tx.first(
        "SELECT checkout FROM checkout_of WHERE user = ?1",
        [record.user.bytes()],
        |row| Ok(CheckoutId::from_bytes(row.get(0)?)),
    )?;
    // What the earlier checkout holds is there for this one; it is given back unless this is refused.
    let earlier = match earlier {
        Some(earlier) => inventory::read_hold(tx, earlier)?,
        None => None,
    };
    let earlier = earlier.filter(|hold| hold.state == HoldState::Held);
    let credit = earlier.as_ref().map_or(&[][..], |hold| &hold.allocations);
    let plan = match inventory::plan_take(tx, &start.hold, credit)? {
        Ok(plan) => plan,
        Err(refusal) => return Ok(Err(refusal.into())),
    };
    if let Some(earlier) = &earlier {
        let release = StockIntent::Release(earlier.checkout);
        inventory::apply_one(tx, &release)?.map_err(|e| PortError::Corrupt(e.to_string()))?;
    }
    inventory::execute(tx, plan)?;
    claims::insert(tx, &digest, &start.claim, record.id.bytes())?;
    tx.execute(
        "INSERT INTO checkout (key, id, user, cart_version, quote, ship_to, deadline, created_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        (
            record.id.key(),
            record.id.bytes(),
            record.user.bytes(),
            record.cart_version.map(signed),
            json(&*record.quote)?,
            json(&*record.ship_to)?,
            record.deadline.0,
            record.created_at.0,
        ),
    )?;
    tx.execute(
        "INSERT INTO checkout_of (user, checkout) VALUES (?1, ?2)
         ON CONFLICT (user) DO UPDATE SET checkout = excluded.checkout",
        (record.user.bytes(), record.id.bytes()),
    )?;
    Ok(Ok(Started::Fresh))
}

fn live_order(tx: &Tx<'_>, checkout: CheckoutId) -> Result<Option<OrderId>, PortError> {
    tx.first(read::LIVE, [checkout.key()], |row| Ok(OrderId::from_bytes(row.get(0)?)))
}

fn answer_json(answer: &Answer) -> Result<String, PortError> {
    match answer {
        // Nearly every order's.
        Answer::Confirmed => Ok(r#"{"status":"confirmed"}"#.into()),
        other => json(other),
    }
}

fn lines(moves: &[Move]) -> Result<String, PortError> {
    let mut text = String::with_capacity(64 * moves.len());
    for step in moves {
        text.push_str(&json(step)?);
        text.push('\n');
    }
    Ok(text)
}

fn json<T: serde::Serialize>(value: &T) -> Result<String, PortError> {
    serde_json::to_string(value).map_err(|e| PortError::Corrupt(e.to_string()))
}

const fn signed(version: u64) -> i64 {
    version.cast_signed()
}
