//! Words that search takes for the same, one direction a line: those of any shop, and this shop's own, which
//! count from the next search on.

use crate::form::{Fields, Form, Query};
use crate::guard::Me;
use crate::render::{self, Head};
use crate::state::App;
use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use souk_search::Synonym;
use souk_search::rules::synonyms::{synonym, usual};
use souk_staff::{Act, Change, Permission};
use souk_webkit::{Problem, see_other};

#[derive(Serialize)]
struct View {
    own: Vec<Row>,
    usual: Vec<Row>,
    may_change: bool,
    done: &'static str,
}

#[derive(Serialize)]
struct Row {
    word: String,
    other: String,
    percent: u8,
    sure: &'static str,
    /// Whether the shop changed it.
    changed: bool,
}

/// How surely, in words.
const fn sure(percent: u8) -> &'static str {
    match percent {
        0 => "off",
        1..=45 => "loosely",
        46..=79 => "closely",
        _ => "the same",
    }
}

fn row(synonym: &Synonym, own: &[Synonym]) -> Row {
    let same = |known: &&Synonym| (&known.word, &known.other) == (&synonym.word, &synonym.other);
    Row {
        word: synonym.word.clone(),
        other: synonym.other.clone(),
        percent: synonym.percent,
        sure: sure(synonym.percent),
        changed: own.iter().any(|known| same(&known)),
    }
}

/// `GET /admin/synonyms`.
pub(crate) async fn list(
    State(app): State<App>,
    me: Me,
    Query(fields): Query,
) -> Result<Response, Problem> {
    let own = app.words.synonyms().await?;
    let mut usual = usual();
    usual.sort();
    let view = View {
        usual: usual.iter().map(|synonym| row(synonym, &own)).collect(),
        own: own.iter().map(|synonym| row(synonym, &[])).collect(),
        may_change: me.may(Permission::ChangeProducts),
        done: match fields.get("done") {
            "put" => "Search knows it from now on.",
            "removed" => "Search has forgotten it.",
            _ => "",
        },
    };
    let head = Head::of("/admin/synonyms", "Synonyms");
    render::page(&app, &me, ("synonyms.html", &head), &view)
}

fn read(fields: &Fields, swapped: bool) -> Result<Synonym, Problem> {
    let wrong = |says: &str| Problem::invalid("synonym_invalid", format!("{says}."));
    let percent = fields.text("percent").parse().map_err(|_| wrong("say how surely"))?;
    let (word, other) = (fields.get("word"), fields.get("other"));
    let (word, other) = if swapped { (other, word) } else { (word, other) };
    synonym(word, other, percent).map_err(wrong)
}

async fn change(app: &App, me: &Me, synonym: Synonym, on: bool) -> Result<(), Problem> {
    let name = if on { "synonyms.put" } else { "synonyms.remove" };
    let subject = format!("{} -> {}", synonym.word, synonym.other);
    let act = Act { name, subject, detail: format!("{} %", synonym.percent) };
    let change = Change::Synonym { synonym, on };
    app.staff.change(&me.member, Permission::ChangeProducts, change, act).await?;
    Ok(app.search.read_words().await?)
}

/// `POST /admin/synonyms`: one direction, or both.
pub(crate) async fn put(
    State(app): State<App>,
    me: Me,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let (there, back) = (read(&fields, false)?, read(&fields, true)?);
    change(&app, &me, there, true).await?;
    if !fields.get("both").is_empty() {
        change(&app, &me, back, true).await?;
    }
    see_other("/admin/synonyms?done=put")
}

/// `POST /admin/synonyms/remove`.
pub(crate) async fn remove(
    State(app): State<App>,
    me: Me,
    Form(fields): Form,
) -> Result<Response, Problem> {
    change(&app, &me, read(&fields, false)?, false).await?;
    see_other("/admin/synonyms?done=removed")
}
