//! Tests of [`super`]: rules.

use super::*;
use crate::fact::Line;
use crate::keys::KEY_LIFE_MS;
use crate::model::PaymentState;
use proptest::prelude::*;
use souk_kernel::Currency;
use std::collections::{HashMap, HashSet};

/// A book whose every fact goes through its line form, as a restart would read it.
struct Desk {
    book: Book,
    record: Vec<u8>,
    lines: u64,
    now: Timestamp,
    salt: u32,
}

impl Desk {
    fn new() -> Self {
        let now = Timestamp(1_790_000_000_000);
        Self { book: Book::sized(0), record: Vec::new(), lines: 0, now, salt: 0 }
    }

    fn apply(&mut self, fact: Fact<'_>) {
        self.lines += 1;
        Line { number: self.lines, synced: 0, at: self.now, fact }.write(&mut self.record);
        self.book.apply(&fact, self.now).unwrap();
    }

    /// Answers and whether it acted.
    fn take<T>(&mut self, decision: Decided<'_, T>) -> Result<(T, bool), GatewayError> {
        match decision? {
            Decision::Seen(answer) => Ok((answer?, false)),
            Decision::Act(fact, answer) => {
                self.apply(fact);
                Ok((answer?, true))
            }
        }
    }

    fn authorize(&mut self, request: &Authorize) -> Result<(Ruling, bool), GatewayError> {
        self.salt += 1;
        let decision = authorize(&self.book, request, self.now, self.salt);
        // The borrow of the request, not of the book, lives in the decision.
        self.take(decision)
    }

    fn capture(&mut self, request: &Capture) -> Result<(Captured, bool), GatewayError> {
        let decision = capture(&self.book, request, self.now);
        self.take(decision)
    }

    fn refund(&mut self, request: &Refund) -> Result<(Refunded, bool), GatewayError> {
        let decision = refund(&self.book, request, self.now);
        self.take(decision)
    }

    fn void(&mut self, request: &Void) -> Result<(Voided, bool), GatewayError> {
        self.salt += 1;
        let decision = void(&self.book, request, self.now, self.salt);
        self.take(decision)
    }

    fn replayed(&self) -> Vec<PaymentState> {
        let mut book = Book::sized(0);
        for text in self.record.split(|b| *b == b'\n').filter(|text| !text.is_empty()) {
            let line = Line::read(text).unwrap();
            book.apply(&line.fact, line.at).unwrap();
        }
        book.all()
    }
}

fn ask(key: &str, reference: &str, minor: i64, token: &str) -> Authorize {
    Authorize {
        idempotency_key: String::from(key),
        reference: String::from(reference),
        amount: Money::new(minor, Currency::Eur),
        token: String::from(token),
        method: Method::Card,
        statement: String::new(),
        capture: false,
        return_url: String::from("http://localhost/back"),
    }
}

fn take(key: &str, gateway_ref: GatewayRef, amount_minor: i64) -> Capture {
    Capture { idempotency_key: String::from(key), gateway_ref, amount_minor }
}

fn give(key: &str, gateway_ref: GatewayRef, amount_minor: i64) -> Refund {
    Refund { idempotency_key: String::from(key), gateway_ref, amount_minor }
}

fn end(key: &str, reference: &str) -> Void {
    let target = Target::Reference(String::from(reference));
    Void { idempotency_key: String::from(key), target }
}

fn authorized(desk: &mut Desk, key: &str, reference: &str, minor: i64) -> GatewayRef {
    match desk.authorize(&ask(key, reference, minor, "tok_approve")) {
        Ok((Ruling::Authorized(gateway_ref, _), true)) => gateway_ref,
        other => panic!("{other:?}"),
    }
}

