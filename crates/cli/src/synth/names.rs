//! Given names, family names and streets: each as people write it and in the letters of an address.

use super::draw::{pick, pick_skewed};
use hustings_domain::chance::SeededRng;

/// A name as its owner writes it, and in `A-Z` for addresses and for files that cannot hold the rest.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Name {
    pub(super) own: &'static str,
    pub(super) latin: &'static str,
}

impl Name {
    /// The name in letters that Windows-1252 has.
    pub(super) fn western(self) -> &'static str {
        let (_, _, unmappable) = encoding_rs::WINDOWS_1252.encode(self.own);
        if unmappable { self.latin } else { self.own }
    }
}

/// The most common names first: draws are skewed towards the front.
const GIVEN: &[&str] = &[
    "Mary",
    "James",
    "Linda",
    "Robert",
    "Patricia",
    "John",
    "Jennifer",
    "Michael",
    "Elizabeth",
    "David",
    "Barbara",
    "William",
    "Susan",
    "Richard",
    "Jessica",
    "Joseph",
    "Sarah",
    "Thomas",
    "Karen",
    "Charles",
    "Lisa",
    "Christopher",
    "Nancy",
    "Daniel",
    "Betty",
    "Matthew",
    "Sandra",
    "Anthony",
    "Margaret",
    "Mark",
    "Ashley",
    "Donald",
    "Kimberly",
    "Steven",
    "Emily",
    "Andrew",
    "Donna",
    "Paul",
    "Michelle",
    "Joshua",
    "Carol",
    "Kenneth",
    "Amanda",
    "Kevin",
    "Melissa",
    "Brian",
    "Deborah",
    "Timothy",
    "Stephanie",
    "Ronald",
    "Rebecca",
    "Jason",
    "Laura",
    "George",
    "Helen",
    "Edward",
    "Sharon",
    "Jeffrey",
    "Cynthia",
    "Ryan",
    "Kathleen",
    "Jacob",
    "Amy",
    "Nicholas",
    "Angela",
    "Gary",
    "Shirley",
    "Eric",
    "Anna",
    "Jonathan",
    "Ruth",
    "Stephen",
    "Brenda",
    "Larry",
    "Pamela",
    "Justin",
    "Nicole",
    "Scott",
    "Katherine",
    "Brandon",
    "Virginia",
    "Benjamin",
    "Catherine",
    "Samuel",
    "Christine",
    "Gregory",
    "Samantha",
    "Frank",
    "Debra",
    "Alexander",
    "Janet",
    "Raymond",
    "Rachel",
    "Patrick",
    "Carolyn",
    "Jack",
    "Emma",
    "Dennis",
    "Maria",
    "Jerry",
    "Mary-Jo",
    "J.",
    "Aisha",
    "Priya",
    "Mei",
    "Fatima",
    "Oluwaseun",
    "Thuy",
    "Amadou",
    "Siobhan",
];
const FAMILY: &[&str] = &[
    "Smith",
    "Johnson",
    "Williams",
    "Brown",
    "Jones",
    "Miller",
    "Davis",
    "Wilson",
    "Anderson",
    "Thomas",
    "Taylor",
    "Moore",
    "Martin",
    "Jackson",
    "Thompson",
    "White",
    "Harris",
    "Clark",
    "Lewis",
    "Robinson",
    "Walker",
    "Young",
    "Allen",
    "King",
    "Wright",
    "Scott",
    "Hill",
    "Green",
    "Adams",
    "Nelson",
    "Baker",
    "Hall",
    "Campbell",
    "Mitchell",
    "Carter",
    "Roberts",
    "Phillips",
    "Evans",
    "Turner",
    "Parker",
    "Collins",
    "Edwards",
    "Stewart",
    "Morris",
    "Murphy",
    "Cook",
    "Rogers",
    "Morgan",
    "Cooper",
    "Peterson",
    "Reed",
    "Bailey",
    "Kelly",
    "Howard",
    "Ward",
    "Cox",
    "Richardson",
    "Watson",
    "Brooks",
    "Bennett",
    "Gray",
    "Wood",
    "Hughes",
    "Price",
    "Myers",
    "Long",
    "Foster",
    "Sanders",
    "Ross",
    "Powell",
    "Sullivan",
    "Russell",
    "Jenkins",
    "Perry",
    "Butler",
    "Barnes",
    "Fisher",
    "Henderson",
    "Coleman",
    "Simmons",
    "Patterson",
    "Jordan",
    "Reynolds",
    "Hamilton",
    "Graham",
    "Wallace",
    "West",
    "Cole",
    "Hayes",
    "Gibson",
    "Bryant",
    "Ellis",
    "Stevens",
    "Ford",
    "Tremblay",
    "Bouchard",
    "Gagnon",
    "Patel",
    "Singh",
    "Nguyen",
    "Tran",
    "Kim",
    "Okafor",
    "Diallo",
    "Abdi",
    "Smith-Jones",
    "St. Pierre",
    "van der Berg",
    "de la Cruz",
    "MacDonald",
];
const GIVEN_MARKED: &[Name] = &[
    name("José", "Jose"),
    name("María", "Maria"),
    name("François", "Francois"),
    name("Zoë", "Zoe"),
    name("Renée", "Renee"),
    name("Jürgen", "Jurgen"),
    name("Søren", "Soren"),
    name("Łucja", "Lucja"),
    name("Şebnem", "Sebnem"),
    name("Đorđe", "Dorde"),
    name("Ольга", "Olga"),
    name("Γιώργος", "Giorgos"),
    name("美咲", "Misaki"),
    name("伟", "Wei"),
    name("민준", "Minjun"),
    name("فاطمة", "Fatima"),
];
const FAMILY_MARKED: &[Name] = &[
    name("García", "Garcia"),
    name("Muñoz", "Munoz"),
    name("Peña", "Pena"),
    name("Lefèvre", "Lefevre"),
    name("Côté", "Cote"),
    name("Müller", "Muller"),
    name("Åkesson", "Akesson"),
    name("O'Brien", "OBrien"),
    name("O’Neill", "ONeill"),
    name("D'Angelo", "DAngelo"),
    name("Łukasiewicz", "Lukasiewicz"),
    name("Dvořák", "Dvorak"),
    name("Yılmaz", "Yilmaz"),
    name("Иванова", "Ivanova"),
    name("Παπαδόπουλος", "Papadopoulos"),
    name("漢字", "Kanji"),
    name("佐藤", "Sato"),
    name("王", "Wang"),
    name("김", "Kim"),
    name("حسين", "Hussein"),
];
const STREETS: &[&str] = &[
    "Main St",
    "Church St",
    "Maple Street",
    "North Ave",
    "Pearl St.",
    "Elm Street",
    "College St",
    "Mill Rd",
    "Lake View Dr",
    "School Street",
    "State St",
    "Pleasant St",
    "River Road",
    "Summer St",
    "Cedar Ln",
    "Old Stage Rd",
    "Union Street",
    "Spring St",
    "Grove St",
    "Hillside Terrace",
];

