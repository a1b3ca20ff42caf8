//! The port of payments.

use crate::inventory::spread;
use crate::store::{Priority, Store};
use crate::tx::Tx;
use async_trait::async_trait;
use rusqlite::{Connection, OptionalExtension, Row};
use souk_kernel::{Answers, Money, OrderId, PaymentId, PortError, RefundId, Timestamp, UserId};
use souk_payments::event::refunded;
use souk_payments::rules::{drawn, finish, reserve};
use souk_payments::{
    Account, BankAccount, FinishRefund, Method, MovePayment, Payment, PaymentIntent,
    PaymentRefusal, PaymentState, Payments, Refund, RefundPlace, RefundState, ReserveRefund,
    StartAttempt,
};

const PAYMENT: &str = "SELECT id, order_id, user, minor, currency, method, state, gateway,
  gateway_ref, token, captured, refunded, refunding, action_url, reason, created_at, captured_at,
  received, account
  FROM payment WHERE key = ?1";

fn bad() -> rusqlite::Error {
    rusqlite::Error::InvalidQuery
}

/// An account as it lies in its column.
fn account(stored: Option<String>) -> Option<BankAccount> {
    serde_json::from_str(&stored?).ok()
}

pub(crate) fn payment(row: &Row<'_>) -> rusqlite::Result<Payment> {
    let text = |i| row.get_ref(i).and_then(|v| v.as_str().map_err(|_| bad()));
    let currency = text(4)?.parse().map_err(|_| bad())?;
    Ok(Payment {
        id: PaymentId::from_bytes(row.get(0)?),
        order: OrderId::from_bytes(row.get(1)?),
        user: UserId::from_bytes(row.get(2)?),
        amount: Money::new(row.get(3)?, currency),
        method: Method::from_name(text(5)?).ok_or_else(bad)?,
        state: PaymentState::from_name(text(6)?).ok_or_else(bad)?,
        gateway: row.get(7)?,
        gateway_ref: row.get(8)?,
        token: row.get(9)?,
        received: row.get(17)?,
        account: account(row.get(18)?),
        captured: row.get(10)?,
        refunded: row.get(11)?,
        refunding: row.get(12)?,
        action_url: row.get(13)?,
        reason: row.get(14)?,
        created_at: Timestamp(row.get(15)?),
        captured_at: row.get::<_, Option<i64>>(16)?.map(Timestamp),
    })
}

/// A partial index has them: what is paid otherwise is not in it.
const WAITING: &str = "SELECT count(*) FROM payment
  WHERE user = ?1 AND method = 'bank_transfer' AND state IN ('authorizing', 'awaiting_transfer')";

/// How many of a user's payments wait for a transfer.
pub(crate) fn waiting_transfers(tx: &Tx<'_>, user: UserId) -> Result<u32, PortError> {
    Ok(tx.first(WAITING, [user.bytes()], |row| row.get(0))?.unwrap_or_default())
}

/// Records an attempt.
pub(crate) fn start(tx: &Tx<'_>, attempt: &StartAttempt) -> Result<(), PortError> {
    tx.execute(
        "INSERT INTO payment (key, id, order_id, user, minor, currency, method, state, gateway,
           token, captured, refunded, refunding, created_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 'authorizing', ?8, ?9, 0, 0, 0, ?10)",
        (
            attempt.id.key(),
            attempt.id.bytes(),
            attempt.order.bytes(),
            attempt.user.bytes(),
            attempt.amount.minor,
            attempt.amount.currency.code(),
            attempt.method.name(),
            attempt.gateway,
            &attempt.token,
            attempt.at.0,
        ),
    )?;
    Ok(())
}

// The key is time and counter only: a stranger's id may share it, so the id is compared too.
const ADVANCE: &str = "UPDATE payment SET state = ?2, gateway_ref = coalesce(?3, gateway_ref),
    action_url = ?4, reason = coalesce(?5, reason)
  WHERE key = ?1 AND id = ?6 AND instr(?7, ',' || state || ',') AND method <> 'bank_transfer'";

const CAPTURE: &str = "UPDATE payment SET state = ?2, gateway_ref = coalesce(?3, gateway_ref),
    action_url = ?4, reason = coalesce(?5, reason), captured = minor, captured_at = ?8
  WHERE key = ?1 AND id = ?6 AND instr(?7, ',' || state || ',') AND method <> 'bank_transfer'";

