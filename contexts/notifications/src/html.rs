//! A letter as an HTML document for mail programs: tables, inline styles, no picture, no script,
//! nothing loaded. Narrow enough for a phone; its colours hold on a dark ground too, for programs
//! that read the style block and for those that invert by themselves.

use crate::model::{OrderDetails, Shop};
use crate::rules::Letter;
use crate::text::{one_line, sums};
use std::fmt::Write as _;

const STYLE: &str = "\
body,.bg{background:#f4f5f7}\
.card{background:#ffffff}\
@media (prefers-color-scheme:dark){\
body,.bg{background:#16181c!important}\
.card{background:#22252b!important;border-color:#3a3f47!important}\
.ink{color:#f0f1f3!important}\
.soft{color:#b4bac4!important}\
.rule{border-color:#3a3f47!important}\
}";

const FONT: &str = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";

/// Text as it may stand between tags and in a double-quoted attribute.
pub(crate) fn escape(text: &str) -> String {
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
    out
}

fn clean(text: &str) -> String {
    escape(&one_line(text))
}

/// The letter with all that follows.
pub(crate) fn set(letter: &Letter, order: &OrderDetails, shop: &Shop) -> String {
    let mut out = String::with_capacity(4_096);
    open(&mut out, letter, shop);
    for paragraph in &letter.says {
        let says = clean(paragraph);
        let _ = write!(
            out,
            "<p class=\"ink\" style=\"margin:0 0 16px;font-size:16px;line-height:24px;\
             color:#1c1f24\">{says}</p>"
        );
    }
    button(&mut out, letter.button, &shop.order_url(order.id));
    if letter.shows_order {
        lines(&mut out, order);
    }
    if letter.shows_delivery {
        delivery(&mut out, order);
    }
    close(&mut out, shop);
    out
}

fn open(out: &mut String, letter: &Letter, shop: &Shop) {
    let _ = write!(
        out,
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
         <meta name=\"color-scheme\" content=\"light dark\">\
         <meta name=\"supported-color-schemes\" content=\"light dark\">\
         <title>{subject}</title><style>{STYLE}</style></head>\
         <body class=\"bg\" style=\"margin:0;padding:0;{FONT}\">\
         <table role=\"presentation\" class=\"bg\" width=\"100%\" cellpadding=\"0\" \
         cellspacing=\"0\" border=\"0\"><tr><td align=\"center\" style=\"padding:24px 12px\">\
         <table role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" \
         border=\"0\" style=\"max-width:560px\">\
         <tr><td class=\"soft\" style=\"padding:0 4px 12px;font-size:15px;font-weight:600;\
         color:#5a626e\">{shop}</td></tr>\
         <tr><td class=\"card\" style=\"padding:24px 20px;border:1px solid #dfe2e7;\
         border-radius:8px\">\
         <h1 class=\"ink\" style=\"margin:0 0 16px;font-size:22px;line-height:28px;\
         color:#1c1f24\">{heading}</h1>",
        subject = clean(&letter.subject),
        shop = clean(&shop.name),
        heading = clean(&letter.heading),
    );
}

fn button(out: &mut String, label: &str, url: &str) {
    let (label, url) = (clean(label), clean(url));
    let _ = write!(
        out,
        "<table role=\"presentation\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\" \
         style=\"margin:0 0 20px\"><tr><td style=\"background:#1f5fbf;border-radius:6px\">\
         <a href=\"{url}\" style=\"display:inline-block;padding:12px 20px;font-size:16px;\
         line-height:20px;color:#ffffff;text-decoration:none\">{label}</a></td></tr></table>"
    );
}

fn lines(out: &mut String, order: &OrderDetails) {
    heading(out, &format!("Order {}", order.number));
    out.push_str(
        "<table width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\" \
         style=\"margin:0 0 20px;font-size:15px;line-height:22px\">",
    );
    for line in &order.lines {
        let _ = write!(
            out,
            "<tr><td class=\"ink rule\" style=\"padding:8px 12px 8px 0;border-bottom:1px solid \
             #dfe2e7;color:#1c1f24\">{} &times; {}</td>\
             <td class=\"ink rule\" align=\"right\" valign=\"top\" style=\"padding:8px 0;\
             border-bottom:1px solid #dfe2e7;color:#1c1f24;white-space:nowrap\">{}</td></tr>",
            line.quantity,
            clean(&line.title),
            clean(&line.subtotal.to_string()),
        );
    }
    for (label, amount) in sums(order) {
        let (class, style) = match label {
            "Total" => ("ink", "color:#1c1f24;font-weight:700"),
            _ => ("soft", "color:#5a626e"),
        };
        let _ = write!(
            out,
            "<tr><td class=\"{class}\" style=\"padding:6px 12px 0 0;{style}\">{label}</td>\
             <td class=\"{class}\" align=\"right\" style=\"padding:6px 0 0;{style};\
             white-space:nowrap\">{}</td></tr>",
            clean(&amount),
        );
    }
    out.push_str("</table>");
}

fn delivery(out: &mut String, order: &OrderDetails) {
    heading(out, "Estimated delivery");
    paragraph(out, &clean(&order.delivery));
    if let Some(address) = &order.address {
        heading(out, "Delivery to");
        let lines = std::iter::once(&address.name).chain(&address.lines);
        let lines: Vec<String> = lines.map(|line| clean(line)).collect();
        paragraph(out, &lines.join("<br>"));
    }
}

fn heading(out: &mut String, text: &str) {
    let text = clean(text);
    let _ = write!(
        out,
        "<h2 class=\"ink\" style=\"margin:0 0 8px;font-size:16px;line-height:22px;\
         color:#1c1f24\">{text}</h2>"
    );
}

/// `markup` is escaped already.
fn paragraph(out: &mut String, markup: &str) {
    let _ = write!(
        out,
        "<p class=\"ink\" style=\"margin:0 0 16px;font-size:15px;line-height:22px;\
         color:#1c1f24\">{markup}</p>"
    );
}

fn close(out: &mut String, shop: &Shop) {
    let (name, url) = (clean(&shop.name), clean(&shop.base_url));
    let _ = write!(
        out,
        "</td></tr><tr><td class=\"soft\" style=\"padding:12px 4px;font-size:13px;\
         line-height:18px;color:#5a626e\">Sent by <a href=\"{url}\" class=\"soft\" \
         style=\"color:#5a626e\">{name}</a> because of your order.</td></tr>\
         </table></td></tr></table></body></html>"
    );
}
