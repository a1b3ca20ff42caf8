//! A drawing, painted, on the ground that all pictures of the shop share, with its shadow.

use super::colour::Colour;
use super::drawing::Drawing;
use super::paint::Paints;
use super::{SIDE, View};
use std::fmt::Write;

const SHARED: &str = "<radialGradient id=\"dim\"><stop offset=\"0\" stop-color=\"#2a211c\" stop-opacity=\".42\"/>\
    <stop offset=\".45\" stop-color=\"#2a211c\" stop-opacity=\".2\"/><stop offset=\"1\" stop-color=\"#2a211c\" \
    stop-opacity=\"0\"/></radialGradient><radialGradient id=\"veil\" cx=\".3\" cy=\".2\" r=\"1\"><stop offset=\"0\" \
    stop-color=\"#fff\" stop-opacity=\".1\"/><stop offset=\".6\" stop-color=\"#fff\" stop-opacity=\"0\"/><stop \
    offset=\"1\" stop-color=\"#3a2c20\" stop-opacity=\".06\"/></radialGradient><filter id=\"soft\" x=\"-20%\" \
    y=\"-20%\" width=\"140%\" height=\"140%\"><feGaussianBlur stdDeviation=\"7\"/></filter><linearGradient id=\"round\" x2=\"1\" y2=\"0\"><stop offset=\"0\" stop-opacity=\".2\"/>\
    <stop offset=\".3\" stop-color=\"#fff\" stop-opacity=\".14\"/><stop offset=\".6\" stop-opacity=\"0\"/><stop offset=\"1\" \
    stop-opacity=\".24\"/></linearGradient><radialGradient id=\"ball\" cx=\".38\" cy=\".3\" r=\".8\"><stop offset=\"0\" \
    stop-color=\"#fff\" stop-opacity=\".4\"/><stop offset=\".5\" stop-color=\"#fff\" stop-opacity=\"0\"/><stop offset=\"1\" \
    stop-opacity=\".36\"/></radialGradient>";

/// Hue by hue: the wall and the floor of a room.
const ROOMS: [(&str, &str); 10] = [
    ("d9c3b0", "c7a98f"),
    ("b9c6bd", "9fb0a3"),
    ("c9b7c4", "b19aab"),
    ("b6c4d2", "98abbd"),
    ("e2cfa6", "cfb480"),
    ("d8b5a5", "c2937e"),
    ("c3c8a8", "a9b088"),
    ("aebfc2", "8fa5a9"),
    ("e0c9c4", "cba9a2"),
    ("c8bfb2", "aea293"),
];

/// Draws the scene into an open document.
pub(super) fn draw(svg: &mut String, drawing: &Drawing, paints: &Paints, view: View, seed: u64) {
    let (thing, defs) = paints.apply(drawing.svg);
    let (ground, stage) = if view == View::Room { room(paints, seed) } else { studio() };
    // Writing into a string can't fail.
    let _ = write!(svg, "<defs>{SHARED}{defs}{ground}</defs>{stage}");
    let width = 0.96 + 0.01 * f32::from(u8::try_from(seed % 9).unwrap_or(4));
    let (x, y) = drawing.focus;
    let placed = match view {
        View::Front => {
            format!("translate({:.2} 14) scale({:.3} .93)", 200.0 - 186.0 * width, 0.93 * width)
        }
        View::Room => {
            format!("translate({:.2} 30) scale({:.3} .9)", 200.0 - 180.0 * width, 0.9 * width)
        }
        View::Detail => {
            format!("translate({:.1} {:.1}) scale(2.1)", 200.0 - 2.1 * x, 210.0 - 2.1 * y)
        }
    };
    let _ = write!(svg, "<g transform=\"{placed}\">");
    shadow(svg, drawing, &thing, view);
    let _ = write!(svg, "{thing}</g>");
    if view == View::Front {
        let _ = write!(svg, "<rect width=\"{SIDE}\" height=\"{SIDE}\" fill=\"url(#veil)\"/>");
    }
}