const fn name(own: &'static str, latin: &'static str) -> Name {
    Name { own, latin }
}

pub(super) fn draw_given(rng: &mut SeededRng) -> Name {
    draw_name(rng, GIVEN, GIVEN_MARKED)
}

pub(super) fn draw_family(rng: &mut SeededRng) -> Name {
    draw_name(rng, FAMILY, FAMILY_MARKED)
}

pub(super) fn draw_street(rng: &mut SeededRng) -> &'static str {
    pick_skewed(rng, STREETS)
}

/// Nine in ten from the plain list.
fn draw_name(rng: &mut SeededRng, plain: &[&'static str], marked: &[Name]) -> Name {
    if super::draw::happens(rng, 900) {
        let text = pick_skewed(rng, plain);
        name(text, text)
    } else {
        pick(rng, marked)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_latin_form_is_latin_and_every_western_form_fits() {
        for name in GIVEN_MARKED.iter().chain(FAMILY_MARKED) {
            assert!(name.latin.is_ascii(), "{name:?}");
            assert!(!encoding_rs::WINDOWS_1252.encode(name.western()).2, "{name:?}");
        }
        assert_eq!(name("Muñoz", "Munoz").western(), "Muñoz");
        assert_eq!(name("漢字", "Kanji").western(), "Kanji");
        assert!(GIVEN.iter().chain(FAMILY).all(|name| name.is_ascii()));
    }
}
