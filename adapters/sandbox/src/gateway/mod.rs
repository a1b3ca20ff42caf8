//! The use cases: decide, make durable, answer; and the faults that a token asks for in between.
//!
//! A decision and its place in the record are taken under one lock, so that the record's order is
//! the order of the decisions. The wait for the disk is outside it. A decision stands on facts that
//! may not be durable yet; they come before it in the record, so it never outlives them.

mod cards;
mod faults;
mod tell;

use crate::book::Book;
use crate::config::Config;
use crate::error::{GatewayError, OpenError, Refused};
use crate::fact::{Fact, Line};
use crate::http::return_url;
use crate::model::{
    Authorize, Capture, Captured, GatewayRef, Method, Outcome, PaymentState, Refund, Refunded,
    Return, Returned, Status, Void, Voided,
};
use crate::record::{Disk, Record, RecordError};
use crate::rules::{self, Decision, Ruling};
use crate::session::Session;
use crate::tokens::Behaviour;
use crate::webhook::{Outbox, WebhookSink};
use faults::Losses;
use parking_lot::Mutex;
use souk_kernel::{Clock, Entropy, SECOND_MS, Timestamp};
use std::io::Read;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

/// What the gateway is given.
pub struct Parts {
    /// Dates facts, ends keys and tokens.
    pub clock: Arc<dyn Clock>,
    /// Names what nobody may guess.
    pub entropy: Arc<dyn Entropy>,
    /// Delivers events; `None` sends none.
    pub sink: Option<Arc<dyn WebhookSink>>,
}

/// The gateway. Every method that changes or tells something answers only what is durable.
pub struct Gateway {
    config: Config,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    sink: Option<Arc<dyn WebhookSink>>,
    book: Mutex<Book>,
    record: Record,
    losses: Losses,
    outbox: Outbox,
    /// Signs sheet sessions.
    sheet_key: Vec<u8>,
    /// When a failed record was last tried again, in milliseconds.
    reopened: AtomicI64,
    me: Weak<Self>,
}

/// A decision that is durable.
struct Settled<T> {
    answer: Result<T, Refused>,
    /// The record's line; `None` when the key was seen before.
    fresh: Option<(u64, Timestamp)>,
}

impl Gateway {
    /// Opens the gateway over its record and replays it.
    ///
    /// # Errors
    /// The record can't be used; a setting can't be right.
    pub fn open(config: Config, disk: Box<dyn Disk>, parts: Parts) -> Result<Arc<Self>, OpenError> {
        if return_url::origin_of(&config.origin) != Some(config.origin.as_str()) {
            let message = "`origin` must be scheme, host and port, without a trailing slash";
            return Err(OpenError::Config(String::from(message)));
        }
        let mut book = Book::sized(config.expected_authorizations);
        let record = Record::open(disk, config.commit, |line| replay(&mut book, line))?;
        let sheet_key = match &config.secret_key {
            Some(secret) => secret.as_bytes().to_vec(),
            None => parts.entropy.token().to_vec(),
        };
        Ok(Arc::new_cyclic(|me| Self {
            outbox: Outbox::new(config.webhook_queue),
            config,
            clock: parts.clock,
            entropy: parts.entropy,
            sink: parts.sink,
            book: Mutex::new(book),
            record,
            losses: Losses::default(),
            sheet_key,
            reopened: AtomicI64::new(i64::MIN),
            me: Weak::clone(me),
        }))
    }

