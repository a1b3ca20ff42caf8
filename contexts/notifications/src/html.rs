//! A letter as an HTML document for mail programs: tables, inline styles, no picture, no script,
//! nothing loaded. Narrow enough for a phone. Its colours hold on a dark ground too: by the style block
//! for programs that read it, by staying readable for those that invert by themselves.

use crate::model::Shop;
use crate::rules::letter::{Block, Letter};
use crate::text::one_line;
use std::borrow::Cow;
use std::fmt::Write as _;
use std::sync::LazyLock;

/// The colours of one ground.
#[derive(Debug, Clone, Copy)]
struct Palette {
    ground: &'static str,
    card: &'static str,
    ink: &'static str,
    soft: &'static str,
    rule: &'static str,
    button: &'static str,
    on_button: &'static str,
}

const LIGHT: Palette = Palette {
    ground: "#f5f3ef",
    card: "#ffffff",
    ink: "#1b1a18",
    soft: "#625d56",
    rule: "#e7e3dc",
    button: "#1b1a18",
    on_button: "#ffffff",
};

const DARK: Palette = Palette {
    ground: "#141413",
    card: "#1e1d1b",
    ink: "#f4f1eb",
    soft: "#b5afa5",
    rule: "#35322e",
    button: "#f4f1eb",
    on_button: "#1b1a18",
};

const FONT: &str = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";

/// Text as it may stand between tags and in a double-quoted attribute.
fn escape(text: Cow<'_, str>) -> Cow<'_, str> {
    if !text.contains(['&', '<', '>', '"', '\'']) {
        return text;
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(c),
        }
    }
    Cow::Owned(out)
}

fn clean(text: &str) -> Cow<'_, str> {
    escape(one_line(text))
}

/// The letter with all that follows.
pub(crate) fn set(letter: &Letter, shop: &Shop) -> String {
    let mut out = String::with_capacity(6_144);
    open(&mut out, letter, shop);
    for says in &letter.says {
        let (says, ink) = (clean(says), LIGHT.ink);
        let _ = write!(
            out,
            "<p class=\"ink\" style=\"margin:0 0 16px;font-size:16px;line-height:25px;color:{ink}\">\
             {says}</p>"
        );
    }
    button(&mut out, letter);
    for one in &letter.blocks {
        block(&mut out, one);
    }
    close(&mut out, letter, shop);
    out
}

/// What inline styles can't say: the dark ground, and the phone.
static STYLE: LazyLock<String> = LazyLock::new(|| {
    let Palette { ground, card, ink, soft, rule, button, on_button } = DARK;
    format!(
        ":root{{color-scheme:light dark;supported-color-schemes:light dark}}\
         a:focus{{outline:2px solid}}\
         @media (max-width:480px){{.card{{padding:24px 20px!important}}\
         .button,.button a{{display:block!important;width:auto!important;text-align:center!important}}}}\
         @media (prefers-color-scheme:dark){{\
         body,.bg{{background:{ground}!important}}\
         .card{{background:{card}!important;border-color:{rule}!important}}\
         .ink{{color:{ink}!important}}.soft{{color:{soft}!important}}\
         .rule{{border-color:{rule}!important}}\
         .button{{background:{button}!important}}.button a{{color:{on_button}!important}}}}"
    )
});

