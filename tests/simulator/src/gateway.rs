//! A gateway as strict, and as forgetful, as a real one: its record is what the stores are judged by.

use async_trait::async_trait;
use parking_lot::Mutex;
use souk_kernel::{Clock, DAY_MS, Money};
use souk_payments::{
    Authorization, Authorize, BankAccount, Gateway, GatewayError, GatewayPayment, GatewayStatus,
    Method,
};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// One authorization: the same reference under two keys charges twice, as real gateways do.
#[derive(Debug, Clone)]
pub struct Charge {
    /// The gateway's name for it.
    pub gateway_ref: String,
    /// The shop's name for it.
    pub reference: String,
    /// How it is paid.
    pub method: Method,
    /// How it stands.
    pub status: GatewayStatus,
    /// What was asked for.
    pub asked: Money,
    /// What is or was held.
    pub authorized: Money,
    /// Minor units that came by transfer.
    pub received: i64,
    /// Of these, what nobody waits for.
    pub unclaimed: i64,
    /// Minor units taken.
    pub captured: i64,
    /// Minor units given back.
    pub refunded: i64,
}

#[derive(Debug, Clone)]
enum Answer {
    Authorization(Authorization),
    Done,
    Refused(String),
}

struct Seen {
    request: String,
    answer: Answer,
    at: i64,
}

#[derive(Default)]
struct Book {
    charges: Vec<Charge>,
    /// Forgotten after a day.
    keys: BTreeMap<String, Seen>,
    /// Never forgotten: of what money was given back, under which name of the shop's.
    refunds: BTreeSet<(String, String)>,
    voided: BTreeSet<String>,
    alerts: Vec<String>,
}

/// The gateway.
pub struct SimGateway {
    clock: Arc<dyn Clock>,
    book: Mutex<Book>,
}

impl SimGateway {
    /// An empty one, by a clock that never jumps.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Arc<Self> {
        Arc::new(Self { clock, book: Mutex::new(Book::default()) })
    }

    /// Its record.
    #[must_use]
    pub fn charges(&self) -> Vec<Charge> {
        self.book.lock().charges.clone()
    }

    /// Requests that a shop which keeps its books never makes: more captured than authorized, more
    /// refunded than captured, a void of taken money, one key for two requests.
    #[must_use]
    pub fn alerts(&self) -> Vec<String> {
        self.book.lock().alerts.clone()
    }

    /// The shopper acts on what waits for that; whether anything did.
    pub fn act(&self, reference: &str, approve: bool) -> bool {
        let mut book = self.book.lock();
        let waiting = book
            .charges
            .iter_mut()
            .find(|c| c.reference == reference && c.status == GatewayStatus::RequiresAction);
        let Some(charge) = waiting else { return false };
        charge.status = if approve { GatewayStatus::Authorized } else { GatewayStatus::Declined };
        true
    }

    /// Money comes by transfer; whether it was ever waited for.
    pub fn transfer(&self, reference: &str, minor: i64) -> bool {
        let mut book = self.book.lock();
        let waits = |c: &&mut Charge| c.reference == reference && c.account().is_some();
        let Some(charge) = book.charges.iter_mut().find(waits) else { return false };
        charge.received += minor;
        if charge.status != GatewayStatus::AwaitingTransfer {
            charge.unclaimed += minor;
        } else if charge.received == charge.asked.minor {
            charge.status = GatewayStatus::Captured;
            charge.captured = charge.received;
        }
        true
    }

    fn once(
        &self,
        key: &str,
        request: String,
        act: impl FnOnce(&mut Book) -> Answer,
    ) -> Result<Option<Authorization>, GatewayError> {
        let now = self.clock.now().0;
        let mut book = self.book.lock();
        let seen = book.keys.get(key).filter(|seen| now - seen.at < DAY_MS);
        let answer = match seen {
            Some(seen) if seen.request == request => seen.answer.clone(),
            Some(_) => {
                book.alerts.push(format!("one key for two requests: {key}"));
                Answer::Refused("key_reused".into())
            }
            None => {
                let answer = act(&mut book);
                let seen = Seen { request, answer: answer.clone(), at: now };
                book.keys.insert(key.into(), seen);
                answer
            }
        };
        match answer {
            Answer::Authorization(authorization) => Ok(Some(authorization)),
            Answer::Done => Ok(None),
            Answer::Refused(why) => Err(GatewayError::Refused(why)),
        }
    }

    /// An authorization under a key of the caller's choice.
    ///
    /// # Errors
    /// The reference was voided; the key came with another request.
    pub fn authorize_under(
        &self,
        key: &str,
        request: &Authorize,
    ) -> Result<Authorization, GatewayError> {
        let answer = self.once(key, format!("{request:?}"), |book| {
            if book.voided.contains(&request.reference) {
                return Answer::Refused("reference_voided".into());
            }
            Answer::Authorization(book.charge(request))
        })?;
        answer.ok_or_else(|| GatewayError::Unknown("another kind of request".into()))
    }
}

