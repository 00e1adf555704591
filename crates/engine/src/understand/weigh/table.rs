//! A table of weights: features by their numbers, each with a weight for some labels, as `lexicon/*weights.txt` have them.

/// A part of a feature, with its number (eight letters at a time) so that a word is gone over once and not once for each feature it is in.
#[derive(Clone, Copy)]
pub(super) struct Part<'a> {
    pub(super) word: &'a str,
    number: u64,
}

impl<'a> Part<'a> {
    pub(super) fn of(word: &'a str) -> Self {
        const MIX: u64 = 0x9e37_79b9_7f4a_7c15;
        let mut number = word.len() as u64;
        for eight in word.as_bytes().chunks(8) {
            let mut bytes = [0; 8];
            bytes[..eight.len()].copy_from_slice(eight);
            number = (number.rotate_left(23) ^ u64::from_le_bytes(bytes)).wrapping_mul(MIX);
        }
        Self { word, number: number ^ number >> 32 }
    }
}

/// The number of a feature, `kind:part part` in the file. Two of some fifty thousand features seldom share one, and an unknown
/// feature is taken for a known one about once in a hundred thousand.
pub(super) fn number<'a>(kind: char, parts: impl IntoIterator<Item = Part<'a>>) -> u32 {
    let mix = |hash: u64, part: Part<'_>| (hash.rotate_left(23) ^ part.number).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let whole = parts.into_iter().fold(u64::from(kind), mix);
    (whole >> 32) as u32
}

/// The first bits of a feature's number, by which it is looked up: 2^19 bits in 128 KiB, with what is counted.
const PLACE_BITS: u32 = 19;

/// 64 places of the table.
#[derive(Clone, Copy, Default)]
struct Places {
    /// Where features lie, a bit each: most of a message's are not in the table, and are known by one bit.
    taken: u64,
    /// How many features lie before these places.
    before: u32,
}

/// The weights of a feature in hundredths, by label: a line of the processor's memory, added up some at a time.
#[derive(Clone, Copy)]
#[repr(align(8))]
struct Row<const N: usize>([i16; N]);

/// Weights of `N` labels or fewer.
pub(super) struct Table<const N: usize> {
    places: Vec<Places>,
    /// The features in order, and one behind the last.
    features: Vec<u32>,
    rows: Vec<Row<N>>,
    /// What each label's sum starts from.
    bias: [f32; N],
    /// The marks of each label: two sums, whose meaning is the reader's.
    pub(super) marks: [(f32, f32); N],
}

impl<const N: usize> Table<N> {
    /// `= label bias mark mark` lines, then a feature, a tab and `label-number weight` pairs. A feature is words and never
    /// holds a tab. A mark that is not given (`-`) is never reached.
    pub(super) fn parse(source: &str, labels: &[&str]) -> Self {
        let mut read = Self {
            places: vec![Places::default(); 1 << (PLACE_BITS - 6)],
            features: Vec::new(),
            rows: Vec::new(),
            bias: [0.0; N],
            marks: [(f32::INFINITY, f32::NEG_INFINITY); N],
        };
        let mut known: Vec<(u32, Row<N>)> = Vec::new();
        for line in source.lines().filter(|line| !line.starts_with('#')) {
            if let Some(rest) = line.strip_prefix("= ") {
                let parts: Vec<&str> = rest.split(' ').collect();
                let Some(label) = labels.iter().position(|label| parts.first() == Some(label)) else { continue };
                let value = |at: usize, none: f32| parts.get(at).and_then(|v| v.parse().ok()).unwrap_or(none);
                read.bias[label] = value(1, 0.0);
                read.marks[label] = (value(2, f32::INFINITY), value(3, f32::NEG_INFINITY));
                continue;
            }
            let Some((feature, cells)) = line.split_once('\t') else { continue };
            let mut letters = feature.chars();
            let Some(kind) = letters.next() else { continue };
            let words = letters.as_str().strip_prefix(':').unwrap_or_default();
            let feature = number(kind, words.split(' ').map(Part::of));
            let mut row = [0; N];
            let mut parts = cells.split(' ');
            while let (Some(label), Some(weight)) = (parts.next(), parts.next()) {
                if let (Some(weight_of), Ok(weight)) =
                    (label.parse().ok().and_then(|at: usize| row.get_mut(at)), weight.parse())
                {
                    *weight_of = weight;
                }
            }
            known.push((feature, Row(row)));
        }
        // Two that share a number are one.
        known.sort_unstable_by_key(|(feature, _)| *feature);
        known.dedup_by_key(|(feature, _)| *feature);
        for (feature, _) in &known {
            let (at, bit) = Self::place(*feature);
            read.places[at].taken |= 1 << bit;
        }
        (read.features, read.rows) = known.into_iter().unzip();
        read.features.push(u32::MAX);
        let mut before = 0;
        for (at, places) in read.places.iter_mut().enumerate() {
            places.before = before;
            let lie_here = |feature: &&u32| **feature < u32::MAX && Self::place(**feature).0 == at;
            before += read.features[before as usize..].iter().take_while(lie_here).count() as u32;
        }
        read
    }

