//! The eight-leaf vectors of the Certificate Transparency project's reference tests.

use data_encoding::HEXLOWER;
use hustings_ledger::MemoryLog;
use hustings_ledger::hash::{Hash, empty_root};
use hustings_ledger::tree::{consistency_proof, inclusion_proof, root};

const LEAVES: [&str; 8] =
    ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];

const ROOTS: [&str; 8] = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

const N10: &str = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7";
const N11: &str = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e";
const N47: &str = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4";
const N67: &str = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0";
const LEAF4: &str = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b";
const N45: &str = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a";

fn log() -> MemoryLog {
    let mut log = MemoryLog::new();
    for leaf in LEAVES {
        log.push(HEXLOWER.decode(leaf.as_bytes()).unwrap()).unwrap();
    }
    log
}

fn hex(hashes: &[Hash]) -> Vec<String> {
    hashes.iter().map(Hash::to_string).collect()
}

#[test]
fn roots() {
    let log = log();
    assert_eq!(root(0, &log).unwrap(), empty_root());
    for (size, expected) in (1..).zip(ROOTS) {
        assert_eq!(root(size, &log).unwrap().to_string(), expected, "{size}");
    }
}

#[test]
fn inclusion() {
    let proof = |index, size| hex(&inclusion_proof(index, size, &log()).unwrap());
    assert!(proof(0, 1).is_empty());
    assert_eq!(proof(0, 8), [N10, N11, N47]);
    assert_eq!(proof(5, 8), [LEAF4, N67, ROOTS[3]]);
    assert_eq!(proof(2, 3), [ROOTS[1]]);
}

#[test]
fn consistency() {
    let proof = |old, new| hex(&consistency_proof(old, new, &log()).unwrap());
    assert!(proof(1, 1).is_empty());
    assert_eq!(proof(1, 8), [N10, N11, N47]);
    assert_eq!(proof(6, 8), [N45, N67, ROOTS[3]]);
    assert_eq!(proof(2, 5), [N11, LEAF4]);
}
