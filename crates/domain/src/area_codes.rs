//! State and time zone of North American area codes.
//!
//! A hint, not a fact: numbers are ported and people move. It serves the quiet hours, where the stricter of the hint and
//! the clinic's own zone holds. Source: the public NANPA assignments; a state that spans zones carries the zone of most
//! of each code's people.

use crate::zone::Zone;

const EASTERN: &str = "America/New_York";
const CENTRAL: &str = "America/Chicago";
const MOUNTAIN: &str = "America/Denver";
const PACIFIC: &str = "America/Los_Angeles";

/// (state, zone, area codes)
const TABLE: &[(&str, &str, &[u16])] = &[
    ("AK", "America/Anchorage", &[907]),
    ("AL", CENTRAL, &[205, 251, 256, 334, 659, 938]),
    ("AR", CENTRAL, &[327, 479, 501, 870]),
    ("AZ", "America/Phoenix", &[480, 520, 602, 623, 928]),
    (
        "CA",
        PACIFIC,
        &[
            209, 213, 279, 310, 323, 341, 350, 357, 369, 408, 415, 424, 442, 510, 530, 559, 562, 619, 626, 628, 650,
            657, 661, 669, 707, 714, 738, 747, 760, 805, 818, 820, 831, 837, 840, 858, 909, 916, 925, 949, 951,
        ],
    ),
    ("CO", MOUNTAIN, &[303, 719, 720, 748, 970, 983]),
    ("CT", EASTERN, &[203, 475, 860, 959]),
    ("DC", EASTERN, &[202, 771]),
    ("DE", EASTERN, &[302]),
    (
        "FL",
        EASTERN,
        &[239, 305, 321, 324, 352, 386, 407, 448, 561, 645, 656, 689, 727, 728, 754, 772, 786, 813, 863, 904, 941, 954],
    ),
    ("FL", CENTRAL, &[850]),
    ("GA", EASTERN, &[229, 404, 470, 478, 678, 706, 762, 770, 912, 943]),
    ("HI", "Pacific/Honolulu", &[808]),
    ("IA", CENTRAL, &[319, 515, 563, 641, 712]),
    ("ID", MOUNTAIN, &[208, 986]),
    ("IL", CENTRAL, &[217, 224, 309, 312, 331, 447, 464, 618, 630, 708, 730, 773, 779, 815, 847, 861, 872]),
    ("IN", EASTERN, &[260, 317, 463, 574, 765, 812, 930]),
    ("IN", CENTRAL, &[219]),
    ("KS", CENTRAL, &[316, 620, 785, 913]),
    ("KY", EASTERN, &[502, 606, 859]),
    ("KY", CENTRAL, &[270, 364]),
    ("LA", CENTRAL, &[225, 318, 337, 457, 504, 985]),
    ("MA", EASTERN, &[339, 351, 413, 508, 617, 774, 781, 857, 978]),
    ("MD", EASTERN, &[227, 240, 301, 410, 443, 667]),
    ("ME", EASTERN, &[207]),
    ("MI", EASTERN, &[231, 248, 269, 313, 517, 586, 616, 679, 734, 810, 906, 947, 989]),
    ("MN", CENTRAL, &[218, 320, 507, 612, 651, 763, 924, 952]),
    ("MO", CENTRAL, &[235, 314, 417, 557, 573, 636, 660, 816, 975]),
    ("MS", CENTRAL, &[228, 471, 601, 662, 769]),
    ("MT", MOUNTAIN, &[406]),
    ("NC", EASTERN, &[252, 336, 472, 704, 743, 828, 910, 919, 980, 984]),
    ("ND", CENTRAL, &[701]),
    ("NE", CENTRAL, &[308, 402, 531]),
    ("NH", EASTERN, &[603]),
    ("NJ", EASTERN, &[201, 551, 609, 640, 732, 848, 856, 862, 908, 973]),
    ("NM", MOUNTAIN, &[505, 575]),
    ("NV", PACIFIC, &[702, 725, 775]),
    (
        "NY",
        EASTERN,
        &[
            212, 315, 329, 332, 347, 363, 465, 516, 518, 585, 607, 624, 631, 646, 680, 716, 718, 838, 845, 914, 917,
            929, 934,
        ],
    ),
    ("OH", EASTERN, &[216, 220, 234, 283, 326, 330, 380, 419, 436, 440, 513, 567, 614, 740, 937]),
    ("OK", CENTRAL, &[405, 539, 572, 580, 918]),
    ("OR", PACIFIC, &[458, 503, 541, 971]),
    ("PA", EASTERN, &[215, 223, 267, 272, 412, 445, 484, 570, 582, 610, 717, 724, 814, 835, 878]),
    ("PR", "America/Puerto_Rico", &[787, 939]),
    ("RI", EASTERN, &[401]),
    ("SC", EASTERN, &[803, 821, 839, 843, 854, 864]),
    ("SD", CENTRAL, &[605]),
    ("TN", CENTRAL, &[615, 629, 731, 901, 931]),
    ("TN", EASTERN, &[423, 729, 865]),
    (
        "TX",
        CENTRAL,
        &[
            210, 214, 254, 281, 325, 346, 361, 409, 430, 432, 469, 512, 621, 682, 713, 726, 737, 806, 817, 830, 832,
            903, 936, 940, 945, 956, 972, 979,
        ],
    ),
    ("TX", MOUNTAIN, &[915]),
    ("UT", MOUNTAIN, &[385, 435, 801]),
    ("VA", EASTERN, &[276, 434, 540, 571, 686, 703, 757, 804, 826, 948]),
    ("VT", EASTERN, &[802]),
    ("WA", PACIFIC, &[206, 253, 360, 425, 509, 564]),
    ("WI", CENTRAL, &[262, 274, 353, 414, 534, 608, 715, 920]),
    ("WV", EASTERN, &[304, 681]),
    ("WY", MOUNTAIN, &[307]),
    (
        "ON",
        "America/Toronto",
        &[226, 249, 289, 343, 365, 416, 437, 519, 548, 613, 647, 683, 705, 742, 753, 807, 905, 942],
    ),
    ("QC", "America/Toronto", &[263, 354, 367, 418, 438, 450, 468, 514, 579, 581, 819, 873]),
    ("BC", "America/Vancouver", &[236, 250, 257, 604, 672, 778]),
    ("AB", "America/Edmonton", &[368, 403, 587, 780, 825]),
];

/// Where an area code was given out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Region {
    /// Two-letter code of the state, district, territory or province.
    pub state: &'static str,
    /// IANA zone.
    pub zone: &'static str,
}

/// The region of an area code; `None` for toll-free, unassigned and foreign ones.
pub fn region(area_code: u16) -> Option<Region> {
    TABLE.iter().find(|(_, _, codes)| codes.contains(&area_code)).map(|(state, zone, _)| Region { state, zone })
}

/// An area code that was given out in a zone, for invented numbers; 202 where the zone has none.
pub fn area_code_in(zone: &Zone) -> u16 {
    TABLE.iter().find(|(_, name, _)| *name == zone.name()).map_or(202, |(_, _, codes)| codes[0])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_stand_once_and_their_zones_exist() {
        let mut seen = std::collections::BTreeSet::new();
        for (state, zone, codes) in TABLE {
            assert!(Zone::parse(zone).is_ok(), "{zone}");
            for code in *codes {
                assert!(seen.insert(code) && (201..=989).contains(code), "{state} {code}");
            }
        }
        assert_eq!(region(401).map(|r| r.state), Some("RI"));
        assert_eq!(region(800), None);
    }
}
