//! Running one future on this thread: for stores that answer from a thread of their own.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::Thread;

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Runs a future to its end.
pub fn block_on<F: Future>(future: F) -> F::Output {
    match run_until(future, || false) {
        Some(output) => output,
        None => unreachable!("nothing ends it early"),
    }
}

/// Runs a future to its end, or until `ended` says that its process is no more: then it is dropped
/// where it stands.
pub fn run_until<F: Future>(future: F, ended: impl Fn() -> bool) -> Option<F::Output> {
    let mut future = pin!(future);
    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    let mut cx = Context::from_waker(&waker);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut cx) {
            return Some(output);
        }
        if ended() {
            return None;
        }
        std::thread::park();
    }
}
