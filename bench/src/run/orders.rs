//! Runs that place orders.

use super::{Meter, REFERENCE, Stage, basics, reconcile, say};
use crate::args::{Args, Scenario};
use crate::child;
use crate::drive::{Load, Outcome, Until, drive};
use crate::load::baskets::{self, Basket};
use crate::load::buy_now::BuyNow;
use crate::load::funnel::Funnel;
use crate::log::Log;
use crate::process::Usage;
use crate::report::{Outbox, PerOrder, Prefill, Report};
use crate::rows::{self, Rows, Store};
use crate::seed::Seeded;
use souk_checker::{Evidence, Options, judge};
use souk_kernel::SeededEntropy;
use std::time::{Duration, Instant};

/// How long the relay may take after the load.
const DRAINS_WITHIN: Duration = Duration::from_secs(600);
/// How long storing orders before the second measurement may take.
const PREFILL_WITHIN: Duration = Duration::from_secs(900);

/// Either load.
enum Placing<'a> {
    BuyNow(BuyNow<'a>),
    Funnel(Funnel<'a>),
}

impl<'a> Placing<'a> {
    fn new(args: &Args, seeded: &'a Seeded, baskets: &[Basket]) -> Result<Self, String> {
        let log = args.log.as_deref().map(Log::create).transpose()?;
        Ok(match args.scenario {
            Scenario::Funnel => {
                let mut funnel = Funnel::new(&seeded.shoppers, baskets, args.seed);
                funnel.log = log;
                Self::Funnel(funnel)
            }
            _ => {
                let mut buy_now = BuyNow::new(&seeded.shoppers, baskets, args.seed);
                buy_now.log = log;
                Self::BuyNow(buy_now)
            }
        })
    }

    fn confirmed(&self) -> u64 {
        match self {
            Self::BuyNow(load) => load.confirmed,
            Self::Funnel(load) => load.confirmed,
        }
    }

    fn finish(self) -> Result<(), String> {
        let log = match self {
            Self::BuyNow(load) => load.log,
            Self::Funnel(load) => load.log,
        };
        log.map_or(Ok(()), Log::finish)
    }
}

impl Load for Placing<'_> {
    fn ask(&mut self, connection: usize, out: &mut Vec<u8>) -> bool {
        match self {
            Self::BuyNow(load) => load.ask(connection, out),
            Self::Funnel(load) => load.ask(connection, out),
        }
    }

    fn take(
        &mut self,
        connection: usize,
        answer: Option<&crate::http::Answer<'_>>,
        times: crate::drive::Times,
    ) -> crate::drive::Step {
        match self {
            Self::BuyNow(load) => load.take(connection, answer, times),
            Self::Funnel(load) => load.take(connection, answer, times),
        }
    }
}

/// What one measurement saw.
struct Measured {
    outcome: Outcome,
    used: (Usage, Usage),
}

/// Runs it.
pub fn run(args: &Args) -> Result<Report, String> {
    let mut stage = Stage::set(args)?;
    let entropy = SeededEntropy::new(args.seed ^ 0xBA5E);
    let mut made =
        baskets::make(&stage.seeded.items, args.baskets.max(1) as usize, args.one_sku, &entropy);
    baskets::quote(stage.server.address, &stage.seeded, &mut made)?;
    say(args, &format!("{} baskets quoted", made.len()));
    let reference =
        if args.no_reference { None } else { Some(reference(args, &stage.seeded, &made)?) };
    let mut load = Placing::new(args, &stage.seeded, &made)?;
    let store = Store::open(&stage.data)?;
    let (before, bytes) = (store.rows()?, rows::bytes(&stage.data));
    let whole = Meter::start(stage.server.pid());
    let limit = Duration::from_secs(args.seconds);
    let began = Instant::now();
    warm_up(args, &stage, &mut load)?;
    let first = measure(args, &stage, &mut load, limit)?;
    let prefill = match args.prefill_orders {
        None => None,
        Some(orders) => Some(fill(args, &stage, &mut load, orders)?),
    };
    let last =
        if prefill.is_some() { Some(measure(args, &stage, &mut load, limit)?) } else { None };
    let outbox = drain(args, &stage, &store, (began, load.confirmed()))?;
    let whole = whole.read().0;
    let orders = load.confirmed();
    load.finish()?;
    let used = last.as_ref().unwrap_or(&first);
    let mut report = basics(args, &used.outcome, &used.used);
    if args.one_sku {
        report.scenario.push_str(" one-sku");
    }
    if let Some((rate, cpu)) = reference {
        report.reference_ops_per_s = Some(rate);
        report.reference_cpu_us_per_op = Some(cpu);
        report.reference = "echo of the same POST".into();
    }
    report.prefill = prefill.map(|(stored, seconds)| Prefill {
        orders: stored,
        empty_per_s: first.outcome.rate(),
        empty_cpu_us_per_op: first.used.0.cpu_us as f64 / first.outcome.all_ops.max(1) as f64,
        ratio: used.outcome.rate() / first.outcome.rate().max(1.0),
        seconds,
    });
    let after = store.rows()?;
    report.outbox = Some(outbox);
    report.reconcile = if args.no_reconcile { "not asked".into() } else { reconcile(&stage.data)? };
    drop(store);
    stage.server.stop();
    let grown = rows::bytes(&stage.data).saturating_sub(bytes);
    report.per_order = Some(per_order(orders, (&before, &after), grown, &whole, used));
    report.checker = check(args, &stage)?;
    Ok(report)
}

