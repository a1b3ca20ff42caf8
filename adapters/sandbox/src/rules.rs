//! The decisions of the gateway: which request becomes which fact. Pure: no clock, no wait, no disk.
//!
//! Every rule is `ask(book, request, now) -> Decision`: either the key's first answer again, or a
//! fact to be recorded and the answer that it gives.

use crate::book::Book;
use crate::error::{GatewayError, Refused};
use crate::fact::{Authorization, Fact, Keyed, Operation, Verdict, plain};
use crate::keys::{Answered, Seen};
use crate::model::{
    Authorize, Capture, Captured, DeclineReason, GatewayRef, Method, Refund, Refunded, Return,
    Returned, Status, Target, Void, Voided,
};
use crate::tokens::{Behaviour, Card};
use souk_kernel::{Money, Timestamp};

/// What to do with a request that is in order.
#[derive(Debug, PartialEq, Eq)]
pub enum Decision<'a, T> {
    /// Seen before: the first answer.
    Seen(Result<T, Refused>),
    /// Record this, then answer that.
    Act(Fact<'a>, Result<T, Refused>),
}

/// The answer to an authorize, before the action's page has an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ruling {
    Authorized(GatewayRef, Money),
    Declined(DeclineReason),
    RequiresAction(GatewayRef),
    AwaitingTransfer(GatewayRef),
    Received(GatewayRef, Money),
}

/// The longest key, reference or token, in bytes.
pub const LONGEST_NAME: usize = 255;
/// The longest return address, in bytes.
pub const LONGEST_URL: usize = 2_048;

type Decided<'a, T> = Result<Decision<'a, T>, GatewayError>;

/// What a token asks for now: a fixed one always the same, one from the sheet once.
pub fn behaviour(book: &Book, token: &str, now: Timestamp) -> (Behaviour, bool) {
    if let Some(fixed) = Behaviour::of_token(token) {
        return (fixed, false);
    }
    match book.token(token) {
        None => (Behaviour::Decline(DeclineReason::TokenUnknown), false),
        Some(given) if too_old(given.card.as_ref(), now) => {
            (Behaviour::Decline(DeclineReason::ExpiredCard), false)
        }
        Some(given) if given.used => (Behaviour::Decline(DeclineReason::TokenUsed), false),
        Some(given) if now >= given.expires => {
            (Behaviour::Decline(DeclineReason::TokenExpired), false)
        }
        Some(given) => (given.behaviour, true),
    }
}

/// Whether a card's last month is over.
fn too_old(card: Option<&Card>, now: Timestamp) -> bool {
    // Texts of the same form compare as dates do.
    card.is_some_and(|card| !card.expires.is_empty() && *card.expires < now.rfc3339()[..7])
}

