//! What people say of things, by department.

/// What is praised and blamed in a trade.
pub struct Trade {
    words: &'static [&'static str],
    pub praise: &'static [&'static str],
    pub blame: &'static [&'static str],
}

impl Trade {
    /// The one that a department's name fits, or what can be said of anything.
    pub fn of(department: &str) -> &'static Self {
        let name = department.to_lowercase();
        let fits = |trade: &&Self| trade.words.iter().any(|word| name.contains(word));
        TRADES.iter().find(fits).unwrap_or(&ANYTHING)
    }
}

static ANYTHING: Trade = Trade {
    words: &[],
    praise: &[
        "It does what the description promises, without fuss, and feels well made in the hand.",
        "The finish is clean, nothing rattles, and after weeks of daily use it looks as it did on the first day.",
        "It was packed with care and ready to use within a minute of opening the box.",
        "I compared three others at this price, and this is the one where the details are thought through.",
        "It is exactly the size I measured for, and sturdier than the pictures suggest.",
    ],
    blame: &[
        "The instructions leave out the one step that matters, so the first try took half an hour.",
        "It is a little larger than I had imagined: measure before you order.",
        "The edges could be finished better, one of them had to be sanded.",
        "The packaging is far too big for what is in it.",
        "For the price I had hoped for a spare part in the box.",
    ],
};

static TRADES: [Trade; 8] = [
    Trade {
        words: &["electronic", "computer", "phone", "audio", "camera", "tech", "gaming"],
        praise: &[
            "Pairing took seconds, and it has not lost the connection once since.",
            "The battery outlasts my working day with a third left in the evening.",
            "It stays cool and silent even when I ask a lot of it.",
            "Buttons have a clear click and are where the thumb expects them.",
            "It woke up with a current version of its software and asked for no account.",
        ],
        blame: &[
            "The cable in the box is too short to reach from my desk to the socket.",
            "The status light is so bright that I put tape over it at night.",
            "The menu hides the setting that I need most three levels deep.",
            "It charges slowly unless you bring a stronger adapter than the one supplied.",
            "It lost its settings after the first power cut.",
        ],
    },
    Trade {
        words: &["kitchen", "cook", "dining", "food", "grocer"],
        praise: &[
            "It heats evenly right to the edge, and nothing has stuck to it so far.",
            "It survives the dishwasher every second day and shows no marks.",
            "The handle stays cool, and the weight sits where you want it when you pour.",
            "My sauces, coffee and Sunday eggs all come out better, and cleaning takes a minute.",
            "It holds enough for the four of us and still fits the narrow shelf.",
        ],
        blame: &[
            "The lid is loose when you pour quickly.",
            "It shows every fingerprint and wants to be wiped more often than I do.",
            "The markings inside are hard to read in poor light.",
            "There was a smell on the first two uses; it went away after boiling water in it.",
            "The rim chipped within a month, and I am careful with my things.",
        ],
    },
    Trade {
        words: &["cloth", "fashion", "wear", "shoe", "apparel", "bag", "jewel"],
        praise: &[
            "It fits true to size, and the seams sit flat where others rub.",
            "After ten washes the colour is what it was and nothing has shrunk.",
            "The fabric is dense without being heavy: right for the days between seasons.",
            "I wore it for a whole day of walking and forgot that it was new.",
            "The pockets are deep enough for a phone, which should not be worth a mention, but is.",
        ],
        blame: &[
            "It comes up half a size small, so order the next one.",
            "A thread was loose at the hem from the beginning.",
            "The zip catches on the lining unless you hold it.",
            "The colour is a shade darker than in the picture.",
            "It began to pill under the arms after three weeks.",
        ],
    },
    Trade {
        words: &["book", "stationer", "office", "paper"],
        praise: &[
            "The paper takes ink without a ghost on the other side.",
            "It lies open flat, which makes all the difference on a crowded desk.",
            "It is well bound; after being carried around for a month no corner is bent.",
            "I bought one to try and came back for three more for the team.",
            "It is laid out with thought: I find what I look for without thinking.",
        ],
        blame: &[
            "The cover marks easily in a bag.",
            "The type is small, and I read in bed.",
            "The pages are thinner than those of the one that I had before.",
            "One corner arrived bent, because the envelope had no stiffening.",
            "The elastic was slack after two weeks.",
        ],
    },
    Trade {
        words: &["home", "furnitur", "decor", "living", "bed", "bath", "light"],
        praise: &[
            "It stands straight on an old floor, and the finish looks dearer than it was.",
            "Putting it together took twenty minutes, with every screw in a numbered bag.",
            "It made the room feel calmer; two visitors asked where it is from.",
            "The cover comes off for washing and goes back on without a fight.",
            "The light is warm and even, and there is no hum.",
        ],
        blame: &[
            "One pre-drilled hole was a few millimetres out of place.",
            "It needs a second person to put together, whatever the leaflet says.",
            "It had to air for two days before it lost its smell.",
            "The surface scratches if you so much as look at it with keys in your hand.",
            "It wobbles a little unless you put felt under one foot.",
        ],
    },
    Trade {
        words: &["sport", "outdoor", "fitness", "travel", "bike", "cycl", "camp", "auto"],
        praise: &[
            "It came through a wet weekend in the hills without letting a drop in.",
            "It is light enough that I stopped noticing it after the first kilometre.",
            "The grip holds with sweaty hands and with gloves.",
            "Straps stay where you set them, and the buckles can be worked blind.",
            "I use it four times a week, and nothing on it has worn yet.",
        ],
        blame: &[
            "The strap slips when it is fully loaded.",
            "It dries slowly, so take a spare on longer tours.",
            "The carrying bag is a size too small: you have to fold with ambition.",
            "The scale on it is off by a hand's breadth.",
            "A seam opened on the second trip.",
        ],
    },
    Trade {
        words: &["toy", "game", "kid", "baby", "child", "pet"],
        praise: &[
            "It has survived two children and one dog, which is more than the last one did.",
            "They came back to it the next morning by themselves: the best test that I know.",
            "No sharp edge anywhere, and no smell of paint.",
            "It can be wiped clean in a moment, and the parts are too big to vanish under the sofa.",
            "The rules are explained in one page, and the fun lasts for an evening.",
        ],
        blame: &[
            "The stickers peel off as soon as small fingers find them.",
            "The age on the box is hopeful: ours needed help with it.",
            "It is louder than the neighbours would like.",
            "One part was missing; the seller sent it, but it took a week.",
            "It held the attention for exactly one afternoon.",
        ],
    },
    Trade {
        words: &["garden", "tool", "diy", "hardware", "beauty", "health", "care"],
        praise: &[
            "A little of it goes a long way, and the result lasts the day.",
            "It sits well in the hand and does in one go what took me three before.",
            "It did not complain about rain, mud or my neglect.",
            "The measure on it is exact; I checked it against a better one.",
            "Refills and spare parts are easy to find, which is why I chose it.",
        ],
        blame: &[
            "It leaves a trace that you have to wipe off at once.",
            "The lever is stiff for small hands.",
            "The cap does not close tightly, so keep it upright.",
            "It needs more force than I had expected.",
            "It rusted at the joint after one wet night outside.",
        ],
    },
];