fn reference(args: &Args, seeded: &Seeded, baskets: &[Basket]) -> Result<(f64, f64), String> {
    let echo = child::open_echo()?;
    let mut load = BuyNow::new(&seeded.shoppers, baskets, args.seed).for_the_echo();
    let meter = Meter::start(echo.pid());
    let outcome = drive(echo.address, args.connections(), Until::Elapsed(REFERENCE), &mut load)?;
    if let Some((why, times)) = outcome.errors.iter().next() {
        return Err(format!("the reference failed {times} times: {why}"));
    }
    let cpu = meter.read().0.cpu_us as f64 / outcome.all_ops.max(1) as f64;
    say(args, &format!("reference: {:.0}/s", outcome.rate()));
    Ok((outcome.rate(), cpu))
}

fn warm_up(args: &Args, stage: &Stage, load: &mut Placing<'_>) -> Result<(), String> {
    if args.warmup > 0 {
        let until = Until::Elapsed(Duration::from_secs(args.warmup));
        drive(stage.server.address, args.connections(), until, load)?;
    }
    Ok(())
}

fn measure(
    args: &Args,
    stage: &Stage,
    load: &mut Placing<'_>,
    limit: Duration,
) -> Result<Measured, String> {
    let meter = Meter::start(stage.server.pid());
    let until = Until::Elapsed(limit);
    let outcome = drive(stage.server.address, args.connections(), until, load)?;
    let used = meter.read();
    say(args, &format!("measured: {:.0}/s", outcome.rate()));
    Ok(Measured { outcome, used })
}

/// Places orders until so many are stored; says how many and how long it took.
fn fill(
    args: &Args,
    stage: &Stage,
    load: &mut Placing<'_>,
    orders: u64,
) -> Result<(u64, f64), String> {
    let began = Instant::now();
    let left = orders.saturating_sub(load.confirmed());
    let until = Until::Ops(left, PREFILL_WITHIN);
    if left > 0 {
        drive(stage.server.address, args.connections(), until, load)?;
    }
    let stored = load.confirmed();
    if stored < orders {
        return Err(format!("only {stored} of {orders} orders were stored in time"));
    }
    let seconds = began.elapsed().as_secs_f64();
    say(args, &format!("{stored} orders stored in {seconds:.0} s more"));
    Ok((stored, seconds))
}

fn drain(
    args: &Args,
    stage: &Stage,
    store: &Store,
    (began, orders): (Instant, u64),
) -> Result<Outbox, String> {
    let meter = Meter::start(stage.server.pid());
    let backlog = store.backlog()?;
    let (took, left) = store.drained(DRAINS_WITHIN)?;
    let taken = backlog.saturating_sub(left).max(1);
    let used = meter.read().0.cpu_us as f64;
    let cpu_us_per_fact = if backlog == 0 { 0.0 } else { used / taken as f64 };
    let drain_seconds = if backlog == 0 { 0.0 } else { took.as_secs_f64() };
    let steady_per_s = orders as f64 / began.elapsed().as_secs_f64().max(1e-9);
    say(args, &format!("outbox: {backlog} waited, drained in {drain_seconds:.1} s"));
    Ok(Outbox { backlog, drain_seconds, left, steady_per_s, cpu_us_per_fact })
}

fn per_order(
    orders: u64,
    (before, after): (&Rows, &Rows),
    grown: u64,
    whole: &Usage,
    measured: &Measured,
) -> PerOrder {
    let per = |n: u64| n as f64 / orders.max(1) as f64;
    let table = |(name, now): (&&'static str, &u64)| {
        let before = before.get(name).copied().unwrap_or(0);
        ((*name).to_owned(), per(now.saturating_sub(before)))
    };
    let tables: std::collections::BTreeMap<String, f64> =
        after.iter().map(table).filter(|(_, n)| *n > 0.0).collect();
    let writer = measured.used.0.threads_us.get("souk-writer").copied().unwrap_or(0);
    PerOrder {
        rows: tables.values().sum(),
        tables,
        database_bytes: per(grown),
        disk_bytes: per(whole.to_disk),
        written_bytes: per(whole.written),
        writer_us: writer as f64 / measured.outcome.all_ops.max(1) as f64,
    }
}

/// Judges the log, if there is one, against the closed shop.
fn check(args: &Args, stage: &Stage) -> Result<Option<String>, String> {
    let Some(log) = &args.log else { return Ok(None) };
    let evidence = Evidence::of_data_folder(&stage.data, Some(log.clone()));
    let report = judge(&evidence, Options { settled: true })?;
    if !report.is_clean() {
        eprintln!("{report}");
    }
    Ok(Some(report.verdict()))
}
