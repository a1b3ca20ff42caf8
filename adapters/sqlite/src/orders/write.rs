//! The statements of the purchase.

use super::read;
use crate::tx::Tx;
use crate::{cart, claims, inventory, outbox, payments};
use souk_inventory::{HoldState, StockIntent};
use souk_kernel::{CheckoutId, OrderId, PortError};
use souk_orders::rules::{created, drawn, pending};
use souk_orders::{
    Answer, Begin, BeginRefusal, Begun, HoldStep, Move, Order, OrderState, Settle, SettleRefusal,
    StartCheckout, Started,
};

type Decided<T, E> = Result<Result<T, E>, PortError>;

/// The first round.
pub(super) fn begin(tx: &mut Tx<'_>, begin: &Begin) -> Decided<Begun, BeginRefusal> {
    let digest = claims::digest(&begin.claim.key);
    if let Some(claimed) = claims::find(tx, &digest)? {
        if claimed.request != begin.claim.request {
            return Ok(Err(BeginRefusal::KeyReused));
        }
        let order = read::order_in(tx, OrderId::from_bytes(claimed.subject))?;
        return Ok(order.map(|o| Begun::Before(Box::new(o))).ok_or(BeginRefusal::KeyReused));
    }
    let intent = match &begin.hold {
        HoldStep::Take(take) => StockIntent::Take(take.clone()),
        HoldStep::Pin(pin) => {
            if let Some(order) = live_order(tx, begin.checkout)? {
                return Ok(Err(BeginRefusal::CheckoutTaken(order)));
            }
            StockIntent::Pin(*pin)
        }
    };
    let plan = match inventory::plan(tx, &intent)? {
        Ok(plan) => plan,
        Err(refusal) => return Ok(Err(refusal.into())),
    };
    if let Some((_, freeze)) = &begin.cart
        && !cart::apply_one(tx, freeze)?.done()
    {
        return Ok(Err(BeginRefusal::CartChanged));
    }
    inventory::execute(tx, plan)?;
    claims::insert(tx, &digest, &begin.claim, begin.order.bytes())?;
    let mut order = created(begin);
    order.state = OrderState::PaymentPending;
    order.moves.push(pending(begin));
    insert(tx, &order)?;
    payments::start(tx, &begin.payment)?;
    Ok(Ok(Begun::Fresh(Box::new(order))))
}

fn insert(tx: &Tx<'_>, order: &Order) -> Result<(), PortError> {
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
            lines(&order.moves)?,
            order.created_at.0,
        ),
    )?;
    let quote = json(&*order.quote)?;
    let ship_to = order.ship_to.as_deref().map(json).transpose()?;
    tx.execute(
        "INSERT INTO order_content (key, quote, ship_to) VALUES (?1, ?2, ?3)",
        (order.id.key(), quote, ship_to),
    )?;
    Ok(())
}

/// A later round.
pub(super) fn settle(tx: &mut Tx<'_>, settle: &Settle) -> Decided<u64, SettleRefusal> {
    let Some((version, state)) = tx.first(
        "SELECT version, state FROM orders WHERE key = ?1 AND id = ?2",
        (settle.order.key(), settle.order.bytes()),
        |row| Ok((row.get::<_, i64>(0)?.cast_unsigned(), row.get::<_, String>(1)?)),
    )?
    else {
        return Ok(Err(SettleRefusal::Stale));
    };
    if version != settle.expected_version {
        return Ok(Err(SettleRefusal::Stale));
    }
    let Some(to) = walk(&state, &settle.moves) else { return Ok(Err(SettleRefusal::NotDrawn)) };
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
    update(tx, settle, to)?;
    if let Some(intent) = &settle.cart {
        cart::apply_one(tx, intent)?;
    }
    for event in &settle.events {
        outbox::insert(tx, event)?;
    }
    Ok(Ok(version + 1))
}

/// The state at the end of the moves; `None` where one is not drawn.
fn walk(state: &str, moves: &[Move]) -> Option<OrderState> {
    let start = OrderState::from_name(state)?;
    moves.iter().try_fold(start, |at, step| drawn(at, step.to).then_some(step.to))
}

fn update(tx: &Tx<'_>, settle: &Settle, to: OrderState) -> Result<(), PortError> {
    let answer: Option<String> = settle.answer.as_ref().map(answer_json).transpose()?;
    tx.execute(
        "UPDATE orders SET state = ?2, version = version + 1, lease_owner = ?3, lease_until = ?4,
           answer = coalesce(answer, ?5), moves = moves || ?6
         WHERE key = ?1",
        (
            settle.order.key(),
            to.name(),
            settle.lease.map(|l| l.owner.cast_signed()),
            settle.lease.map(|l| l.until.0),
            answer,
            lines(&settle.moves)?,
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