    /// Reserves money. Send it again with the same key until an answer comes.
    ///
    /// # Errors
    /// See [`GatewayError`]. Being declined is not an error.
    pub async fn authorize(&self, request: &Authorize) -> Result<Outcome, GatewayError> {
        self.before_authorize(request).await?;
        let salt = self.entropy.next_u64() as u32;
        let mut behaviour = None;
        let settled = self.settle(|book, now| {
            let decision = rules::authorize(book, request, now, salt)?;
            behaviour = behaviour_of(book, &decision);
            if let Decision::Act(
                Fact::Authorize(a),
                Ok(Ruling::RequiresAction(_) | Ruling::AwaitingTransfer(_)),
            ) = &decision
            {
                return_url::check(a.return_url, &self.config.return_origins)?;
            }
            Ok(decision)
        });
        let settled = settled.await?;
        if let Some(behaviour) = behaviour {
            self.after_authorize(request, behaviour, &settled).await?;
        }
        Ok(match settled.answer? {
            Ruling::Authorized(gateway_ref, amount) => Outcome::Authorized { gateway_ref, amount },
            Ruling::Declined(reason) => Outcome::Declined { reason },
            Ruling::RequiresAction(gateway_ref) => {
                let url = self.action_url(gateway_ref, request.method);
                Outcome::RequiresAction { gateway_ref, url }
            }
            Ruling::AwaitingTransfer(gateway_ref) => {
                let url = self.action_url(gateway_ref, Method::Transfer);
                Outcome::AwaitingTransfer { gateway_ref, url }
            }
            Ruling::Received(gateway_ref, amount) => Outcome::Received { gateway_ref, amount },
        })
    }

    /// Takes authorized money.
    ///
    /// # Errors
    /// See [`GatewayError`].
    pub async fn capture(&self, request: &Capture) -> Result<Captured, GatewayError> {
        let settled = self.settle(|book, now| rules::capture(book, request, now)).await?;
        self.after_capture(request, &settled).await?;
        Ok(settled.answer?)
    }

    /// Gives captured money back.
    ///
    /// # Errors
    /// See [`GatewayError`].
    pub async fn refund(&self, request: &Refund) -> Result<Refunded, GatewayError> {
        let settled = self.settle(|book, now| rules::refund(book, request, now)).await?;
        self.after_refund(request, &settled).await?;
        Ok(settled.answer?)
    }

    /// Sends unclaimed money of a transfer back.
    ///
    /// # Errors
    /// See [`GatewayError`].
    pub async fn give_back(&self, request: &Return) -> Result<Returned, GatewayError> {
        let settled = self.settle(|book, now| rules::give_back(book, request, now)).await?;
        self.after_return(request, &settled).await?;
        Ok(settled.answer?)
    }

    /// Money comes by transfer, as somebody at a bank decided. `false`: none was ever waited for there,
    /// or it can't be so much.
    ///
    /// # Errors
    /// The record is not available.
    pub async fn receive_transfer(
        &self,
        gateway_ref: GatewayRef,
        amount_minor: i64,
    ) -> Result<bool, GatewayError> {
        let settled = self.settle(|book, _| {
            let fact = rules::transfer(book, gateway_ref, amount_minor);
            Ok(Decision::Act(fact.ok_or(GatewayError::NotFound)?, Ok(())))
        });
        let settled = match settled.await {
            Err(GatewayError::NotFound) => return Ok(false),
            other => other?,
        };
        self.after_transfer(gateway_ref, &settled);
        Ok(true)
    }

    /// Ends an authorization, or a whole reference (known or not) for ever.
    ///
    /// # Errors
    /// See [`GatewayError`].
    pub async fn void(&self, request: &Void) -> Result<Voided, GatewayError> {
        let salt = self.entropy.next_u64() as u32;
        let settled = self.settle(|book, now| rules::void(book, request, now, salt)).await?;
        self.after_void(request, &settled).await?;
        Ok(settled.answer?)
    }

    /// Where a reference stands: its live authorization if there is one, else the newest. `None`:
    /// the gateway never saw it (a request may still be on its way: void the reference to be sure).
    ///
    /// # Errors
    /// The record is not available.
    pub async fn lookup(&self, reference: &str) -> Result<Option<PaymentState>, GatewayError> {
        self.read(|book| book.state_of(reference)).await
    }

    /// Every authorization of a reference, newest first: more than one if the caller sent two keys.
    ///
    /// # Errors
    /// The record is not available.
    pub async fn lookup_all(&self, reference: &str) -> Result<Vec<PaymentState>, GatewayError> {
        self.read(|book| book.of_reference(reference).map(|(at, e)| book.state(at, e)).collect())
            .await
    }

    /// Where one authorization stands.
    ///
    /// # Errors
    /// The record is not available.
    pub async fn lookup_ref(
        &self,
        gateway_ref: GatewayRef,
    ) -> Result<Option<PaymentState>, GatewayError> {
        self.read(|book| book.entry(gateway_ref).map(|e| book.state(gateway_ref, e))).await
    }

