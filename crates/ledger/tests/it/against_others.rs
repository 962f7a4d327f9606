//! What we write, other implementations read (`tlog_tiles`, `signed_note`), and what they prove, we check.

use crate::{NAME, log_of, note_of, signer};
use hustings_ledger::tree::{self, NodeReader};
use hustings_ledger::{Hash, LogSource, MemoryLog, parse_and_verify, publish};
use signed_note::{Note, StandardVerifier, VerifierList};
use std::path::Path;
use tlog_tiles::{HashReader, Tile, TileHashReader, TileReader};

struct Stored<'a>(&'a MemoryLog);

impl HashReader for Stored<'_> {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<tlog_tiles::Hash>, tlog_tiles::Error> {
        let read = |index: &u64| {
            let (level, index) = tlog_tiles::split_stored_hash_index(*index);
            tlog_tiles::Hash(self.0.node(level, index).unwrap().0)
        };
        Ok(indexes.iter().map(read).collect())
    }
}

fn theirs(hash: Hash) -> tlog_tiles::Hash {
    tlog_tiles::Hash(hash.0)
}

fn as_theirs(proof: &[Hash]) -> Vec<tlog_tiles::Hash> {
    proof.iter().map(|hash| theirs(*hash)).collect()
}

#[test]
fn roots_and_proofs_are_the_same() {
    let log = log_of(70);
    for size in 1..=70 {
        let root = tree::root(size, &log).unwrap();
        assert_eq!(tlog_tiles::tree_hash(size, &Stored(&log)).unwrap(), theirs(root));
        for index in 0..size {
            let ours = as_theirs(&tree::inclusion_proof(index, size, &log).unwrap());
            assert_eq!(ours, tlog_tiles::prove_record(size, index, &Stored(&log)).unwrap());
            let leaf = tlog_tiles::record_hash(&log.entry(index).unwrap());
            tlog_tiles::check_record(&ours, size, theirs(root), index, leaf).unwrap();
            let old = index + 1;
            let ours = as_theirs(&tree::consistency_proof(old, size, &log).unwrap());
            assert_eq!(ours, tlog_tiles::prove_tree(size, old, &Stored(&log)).unwrap(), "{old} to {size}");
            let old_root = theirs(tree::root(old, &log).unwrap());
            tlog_tiles::check_tree(&ours, size, theirs(root), old, old_root).unwrap();
        }
    }
}

/// Reads our folder as their client does. They put the tile's height into the path, which C2SP tlog-tiles leaves out.
struct Served<'a>(&'a Path);

impl TileReader for Served<'_> {
    fn height(&self) -> u8 {
        8
    }

    fn read_tiles(&self, tiles: &[Tile]) -> Result<Vec<Vec<u8>>, tlog_tiles::Error> {
        let read =
            |tile: &Tile| std::fs::read(self.0.join(tile.path().replacen("tile/8/", "tile/", 1))).unwrap();
        Ok(tiles.iter().map(read).collect())
    }

    fn save_tiles(&self, _: &[Tile], _: &[Vec<u8>]) {}
}

#[test]
fn their_client_reads_the_served_folder() {
    let (log, dir) = (log_of(700), tempfile::tempdir().unwrap());
    for size in [3, 255, 256, 257, 511, 700] {
        publish(dir.path(), &log, &note_of(&log, size)).unwrap();
        let note = std::fs::read(dir.path().join("checkpoint")).unwrap();
        let note = Note::from_bytes(&note).unwrap();
        let verifier = StandardVerifier::new(&signer().verifier().to_string()).unwrap();
        let (verified, unverified) = note.verify(&VerifierList::new(vec![Box::new(verifier)])).unwrap();
        assert_eq!((verified.len(), unverified.len()), (1, 0));
        let checkpoint = tlog_tiles::Checkpoint::from_bytes(note.text()).unwrap();
        assert_eq!((checkpoint.origin(), checkpoint.size()), (NAME, size));

        // Their reader refuses any tile that does not lead to the root.
        let served = Served(dir.path());
        let reader = TileHashReader::new(size, *checkpoint.hash(), &served);
        for index in (0..size).step_by(37).chain([size - 1]) {
            let proof = tlog_tiles::prove_record(size, index, &reader).unwrap();
            let proof: Vec<_> = proof.iter().map(|hash| Hash(hash.0)).collect();
            let leaf = hustings_ledger::hash::leaf_hash(&log.entry(index).unwrap());
            let root = Hash(checkpoint.hash().0);
            tree::verify_inclusion(&leaf, index, size, &proof, &root).unwrap();
        }
    }
}

#[test]
fn the_same_tiles_are_new() {
    for (old, new) in [(0, 1), (0, 70_000), (255, 256), (256, 257), (300, 70_000), (65_535, 65_536), (5, 5)] {
        let without_height = |tile: &Tile| tile.path().replacen("tile/8/", "tile/", 1);
        let mut theirs: Vec<_> = Tile::new_tiles(8, old, new).iter().map(without_height).collect();
        let mut ours: Vec<_> = hustings_ledger::tiles::new_tiles(old, new).map(|tile| tile.path()).collect();
        ours.retain(|path| !path.starts_with("tile/entries/"));
        ours.sort();
        theirs.sort();
        assert_eq!(ours, theirs, "{old} to {new}");
    }
}

#[test]
fn we_read_a_note_that_they_signed() {
    let log = log_of(9);
    let ours = note_of(&log, 9);
    let (text, _) = ours.split_once("\n\n").unwrap();
    let seed = data_encoding::BASE64.encode(&[[1].as_slice(), &[42; 32]].concat());
    let vkey = signer().verifier().to_string();
    let id = vkey.split('+').nth(1).unwrap();
    let their_signer = signed_note::StandardSigner::new(&format!("PRIVATE+KEY+{NAME}+{id}+{seed}")).unwrap();
    let mut note = Note::new(format!("{text}\n").as_bytes(), &[]).unwrap();
    note.add_sigs(&[&their_signer]).unwrap();
    let theirs = String::from_utf8(note.to_bytes()).unwrap();
    assert_eq!(theirs, ours);
    assert_eq!(parse_and_verify(&theirs, signer().verifier()).unwrap().size, 9);
}