    /// The places a feature lies among, and its bit.
    fn place(feature: u32) -> (usize, u32) {
        let place = feature >> (u32::BITS - PLACE_BITS);
        ((place >> 6) as usize, place & 63)
    }

    /// Where to look for a feature, if it may be there: it lies there or, where two share a bit, soon after.
    fn look(&self, feature: u32) -> Option<u32> {
        let (at, bit) = Self::place(feature);
        let places = self.places[at];
        let below = places.taken & ((1 << bit) - 1);
        (places.taken >> bit & 1 == 1).then(|| places.before + below.count_ones())
    }

    /// Takes a feature to the others of a message.
    pub(super) fn take(&self, features: &mut Features, number: u32) {
        features.handed += 1;
        if let Some(at) = self.look(number) {
            features.add((number, at));
        }
    }

    /// The sum of each label. A feature counts `1 / sqrt(n)` where `n` were handed out, each of them once.
    pub(super) fn sums(&self, features: &Features) -> [f32; N] {
        let each_counts = scale(features.handed) / 100.0;
        let mut hundredths = [0_i32; N];
        for (number, look) in &features.found {
            let mut at = *look as usize;
            while self.features[at] < *number {
                at += 1;
            }
            if self.features[at] == *number && at < self.rows.len() {
                for (sum, weight) in hundredths.iter_mut().zip(self.rows[at].0) {
                    *sum += i32::from(weight);
                }
            }
        }
        #[expect(clippy::cast_precision_loss, reason = "sums of some hundred weights")]
        std::array::from_fn(|label| self.bias[label] + hundredths[label] as f32 * each_counts)
    }
}

/// How much a feature counts where so many were handed out.
pub fn scale(handed: usize) -> f32 {
    1.0 / f32::from(u16::try_from(handed.max(1)).unwrap_or(u16::MAX)).sqrt()
}

/// The features of a message that may lie in a table, and how many were handed out, some of them more than once.
pub(super) struct Features {
    /// Each once, by their numbers, with where to look for them.
    found: Vec<(u32, u32)>,
    /// A bit of each: where it is not set, a feature is new.
    seen: [u64; 32],
    handed: usize,
}

impl Default for Features {
    fn default() -> Self {
        Self { found: Vec::with_capacity(64), seen: [0; 32], handed: 0 }
    }
}

impl Features {
    fn add(&mut self, feature: (u32, u32)) {
        let bits = &mut self.seen[feature.0 as usize / 64 % 32];
        let bit = 1 << (feature.0 % 64);
        if *bits & bit == 0 || !self.found.contains(&feature) {
            *bits |= bit;
            self.found.push(feature);
        }
    }

    /// For the next message.
    pub(super) fn clear(&mut self) {
        self.found.clear();
        self.seen = [0; 32];
        self.handed = 0;
    }
}
