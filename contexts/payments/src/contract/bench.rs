//! What the cases share.

use super::Fixture;
use crate::{
    Method, MoneyEntry, MovePayment, Payment, PaymentIntent, PaymentRefusal, PaymentState,
    Payments, StartAttempt,
};
use souk_kernel::{
    Currency, Event, Id, LANES, ManualClock, Mint, Money, Outbox, PaymentId, SeededEntropy,
    Timestamp, one,
};
use std::sync::Arc;

/// When everything happens, unless a case says otherwise.
pub(super) const AT: Timestamp = Timestamp(1_790_000_000_000);

pub(super) struct Bench {
    pub(super) payments: Arc<dyn Payments>,
    money: Option<Arc<dyn super::MoneyLedger>>,
    outbox: Option<Arc<dyn Outbox>>,
    mint: Mint,
}

pub(super) const fn eur(minor: i64) -> Money {
    Money::new(minor, Currency::Eur)
}

pub(super) fn go(
    payment: PaymentId,
    from: &'static [PaymentState],
    to: PaymentState,
) -> PaymentIntent {
    PaymentIntent::Move(MovePayment::plain(payment, from, to, AT))
}

impl Bench {
    pub(super) fn new(fixture: Fixture) -> Self {
        let clock = Arc::new(ManualClock::at(AT));
        let mint = Mint::new(clock, Arc::new(SeededEntropy::new(19)));
        Self { payments: fixture.payments, money: fixture.money, outbox: fixture.outbox, mint }
    }

    pub(super) fn id<N>(&self) -> Id<N> {
        self.mint.mint_anywhere()
    }

    pub(super) fn attempt(&self, minor: i64) -> StartAttempt {
        StartAttempt {
            id: self.id(),
            order: self.id(),
            user: self.id(),
            amount: eur(minor),
            method: Method::Card,
            gateway: "sandbox",
            token: "tok_\"approve'".into(),
            at: AT,
        }
    }

    pub(super) async fn apply(
        &self,
        batch: Vec<PaymentIntent>,
    ) -> Vec<Result<Payment, PaymentRefusal>> {
        let count = batch.len();
        let answers = self.payments.apply(batch).await;
        assert_eq!(answers.len(), count, "one answer for each intent");
        answers
    }

    pub(super) async fn one(&self, intent: PaymentIntent) -> Result<Payment, PaymentRefusal> {
        one(self.apply(vec![intent]).await)
    }

    pub(super) async fn done(&self, intent: PaymentIntent) -> Payment {
        let shown = format!("{intent:?}");
        self.one(intent).await.unwrap_or_else(|refusal| panic!("{shown}: {refusal:?}"))
    }

    pub(super) async fn stored(&self, id: PaymentId) -> Payment {
        self.payments.payment(id).await.expect("the store works").expect("there is a payment")
    }

    /// The states on the way to a state; `None`: no payment of this method is ever in it.
    pub(super) fn way(method: Method, state: PaymentState) -> Option<&'static [PaymentState]> {
        use PaymentState::{
            Authorized, Authorizing, AwaitingTransfer, Captured, Capturing, Declined,
            RequiresAction, Voided, Voiding,
        };
        let way: &[PaymentState] = match (method, state) {
            (_, Authorizing) => &[],
            (_, Declined) => &[Declined],
            (_, Voiding) => &[Voiding],
            (_, Voided) => &[Voiding, Voided],
            (Method::BankTransfer, AwaitingTransfer) => &[AwaitingTransfer],
            (Method::BankTransfer, Captured) => &[AwaitingTransfer, Captured],
            (Method::Card | Method::Wallet, RequiresAction) => &[RequiresAction],
            (Method::Card | Method::Wallet, Authorized) => &[Authorized],
            (Method::Card | Method::Wallet, Capturing) => &[Authorized, Capturing],
            (Method::Card | Method::Wallet, Captured) => &[Authorized, Capturing, Captured],
            _ => return None,
        };
        Some(way)
    }

    /// A fresh card payment in a state.
    pub(super) async fn payment_in(&self, state: PaymentState, minor: i64) -> Payment {
        let way = Self::way(Method::Card, state).expect("a card's state");
        let payment = self.paid_by(Method::Card, way, minor).await;
        assert_eq!(payment.state, state);
        payment
    }

    /// A fresh payment that has gone a way.
    pub(super) async fn paid_by(
        &self,
        method: Method,
        way: &[PaymentState],
        minor: i64,
    ) -> Payment {
        let attempt = StartAttempt { method, ..self.attempt(minor) };
        let mut payment = self.done(PaymentIntent::Start(attempt)).await;
        for to in way {
            payment = self.done(go(payment.id, &PaymentState::ALL, *to)).await;
        }
        payment
    }

    /// The facts that wait, where the fixture shows them.
    pub(super) async fn facts(&self) -> Option<Vec<Event>> {
        let outbox = self.outbox.as_ref()?;
        let lanes = outbox.lease(1, LANES, AT, 60_000).await.expect("the store works");
        let pending = outbox.pending(&lanes, 100).await.expect("the store works");
        Some(pending.into_iter().map(|(_, fact)| fact).collect())
    }

    /// The money ledger of a payment, where the fixture shows it.
    pub(super) async fn money(&self, payment: PaymentId) -> Option<Vec<MoneyEntry>> {
        match &self.money {
            Some(ledger) => Some(ledger.entries(payment).await),
            None => None,
        }
    }
}
