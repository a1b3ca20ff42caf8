//! The use cases of refunds over the memory store, at a gateway that says what a test lets it say.

use async_trait::async_trait;
use futures_util::FutureExt;
use souk_kernel::{
    Currency, Id, ManualClock, Money, OrderId, PaymentId, PortError, RefundId, Timestamp, one,
};
use souk_memory::payments::MemoryPayments;
use souk_payments::{
    Authorization, Authorize, FinishRefund, Gateway, GatewayError, GatewayPayment, Method,
    MovePayment, Payment, PaymentIntent, PaymentService, PaymentState, Payments, RefundOutcome,
    RefundState, ReserveRefund, StartAttempt,
};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

const START: Timestamp = Timestamp(1_790_000_000_000);

/// Answers a refund by its name: those that it has no answer to stay unknown, as all do at first.
#[derive(Default)]
struct Moody {
    answers: Mutex<Vec<(String, Result<(), GatewayError>)>>,
    asked: AtomicUsize,
}

impl Moody {
    fn says(&self, refund: RefundId, answer: Result<(), GatewayError>) {
        self.answers.lock().expect("no panic").push((format!("refund_{refund}"), answer));
    }
}

fn refused() -> Result<(), GatewayError> {
    Err(GatewayError::Refused("no money".into()))
}

#[async_trait]
impl Gateway for Moody {
    fn name(&self) -> &'static str {
        "moody"
    }
    fn key_lifetime_ms(&self) -> i64 {
        i64::MAX
    }
    async fn authorize(&self, ask: Authorize) -> Result<Authorization, GatewayError> {
        Ok(Authorization::Authorized { gateway_ref: ask.reference, amount: ask.amount })
    }
    async fn capture(&self, _: &str, _: Money, _: &str) -> Result<(), GatewayError> {
        Ok(())
    }
    async fn void(&self, _: &str, _: &str) -> Result<(), GatewayError> {
        Ok(())
    }
    async fn refund(&self, _: &str, _: Money, key: &str) -> Result<(), GatewayError> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let answers = self.answers.lock().expect("no panic");
        let answer = answers.iter().find(|(of, _)| of == key).map(|(_, answer)| answer.clone());
        answer.unwrap_or_else(|| Err(GatewayError::Unknown("no answer".into())))
    }
    async fn has_refunded(&self, _: &str, _: &str) -> Result<bool, GatewayError> {
        Ok(false)
    }
    async fn look_up(&self, _: &str) -> Result<Option<GatewayPayment>, GatewayError> {
        Ok(None)
    }
}

struct Bench {
    payments: Arc<MemoryPayments>,
    gateway: Arc<Moody>,
    clock: Arc<ManualClock>,
    money: PaymentService,
}

const PAYMENT: PaymentId = Id::from_bytes([1; 16]);
const ORDER: OrderId = Id::from_bytes([2; 16]);

/// The id of a cancellation's n-th try.
fn try_no(n: u32) -> RefundId {
    Id::from_bytes([10 + u8::try_from(n).expect("few"); 16])
}

fn eur(minor: i64) -> Money {
    Money::new(minor, Currency::Eur)
}

impl Bench {
    /// Ten euros were taken.
    fn new() -> Self {
        let clock = Arc::new(ManualClock::at(START));
        let payments = Arc::new(MemoryPayments::new(clock.clone()));
        let gateway = Arc::new(Moody::default());
        let money = PaymentService::new(payments.clone(), gateway.clone(), clock.clone());
        let bench = Self { payments, gateway, clock, money };
        bench.apply(PaymentIntent::Start(StartAttempt {
            id: PAYMENT,
            order: ORDER,
            user: Id::from_bytes([3; 16]),
            amount: eur(1_000),
            method: Method::Card,
            gateway: "moody",
            token: "tok".into(),
            at: START,
        }));
        for to in [PaymentState::Authorized, PaymentState::Capturing, PaymentState::Captured] {
            let step = MovePayment::plain(PAYMENT, &PaymentState::ALL, to, START);
            bench.apply(PaymentIntent::Move(step));
        }
        bench
    }

    fn apply(&self, intent: PaymentIntent) -> Payment {
        let done = self.payments.apply(vec![intent]).now_or_never().expect("memory never waits");
        one(done).expect("drawn")
    }

    fn reserve(&self, refund: RefundId, minor: i64, at: Timestamp) {
        let (amount, reason) = (Some(eur(minor)), String::from("broken"));
        let ask = ReserveRefund { refund, payment: PAYMENT, amount, reason, at };
        self.apply(PaymentIntent::ReserveRefund(ask));
    }

