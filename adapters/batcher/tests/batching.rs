//! How callers are gathered, and what becomes of them when something breaks.

mod support;

use async_trait::async_trait;
use parking_lot::Mutex;
use souk_batcher::{Batched, Batching};
use souk_cart::{Cart, CartAnswer, CartIntent, Carts, Swept};
use souk_kernel::{Answers, BoxFuture, OrderId, PortError, Spawner, Timestamp, UserId};
use std::sync::Arc;
use support::TokioSpawner;
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;

type Answered = Vec<Result<UserId, PortError>>;

/// Answers each intent with the cart of its user, a batch whenever the gate lets one through.
struct Gated {
    gate: Semaphore,
    batches: Mutex<Vec<Vec<UserId>>>,
    /// Panics on a batch with this user.
    poison: Option<UserId>,
    /// Forgets an answer.
    forgetful: bool,
}

#[async_trait]
impl Carts for Gated {
    async fn get(&self, _: UserId) -> Result<Option<Cart>, PortError> {
        Ok(None)
    }

    async fn apply(&self, intents: Vec<CartIntent>) -> Answers<CartAnswer, PortError> {
        let users: Vec<UserId> = intents.iter().map(|intent| intent.user).collect();
        self.batches.lock().push(users.clone());
        self.gate.acquire().await.expect("the gate stays").forget();
        assert!(self.poison.is_none_or(|poison| !users.contains(&poison)), "poison");
        let answer = |user: &UserId| Ok(CartAnswer::Changed(Cart::empty(*user), Vec::new()));
        users.iter().skip(usize::from(self.forgetful)).map(answer).collect()
    }

    async fn sweep(&self, _: Timestamp, _: Option<UserId>, _: u32) -> Result<Swept, PortError> {
        Ok(Swept { expired: 0, next: None })
    }
}

fn user(n: u8) -> UserId {
    UserId::from_bytes([n; 16])
}

fn gated() -> Gated {
    Gated { gate: Semaphore::new(0), batches: Mutex::default(), poison: None, forgetful: false }
}

fn small() -> Batching {
    Batching { max_in_flight: 1, max_batch: 4, max_waiting: 8, linger: None }
}

struct Bench {
    port: Arc<Gated>,
    carts: Arc<Batched<dyn Carts>>,
}

impl Bench {
    fn new(port: Gated, batching: &Batching) -> Self {
        let port = Arc::new(port);
        let inner: Arc<dyn Carts> = port.clone();
        let carts = Arc::new(Batched::new(inner, &TokioSpawner::arc(), batching));
        Self { port, carts }
    }

    /// A caller that has queued its intents by the time this returns.
    async fn caller(&self, users: &[u8]) -> JoinHandle<Answered> {
        let carts = Arc::clone(&self.carts);
        let thaw = |n: &u8| CartIntent::thaw(user(*n), OrderId::from_bytes([0; 16]), Timestamp(0));
        let intents: Vec<CartIntent> = users.iter().map(thaw).collect();
        let call = tokio::spawn(async move {
            let answers = carts.apply(intents).await;
            answers.into_iter().map(|answer| answer.map(|a| a.cart().owner)).collect()
        });
        // One thread: whoever is ready runs until it waits.
        for _ in 0..4 {
            tokio::task::yield_now().await;
        }
        call
    }

    fn batches(&self) -> Vec<Vec<UserId>> {
        self.port.batches.lock().clone()
    }
}

fn users(of: &[u8]) -> Vec<UserId> {
    of.iter().map(|n| user(*n)).collect()
}

fn fine(of: &[u8]) -> Answered {
    of.iter().map(|n| Ok(user(*n))).collect()
}