/// The quiet ground of a product alone: its definitions, and itself.
fn studio() -> (String, String) {
    let wall = "<linearGradient id=\"wall\" x2=\"0\" y2=\"1\"><stop offset=\"0\" stop-color=\"#f7f5f2\"/>\
         <stop offset=\".62\" stop-color=\"#f1eeea\"/><stop offset=\".8\" stop-color=\"#eae6e0\"/>\
         <stop offset=\"1\" stop-color=\"#f0ede8\"/></linearGradient>";
    let ground = format!("<rect width=\"{SIDE}\" height=\"{SIDE}\" fill=\"url(#wall)\"/>");
    (wall.to_owned(), ground)
}

/// A corner of a room, in a colour that the thing stands out from.
fn room(paints: &Paints, seed: u64) -> (String, String) {
    let own = paints.slots.get(&'a').copied().unwrap_or(Colour(128, 128, 128));
    let tone = |hex: &str| Colour::of_hex(hex).unwrap_or(own);
    let fitting: Vec<_> = ROOMS.iter().filter(|(wall, _)| tone(wall).distance(own) > 90).collect();
    let at = usize::try_from(seed % fitting.len().max(1) as u64).unwrap_or(0);
    let (wall, floor) = fitting.get(at).map_or(ROOMS[0], |room| **room);
    let (wall, floor) = (tone(wall), tone(floor));
    let defs = format!(
        "<linearGradient id=\"wall\" x2=\"1\" y2=\"1\"><stop offset=\"0\" stop-color=\"#{}\"/><stop \
         offset=\"1\" stop-color=\"#{}\"/></linearGradient><linearGradient id=\"floor\" x2=\"0\" y2=\"1\">\
         <stop offset=\"0\" stop-color=\"#{}\"/><stop offset=\"1\" stop-color=\"#{}\"/></linearGradient>",
        wall.light(24).hex(),
        wall.dark(6).hex(),
        floor.dark(6).hex(),
        floor.light(22).hex(),
    );
    let (pale, deep) = (wall.light(38).hex(), wall.dark(12).hex());
    let set = match (seed >> 12) % 4 {
        0 => format!(
            "<path d=\"M92 306V170a108 108 0 0 1 216 0V306z\" fill=\"#{pale}\" opacity=\".75\"/>"
        ),
        1 => format!("<circle cx=\"252\" cy=\"150\" r=\"112\" fill=\"#{pale}\" opacity=\".7\"/>"),
        2 => "<path d=\"M-20 306L110 0H236L96 306z\" fill=\"#fff\" opacity=\".2\"/><path d=\"M150 306\
              L282 0H318L186 306z\" fill=\"#fff\" opacity=\".16\"/>"
            .to_owned(),
        _ => format!(
            "<path d=\"M300 306V120a60 60 0 0 1 120 0V306z\" fill=\"#{deep}\" opacity=\".5\"/>\
             <path d=\"M-40 306V190a60 60 0 0 1 120 0V306z\" fill=\"#{pale}\" opacity=\".7\"/>"
        ),
    };
    let stage = format!(
        "<rect width=\"{SIDE}\" height=\"{SIDE}\" fill=\"url(#wall)\"/>{set}<rect y=\"306\" \
         width=\"{SIDE}\" height=\"94\" fill=\"url(#floor)\"/>"
    );
    (defs, stage)
}

fn shadow(svg: &mut String, drawing: &Drawing, thing: &str, view: View) {
    let half = drawing.shadow;
    let _ = match drawing.floor {
        Some(floor) => write!(
            svg,
            "<ellipse cx=\"{}\" cy=\"{:.0}\" rx=\"{:.0}\" ry=\"{:.0}\" fill=\"url(#dim)\"/><ellipse cx=\"202\" \
             cy=\"{:.0}\" rx=\"{:.0}\" ry=\"8\" fill=\"url(#dim)\"/>",
            214,
            floor - 1.0,
            half * 1.36,
            (half * 0.19).max(10.0),
            floor - 1.0,
            half * 1.04,
        ),
        None => {
            let (dx, dy) = if view == View::Room { (9, 14) } else { (4, 8) };
            write!(
                svg,
                "<g transform=\"translate({dx} {dy})\" filter=\"url(#soft)\" opacity=\".34\"><g filter=\"url(#ink)\">\
                 {thing}</g></g><filter id=\"ink\"><feColorMatrix values=\"0 0 0 0 .16 0 0 0 0 .12 0 0 0 0 .1 \
                 0 0 0 1 0\"/></filter>"
            )
        }
    };
}