    fn end(&self, refund: RefundId, succeeded: bool) {
        let end = FinishRefund { refund, payment: PAYMENT, succeeded, at: START };
        self.apply(PaymentIntent::FinishRefund(end));
    }

    fn unwind(&self) -> Result<(), PortError> {
        let unwound = self.money.unwind(ORDER, try_no);
        unwound.now_or_never().expect("memory never waits")
    }

    fn refunded(&self) -> i64 {
        self.payments.rows().payment(PAYMENT).expect("a payment").refunded
    }

    fn states(&self) -> Vec<RefundState> {
        self.payments.rows().refunds(PAYMENT).iter().map(|refund| refund.state).collect()
    }
}

#[test]
fn a_cancellation_whose_refund_was_refused_is_asked_for_anew() {
    let bench = Bench::new();
    bench.gateway.says(try_no(0), refused());
    bench.gateway.says(try_no(1), refused());
    bench.gateway.says(try_no(2), Ok(()));
    for _ in 0..2 {
        assert!(
            matches!(bench.unwind(), Err(PortError::Unavailable(_))),
            "the money is still here"
        );
        assert_eq!(bench.refunded(), 0);
    }
    for _ in 0..2 {
        assert_eq!(bench.unwind(), Ok(()), "also when it is told again");
        assert_eq!(bench.refunded(), 1_000);
    }
    let ends = [RefundState::Failed, RefundState::Failed, RefundState::Succeeded];
    assert_eq!(bench.states(), ends);
    assert_eq!(bench.gateway.asked.load(Ordering::SeqCst), 3);
}

#[test]
fn a_cancellation_without_an_answer_is_one_refund() {
    let bench = Bench::new();
    for _ in 0..3 {
        assert!(matches!(bench.unwind(), Err(PortError::Timeout(_))));
    }
    bench.gateway.says(try_no(0), Ok(()));
    assert_eq!(bench.unwind(), Ok(()));
    assert_eq!((bench.refunded(), bench.states()), (1_000, vec![RefundState::Succeeded]));
}

/// What another refund has set aside is free again when that one fails.
#[test]
fn a_cancellation_is_over_when_all_of_it_is_back() {
    for (aside, at_once) in [(400, 600), (1_000, 0)] {
        for other_succeeds in [true, false] {
            let bench = Bench::new();
            let other = Id::from_bytes([9; 16]);
            bench.reserve(other, aside, START);
            (0..2).for_each(|n| bench.gateway.says(try_no(n), Ok(())));
            for _ in 0..2 {
                assert!(matches!(bench.unwind(), Err(PortError::Unavailable(_))), "one is open");
                assert_eq!(bench.refunded(), at_once);
            }
            bench.end(other, other_succeeds);
            assert_eq!(bench.unwind(), Ok(()));
            assert_eq!(bench.refunded(), 1_000, "{aside} {other_succeeds}");
        }
    }
}

#[test]
fn refunds_that_never_get_an_answer_keep_nobody_waiting() {
    let bench = Bench::new();
    let refund = |n: u8| Id::from_bytes([20 + n; 16]);
    for n in 0..5 {
        bench.reserve(refund(n), 10, START.plus_ms(i64::from(n)));
    }
    // The two oldest are never answered.
    for n in 2..5 {
        bench.gateway.says(refund(n), if n == 3 { refused() } else { Ok(()) });
    }
    let resume = || {
        let resumed = bench.money.resume(1_000, 2).now_or_never().expect("memory never waits");
        resumed.expect("the store works")
    };
    assert_eq!(resume(), 0, "too young");
    bench.clock.set(START.plus_ms(60_000));
    assert_eq!([resume(), resume(), resume()], [0, 2, 1], "page by page");
    let (open, over) = (RefundState::Reserved, RefundState::Succeeded);
    assert_eq!(bench.states(), [open, open, over, RefundState::Failed, over]);
    bench.gateway.says(refund(0), Ok(()));
    // Two are left: a full page, then nothing behind it, then the first again.
    assert_eq!([resume(), resume(), resume()], [1, 0, 0]);
    assert_eq!(bench.states()[..2], [over, open]);
    let again = bench.money.refund(PAYMENT, refund(1), Some(eur(10)), "broken".into());
    assert_eq!(again.now_or_never(), Some(Ok(RefundOutcome::Pending)));
}