#[test]
fn captures_and_refunds_stop_at_what_is_left() {
    let mut desk = Desk::new();
    let at = authorized(&mut desk, "a", "r", 100);
    assert_eq!(desk.refund(&give("r0", at, 1)), Err(Refused::WrongState.into()));
    assert_eq!(desk.capture(&take("c1", at, 60)).unwrap().0.captured_minor, 60);
    assert_eq!(desk.capture(&take("c2", at, 41)), Err(Refused::AmountTooLarge.into()));
    assert_eq!(desk.capture(&take("c3", at, 40)).unwrap().0.captured_minor, 100);
    assert_eq!(desk.refund(&give("r1", at, 99)).unwrap().0.refunded_minor, 99);
    assert_eq!(desk.refund(&give("r2", at, 2)), Err(Refused::AmountTooLarge.into()));
    assert_eq!(desk.refund(&give("r3", at, 1)).unwrap().0.refunded_minor, 100);
    assert_eq!(desk.void(&end("v", "r")), Err(Refused::AlreadyCaptured.into()));
}

#[test]
fn a_refusal_stays_the_answer_of_its_key() {
    let mut desk = Desk::new();
    let at = authorized(&mut desk, "a", "r", 100);
    let early = give("refund", at, 5);
    assert_eq!(desk.refund(&early), Err(Refused::WrongState.into()));
    desk.capture(&take("c", at, 100)).unwrap();
    assert_eq!(desk.refund(&early), Err(Refused::WrongState.into()));
    assert!(desk.refund(&give("refund 2", at, 5)).is_ok());
}

#[test]
fn a_key_with_other_parameters_is_refused_whatever_differs() {
    let mut desk = Desk::new();
    let first = ask("k", "r", 100, "tok_approve");
    desk.authorize(&first).unwrap();
    let same = first.clone();
    let others = [
        Authorize { reference: String::from("r2"), ..same.clone() },
        Authorize { amount: Money::new(101, Currency::Eur), ..same.clone() },
        Authorize { amount: Money::new(100, Currency::Usd), ..same.clone() },
        Authorize { token: String::from("tok_decline"), ..same.clone() },
        Authorize { capture: true, ..same.clone() },
        Authorize { return_url: String::new(), ..same.clone() },
    ];
    for other in others {
        assert_eq!(desk.authorize(&other), Err(GatewayError::KeyReused), "{other:?}");
    }
    assert_eq!(desk.void(&end("k", "r")), Err(GatewayError::KeyReused));
    assert!(!desk.authorize(&same).unwrap().1);
    assert_eq!(desk.book.len(), 1);
}

#[test]
fn a_key_acts_again_after_a_day_unless_the_reference_was_voided() {
    let mut desk = Desk::new();
    let (first, second) = (ask("k", "r", 1, "tok_approve"), ask("k2", "r2", 1, "tok_approve"));
    desk.authorize(&first).unwrap();
    desk.authorize(&second).unwrap();
    desk.void(&end("v", "r2")).unwrap();
    desk.now = desk.now.plus_ms(KEY_LIFE_MS);
    assert!(desk.authorize(&first).unwrap().1, "as documented: it charges twice");
    assert_eq!(desk.authorize(&second), Err(Refused::ReferenceVoided.into()));
}

#[test]
fn a_void_ahead_of_its_authorize_leaves_a_tombstone() {
    let mut desk = Desk::new();
    let (voided, acted) = desk.void(&end("v", "unknown")).unwrap();
    assert!(acted);
    assert_eq!(desk.void(&end("v", "unknown")), Ok((voided, false)));
    assert_eq!(desk.void(&end("v again", "unknown")), Ok((voided, true)));
    let late = ask("a", "unknown", 100, "tok_approve");
    assert_eq!(desk.authorize(&late), Err(Refused::ReferenceVoided.into()));
    assert_eq!(desk.authorize(&late), Err(Refused::ReferenceVoided.into()));
    let state = desk.book.state_of("unknown").unwrap();
    assert_eq!((state.status, state.authorized_minor), (Status::Voided, 0));
}

#[test]
fn a_void_by_reference_ends_every_authorization_of_it() {
    let mut desk = Desk::new();
    let one = authorized(&mut desk, "a1", "r", 100);
    let two = authorized(&mut desk, "a2", "r", 100);
    assert_eq!(desk.void(&end("v", "r")).unwrap().0.gateway_ref, two);
    for at in [one, two] {
        assert_eq!(desk.book.entry(at).unwrap().status, Status::Voided);
        assert_eq!(desk.capture(&take(&format!("c {at}"), at, 1)), Err(Refused::WrongState.into()));
    }
    let later = ask("a3", "r", 100, "tok_approve");
    assert_eq!(desk.authorize(&later), Err(Refused::ReferenceVoided.into()));
}