/// An authorize. `salt`: randomness for its name.
pub fn authorize<'a>(
    book: &Book,
    request: &'a Authorize,
    now: Timestamp,
    salt: u32,
) -> Decided<'a, Ruling> {
    check_amount(request.amount.minor)?;
    check_name("reference", &request.reference)?;
    check_name("token", &request.token)?;
    if !request.statement.is_empty() {
        check_name("statement", &request.statement)?;
    }
    let keyed = keyed(&request.idempotency_key, digest_authorize(request))?;
    if let Some(seen) = first_answer(book, keyed, now)? {
        let ruling = match (seen.answered, seen.gateway_ref) {
            (Answered::Refused(refused), _) => Err(refused),
            (Answered::Authorized(amount), Some(at)) if request.method == Method::Transfer => {
                Ok(Ruling::Received(at, amount))
            }
            (Answered::AwaitingTransfer, Some(at)) => Ok(Ruling::AwaitingTransfer(at)),
            (Answered::Authorized(amount), Some(at)) => Ok(Ruling::Authorized(at, amount)),
            (Answered::Declined(reason), _) => Ok(Ruling::Declined(reason)),
            (Answered::RequiresAction, Some(at)) => Ok(Ruling::RequiresAction(at)),
            _ => return Err(GatewayError::KeyReused),
        };
        return Ok(Decision::Seen(ruling));
    }
    if book.closed(&request.reference) {
        return Ok(refuse(Operation::Authorize, keyed, Refused::ReferenceVoided));
    }
    if book.full() {
        return Err(GatewayError::RecordUnavailable);
    }
    let funds = funds(book, request);
    let (verdict, behaviour, from_sheet) = match funds {
        Some(verdict) => (verdict, Behaviour::Approve, verdict == Verdict::Authorized),
        None => {
            let (behaviour, from_sheet) = behaviour(book, &request.token, now);
            (verdict(behaviour, request.method), behaviour, from_sheet)
        }
    };
    let gateway_ref = book.next_ref(salt);
    let granted = match request.method {
        // What comes by transfer is what somebody sends, whatever a token says.
        Method::Transfer => request.amount,
        Method::Card | Method::Wallet => behaviour.granted(request.amount),
    };
    let needs_return = matches!(verdict, Verdict::RequiresAction | Verdict::AwaitingTransfer);
    let authorization = Authorization {
        gateway_ref,
        reference: &request.reference,
        keyed,
        verdict,
        asked: request.amount,
        granted,
        capture: request.capture || request.method == Method::Transfer,
        method: request.method,
        statement: &request.statement,
        behaviour,
        token: from_sheet.then_some(request.token.as_str()),
        return_url: if needs_return { &request.return_url } else { "" },
    };
    let ruling = match verdict {
        Verdict::Authorized if funds.is_some() => Ruling::Received(gateway_ref, granted),
        Verdict::Authorized => Ruling::Authorized(gateway_ref, granted),
        Verdict::AwaitingTransfer => Ruling::AwaitingTransfer(gateway_ref),
        Verdict::Declined(reason) => Ruling::Declined(reason),
        Verdict::RequiresAction => Ruling::RequiresAction(gateway_ref),
    };
    Ok(Decision::Act(Fact::Authorize(authorization), Ok(ruling)))
}

const fn verdict(behaviour: Behaviour, method: Method) -> Verdict {
    match (behaviour, method) {
        (Behaviour::Decline(reason), _) => Verdict::Declined(reason),
        (_, Method::Transfer) => Verdict::AwaitingTransfer,
        (Behaviour::ThreeDs, _) | (_, Method::Wallet) => Verdict::RequiresAction,
        _ => Verdict::Authorized,
    }
}

/// The unclaimed money that a token names pays for this, if it is exactly so much; `None`: it names none.
fn funds(book: &Book, request: &Authorize) -> Option<Verdict> {
    if request.method != Method::Transfer {
        return None;
    }
    let source: GatewayRef = request.token.strip_prefix("funds_")?.parse().ok()?;
    let enough = book.entry(source).is_some_and(|entry| {
        let there = book.transfer(source).map_or(0, |transfer| transfer.unclaimed);
        Money::new(there, entry.currency) == request.amount
    });
    Some(if enough { Verdict::Authorized } else { Verdict::Declined(DeclineReason::TokenUsed) })
}

/// Money came by transfer; `None`: none was ever waited for there, or it can't be so much.
pub fn transfer(book: &Book, gateway_ref: GatewayRef, amount: i64) -> Option<Fact<'static>> {
    let there = book.transfer(gateway_ref)?;
    check_amount(amount).ok()?;
    check_amount(there.received.saturating_add(amount)).ok()?;
    Some(Fact::Transfer { gateway_ref, amount })
}

/// A return: of unclaimed money, all of it.
pub fn give_back<'a>(book: &Book, request: &'a Return, now: Timestamp) -> Decided<'a, Returned> {
    let (gateway_ref, amount) = (request.gateway_ref, request.amount_minor);
    check_amount(amount)?;
    let digest = digest_amount(Operation::Return, gateway_ref, amount);
    let keyed = keyed(&request.idempotency_key, digest)?;
    if let Some(seen) = first_answer(book, keyed, now)? {
        return again(seen.answered, seen.returned(amount));
    }
    let there = book.transfer(gateway_ref).ok_or(GatewayError::NotFound)?;
    if there.unclaimed != amount {
        return Ok(refuse(Operation::Return, keyed, Refused::WrongState));
    }
    let answer = Returned { gateway_ref, amount_minor: amount };
    Ok(Decision::Act(Fact::Return { gateway_ref, keyed, amount }, Ok(answer)))
}