    /// The refund of an authorization that was made under this key, also when the key itself is long
    /// forgotten: for callers that never heard the answer. `None`: there is none (a request may still
    /// be on its way).
    ///
    /// # Errors
    /// The record is not available.
    pub async fn find_refund(
        &self,
        gateway_ref: GatewayRef,
        key: &str,
    ) -> Result<Option<Refunded>, GatewayError> {
        let found = self.read(|book| book.refund(gateway_ref, key).cloned()).await?;
        Ok(found.map(|given| Refunded {
            gateway_ref,
            amount_minor: given.amount,
            refunded_minor: given.total,
        }))
    }

    /// The shopper's answer to a required action. `false`: it isn't waited for any more.
    ///
    /// # Errors
    /// The record is not available.
    pub async fn finish_action(
        &self,
        gateway_ref: GatewayRef,
        approved: bool,
    ) -> Result<bool, GatewayError> {
        let settled = self.settle(|book, _| {
            let fact = rules::action(book, gateway_ref, approved).ok_or(GatewayError::NotFound)?;
            let entry = book.entry(gateway_ref).ok_or(GatewayError::NotFound)?;
            Ok(Decision::Act(fact, Ok((entry.reference.to_string(), entry.capture))))
        });
        let settled = match settled.await {
            Err(GatewayError::NotFound) => return Ok(false),
            other => other?,
        };
        self.after_action(gateway_ref, approved, &settled);
        Ok(true)
    }

    /// Delivers events until the end of the process; spawn it once, when webhooks are configured.
    pub async fn deliver_webhooks(self: Arc<Self>) {
        if let Some(post) = self.post() {
            self.outbox.run(post).await;
        }
    }

    /// How many events were given up or dropped.
    #[must_use]
    pub fn webhooks_dropped(&self) -> u64 {
        self.outbox.dropped()
    }

    /// Reads the durable lines of the record: see [`crate::Line::read`] for their form.
    ///
    /// # Errors
    /// The disk can't be read.
    pub fn record_reader(&self) -> std::io::Result<Box<dyn Read + Send>> {
        self.record.reader()
    }

    /// How many lines of the record are durable, and how many syncs this process made for its part.
    #[must_use]
    pub fn record_figures(&self) -> (u64, u64) {
        (self.record.durable_lines(), self.record.syncs())
    }

    /// The settings that it was opened with.
    #[must_use]
    pub const fn config(&self) -> &Config {
        &self.config
    }

    /// After a failed write: cuts the record back to what is durable and replays it. Calls that
    /// find the record failed start this by themselves, at most once a second.
    ///
    /// # Errors
    /// The disk is still bad: the gateway stays closed.
    pub fn reopen(&self) -> Result<(), RecordError> {
        let mut book = self.book.lock();
        if !self.record.failed() {
            return Ok(());
        }
        let mut again = Book::sized(self.config.expected_authorizations);
        self.record.reopen(|line| replay(&mut again, line))?;
        *book = again;
        tracing::warn!("the record takes facts again");
        Ok(())
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(crate) fn open_sheet(&self, sealed: &str) -> Option<Session> {
        let session = Session::open(sealed, &self.sheet_key, self.clock.now())?;
        // Again: the settings may have changed, or the secret may be the well-known default.
        return_url::check(&session.return_url, &self.config.return_origins).ok()?;
        Some(session)
    }

    pub(crate) fn return_url(&self, gateway_ref: GatewayRef) -> Option<String> {
        self.book.lock().return_url(gateway_ref).map(String::from)
    }

    pub(crate) fn statement(&self, gateway_ref: GatewayRef) -> Option<String> {
        self.book.lock().transfer(gateway_ref).map(|transfer| transfer.statement.to_string())
    }

    /// The page where a payment waits for its shopper, while it does.
    #[must_use]
    pub fn page_of(&self, state: &PaymentState) -> Option<String> {
        let waits = matches!(state.status, Status::RequiresAction | Status::AwaitingTransfer);
        waits.then(|| self.action_url(state.gateway_ref, state.method))
    }

    fn action_url(&self, gateway_ref: GatewayRef, method: Method) -> String {
        let page = match method {
            Method::Card => "3ds",
            Method::Wallet => "wallet",
            Method::Transfer => "bank",
        };
        format!("{}/{page}/{gateway_ref}", self.config.origin)
    }

    /// Decides, records, and waits until both are durable.
    async fn settle<'a, T>(
        &self,
        decide: impl FnOnce(&Book, Timestamp) -> Result<Decision<'a, T>, GatewayError>,
    ) -> Result<Settled<T>, GatewayError> {
        let now = self.clock.now();
        let decided = self.decide(decide, now);
        let (answer, fresh, ticket) = decided?;
        let number = ticket.number;
        ticket.durable().await.map_err(|error| self.unavailable(&error))?;
        Ok(Settled { answer, fresh: fresh.then_some((number, now)) })
    }