pub const FIRST: &[&str] = &[
    "Amira",
    "Jonas",
    "Mei",
    "Lukas",
    "Priya",
    "Tom",
    "Ingrid",
    "Mateo",
    "Hannah",
    "Kofi",
    "Elif",
    "Pierre",
    "Sofia",
    "Anders",
    "Noor",
    "Giulia",
    "Sam",
    "Katarzyna",
    "David",
    "Yuki",
    "Clara",
    "Omar",
    "Freya",
    "Nikos",
    "Leonie",
    "Rahul",
    "Marta",
    "Finn",
    "Aisha",
    "Viktor",
    "Ruth",
];

pub const OPENINGS: &[&str] = &[
    "I have had it for about two months now.",
    "Bought as a present, and then a second one for myself.",
    "It replaces one that lasted me eight years, so the bar was high.",
    "I was sceptical after reading other opinions.",
    "Used almost every day since it came.",
    "My second order of the same thing.",
    "I hesitated for weeks and then chose this one.",
    "It came two days before it was promised.",
    "We bought it for our small flat.",
    "My sister recommended it.",
    "This was an impulse at the end of a long day.",
    "I needed something simple that lasts.",
    "After three weeks I can say something useful about it.",
    "I read the description twice before ordering.",
];

pub const FACTS: &[&str] = &[
    "As for {name}: {value} was the right choice for me.",
    "What is said of its {name} ({value}) is true.",
    "I chose it for its {name}, {value}, and would again.",
    "{value} as {name} is just as it is shown.",
];

pub const DOUBTS: &[&str] = &[
    "I had expected something else of the {name}, which is given as {value}.",
    "Its {name} ({value}) is right on paper, but makes little difference in use.",
    "Look twice at the {name}: {value} did not suit me.",
];

pub const TITLES_BEST: &[&str] = &[
    "Would buy it again at once",
    "Exactly what I was looking for",
    "Better than expected",
    "Does everything right",
    "Worth every cent",
    "Hard to fault",
    "My favourite purchase this year",
    "Simple and very good",
    "Nothing to add",
];
pub const TITLES_GOOD: &[&str] = &[
    "Very good, with one small thing",
    "Nearly perfect",
    "Good value",
    "Solid, does its work",
    "Happy with it on the whole",
    "Recommended, with a note",
    "A good choice",
];
pub const TITLES_MIXED: &[&str] = &[
    "Good idea, not quite finished",
    "Fair for the price",
    "Does the job, no more",
    "Mixed feelings",
    "Could be better",
    "In the middle",
];
pub const TITLES_BAD: &[&str] =
    &["Not for me", "Sent it back", "Expected more", "Disappointed", "Did not last"];

pub const CLOSES_BEST: &[&str] = &[
    "I would choose it again without a second thought.",
    "Five stars, and I rarely give them.",
    "If you are unsure: take it.",
    "I have already recommended it twice.",
];
pub const CLOSES_GOOD: &[&str] = &[
    "Still, I would buy it again.",
    "That is a small thing beside all that is right with it.",
    "Four stars, because nothing is perfect.",
    "For the price it is hard to find a better one.",
];
pub const CLOSES_MIXED: &[&str] = &[
    "I keep it, but would look around longer next time.",
    "Fine as a second one, not as the only one.",
    "If the next version fixes that, I come back.",
];
pub const CLOSES_BAD: &[&str] = &[
    "It went back, and the refund came quickly at least.",
    "I can't recommend it as it is.",
    "Perhaps I had bad luck with mine.",
];
