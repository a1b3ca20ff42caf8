//! Faults around ports, never inside what is tested.
//!
//! [`Faulty`] wraps a port and asks a [`Gate`] before each call and after it. The gate may wait, refuse
//! the call, lose its answer, or end the process that made it: a call that is stopped there never
//! returns, and whoever runs the process drops its tasks. [`CrashPlan`] is the gate that ends the
//! process at one given call; simulations bring gates of their own.

mod crash;
mod gateway;
mod money;
mod orders;
mod outbox;
mod records;
mod stock;

pub use crash::{CrashPlan, Side};

use async_trait::async_trait;
use souk_kernel::{Answers, CheckoutId, OrderId, PortError};
use std::fmt::Debug;
use std::sync::Arc;

/// Which method of which port.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Call {
    /// The port: `orders`.
    pub port: &'static str,
    /// The method: `settle`.
    pub method: &'static str,
}

/// What a process has tried to write down: a checker looks at it later, whatever became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Noted {
    /// An order of a checkout.
    Order(OrderId, CheckoutId),
    /// A checkout.
    Checkout(CheckoutId),
}

/// Decides about the calls of one process.
#[async_trait]
pub trait Gate: Send + Sync {
    /// Before a call is made. An error refuses it: nothing is done.
    async fn before(&self, call: Call, asked: &(dyn Debug + Sync)) -> Result<(), PortError>;

    /// After it was done. An error loses the answer.
    async fn after(&self, call: Call, answered: &(dyn Debug + Sync)) -> Result<(), PortError>;

    /// Something is about to be written down.
    fn noted(&self, subject: Noted) {
        let _ = subject;
    }
}

/// A port behind a [`Gate`].
pub struct Faulty<P: ?Sized> {
    inner: Arc<P>,
    gate: Arc<dyn Gate>,
}

impl<P: ?Sized> Faulty<P> {
    /// Puts a gate in front of a port.
    #[must_use]
    pub const fn new(inner: Arc<P>, gate: Arc<dyn Gate>) -> Self {
        Self { inner, gate }
    }
}

/// The same failure for every intent of a batch.
fn all<T, E: From<PortError>>(error: &PortError, many: usize) -> Answers<T, E> {
    (0..many).map(|_| Err(E::from(error.clone()))).collect()
}

/// A method that answers one thing.
macro_rules! single {
    ($self:ident, $port:literal, $method:ident, $asked:expr, $run:expr) => {{
        let call = $crate::Call { port: $port, method: stringify!($method) };
        $self.gate.before(call, &$asked).await?;
        let answer = $run.await;
        $self.gate.after(call, &answer).await?;
        answer
    }};
}
pub(crate) use single;

/// A method that answers each intent of a batch.
macro_rules! batch {
    ($self:ident, $port:literal, $method:ident, $intents:ident) => {{
        let call = $crate::Call { port: $port, method: stringify!($method) };
        let many = $intents.len();
        if let Err(error) = $self.gate.before(call, &$intents).await {
            return $crate::all(&error, many);
        }
        let answers = $self.inner.$method($intents).await;
        if let Err(error) = $self.gate.after(call, &answers).await {
            return $crate::all(&error, many);
        }
        answers
    }};
}
pub(crate) use batch;
