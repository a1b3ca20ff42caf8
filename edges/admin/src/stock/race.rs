//! `GET|POST /admin/race`: fifty shoppers buy the last piece at the same moment, in the live shop. For
//! sandboxes only.

use super::{Posted, posted};
use crate::guard::Me;
use crate::render::{self, Head};
use crate::state::{App, Ran, Runner};
use crate::words::thousands;
use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use souk_inventory::StockIntent;
use souk_kernel::Sku;
use souk_staff::{Act, Change, Permission};
use souk_webkit::Problem;

/// How many run.
const RUNNERS: usize = 50;
/// Lines of the ledger that are shown.
const LINES: usize = 12;

#[derive(Serialize, Default)]
struct View {
    ran: bool,
    sku: String,
    took: String,
    won: usize,
    sold_out: usize,
    other: usize,
    runners: Vec<Row>,
    ledger: Vec<Posted>,
    on_hand: i64,
    available: i64,
}

#[derive(Serialize)]
struct Row {
    number: usize,
    says: String,
    tone: &'static str,
    order: String,
    took: String,
}

/// `GET /admin/race`.
pub(crate) async fn track(State(app): State<App>, me: Me) -> Result<Response, Problem> {
    show(&app, &me, View::default())
}

fn show(app: &App, me: &Me, view: View) -> Result<Response, Problem> {
    let head = Head::of("/admin/race", "Race for the last unit");
    render::page(app, me, ("race.html", &head), &view)
}

/// `POST /admin/race`.
pub(crate) async fn race(State(app): State<App>, me: Me) -> Result<Response, Problem> {
    let absent = || Problem::not_found("There are no races here.");
    let track = app.race.as_ref().ok_or_else(absent)?;
    let sku = track.prize().await?;
    put_one(&app, &me, sku).await?;
    let mut runners = track.run(sku, RUNNERS).await?;
    // Whoever won stands first; the others as they were answered.
    runners.sort_by_key(|runner| (!matches!(runner.ran, Ran::Won { .. }), runner.took_us));
    let stock = &app.saga.parts().stock;
    let levels = stock.levels(sku).await?;
    let ledger = stock.ledger(sku, LINES).await?;
    let count = |is: fn(&Ran) -> bool| runners.iter().filter(|runner| is(&runner.ran)).count();
    let (won, sold_out) =
        (count(|ran| matches!(ran, Ran::Won { .. })), count(|ran| *ran == Ran::SoldOut));
    let longest = runners.iter().map(|runner| runner.took_us).max().unwrap_or(0);
    let view = View {
        ran: true,
        sku: sku.to_string(),
        took: millis(longest),
        won,
        sold_out,
        other: runners.len() - won - sold_out,
        runners: runners.iter().enumerate().map(row).collect(),
        ledger: ledger.iter().map(|line| posted(&app, line)).collect(),
        on_hand: levels.iter().map(|at| at.level.on_hand).sum(),
        available: levels.iter().map(|at| at.level.available()).sum(),
    };
    show(&app, &me, view)
}

/// Sees to it that one piece can be bought, in this member's name.
async fn put_one(app: &App, me: &Me, sku: Sku) -> Result<(), Problem> {
    let levels = app.saga.parts().stock.levels(sku).await?;
    let act = Act { name: "demo.race", subject: sku.to_string(), detail: String::from("1 left") };
    let at = levels.first().ok_or_else(|| Problem::internal("the prize has no shelf"))?;
    let (sku, warehouse, expected) = (sku, at.warehouse, at.level.on_hand);
    let counted = at.level.held + at.level.committed + 1;
    let change = Change::Stock(StockIntent::Count { sku, warehouse, expected, counted });
    app.staff.change(&me.member, Permission::RunDemos, change, act).await?;
    Ok(())
}

fn millis(us: u64) -> String {
    format!("{}.{} ms", thousands(us / 1_000), us % 1_000 / 100)
}

fn row((at, runner): (usize, &Runner)) -> Row {
    let (says, tone, order) = match &runner.ran {
        Ran::Won { order, number } => (format!("bought it: {number}"), "good", order.to_string()),
        Ran::SoldOut => (String::from("sold out"), "", String::new()),
        Ran::Other(why) => (why.clone(), "bad", String::new()),
    };
    Row { number: at + 1, says, tone, order, took: millis(runner.took_us) }
}