#[tokio::test]
async fn who_comes_during_a_batch_goes_in_the_next() {
    let bench = Bench::new(gated(), &small());
    let first = bench.caller(&[1]).await;
    let second = bench.caller(&[2, 3]).await;
    let third = bench.caller(&[4]).await;
    assert_eq!(bench.batches(), [users(&[1])], "the first one did not wait");
    bench.port.gate.add_permits(10);
    assert_eq!(first.await.unwrap(), fine(&[1]));
    assert_eq!(second.await.unwrap(), fine(&[2, 3]));
    assert_eq!(third.await.unwrap(), fine(&[4]));
    assert_eq!(bench.batches(), [users(&[1]), users(&[2, 3, 4])]);
    bench.caller(&[5]).await.await.unwrap();
    assert_eq!(bench.batches().len(), 3, "and it goes on");
}

#[tokio::test]
async fn a_callers_intents_stay_together_and_in_order() {
    let bench = Bench::new(gated(), &small());
    let calls = [
        bench.caller(&[1]).await,
        bench.caller(&[2, 3, 4]).await,
        bench.caller(&[5, 6]).await,
        bench.caller(&[7, 8]).await,
    ];
    bench.port.gate.add_permits(10);
    let wanted = [fine(&[1]), fine(&[2, 3, 4]), fine(&[5, 6]), fine(&[7, 8])];
    for (call, wanted) in calls.into_iter().zip(wanted) {
        assert_eq!(call.await.unwrap(), wanted);
    }
    assert_eq!(bench.batches(), [users(&[1]), users(&[2, 3, 4]), users(&[5, 6, 7, 8])]);
}

#[tokio::test]
async fn one_callers_large_batch_goes_whole() {
    let bench = Bench::new(gated(), &small());
    bench.port.gate.add_permits(10);
    let large: Vec<u8> = (0..20).collect();
    assert_eq!(bench.caller(&large).await.await.unwrap(), fine(&large));
    assert_eq!(bench.batches(), [users(&large)]);
    assert_eq!(bench.caller(&[]).await.await.unwrap(), vec![]);
    assert_eq!(bench.batches().len(), 1, "nothing to do is nothing done");
}

#[tokio::test]
async fn as_many_batches_as_allowed_are_under_way() {
    let batching = Batching { max_in_flight: 2, ..small() };
    let bench = Bench::new(gated(), &batching);
    let calls = [bench.caller(&[1]).await, bench.caller(&[2]).await, bench.caller(&[3]).await];
    assert_eq!(bench.batches(), [users(&[1]), users(&[2])]);
    bench.port.gate.add_permits(10);
    for call in calls {
        assert!(call.await.unwrap()[0].is_ok());
    }
    assert_eq!(bench.batches().len(), 3);
}

#[tokio::test]
async fn a_full_queue_refuses_at_once() {
    let bench = Bench::new(gated(), &small());
    let under_way = bench.caller(&[1]).await;
    let waiting = bench.caller(&[2, 3, 4, 5, 6, 7, 8]).await;
    let refused = bench.caller(&[9, 10]).await.await.unwrap();
    assert_eq!(refused.len(), 2, "an answer for each intent");
    assert!(refused.iter().all(|a| matches!(a, Err(PortError::Unavailable(_)))), "{refused:?}");
    bench.port.gate.add_permits(10);
    assert!(under_way.await.unwrap()[0].is_ok());
    assert_eq!(waiting.await.unwrap().len(), 7);
    assert!(bench.batches().concat().iter().all(|u| *u != user(9)), "nothing was done");
}

#[tokio::test]
async fn a_panic_is_its_own_batchs() {
    let bench = Bench::new(Gated { poison: Some(user(3)), ..gated() }, &small());
    let calls = [
        bench.caller(&[1]).await,
        bench.caller(&[2, 3]).await,
        bench.caller(&[4, 5]).await,
        bench.caller(&[6]).await,
    ];
    bench.port.gate.add_permits(10);
    let [first, poisoned, beside, after] = calls;
    assert_eq!(first.await.unwrap(), fine(&[1]));
    for call in [poisoned, beside] {
        let answers = call.await.unwrap();
        assert_eq!(answers.len(), 2);
        assert!(answers.iter().all(|a| matches!(a, Err(PortError::Timeout(_)))), "{answers:?}");
    }
    assert_eq!(after.await.unwrap(), fine(&[6]), "the next batch");
    assert_eq!(bench.caller(&[7]).await.await.unwrap(), fine(&[7]));
}