// Money that comes by transfer takes other edges, and may come in pieces.
const TRANSFER: &str = "UPDATE payment SET state = ?2, gateway_ref = coalesce(?3, gateway_ref),
    action_url = ?4, reason = coalesce(?5, reason), received = max(received, coalesce(?8, 0)),
    captured = iif(?2 = 'captured', minor, captured),
    captured_at = iif(?2 = 'captured', ?9, captured_at), account = coalesce(?10, account)
  WHERE key = ?1 AND id = ?6 AND instr(?7, ',' || state || ',') AND method = 'bank_transfer'";

const RECEIVE: &str = "UPDATE payment SET received = max(received, coalesce(?3, 0)),
    reason = coalesce(reason, ?4)
  WHERE key = ?1 AND id = ?2 AND state = 'awaiting_transfer'";

/// The states of a move that lie on an edge, as one text: the statement stays the same whatever the set.
fn starts(method: Method, step: &MovePayment) -> String {
    let from = step.from.iter().filter(|from| drawn(method, **from, step.to));
    from.fold(String::from(","), |set, from| set + from.name() + ",")
}

/// Moves a payment in one conditional statement. A refusal wrote nothing.
pub(crate) fn advance(
    tx: &Tx<'_>,
    step: &MovePayment,
) -> Result<Result<(), PaymentRefusal>, PortError> {
    let (key, id, to) = (step.payment.key(), step.payment.bytes(), step.to.name());
    let captured = step.to == PaymentState::Captured;
    let from = starts(Method::Card, step);
    let (reference, url, reason) = (&step.gateway_ref, &step.action_url, &step.reason);
    let changed = if captured {
        tx.execute(CAPTURE, (key, to, reference, url, reason, id, from, step.at.0))?
    } else {
        tx.execute(ADVANCE, (key, to, reference, url, reason, id, from))?
    };
    if changed == 1 {
        if captured {
            return post_capture(tx, step).map(Ok);
        }
        return Ok(Ok(()));
    }
    let found = tx.first(PAYMENT, [key], payment)?.filter(|p| p.id == step.payment);
    match found {
        None => Ok(Err(PaymentRefusal::NoPayment)),
        Some(payment) if payment.state == step.to => {
            if step.to == PaymentState::AwaitingTransfer {
                tx.execute(RECEIVE, (key, id, step.received, reason))?;
            }
            Ok(Ok(()))
        }
        Some(payment) if payment.method == Method::BankTransfer => transfer(tx, step, &payment),
        Some(payment) => Ok(Err(PaymentRefusal::WrongState(payment.state))),
    }
}

/// The same for money that comes by transfer.
fn transfer(
    tx: &Tx<'_>,
    step: &MovePayment,
    before: &Payment,
) -> Result<Result<(), PaymentRefusal>, PortError> {
    let (key, id, to) = (step.payment.key(), step.payment.bytes(), step.to.name());
    let from = starts(Method::BankTransfer, step);
    let (reference, url, reason) = (&step.gateway_ref, &step.action_url, &step.reason);
    // Plain texts: they always have a JSON form.
    let account = step.account.as_ref().and_then(|account| serde_json::to_string(account).ok());
    let news = (key, to, reference, url, reason, id, from, step.received, step.at.0, account);
    if tx.execute(TRANSFER, news)? == 0 {
        return Ok(Err(PaymentRefusal::WrongState(before.state)));
    }
    if step.to == PaymentState::Captured {
        post_capture(tx, step)?;
    }
    Ok(Ok(()))
}

fn post_capture(tx: &Tx<'_>, step: &MovePayment) -> Result<(), PortError> {
    tx.execute(
        "INSERT INTO money_entry (payment, debit, credit, minor, currency, at)
         SELECT key, ?2, ?3, minor, currency, ?4 FROM payment WHERE key = ?1",
        (step.payment.key(), Account::Gateway.name(), Account::Sales.name(), step.at.0),
    )?;
    Ok(())
}