/// A capture: captured ≤ authorized.
pub fn capture<'a>(book: &Book, request: &'a Capture, now: Timestamp) -> Decided<'a, Captured> {
    let (gateway_ref, amount) = (request.gateway_ref, request.amount_minor);
    check_amount(amount)?;
    let digest = digest_amount(Operation::Capture, gateway_ref, amount);
    let keyed = keyed(&request.idempotency_key, digest)?;
    if let Some(seen) = first_answer(book, keyed, now)? {
        return again(seen.answered, seen.captured(amount));
    }
    let entry = book.entry(gateway_ref).ok_or(GatewayError::NotFound)?;
    if !matches!(entry.status, Status::Authorized | Status::Captured) {
        return Ok(refuse(Operation::Capture, keyed, Refused::WrongState));
    }
    if amount > entry.amount - entry.captured {
        return Ok(refuse(Operation::Capture, keyed, Refused::AmountTooLarge));
    }
    let captured_minor = entry.captured + amount;
    let answer = Captured { gateway_ref, amount_minor: amount, captured_minor };
    Ok(Decision::Act(Fact::Capture { gateway_ref, keyed, amount }, Ok(answer)))
}

/// A refund: refunded ≤ captured.
pub fn refund<'a>(book: &Book, request: &'a Refund, now: Timestamp) -> Decided<'a, Refunded> {
    let (gateway_ref, amount) = (request.gateway_ref, request.amount_minor);
    check_amount(amount)?;
    let digest = digest_amount(Operation::Refund, gateway_ref, amount);
    let keyed = keyed(&request.idempotency_key, digest)?;
    if let Some(seen) = first_answer(book, keyed, now)? {
        return again(seen.answered, seen.refunded(amount));
    }
    let entry = book.entry(gateway_ref).ok_or(GatewayError::NotFound)?;
    if entry.status != Status::Captured {
        return Ok(refuse(Operation::Refund, keyed, Refused::WrongState));
    }
    if amount > entry.captured - entry.refunded {
        return Ok(refuse(Operation::Refund, keyed, Refused::AmountTooLarge));
    }
    let refunded_minor = entry.refunded + amount;
    let answer = Refunded { gateway_ref, amount_minor: amount, refunded_minor };
    Ok(Decision::Act(Fact::Refund { gateway_ref, keyed, amount }, Ok(answer)))
}

/// A void: only of what has no capture. What is voided or declined already stays so.
/// `salt`: randomness for the name of a tombstone.
pub fn void<'a>(book: &Book, request: &'a Void, now: Timestamp, salt: u32) -> Decided<'a, Voided> {
    if let Target::Reference(reference) = &request.target {
        check_name("reference", reference)?;
    }
    let keyed = keyed(&request.idempotency_key, digest_void(&request.target))?;
    if let Some(seen) = first_answer(book, keyed, now)? {
        return again(seen.answered, seen.voided());
    }
    let (gateway_ref, reference, captured) = match &request.target {
        Target::GatewayRef(gateway_ref) => {
            let entry = book.entry(*gateway_ref).ok_or(GatewayError::NotFound)?;
            (*gateway_ref, None, entry.status == Status::Captured)
        }
        Target::Reference(reference) => {
            let newest = book.of_reference(reference).next().map(|(at, _)| at);
            if newest.is_none() && book.full() {
                return Err(GatewayError::RecordUnavailable);
            }
            let captured = book.of_reference(reference).any(|(_, e)| e.status == Status::Captured);
            let at = newest.unwrap_or_else(|| book.next_ref(salt));
            (at, Some(reference.as_str()), captured)
        }
    };
    if captured {
        return Ok(refuse(Operation::Void, keyed, Refused::AlreadyCaptured));
    }
    let fact = Fact::Void { gateway_ref, keyed, reference };
    Ok(Decision::Act(fact, Ok(Voided { gateway_ref })))
}

/// The shopper's answer on the action page; `None` when it isn't waited for any more.
pub fn action(book: &Book, gateway_ref: GatewayRef, approved: bool) -> Option<Fact<'static>> {
    let entry = book.entry(gateway_ref)?;
    let waits = entry.status == Status::RequiresAction;
    waits.then_some(Fact::Action { gateway_ref, approved })
}