fn open(out: &mut String, letter: &Letter, shop: &Shop) {
    let Palette { ground, card, ink, soft, rule, .. } = LIGHT;
    let first = letter.says.first().map(|says| clean(says)).unwrap_or_default();
    let _ = write!(
        out,
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
         <meta name=\"color-scheme\" content=\"light dark\">\
         <meta name=\"supported-color-schemes\" content=\"light dark\">\
         <title>{subject}</title><style>{style}</style></head>\
         <body class=\"bg\" style=\"margin:0;padding:0;background:{ground};{FONT}\">\
         <div style=\"display:none;max-height:0;overflow:hidden\" aria-hidden=\"true\">{first}</div>\
         <table role=\"presentation\" class=\"bg\" width=\"100%\" cellpadding=\"0\" \
         cellspacing=\"0\" border=\"0\" style=\"background:{ground}\">\
         <tr><td align=\"center\" style=\"padding:32px 12px\">\
         <table role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" \
         border=\"0\" style=\"max-width:560px\">\
         <tr><td class=\"ink\" style=\"padding:0 4px 16px;font-size:20px;font-weight:600;\
         letter-spacing:-.02em;color:{ink}\">{shop}</td></tr>\
         <tr><td class=\"card\" style=\"padding:32px;background:{card};border:1px solid {rule};\
         border-radius:12px\">\
         <h1 class=\"ink\" style=\"margin:0 0 16px;font-size:26px;line-height:32px;\
         font-weight:600;letter-spacing:-.02em;color:{ink}\">{heading}</h1>",
        subject = clean(&letter.subject),
        style = *STYLE,
        shop = clean(&shop.name),
        heading = clean(&letter.heading),
    );
    debug_assert_ne!(soft, ink, "two tones");
}

fn button(out: &mut String, letter: &Letter) {
    let (label, url) = (clean(letter.button.says), clean(&letter.button.url));
    let Palette { button, on_button, .. } = LIGHT;
    let _ = write!(
        out,
        "<table role=\"presentation\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\" \
         style=\"margin:8px 0 8px;min-width:200px\"><tr><td class=\"button\" align=\"center\" \
         style=\"background:{button};border-radius:28px\">\
         <a href=\"{url}\" style=\"display:inline-block;padding:14px 28px;font-size:16px;\
         line-height:20px;font-weight:600;color:{on_button};text-decoration:none\">{label}</a>\
         </td></tr></table>"
    );
}

fn block(out: &mut String, block: &Block) {
    match block {
        Block::Goods { heading, lines, sums } => {
            title(out, heading);
            goods(out, lines, sums);
        }
        Block::Fact { heading, value } => {
            title(out, heading);
            paragraph(out, &clean(value));
        }
        Block::Lines { heading, lines } => {
            title(out, heading);
            let lines: Vec<_> = lines.iter().map(|line| clean(line)).collect();
            paragraph(out, &lines.join("<br>"));
        }
        Block::Offer { title, price, before } => offer(out, title, price, before.as_deref()),
    }
}

