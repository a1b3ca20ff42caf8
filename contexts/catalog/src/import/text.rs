//! Foreign text made plain: no markup, no control characters, single spaces.

/// Text without markup: tags are dropped (block ends become line breaks), the common entities are
/// read, control characters are dropped, runs of spaces become one. Scripts and styles go with their
/// content. What looks like a tag but isn't closed stays as text; pages escape it like any other.
#[must_use]
pub fn plain_text(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        match tag(rest) {
            Some((name, after)) => {
                rest = skip_hidden(&name, after);
                if is_block(&name) {
                    out.push('\n');
                }
            }
            None => {
                out.push('<');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
    tidy_lines(&entities(&out))
}

/// One line of text: trimmed, runs of white space and control characters made one space.
#[must_use]
pub fn one_line(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let is_gap = |c: char| c.is_whitespace() || c.is_control();
    for word in text.split(is_gap).filter(|word| !word.is_empty()) {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

/// Several lines: each as [`one_line`], at most one empty line between them.
#[must_use]
pub fn tidy_lines(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut gap = false;
    for line in text.split(['\n', '\r']).map(one_line) {
        if line.is_empty() {
            gap = !out.is_empty();
            continue;
        }
        if !out.is_empty() {
            out.push_str(if gap { "\n\n" } else { "\n" });
        }
        out.push_str(&line);
        gap = false;
    }
    out
}

/// The first `limit` characters; says whether that is less than all.
#[must_use]
pub fn clipped(text: String, limit: usize) -> (String, bool) {
    match text.char_indices().nth(limit) {
        None => (text, false),
        Some((at, _)) => (text[..at].trim_end().to_owned(), true),
    }
}

/// The name of the tag that `text` begins with, in lower case, and what follows the tag.
fn tag(text: &str) -> Option<(String, &str)> {
    if let Some(comment) = text.strip_prefix("<!--") {
        return comment.find("-->").map(|end| (String::from("!"), &comment[end + 3..]));
    }
    let inside = text[1..].strip_prefix('/').unwrap_or(&text[1..]);
    let first = inside.chars().next()?;
    if !first.is_ascii_alphabetic() && first != '!' {
        return None;
    }
    let end = text.find('>')?;
    let name = inside.split(|c: char| !c.is_ascii_alphanumeric() && c != '!').next()?;
    Some((name.to_ascii_lowercase(), &text[end + 1..]))
}

fn skip_hidden<'a>(name: &str, after: &'a str) -> &'a str {
    if name != "script" && name != "style" {
        return after;
    }
    let close = format!("</{name}");
    let Some(at) = after.to_ascii_lowercase().find(&close) else { return "" };
    let rest = &after[at..];
    rest.find('>').map_or("", |end| &rest[end + 1..])
}

fn is_block(name: &str) -> bool {
    matches!(name, "br" | "p" | "div" | "li" | "ul" | "ol" | "tr" | "table" | "section")
        || (name.len() == 2 && name.starts_with('h') && name.as_bytes()[1].is_ascii_digit())
}

/// Reads the entities that catalogues use; others stay as they are.
fn entities(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let end = rest.bytes().take(12).position(|byte| byte == b';');
        match end.and_then(|end| entity(&rest[1..end]).map(|c| (c, end))) {
            Some((c, end)) => {
                out.push(c);
                rest = &rest[end + 1..];
            }
            None => {
                out.push('&');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
    out
}

fn entity(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let hex = number.strip_prefix(['x', 'X']);
        let code = hex.map_or_else(|| number.parse(), |hex| u32::from_str_radix(hex, 16)).ok()?;
        return char::from_u32(code);
    }
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => ' ',
        "reg" => '®',
        "trade" => '™',
        "copy" => '©',
        "deg" => '°',
        "euro" => '€',
        "ndash" => '–',
        "mdash" => '—',
        "hellip" => '…',
        "times" => '×',
        "frac12" => '½',
        "micro" => 'µ',
        "bull" => '•',
        "rsquo" => '’',
        "ldquo" => '“',
        "rdquo" => '”',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn markup_goes_and_words_stay() {
        for (html, plain) in [
            ("<p>One</p><p>Two<br/>Three</p>", "One\n\nTwo\nThree"),
            ("a < b, 3 > 2", "a < b, 3 > 2"),
            ("Fish &amp; chips &#8211; 5&deg;C &unknown; &", "Fish & chips – 5°C &unknown; &"),
            ("<script>alert('x')</script>safe", "safe"),
            ("<SCRIPT src=x>y</ScRiPt >safe<script>open", "safe"),
            ("<!-- note -->text<!-- open", "text<!-- open"),
            ("<b onclick=\"x\">bold</b>", "bold"),
            ("  many\t spaces \u{0} here ", "many spaces here"),
            ("&lt;b&gt;", "<b>"),
            ("", ""),
        ] {
            assert_eq!(plain_text(html), plain, "{html}");
        }
    }

    proptest! {
        #[test]
        fn any_text_becomes_plain(text in "\\PC{0,200}|[<>&;a-z/!# \\n\\-]{0,200}") {
            let plain = plain_text(&text);
            prop_assert!(plain.chars().all(|c| c == '\n' || !c.is_control()));
            prop_assert!(!plain.contains("\n\n\n"));
            prop_assert_eq!(plain.trim(), plain.as_str());
            prop_assert_eq!(tidy_lines(&plain), plain);
        }

        #[test]
        fn clipping_keeps_whole_characters(text in "\\PC{0,60}", limit in 0_usize..70) {
            let (kept, cut) = clipped(text.clone(), limit);
            prop_assert!(text.starts_with(&kept) && kept.chars().count() <= limit);
            prop_assert_eq!(cut, text.chars().count() > limit);
        }
    }
}