impl Charge {
    /// Where its transfer goes; `None`: it is paid otherwise.
    fn account(&self) -> Option<BankAccount> {
        let [holder, iban, bic] = ["Shop", "DE00", "BIC"].map(String::from);
        (self.method == Method::BankTransfer).then_some(BankAccount { holder, iban, bic })
    }
}

impl Book {
    /// Waits for a transfer, or takes what came for another payment and nobody claims.
    fn await_transfer(&mut self, request: &Authorize, gateway_ref: &str) -> Charge {
        let source = request.token.strip_prefix("funds_").map(String::from);
        let amount = request.amount;
        let mut charge = Charge {
            gateway_ref: gateway_ref.into(),
            reference: request.reference.clone(),
            method: request.method,
            status: GatewayStatus::AwaitingTransfer,
            asked: amount,
            authorized: amount,
            received: 0,
            unclaimed: 0,
            captured: 0,
            refunded: 0,
        };
        if let Some(source) = source {
            let source = self.by_ref(&source).filter(|c| c.unclaimed == amount.minor);
            charge.status = GatewayStatus::Declined;
            if let Some(source) = source {
                source.unclaimed = 0;
                charge.status = GatewayStatus::Captured;
                (charge.received, charge.captured) = (amount.minor, amount.minor);
            }
        }
        charge
    }

    fn charge(&mut self, request: &Authorize) -> Authorization {
        let gateway_ref = format!("gw_{}", self.charges.len() + 1);
        let mut amount = request.amount;
        if request.method == Method::BankTransfer {
            let charge = self.await_transfer(request, &gateway_ref);
            let answer = match charge.status {
                GatewayStatus::Captured => Authorization::Received { gateway_ref, amount },
                GatewayStatus::Declined => Authorization::Declined { reason: "token_used".into() },
                _ => {
                    let account = charge.account().unwrap_or_else(|| unreachable!("a transfer"));
                    Authorization::AwaitingTransfer { gateway_ref, account, url: None }
                }
            };
            self.charges.push(charge);
            return answer;
        }
        let (status, answer) = match request.token.as_str() {
            "tok_decline" => {
                let reason = "insufficient_funds".into();
                (GatewayStatus::Declined, Authorization::Declined { reason })
            }
            token if token == "tok_3ds" || request.method == Method::Wallet => {
                let url = format!("https://gateway.test/act/{}", request.reference);
                let gateway_ref = gateway_ref.clone();
                (GatewayStatus::RequiresAction, Authorization::RequiresAction { gateway_ref, url })
            }
            token => {
                if token == "tok_other_amount" {
                    amount.minor -= 1;
                }
                let gateway_ref = gateway_ref.clone();
                (GatewayStatus::Authorized, Authorization::Authorized { gateway_ref, amount })
            }
        };
        self.charges.push(Charge {
            gateway_ref,
            reference: request.reference.clone(),
            method: request.method,
            status,
            asked: request.amount,
            authorized: amount,
            received: 0,
            unclaimed: 0,
            captured: 0,
            refunded: 0,
        });
        answer
    }

    fn by_ref(&mut self, gateway_ref: &str) -> Option<&mut Charge> {
        self.charges.iter_mut().find(|c| c.gateway_ref == gateway_ref)
    }