fn refuse<'a, T>(of: Operation, keyed: Keyed<'a>, reason: Refused) -> Decision<'a, T> {
    Decision::Act(Fact::Refused { of, keyed, reason }, Err(reason))
}

fn again<'a, T>(answered: Answered, answer: Option<T>) -> Decided<'a, T> {
    match (answered, answer) {
        (Answered::Refused(refused), _) => Ok(Decision::Seen(Err(refused))),
        (_, Some(answer)) => Ok(Decision::Seen(Ok(answer))),
        // The digest holds the operation: another one under this key is another request.
        _ => Err(GatewayError::KeyReused),
    }
}

fn first_answer(
    book: &Book,
    keyed: Keyed<'_>,
    now: Timestamp,
) -> Result<Option<Seen>, GatewayError> {
    match book.seen(keyed.key, now) {
        Some(seen) if seen.request != keyed.request => Err(GatewayError::KeyReused),
        seen => Ok(seen),
    }
}

fn check_amount(minor: i64) -> Result<(), GatewayError> {
    // Far from the ends of i64: sums of captures can't overflow.
    if (1..=1_000_000_000_000).contains(&minor) {
        return Ok(());
    }
    Err(GatewayError::Invalid(String::from("the amount must be between 1 and 10^12 minor units")))
}

/// A key, reference or token: 1 to 255 printable ASCII characters, no quote, no backslash.
pub fn check_name(what: &str, text: &str) -> Result<(), GatewayError> {
    if !text.is_empty() && text.len() <= LONGEST_NAME && plain(text) {
        return Ok(());
    }
    Err(GatewayError::Invalid(format!(
        "the {what} must be 1 to {LONGEST_NAME} printable ASCII characters without quotes and backslashes"
    )))
}

fn keyed(key: &str, request: u64) -> Result<Keyed<'_>, GatewayError> {
    check_name("idempotency key", key)?;
    Ok(Keyed { key, request })
}

/// FNV-1a, 64 bits (Fowler, Noll, Vo): written into the record, so it must never change.
struct Digest(u64);

impl Digest {
    fn of(operation: Operation) -> Self {
        Self(0xcbf2_9ce4_8422_2325).bytes(operation.name().as_bytes())
    }

    fn bytes(mut self, bytes: &[u8]) -> Self {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
        // An end mark that no text holds: "ab" and "c" is not "a" and "bc".
        self.0 = (self.0 ^ 0xff).wrapping_mul(0x0100_0000_01b3);
        self
    }
}

fn digest_authorize(r: &Authorize) -> u64 {
    let digest = digest_of_card(r);
    match r.method {
        // As it was when there were only cards.
        Method::Card => digest.0,
        method => digest.bytes(method.name().as_bytes()).bytes(r.statement.as_bytes()).0,
    }
}

fn digest_of_card(r: &Authorize) -> Digest {
    Digest::of(Operation::Authorize)
        .bytes(r.reference.as_bytes())
        .bytes(&r.amount.minor.to_be_bytes())
        .bytes(r.amount.currency.code().as_bytes())
        .bytes(r.token.as_bytes())
        .bytes(&[u8::from(r.capture)])
        .bytes(r.return_url.as_bytes())
}

fn digest_amount(operation: Operation, gateway_ref: GatewayRef, amount: i64) -> u64 {
    Digest::of(operation)
        .bytes(&gateway_ref.index.to_be_bytes())
        .bytes(&gateway_ref.salt.to_be_bytes())
        .bytes(&amount.to_be_bytes())
        .0
}

fn digest_void(target: &Target) -> u64 {
    let digest = Digest::of(Operation::Void);
    match target {
        Target::GatewayRef(gateway_ref) => digest
            .bytes(b"ref")
            .bytes(&gateway_ref.index.to_be_bytes())
            .bytes(&gateway_ref.salt.to_be_bytes()),
        Target::Reference(reference) => digest.bytes(b"reference").bytes(reference.as_bytes()),
    }
    .0
}

#[cfg(test)]
mod tests;
