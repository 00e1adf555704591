//! A table of weights: features by their numbers, each with a weight for some labels, as `lexicon/*weights.txt` have them.

/// A part of a feature, with its number (FNV-1a) so that a word is gone over once and not once for each feature it is in.
#[derive(Clone, Copy)]
pub(super) struct Part<'a> {
    pub(super) word: &'a str,
    number: u64,
}

impl<'a> Part<'a> {
    pub(super) fn of(word: &'a str) -> Self {
        let eat = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        Self { word, number: word.bytes().fold(0xcbf2_9ce4_8422_2325, eat) }
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

/// A label and its weight, small enough that most of the table stays near the processor.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Cell(i16);

impl Cell {
    /// Bits that hold the label.
    const LABEL_BITS: u32 = 5;
    /// Hundredths of a step, in which weights are kept.
    const STEP: i16 = 2;

    /// A weight in hundredths, to the nearest step and at most 20.46.
    fn new(label: u8, hundredths: i16) -> Self {
        let most = i16::MAX >> Self::LABEL_BITS << 1;
        Self((hundredths.clamp(-most, most) / Self::STEP) << Self::LABEL_BITS | i16::from(label))
    }

    fn label(self) -> usize {
        usize::from(self.0.cast_unsigned() & ((1 << Self::LABEL_BITS) - 1))
    }

    fn steps(self) -> i32 {
        i32::from(self.0 >> Self::LABEL_BITS)
    }
}

/// Weights of `N` labels, 32 at most.
pub(super) struct Table<const N: usize> {
    places: Vec<Places>,
    /// The features in order, each with where its cells begin; they end where the next one's begin.
    features: Vec<(u32, u32)>,
    cells: Vec<Cell>,
    /// What each label's sum starts from.
    bias: [f32; N],
    /// The marks of each label: two sums, whose meaning is the reader's.
    pub(super) marks: [(f32, f32); N],
}

impl<const N: usize> Table<N> {
    /// `= label bias mark mark` lines, then a feature, a tab and `label-number weight` pairs. A feature is words and never
    /// holds a tab. A mark that is not given (`-`) is never reached.
    pub(super) fn parse(source: &str, labels: &[&str; N]) -> Self {
        let mut read = Self {
            places: vec![Places::default(); 1 << (PLACE_BITS - 6)],
            features: Vec::new(),
            cells: Vec::new(),
            bias: [0.0; N],
            marks: [(f32::INFINITY, f32::NEG_INFINITY); N],
        };
        let mut known: Vec<(u32, Cell)> = Vec::new();
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
            let mut parts = cells.split(' ');
            while let (Some(label), Some(weight)) = (parts.next(), parts.next()) {
                if let (Ok(label), Ok(weight)) = (label.parse(), weight.parse::<i16>()) {
                    known.push((feature, Cell::new(label, weight)));
                }
            }
        }
        known.sort_unstable();
        read.cells.reserve_exact(known.len());
        for of_one in known.chunk_by(|one, other| one.0 == other.0) {
            let feature = of_one[0].0;
            let (at, bit) = Self::place(feature);
            read.places[at].taken |= 1 << bit;
            read.features.push((feature, read.cells.len() as u32));
            read.cells.extend(of_one.iter().map(|(_, cell)| *cell));
        }
        read.features.push((u32::MAX, read.cells.len() as u32));
        let mut before = 0;
        for (at, places) in read.places.iter_mut().enumerate() {
            places.before = before;
            let lie_here = |feature: &&(u32, u32)| Self::place(feature.0).0 == at;
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
    fn look(&self, feature: u32) -> Option<usize> {
        let (at, bit) = Self::place(feature);
        let places = self.places[at];
        let below = places.taken & ((1 << bit) - 1);
        (places.taken >> bit & 1 == 1).then(|| (places.before + below.count_ones()) as usize)
    }

    /// The cells of a feature, from where it is to be looked for.
    fn cells(&self, feature: u32, mut at: usize) -> &[Cell] {
        while self.features[at].0 < feature {
            at += 1;
        }
        let (found, from) = self.features[at];
        match self.features.get(at + 1) {
            Some((_, end)) if found == feature => &self.cells[from as usize..*end as usize],
            _ => &[],
        }
    }

    /// The sum of each label. A feature counts `1 / sqrt(n)` where there are `n`.
    pub(super) fn sums(&self, features: &Distinct) -> [f32; N] {
        let each_counts = 1.0 / f32::from(u16::try_from(features.count.max(1)).unwrap_or(u16::MAX)).sqrt();
        let each_step = each_counts * f32::from(Cell::STEP) / 100.0;
        // First where they may lie, then what lies there: the second does not wait for the first one by one.
        let places: Vec<(u32, usize)> =
            features.each().filter_map(|feature| self.look(feature).map(|at| (feature, at))).collect();
        let mut steps = [0_i32; 1 << Cell::LABEL_BITS];
        for (feature, at) in places {
            for cell in self.cells(feature, at) {
                steps[cell.label()] += cell.steps();
            }
        }
        #[expect(clippy::cast_precision_loss, reason = "sums of some hundred weights")]
        std::array::from_fn(|label| self.bias[label] + steps[label] as f32 * each_step)
    }
}

/// Numbers, each once. A message has at most some thousand features: some words with a few each, and pairs of what the
/// patterns found.
pub(super) struct Distinct {
    /// By their last bits, the next free slot behind; 0 is free.
    slots: Vec<u32>,
    count: usize,
}

impl Default for Distinct {
    fn default() -> Self {
        Self { slots: vec![0; 256], count: 0 }
    }
}

impl Distinct {
    pub(super) fn add(&mut self, number: u32) {
        if 2 * self.count >= self.slots.len() {
            let mut wider = Self { slots: vec![0; 2 * self.slots.len()], count: 0 };
            self.each().for_each(|number| wider.add(number));
            *self = wider;
        }
        let number = number.max(1);
        let last = self.slots.len() - 1;
        let mut at = number as usize & last;
        while self.slots[at] != 0 && self.slots[at] != number {
            at = (at + 1) & last;
        }
        self.count += usize::from(self.slots[at] == 0);
        self.slots[at] = number;
    }

    fn each(&self) -> impl Iterator<Item = u32> {
        self.slots.iter().copied().filter(|number| *number != 0)
    }
}