fn goods(out: &mut String, lines: &[crate::rules::letter::Good], sums: &[(&'static str, String)]) {
    let Palette { ink, soft, rule, .. } = LIGHT;
    out.push_str(
        "<table width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\" \
         style=\"margin:0;font-size:15px;line-height:22px\">",
    );
    for line in lines {
        let _ = write!(
            out,
            "<tr><td class=\"ink rule\" style=\"padding:10px 12px 10px 0;border-bottom:1px solid \
             {rule};color:{ink}\">{} &times; {}</td>\
             <td class=\"ink rule\" align=\"right\" valign=\"top\" style=\"padding:10px 0;\
             border-bottom:1px solid {rule};color:{ink};white-space:nowrap\">{}</td></tr>",
            line.quantity,
            clean(&line.title),
            clean(&line.amount),
        );
    }
    for (label, amount) in sums {
        let (class, style) = match *label {
            "Total" => ("ink", format!("color:{ink};font-weight:700;font-size:17px")),
            _ => ("soft", format!("color:{soft}")),
        };
        let _ = write!(
            out,
            "<tr><td class=\"{class}\" style=\"padding:8px 12px 0 0;{style}\">{label}</td>\
             <td class=\"{class}\" align=\"right\" style=\"padding:8px 0 0;{style};\
             white-space:nowrap\">{}</td></tr>",
            clean(amount),
        );
    }
    out.push_str("</table>");
}

fn offer(out: &mut String, title: &str, price: &str, before: Option<&str>) {
    let Palette { ink, soft, rule, .. } = LIGHT;
    let before = before.map(|before| {
        format!(
            " <s class=\"soft\" style=\"color:{soft};font-size:15px;font-weight:400\">{}</s>",
            clean(before)
        )
    });
    let _ = write!(
        out,
        "<table role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" \
         border=\"0\" style=\"margin:24px 0 0\"><tr><td class=\"rule\" style=\"padding:16px 0 0;\
         border-top:1px solid {rule}\"><p class=\"ink\" style=\"margin:0 0 4px;font-size:16px;\
         line-height:22px;color:{ink}\">{}</p><p class=\"ink\" style=\"margin:0;font-size:22px;\
         line-height:28px;font-weight:600;color:{ink}\">{}{}</p></td></tr></table>",
        clean(title),
        clean(price),
        before.unwrap_or_default(),
    );
}

fn title(out: &mut String, text: &str) {
    let (text, soft) = (clean(text), LIGHT.soft);
    let _ = write!(
        out,
        "<h2 class=\"soft\" style=\"margin:24px 0 4px;font-size:14px;line-height:20px;\
         font-weight:600;color:{soft}\">{text}</h2>"
    );
}

/// `markup` is escaped already.
fn paragraph(out: &mut String, markup: &str) {
    let ink = LIGHT.ink;
    let _ = write!(
        out,
        "<p class=\"ink\" style=\"margin:0;font-size:16px;line-height:24px;color:{ink}\">{markup}</p>"
    );
}

fn close(out: &mut String, letter: &Letter, shop: &Shop) {
    let (name, url) = (clean(&shop.name), clean(&shop.base_url));
    let soft = LIGHT.soft;
    let _ = write!(
        out,
        "</td></tr><tr><td class=\"soft\" style=\"padding:20px 4px 0;font-size:14px;\
         line-height:20px;color:{soft}\">Sent by <a href=\"{url}\" class=\"soft\" \
         style=\"color:{soft}\">{name}</a> {}.",
        letter.because
    );
    if let Some(url) = &letter.decline {
        let url = clean(url);
        let _ = write!(
            out,
            "<br><a href=\"{url}\" class=\"soft\" style=\"display:inline-block;padding:8px 0;\
             color:{soft}\">Don't send me such mails</a>"
        );
    }
    out.push_str("</td></tr></table></td></tr></table></body></html>");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn luminance(colour: &str) -> f64 {
        let channel = |at: usize| {
            let value = f64::from(u8::from_str_radix(&colour[at..at + 2], 16).unwrap()) / 255.0;
            if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
    }

    fn contrast(one: &str, two: &str) -> f64 {
        let (a, b) = (luminance(one), luminance(two));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    /// WCAG 2.2, 1.4.3; and a program that inverts the light letter by itself keeps the pairs.
    #[test]
    fn every_text_stands_out_from_its_ground_in_light_and_dark() {
        for palette in [LIGHT, DARK] {
            let Palette { ground, card, ink, soft, button, on_button, .. } = palette;
            for (text, behind) in
                [(ink, card), (soft, card), (ink, ground), (soft, ground), (on_button, button)]
            {
                let contrast = contrast(text, behind);
                assert!(contrast >= 4.5, "{text} on {behind}: {contrast:.2}");
            }
        }
    }

    /// Letters can't read the shop's style sheet, so they repeat its colours.
    #[test]
    fn letters_have_the_colours_of_the_shop() {
        let tokens = concat!(env!("CARGO_MANIFEST_DIR"), "/../../edges/webkit/assets/tokens.css");
        let tokens = std::fs::read_to_string(tokens).unwrap();
        let pairs: Vec<(&str, &str)> = tokens
            .lines()
            .filter_map(|line| {
                line.split_once("light-dark(")?.1.strip_suffix(");")?.split_once(", ")
            })
            .collect();
        for (palette, dark) in [(LIGHT, false), (DARK, true)] {
            let Palette { ground, card, ink, soft, rule, button, on_button } = palette;
            for colour in [ground, card, ink, soft, rule, button, on_button] {
                let known =
                    pairs.iter().any(|(day, night)| colour == if dark { *night } else { *day });
                assert!(known, "{colour} is no colour of the shop");
            }
        }
    }
}
