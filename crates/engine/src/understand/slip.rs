//! Slips of the finger: how far two words are from each other.

/// Whether two words are at most so many slips apart: a letter more, less, other, or two neighbours turned round (optimal
/// string alignment).
pub(crate) fn is_near(one: &str, other: &str, slips: usize) -> bool {
    if one.len().abs_diff(other.len()) > slips && one.is_ascii() && other.is_ascii() {
        return false;
    }
    let ((length, letters), (other_length, other_letters)) = (looks(one), looks(other));
    length.abs_diff(other_length) <= slips
        // A slip changes at most two of the letters that occur: most pairs of words are told apart by that.
        && (letters ^ other_letters).count_ones() as usize <= 2 * slips
        && strsim::osa_distance(one, other) <= slips
}

/// How long a word is, and the letters that occur in it, a bit for each.
fn looks(word: &str) -> (usize, u32) {
    word.chars().fold((0, 0), |(length, letters), letter| (length + 1, letters | 1 << (u32::from(letter) & 31)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::is_near;

    #[test]
    fn slips_are_counted() {
        for (one, other, slips, near) in [
            ("instructions", "instuctions", 1, true),
            ("instructions", "instrcutoins", 2, true),
            ("monday", "mondya", 1, true),
            ("stop", "shop", 1, true),
            ("stop", "chop", 1, false),
            ("café", "cafe", 1, true),
        ] {
            assert_eq!(is_near(one, other, slips), near, "{one} {other}");
        }
    }

    proptest! {
        /// The quick look by letters leaves out no pair that is near.
        #[test]
        fn the_quick_look_agrees_with_the_distance(one in "[a-eé]{0,8}", other in "[a-eé]{0,8}", slips in 0_usize..3) {
            prop_assert_eq!(is_near(&one, &other, slips), strsim::osa_distance(&one, &other) <= slips);
        }
    }
}