fn apply_one(
    tx: &Tx<'_>,
    intent: &PaymentIntent,
) -> Result<Result<Payment, PaymentRefusal>, PortError> {
    let done = match intent {
        PaymentIntent::Start(attempt) => {
            if stored(tx, attempt.id)?.is_none() {
                start(tx, attempt)?;
            }
            Ok(attempt.id)
        }
        PaymentIntent::Move(step) => advance(tx, step)?.map(|()| step.payment),
        PaymentIntent::ReserveRefund(ask) => reserve_refund(tx, ask)?.map(|()| ask.payment),
        PaymentIntent::FinishRefund(end) => finish_refund(tx, end)?,
    };
    match done {
        Ok(id) => Ok(stored(tx, id)?.ok_or(PaymentRefusal::NoPayment)),
        Err(refusal) => Ok(Err(refusal)),
    }
}

fn reserve_refund(
    tx: &Tx<'_>,
    ask: &ReserveRefund,
) -> Result<Result<(), PaymentRefusal>, PortError> {
    let Some(payment) = stored(tx, ask.payment)? else {
        return Ok(Err(PaymentRefusal::NoPayment));
    };
    // Of before ids were one payment's alone, there may be several: its own comes first.
    let own: Option<bool> = tx.first(
        "SELECT payment = ?1 FROM refund WHERE id = ?2 ORDER BY payment <> ?1 LIMIT 1",
        (payment.id.key(), ask.refund.bytes()),
        |row| row.get(0),
    )?;
    match own {
        Some(true) => return Ok(Ok(())),
        Some(false) => return Ok(Err(PaymentRefusal::KeyReused)),
        None => {}
    }
    let (payment, refund) = match reserve(&payment, ask) {
        Ok(reserved) => reserved,
        Err(refusal) => return Ok(Err(refusal)),
    };
    count(tx, &payment)?;
    tx.execute(
        "INSERT INTO refund (payment, id, minor, state, reason, created_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        (
            payment.id.key(),
            refund.id.bytes(),
            refund.amount.minor,
            refund.state.name(),
            &refund.reason,
            refund.created_at.0,
        ),
    )?;
    Ok(Ok(()))
}

fn finish_refund(
    tx: &Tx<'_>,
    end: &FinishRefund,
) -> Result<Result<PaymentId, PaymentRefusal>, PortError> {
    let find = format!("{REFUND} WHERE r.payment = ?1 AND r.id = ?2");
    let key = (end.payment.key(), end.refund.bytes());
    let (Some(payment), Some(refund)) = (stored(tx, end.payment)?, tx.first(&find, key, refund)?)
    else {
        return Ok(Err(PaymentRefusal::NoPayment));
    };
    let Some((payment, refund)) = finish(&payment, &refund, end) else {
        return Ok(Ok(payment.id));
    };
    count(tx, &payment)?;
    tx.execute(
        "UPDATE refund SET state = ?3 WHERE payment = ?1 AND id = ?2",
        (payment.id.key(), refund.id.bytes(), refund.state.name()),
    )?;
    if refund.state == RefundState::Succeeded {
        tx.execute(
            "INSERT INTO money_entry (payment, refund, debit, credit, minor, currency, at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            (
                payment.id.key(),
                refund.id.bytes(),
                Account::Sales.name(),
                Account::Gateway.name(),
                refund.amount.minor,
                refund.amount.currency.code(),
                end.at.0,
            ),
        )?;
        crate::outbox::insert(tx, &refunded(&payment, &refund, end.at))?;
    }
    Ok(Ok(payment.id))
}

fn count(tx: &Tx<'_>, payment: &Payment) -> Result<(), PortError> {
    tx.execute(
        "UPDATE payment SET refunded = ?2, refunding = ?3 WHERE key = ?1",
        (payment.id.key(), payment.refunded, payment.refunding),
    )?;
    Ok(())
}

fn stored(tx: &Tx<'_>, id: PaymentId) -> Result<Option<Payment>, PortError> {
    Ok(tx.first(PAYMENT, [id.key()], payment)?.filter(|p| p.id == id))
}

const REFUND: &str = "SELECT r.id, p.id, p.order_id, r.minor, p.currency, r.state, r.reason,
  r.created_at FROM refund r JOIN payment p ON p.key = r.payment";

