//! Runs that only read: pages and searches.

use super::{Meter, REFERENCE, Stage, basics, say};
use crate::args::{Args, Scenario};
use crate::child;
use crate::drive::{Load, Step, Times, Until, drive};
use crate::http::{Answer, header};
use crate::load::gets::Gets;
use crate::report::Report;
use std::time::Duration;

/// Runs it.
pub fn run(args: &Args) -> Result<Report, String> {
    let mut stage = Stage::set(args)?;
    let many = args.baskets as usize;
    let mut load = match args.scenario {
        Scenario::Page => Gets::pages(&stage.seeded.items, many, args.seed),
        _ => {
            let path = search_path(&stage)?;
            say(args, &format!("searching {path}"));
            Gets::searches(path, &stage.seeded.items, many.min(5_000), args.seed)
        }
    };
    let connections = args.connections.map_or(64, |_| args.connections());
    let warm = Until::Elapsed(Duration::from_secs(args.warmup.max(1)));
    drive(stage.server.address, connections, warm, &mut load)?;
    load.bytes = 0;
    let meter = Meter::start(stage.server.pid());
    let until = Until::Elapsed(Duration::from_secs(args.seconds));
    let outcome = drive(stage.server.address, connections, until, &mut load)?;
    let mut report = basics(args, &outcome, &meter.read());
    report.connections = connections;
    report.answer_bytes = Some(load.bytes as f64 / outcome.all_ops.max(1) as f64);
    if !args.no_reference && args.scenario == Scenario::Page {
        let path = format!("/p/{}", stage.seeded.items[0].product);
        let page = fetch(&stage, &path, "text/html")?;
        stage.server.stop();
        let (rate, cpu) = nginx(args, &stage, &page, connections)?;
        report.reference_ops_per_s = Some(rate);
        report.reference_cpu_us_per_op = Some(cpu);
        report.reference = "nginx with the same bytes".into();
    }
    Ok(report)
}

/// The API's search where there is one, else the page's.
fn search_path(stage: &Stage) -> Result<&'static str, String> {
    for (path, accept) in [("/api/v1/search", "application/json"), ("/search", "text/html")] {
        if fetch(stage, &format!("{path}?q=kettle"), accept)?.status == 200 {
            return Ok(path);
        }
    }
    Err("the shop has no search".into())
}

/// An answer that is kept.
struct Fetched {
    status: u16,
    body: Vec<u8>,
    encoding: Option<String>,
    wanted: Option<crate::http::Template>,
}

impl Load for Fetched {
    fn ask(&mut self, _: usize, out: &mut Vec<u8>) -> bool {
        self.wanted.take().map(|request| request.write(b"", b"", out)).is_some()
    }

    fn take(&mut self, _: usize, answer: Option<&Answer<'_>>, _: Times) -> Step {
        let Some(answer) = answer else { return Step::Failed("no answer".into()) };
        self.status = answer.status;
        self.body = answer.body.to_vec();
        let encoding = header(answer.head, b"content-encoding");
        self.encoding = encoding.map(|value| String::from_utf8_lossy(value).into_owned());
        Step::Done
    }
}

fn fetch(stage: &Stage, path: &str, accept: &str) -> Result<Fetched, String> {
    let wanted = Some(crate::http::Template::get(path, accept));
    let mut load = Fetched { status: 0, body: Vec::new(), encoding: None, wanted };
    drive(stage.server.address, 1, Until::Exhausted(Duration::from_secs(10)), &mut load)?;
    Ok(load)
}

fn nginx(
    args: &Args,
    stage: &Stage,
    page: &Fetched,
    connections: usize,
) -> Result<(f64, f64), String> {
    let encoding = page.encoding.as_deref();
    let headers: Vec<(&str, &str)> =
        encoding.map(|encoding| ("Content-Encoding", encoding)).into_iter().collect();
    let server = child::open_nginx(&stage.data, &page.body, &headers)?;
    let mut load = Gets::one("/page", "text/html");
    let meter = Meter::start(server.pid());
    let outcome = drive(server.address, connections, Until::Elapsed(REFERENCE), &mut load)?;
    if let Some((why, times)) = outcome.errors.iter().next() {
        return Err(format!("the reference failed {times} times: {why}"));
    }
    let cpu = meter.read().0.cpu_us as f64 / outcome.all_ops.max(1) as f64;
    say(args, &format!("reference: {:.0}/s", outcome.rate()));
    Ok((outcome.rate(), cpu))
}