#[tokio::test]
async fn a_port_that_forgets_an_answer_gives_nobody_anothers() {
    let bench = Bench::new(Gated { forgetful: true, ..gated() }, &small());
    bench.port.gate.add_permits(10);
    let answers = bench.caller(&[1, 2]).await.await.unwrap();
    assert_eq!(answers.len(), 2);
    assert!(answers.iter().all(|a| matches!(a, Err(PortError::Corrupt(_)))), "{answers:?}");
}

#[tokio::test]
async fn a_caller_that_goes_away_takes_nothing_back() {
    let bench = Bench::new(gated(), &small());
    let under_way = bench.caller(&[1]).await;
    let gone = bench.caller(&[2]).await;
    let stays = bench.caller(&[3]).await;
    gone.abort();
    bench.port.gate.add_permits(10);
    assert_eq!(stays.await.unwrap(), fine(&[3]));
    assert_eq!(under_way.await.unwrap(), fine(&[1]));
    assert_eq!(bench.batches(), [users(&[1]), users(&[2, 3])]);
}

/// Drops every task: a runtime that is shutting down.
struct Nowhere;

impl Spawner for Nowhere {
    fn spawn(&self, task: BoxFuture<'static, ()>) {
        drop(task);
    }
}

#[tokio::test]
async fn nobody_waits_for_a_task_that_died() {
    let spawner: Arc<dyn Spawner> = Arc::new(Nowhere);
    let inner: Arc<dyn Carts> = Arc::new(gated());
    let carts: Batched<dyn Carts> = Batched::new(inner, &spawner, &small());
    for _ in 0..3 {
        let thaw = CartIntent::thaw(user(1), OrderId::from_bytes([0; 16]), Timestamp(0));
        let answers = carts.apply(vec![thaw]).await;
        assert!(matches!(answers[..], [Err(PortError::Timeout(_))]), "{answers:?}");
    }
}

#[tokio::test]
async fn a_linger_gathers_more() {
    let waits = Arc::new(Semaphore::new(0));
    let timer = Arc::clone(&waits);
    let linger: souk_batcher::Linger = Arc::new(move |_| {
        let timer = Arc::clone(&timer);
        Box::pin(async move { timer.acquire().await.expect("the timer stays").forget() })
    });
    let bench = Bench::new(gated(), &Batching { linger: Some(linger), ..small() });
    bench.port.gate.add_permits(10);
    let calls = [bench.caller(&[1]).await, bench.caller(&[2]).await, bench.caller(&[3]).await];
    assert_eq!(bench.batches(), [[]; 0], "nothing before its time");
    waits.add_permits(2);
    for call in calls {
        assert!(call.await.unwrap()[0].is_ok());
    }
    assert_eq!(bench.batches(), [users(&[1, 2, 3])]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn thousands_of_callers_get_their_own() {
    let batching = Batching { max_batch: 100, ..Batching::default() };
    let bench = Arc::new(Bench::new(gated(), &batching));
    bench.port.gate.add_permits(1_000_000);
    let call = |n: u32| {
        let bench = Arc::clone(&bench);
        tokio::spawn(async move {
            let mine: Vec<u8> = (0..=(n % 3) as u8).map(|i| (n % 251) as u8 ^ i).collect();
            let answers = bench.caller(&mine).await.await.unwrap();
            assert_eq!(answers, fine(&mine), "caller {n}");
        })
    };
    for call in (0..5_000).map(call).collect::<Vec<_>>() {
        call.await.unwrap();
    }
    assert!(bench.batches().iter().all(|batch| batch.len() <= 100));
    assert_eq!(bench.batches().iter().map(Vec::len).sum::<usize>(), 1667 + 1667 * 2 + 1666 * 3);
}