fn refund(row: &Row<'_>) -> rusqlite::Result<Refund> {
    let text = |i| row.get_ref(i).and_then(|v| v.as_str().map_err(|_| bad()));
    let currency = text(4)?.parse().map_err(|_| bad())?;
    Ok(Refund {
        id: RefundId::from_bytes(row.get(0)?),
        payment: PaymentId::from_bytes(row.get(1)?),
        order: OrderId::from_bytes(row.get(2)?),
        amount: Money::new(row.get(3)?, currency),
        state: RefundState::from_name(text(5)?).ok_or_else(bad)?,
        reason: row.get(6)?,
        created_at: Timestamp(row.get(7)?),
    })
}

fn of_order(conn: &Connection, order: OrderId) -> rusqlite::Result<Option<Payment>> {
    let sql = "SELECT payment_id FROM orders WHERE key = ?1 AND id = ?2";
    let id = conn
        .prepare_cached(sql)?
        .query_row((order.key(), order.bytes()), |row| row.get::<_, [u8; 16]>(0))
        .optional()?;
    let Some(id) = id.map(PaymentId::from_bytes) else { return Ok(None) };
    conn.prepare_cached(PAYMENT)?.query_row([id.key()], payment).optional()
}

/// Captures follow a confirmation: nobody waits for them.
fn priority(batch: &[PaymentIntent]) -> Priority {
    let aside = |intent: &PaymentIntent| {
        let PaymentIntent::Move(step) = intent else { return false };
        matches!(step.to, PaymentState::Capturing | PaymentState::Captured)
    };
    if batch.iter().all(aside) { Priority::Background } else { Priority::Purchase }
}

/// Most background intents in one job: purchases wait behind it.
const PIECE: usize = 128;

#[async_trait]
impl Payments for Store {
    async fn apply(&self, batch: Vec<PaymentIntent>) -> Answers<Payment, PaymentRefusal> {
        let priority = priority(&batch);
        let mut answers = Vec::with_capacity(batch.len());
        let mut rest = batch;
        while !rest.is_empty() {
            let most = if priority == Priority::Background { PIECE } else { rest.len() };
            let after = rest.split_off(rest.len().min(most));
            let piece = std::mem::replace(&mut rest, after);
            let many = piece.len();
            let run = self.write(priority, move |tx| {
                piece.iter().map(|intent| apply_one(tx, intent)).collect()
            });
            answers.extend(spread(run.await, many));
        }
        answers
    }

    async fn payment(&self, id: PaymentId) -> Result<Option<Payment>, PortError> {
        let row = self
            .read(|conn| conn.prepare_cached(PAYMENT)?.query_row([id.key()], payment).optional())?;
        Ok(row.filter(|p| p.id == id))
    }

    async fn refunds(&self, payment: PaymentId) -> Result<Vec<Refund>, PortError> {
        self.read(|conn| {
            let sql = format!("{REFUND} WHERE r.payment = ?1 ORDER BY r.created_at, r.id");
            let mut statement = conn.prepare_cached(&sql)?;
            let rows = statement.query_map([payment.key()], refund)?;
            rows.collect()
        })
    }

    async fn unfinished_refunds(
        &self,
        before: Timestamp,
        after: Option<RefundPlace>,
        limit: usize,
    ) -> Result<Vec<Refund>, PortError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let (since, id) = after.unwrap_or((Timestamp(i64::MIN), RefundId::from_bytes([0; 16])));
        self.read(|conn| {
            let sql = format!(
                "{REFUND} WHERE r.state = 'reserved' AND r.created_at <= ?1
                   AND (r.created_at, r.id) > (?2, ?3)
                 ORDER BY r.created_at, r.id LIMIT ?4"
            );
            let mut statement = conn.prepare_cached(&sql)?;
            let rows = statement.query_map((before.0, since.0, id.bytes(), limit), refund)?;
            rows.collect()
        })
    }

    async fn of_order(&self, order: OrderId) -> Result<Option<Payment>, PortError> {
        self.read(|conn| of_order(conn, order))
    }

    async fn waiting_transfers(&self, user: UserId) -> Result<u32, PortError> {
        self.read(|conn| conn.prepare_cached(WAITING)?.query_row([user.bytes()], |row| row.get(0)))
    }

    async fn of_orders(&self, orders: &[OrderId]) -> Result<Vec<Option<Payment>>, PortError> {
        self.read_together(|conn| orders.iter().map(|order| of_order(conn, *order)).collect())
    }
}
