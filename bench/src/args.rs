//! The command line.

use clap::{Parser, ValueEnum};
use std::path::PathBuf;

/// What is driven.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Scenario {
    /// Orders in one request each: priced, held, authorized, confirmed and on disk before the answer.
    BuyNow,
    /// Orders in three requests: add to the cart, start the checkout, pay.
    Funnel,
    /// The HTML page of a product.
    Page,
    /// Search with filters and misspelt words.
    Search,
    /// The reference: a server that parses an order and sends it back. Used by the others.
    #[value(hide = true)]
    Echo,
}

impl Scenario {
    /// Its name in reports and folders.
    pub const fn name(self) -> &'static str {
        match self {
            Self::BuyNow => "buy-now",
            Self::Funnel => "funnel",
            Self::Page => "page",
            Self::Search => "search",
            Self::Echo => "echo",
        }
    }
}

/// Drives the shop over HTTP, with a reference beside it.
#[derive(Debug, Clone, Parser)]
#[command(name = "souk-bench")]
pub struct Args {
    /// What is driven.
    pub scenario: Scenario,
    /// Every order is for one SKU.
    #[arg(long)]
    pub one_sku: bool,
    /// How long is measured.
    #[arg(long, default_value_t = 15, value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub seconds: u64,
    /// Load before the measurement.
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u64).range(0..=600))]
    pub warmup: u64,
    /// Connections, each with one request under way; more with a slow gateway, unless given.
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..=16_384))]
    pub connections: Option<u64>,
    /// One JSON object in place of the table.
    #[arg(long)]
    pub json: bool,
    /// Users in the store.
    #[arg(long, default_value_t = 1_000_000)]
    pub shoppers: u32,
    /// Users with a session and a default address.
    #[arg(long, default_value_t = 100_000)]
    pub sessions: u32,
    /// Products in the catalogue, one offer each.
    #[arg(long, default_value_t = 20_000)]
    pub products: u32,
    /// Different baskets (or pages, or queries) that are asked for.
    #[arg(long, default_value_t = 20_000)]
    pub baskets: u32,
    /// Store so many orders between a first measurement and a second one, and compare them.
    #[arg(long)]
    pub prefill_orders: Option<u64>,
    /// How long the sandbox gateway takes to authorize, in milliseconds.
    #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u64).range(0..=10_000))]
    pub gateway_latency: u64,
    /// Log every placing request and its answer to this file, and judge it afterwards.
    #[arg(long)]
    pub log: Option<PathBuf>,
    /// Seed of everything random.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Leave out the reference.
    #[arg(long)]
    pub no_reference: bool,
    /// Leave out `souk reconcile`.
    #[arg(long)]
    pub no_reconcile: bool,
    /// Threads of the shop's runtime; its own default unless given.
    #[arg(long)]
    pub workers: Option<u64>,
    /// Keep a shop that is profiled: prints its process id and waits so many seconds before the load.
    #[arg(long, default_value_t = 0)]
    pub pause: u64,
}

impl Args {
    /// Connections, enough to keep the shop busy while the gateway thinks.
    pub fn connections(&self) -> usize {
        let given = self.connections.unwrap_or(256 + 16 * self.gateway_latency);
        usize::try_from(given.min(16_384)).unwrap_or(256)
    }
}
