//! The process ends at one given call.

use crate::{Call, Gate, Noted};
use async_trait::async_trait;
use parking_lot::Mutex;
use souk_kernel::PortError;
use std::fmt::Debug;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// On which side of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// It was not made.
    Before,
    /// It was done, and nobody heard of it.
    After,
}

/// Counts calls, and ends the process before or after the one that it was given.
#[derive(Debug, Default)]
pub struct CrashPlan {
    at: Option<(usize, Side)>,
    calls: Mutex<Vec<Call>>,
    noted: Mutex<Vec<Noted>>,
    made: AtomicUsize,
    crashed: AtomicBool,
}

impl CrashPlan {
    /// No crash: counts.
    #[must_use]
    pub fn count() -> Self {
        Self::default()
    }

    /// Ends the process at call `number`, the first being 0.
    #[must_use]
    pub fn at(number: usize, side: Side) -> Self {
        Self { at: Some((number, side)), ..Self::default() }
    }

    /// The calls so far.
    #[must_use]
    pub fn calls(&self) -> Vec<Call> {
        self.calls.lock().clone()
    }

    /// What was about to be written down.
    #[must_use]
    pub fn noted(&self) -> Vec<Noted> {
        self.noted.lock().clone()
    }

    /// Whether the process has ended: its tasks are to be dropped.
    #[must_use]
    pub fn crashed(&self) -> bool {
        self.crashed.load(Ordering::SeqCst)
    }

    async fn crash(&self) {
        self.crashed.store(true, Ordering::SeqCst);
        std::future::pending::<()>().await;
    }
}

#[async_trait]
impl Gate for CrashPlan {
    async fn before(&self, call: Call, _: &(dyn Debug + Sync)) -> Result<(), PortError> {
        let number = self.made.fetch_add(1, Ordering::SeqCst);
        self.calls.lock().push(call);
        if self.at == Some((number, Side::Before)) {
            self.crash().await;
        }
        Ok(())
    }

    async fn after(&self, _: Call, _: &(dyn Debug + Sync)) -> Result<(), PortError> {
        // One task makes one call at a time: the last one begun is the one that ends.
        let number = self.made.load(Ordering::SeqCst) - 1;
        if self.at == Some((number, Side::After)) {
            self.crash().await;
        }
        Ok(())
    }

    fn noted(&self, subject: Noted) {
        self.noted.lock().push(subject);
    }
}
