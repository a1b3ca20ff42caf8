//! Lists as files: what a page shows, by the same filters and for the same eyes, as comma-separated values.

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use souk_webkit::Problem;

/// Most lines of one file: what a list's filters leave beyond them is asked for with narrower ones.
pub const LINES: usize = 1_000;

/// A file of that name.
pub fn respond(
    name: &str,
    head: &[&str],
    rows: impl IntoIterator<Item = Vec<String>>,
) -> Result<Response, Problem> {
    let mut text = String::new();
    line(&mut text, head.iter().copied());
    for row in rows {
        line(&mut text, row.iter().map(String::as_str));
    }
    let named = format!("attachment; filename=\"{name}.csv\"");
    let named = HeaderValue::try_from(named).map_err(|_| Problem::internal("not a file's name"))?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8")),
        (header::CONTENT_DISPOSITION, named),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((headers, text).into_response())
}

fn line<'a>(text: &mut String, cells: impl Iterator<Item = &'a str>) {
    for (at, value) in cells.enumerate() {
        if at > 0 {
            text.push(',');
        }
        cell(text, value);
    }
    text.push_str("\r\n");
}

/// A cell. What a spreadsheet would take for a formula is written as text; numbers stay numbers.
fn cell(text: &mut String, value: &str) {
    let formula = value.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let formula = formula && value.parse::<f64>().is_err();
    if !formula && !value.contains([',', '"', '\n', '\r']) {
        text.push_str(value);
        return;
    }
    text.push('"');
    if formula {
        text.push('\'');
    }
    text.push_str(&value.replace('"', "\"\""));
    text.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_and_formulas_are_text() {
        let mut text = String::new();
        let cells = ["a", "b, c", "say \"x\"", "=1+1", "-12.50", "@sum", "-cmd", "a\nb", ""];
        line(&mut text, cells.into_iter());
        let want =
            "a,\"b, c\",\"say \"\"x\"\"\",\"'=1+1\",-12.50,\"'@sum\",\"'-cmd\",\"a\nb\",\r\n";
        assert_eq!(text, want);
    }
}