#[test]
fn a_lookup_prefers_the_live_authorization() {
    let mut desk = Desk::new();
    let live = authorized(&mut desk, "a1", "r", 100);
    desk.authorize(&ask("a2", "r", 100, "tok_decline")).unwrap();
    assert_eq!(desk.book.state_of("r").unwrap().gateway_ref, live);
    desk.authorize(&ask("a3", "r2", 100, "tok_decline")).unwrap();
    let declined = desk.book.state_of("r2").unwrap();
    assert_eq!((declined.status, declined.authorized_minor), (Status::Declined, 0));
    assert_eq!(declined.reason, Some(DeclineReason::CardDeclined));
    assert_eq!(desk.book.state_of("r3"), None);
}

#[test]
fn an_action_is_answered_once() {
    let mut desk = Desk::new();
    let mut wait = |key: &str, capture| {
        let request = Authorize { capture, ..ask(key, key, 100, "tok_3ds") };
        match desk.authorize(&request) {
            Ok((Ruling::RequiresAction(at), true)) => at,
            other => panic!("{other:?}"),
        }
    };
    let (yes, no, both, gone) =
        (wait("a", false), wait("b", false), wait("c", true), wait("d", false));
    desk.void(&end("v", "d")).unwrap();
    assert_eq!(desk.capture(&take("early", yes, 1)), Err(Refused::WrongState.into()));
    for (at, approved) in [(yes, true), (no, false), (both, true)] {
        let fact = action(&desk.book, at, approved).unwrap();
        desk.apply(fact);
        assert_eq!(action(&desk.book, at, !approved), None);
    }
    assert_eq!(action(&desk.book, gone, true), None);
    let state = |at| desk.book.entry(at).unwrap().clone();
    assert_eq!(state(yes).status, Status::Authorized);
    assert_eq!((state(no).status, state(no).amount), (Status::Declined, 0));
    assert_eq!((state(both).status, state(both).captured), (Status::Captured, 100));
    assert_eq!(desk.book.all(), desk.replayed());
    let again = desk.authorize(&ask("a", "a", 100, "tok_3ds")).unwrap();
    assert_eq!(
        again,
        (Ruling::RequiresAction(yes), false),
        "the first answer, whatever came since"
    );
}

#[test]
fn a_token_of_the_sheet_works_once_and_for_an_hour() {
    let mut desk = Desk::new();
    let expires = desk.now.plus_ms(1_000);
    for token in ["tok_one", "tok_two"] {
        let behaviour = Behaviour::Approve;
        desk.apply(Fact::Token {
            token,
            behaviour,
            expires,
            card: Some(("visa", "4242", "2034-12")),
            save: true,
        });
    }
    let first = ask("a", "r", 1, "tok_one");
    assert!(matches!(desk.authorize(&first), Ok((Ruling::Authorized(..), true))));
    assert!(matches!(desk.authorize(&first), Ok((Ruling::Authorized(..), false))));
    let reason = |ruling: Result<(Ruling, bool), GatewayError>| match ruling {
        Ok((Ruling::Declined(reason), true)) => reason,
        other => panic!("{other:?}"),
    };
    let again = desk.authorize(&ask("b", "r", 1, "tok_one"));
    assert_eq!(reason(again), DeclineReason::TokenUsed);
    desk.now = expires;
    let late = desk.authorize(&ask("c", "r", 1, "tok_two"));
    assert_eq!(reason(late), DeclineReason::TokenExpired);
    let unknown = desk.authorize(&ask("d", "r", 1, "tok_never_given"));
    assert_eq!(reason(unknown), DeclineReason::TokenUnknown);
}