    fn refuse(&mut self, what: &str, name: &str, why: &str) -> Answer {
        self.alerts.push(format!("{what} of {name} was refused: {why}"));
        Answer::Refused(why.into())
    }
}

#[async_trait]
impl Gateway for SimGateway {
    fn name(&self) -> &'static str {
        "simulated"
    }

    fn key_lifetime_ms(&self) -> i64 {
        DAY_MS
    }

    async fn authorize(&self, request: Authorize) -> Result<Authorization, GatewayError> {
        self.authorize_under(&request.reference, &request)
    }

    async fn capture(
        &self,
        gateway_ref: &str,
        amount: Money,
        key: &str,
    ) -> Result<(), GatewayError> {
        let request = format!("capture {gateway_ref} {amount:?}");
        let answer = self.once(key, request, |book| match book.by_ref(gateway_ref) {
            Some(charge)
                if matches!(charge.status, GatewayStatus::Authorized | GatewayStatus::Captured)
                    && amount.minor <= charge.authorized.minor - charge.captured =>
            {
                charge.status = GatewayStatus::Captured;
                charge.captured += amount.minor;
                Answer::Done
            }
            _ => book.refuse("capture", gateway_ref, "amount_too_large_or_wrong_state"),
        });
        answer.map(|_| ())
    }

    async fn void(&self, reference: &str, key: &str) -> Result<(), GatewayError> {
        let answer = self.once(key, format!("void {reference}"), |book| {
            let of = |c: &&mut Charge| c.reference == reference;
            let taken = book.charges.iter().find(|c| c.reference == reference && c.captured > 0);
            if let Some(taken) = taken {
                // A transfer may have come meanwhile.
                if taken.method == Method::BankTransfer {
                    return Answer::Refused("already_captured".into());
                }
                return book.refuse("void", reference, "already_captured");
            }
            book.voided.insert(reference.into());
            for charge in book.charges.iter_mut().filter(of) {
                if charge.status != GatewayStatus::Declined {
                    charge.status = GatewayStatus::Voided;
                }
            }
            Answer::Done
        });
        answer.map(|_| ())
    }

    async fn refund(
        &self,
        gateway_ref: &str,
        amount: Money,
        key: &str,
    ) -> Result<(), GatewayError> {
        let request = format!("refund {gateway_ref} {amount:?}");
        let answer = self.once(key, request, |book| match book.by_ref(gateway_ref) {
            Some(charge) if amount.minor <= charge.captured - charge.refunded => {
                charge.refunded += amount.minor;
                book.refunds.insert((gateway_ref.into(), key.into()));
                Answer::Done
            }
            _ => book.refuse("refund", gateway_ref, "more_than_captured"),
        });
        answer.map(|_| ())
    }

    async fn return_unclaimed(
        &self,
        gateway_ref: &str,
        amount: Money,
        key: &str,
    ) -> Result<(), GatewayError> {
        let request = format!("return {gateway_ref} {amount:?}");
        let answer = self.once(key, request, |book| match book.by_ref(gateway_ref) {
            Some(charge) if charge.unclaimed == amount.minor => {
                charge.unclaimed = 0;
                Answer::Done
            }
            _ => Answer::Refused("nothing_unclaimed".into()),
        });
        answer.map(|_| ())
    }

    async fn has_refunded(&self, gateway_ref: &str, key: &str) -> Result<bool, GatewayError> {
        Ok(self.book.lock().refunds.contains(&(gateway_ref.into(), key.into())))
    }

    async fn look_up(&self, reference: &str) -> Result<Option<GatewayPayment>, GatewayError> {
        let book = self.book.lock();
        let newest = book.charges.iter().rev().find(|c| c.reference == reference);
        Ok(newest.map(|c| GatewayPayment {
            gateway_ref: c.gateway_ref.clone(),
            status: c.status,
            authorized: c.authorized,
            received: c.received,
            unclaimed: c.unclaimed,
            account: c.account(),
            captured: c.captured,
            refunded: c.refunded,
            reason: None,
            action_url: None,
        }))
    }
}