    fn decide<'a, T>(
        &self,
        decide: impl FnOnce(&Book, Timestamp) -> Result<Decision<'a, T>, GatewayError>,
        now: Timestamp,
    ) -> Result<(Result<T, Refused>, bool, crate::record::Ticket), GatewayError> {
        if self.record.failed() {
            return Err(self.unavailable(&RecordError::Failed));
        }
        let mut book = self.book.lock();
        let (answer, fresh, ticket) = match decide(&book, now)? {
            Decision::Seen(answer) => (answer, false, self.record.barrier()),
            Decision::Act(fact, answer) => {
                if let Err(error) = book.apply(&fact, now) {
                    tracing::error!(%error, "a rule decided what can't be");
                    return Err(GatewayError::RecordUnavailable);
                }
                // If this fails, the book is ahead of the record; `reopen` replaces the book.
                (answer, true, self.record.append(fact, now))
            }
        };
        drop(book);
        Ok((answer, fresh, ticket.map_err(|error| self.unavailable(&error))?))
    }

    /// Reads, and waits until what was read is durable.
    async fn read<T>(&self, read: impl FnOnce(&Book) -> T) -> Result<T, GatewayError> {
        let read = || {
            if self.record.failed() {
                return Err(RecordError::Failed);
            }
            let book = self.book.lock();
            let found = read(&book);
            Ok((found, self.record.barrier()?))
        };
        let (found, ticket) = read().map_err(|error| self.unavailable(&error))?;
        ticket.durable().await.map_err(|error| self.unavailable(&error))?;
        Ok(found)
    }

    /// Starts an attempt to reopen the record, at most one a second.
    fn unavailable(&self, error: &RecordError) -> GatewayError {
        let now = self.clock.now().0;
        let last = self.reopened.load(Ordering::Acquire);
        let due = last == i64::MIN || (now - last).abs() >= SECOND_MS;
        let claim = |last| {
            self.reopened.compare_exchange(last, now, Ordering::AcqRel, Ordering::Acquire).is_ok()
        };
        if due && self.record.failed() && claim(last) {
            tracing::error!(%error, "the sandbox gateway is closed until its record can be written");
            let runtime = tokio::runtime::Handle::try_current();
            if let (Some(me), Ok(runtime)) = (self.me.upgrade(), runtime) {
                runtime.spawn_blocking(move || {
                    if let Err(error) = me.reopen() {
                        tracing::error!(%error, "the record can't be reopened");
                    }
                });
            }
        }
        GatewayError::RecordUnavailable
    }
}

fn replay(book: &mut Book, line: &Line<'_>) -> Result<(), String> {
    book.apply(&line.fact, line.at).map_err(|error| error.to_string())
}

/// How the payment behind a decision behaves: told by its fact, or by its first answer.
fn behaviour_of(book: &Book, decision: &Decision<'_, Ruling>) -> Option<Behaviour> {
    match decision {
        Decision::Act(Fact::Authorize(authorization), _) => Some(authorization.behaviour),
        Decision::Seen(Ok(Ruling::Authorized(gateway_ref, _))) => {
            book.entry(*gateway_ref).map(|entry| entry.behaviour)
        }
        _ => None,
    }
}

async fn pause(ms: u64) {
    if ms > 0 {
        tokio::time::sleep(Duration::from_millis(ms)).await;
    }
}

#[cfg(test)]
mod tests;