#[test]
fn what_can_not_be_right_is_refused_and_leaves_the_key_free() {
    let mut desk = Desk::new();
    let good = ask("k", "r", 100, "tok_approve");
    let long = "x".repeat(256);
    let bad = [
        Authorize { amount: Money::new(0, Currency::Eur), ..good.clone() },
        Authorize { amount: Money::new(-5, Currency::Eur), ..good.clone() },
        Authorize { amount: Money::new(i64::MAX, Currency::Eur), ..good.clone() },
        Authorize { reference: String::new(), ..good.clone() },
        Authorize { reference: String::from("a\nb"), ..good.clone() },
        Authorize { reference: long.clone(), ..good.clone() },
        Authorize { idempotency_key: String::from("\"k\""), ..good.clone() },
        Authorize { idempotency_key: String::new(), ..good.clone() },
        Authorize { token: String::from("ü"), ..good.clone() },
    ];
    for request in bad {
        let refused = desk.authorize(&request);
        assert!(matches!(refused, Err(GatewayError::Invalid(_))), "{request:?}: {refused:?}");
    }
    let nobody = GatewayRef { index: 0, salt: 0 };
    assert_eq!(desk.capture(&take("k", nobody, 1)), Err(GatewayError::NotFound));
    assert_eq!(desk.lines, 0);
    let at = authorized(&mut desk, "k", "r", 100);
    let guessed = GatewayRef { salt: at.salt ^ 1, ..at };
    assert_eq!(desk.capture(&take("c", guessed, 1)), Err(GatewayError::NotFound));
}

#[test]
fn the_digest_of_a_request_never_changes() {
    // Written into records: another value would refuse every retry after an upgrade.
    let known = digest_authorize(&ask("k", "order_1", 1_299, "tok_approve"));
    assert_eq!(known, KNOWN_DIGEST, "{known:#x}");
}

const KNOWN_DIGEST: u64 = 0xd4a5_73b8_0bc6_7ce2;

#[derive(Debug, Clone)]
enum Step {
    Authorize { key: u8, reference: u8, minor: i64, token: usize, capture: bool },
    Capture { key: u8, entry: u8, minor: i64 },
    Refund { key: u8, entry: u8, minor: i64 },
    VoidReference { key: u8, reference: u8 },
    VoidEntry { key: u8, entry: u8 },
    Action { entry: u8, approved: bool },
    Later { hours: i64 },
}

const TOKENS: [&str; 6] = [
    "tok_approve",
    "tok_decline",
    "tok_3ds",
    "tok_amount_plus_1",
    "tok_other_currency",
    "tok_nonsense",
];

fn step() -> impl Strategy<Value = Step> {
    let (key, small, minor) = (0_u8..12, 0_u8..5, 1_i64..60);
    let authorize = (key.clone(), small.clone(), minor.clone(), 0..TOKENS.len(), any::<bool>());
    prop_oneof![
        4 => authorize.prop_map(|(key, reference, minor, token, capture)| {
            Step::Authorize { key, reference, minor, token, capture }
        }),
        4 => (key.clone(), small.clone(), minor.clone())
            .prop_map(|(key, entry, minor)| Step::Capture { key, entry, minor }),
        3 => (key.clone(), small.clone(), minor)
            .prop_map(|(key, entry, minor)| Step::Refund { key, entry, minor }),
        1 => (key.clone(), small.clone())
            .prop_map(|(key, reference)| Step::VoidReference { key, reference }),
        1 => (key, small.clone()).prop_map(|(key, entry)| Step::VoidEntry { key, entry }),
        2 => (small, any::<bool>()).prop_map(|(entry, approved)| Step::Action { entry, approved }),
        1 => (1_i64..20).prop_map(|hours| Step::Later { hours }),
    ]
}

/// What a careful outsider knows from the answers alone.
#[derive(Default)]
struct Outsider {
    captured: HashMap<GatewayRef, i64>,
    refunded: HashMap<GatewayRef, i64>,
    voided: HashSet<String>,
}

