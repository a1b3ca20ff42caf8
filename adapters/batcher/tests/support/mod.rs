//! A spawner over the test's runtime.

use souk_kernel::{BoxFuture, Spawner};
use std::sync::Arc;

pub struct TokioSpawner;

impl TokioSpawner {
    pub fn arc() -> Arc<dyn Spawner> {
        Arc::new(Self)
    }
}

impl Spawner for TokioSpawner {
    fn spawn(&self, task: BoxFuture<'static, ()>) {
        tokio::spawn(task);
    }
}