fn run(desk: &mut Desk, outsider: &mut Outsider, step: &Step) -> Result<(), TestCaseError> {
    let entry = |desk: &Desk, n: u8| desk.book.all().get(usize::from(n)).map(|s| s.gateway_ref);
    match *step {
        Step::Authorize { key, reference, minor, token, capture } => {
            let reference = format!("r{reference}");
            let request = ask(&format!("k{key}"), &reference, minor, TOKENS[token]);
            let request = Authorize { capture, ..request };
            let answer = desk.authorize(&request);
            if let Ok((Ruling::Authorized(at, amount), true)) = answer {
                prop_assert!(!outsider.voided.contains(&reference), "authorized after its void");
                outsider.captured.insert(at, if capture { amount.minor } else { 0 });
            }
            let repeated = desk.authorize(&request);
            let (first, again) = (answer.map(|a| a.0), repeated.clone().map(|a| a.0));
            prop_assert_eq!(first, again, "the same request, another answer");
            prop_assert!(!repeated.is_ok_and(|a| a.1), "a repetition acted");
        }
        Step::Capture { key, entry: n, minor } => {
            let Some(at) = entry(desk, n) else { return Ok(()) };
            let request = take(&format!("k{key}"), at, minor);
            let answer = desk.capture(&request);
            if let Ok((captured, true)) = answer {
                let sum = outsider.captured.entry(at).or_default();
                *sum += minor;
                prop_assert_eq!(*sum, captured.captured_minor);
            }
            let again = desk.capture(&request).map(|a| a.0);
            prop_assert_eq!(answer.map(|a| a.0), again);
        }
        Step::Refund { key, entry: n, minor } => {
            let Some(at) = entry(desk, n) else { return Ok(()) };
            let request = give(&format!("k{key}"), at, minor);
            let answer = desk.refund(&request);
            if let Ok((refunded, true)) = answer {
                let sum = outsider.refunded.entry(at).or_default();
                *sum += minor;
                prop_assert_eq!(*sum, refunded.refunded_minor);
            }
            let again = desk.refund(&request).map(|a| a.0);
            prop_assert_eq!(answer.map(|a| a.0), again);
        }
        Step::VoidReference { key, reference } => {
            let reference = format!("r{reference}");
            if desk.void(&end(&format!("k{key}"), &reference)).is_ok() {
                outsider.voided.insert(reference);
            }
        }
        Step::VoidEntry { key, entry: n } => {
            let Some(at) = entry(desk, n) else { return Ok(()) };
            let target = Target::GatewayRef(at);
            let answer = desk.void(&Void { idempotency_key: format!("k{key}"), target });
            if answer.is_ok() {
                let status = desk.book.entry(at).map(|e| e.status);
                prop_assert!(matches!(status, Some(Status::Voided | Status::Declined)));
            }
        }
        Step::Action { entry: n, approved } => {
            let Some(at) = entry(desk, n) else { return Ok(()) };
            if let Some(fact) = action(&desk.book, at, approved) {
                desk.apply(fact);
                let entry = desk.book.entry(at).unwrap();
                outsider.captured.insert(at, entry.captured);
            }
        }
        Step::Later { hours } => desk.now = desk.now.plus_ms(hours * souk_kernel::HOUR_MS),
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_sequence_of_requests_breaks_the_rules(steps in prop::collection::vec(step(), 1..80)) {
        let mut desk = Desk::new();
        let mut outsider = Outsider::default();
        for step in &steps {
            run(&mut desk, &mut outsider, step)?;
            for state in desk.book.all() {
                let (at, amounts) = (state.gateway_ref, &state);
                prop_assert!(amounts.refunded_minor <= amounts.captured_minor, "{state:?}");
                prop_assert!(amounts.captured_minor <= amounts.authorized_minor, "{state:?}");
                let known = |sums: &HashMap<GatewayRef, i64>| sums.get(&at).copied().unwrap_or(0);
                prop_assert_eq!(amounts.captured_minor, known(&outsider.captured));
                prop_assert_eq!(amounts.refunded_minor, known(&outsider.refunded));
                let live = matches!(state.status, Status::Authorized | Status::RequiresAction);
                prop_assert!(!(live && outsider.voided.contains(&state.reference)), "{state:?}");
            }
        }
        prop_assert_eq!(desk.book.all(), desk.replayed(), "a restart tells another story");
    }
}
