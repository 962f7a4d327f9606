//! A journal as a crash leaves it, with its checksums made right so that the records behind them are reached: what
//! is recovered is in order, each delivery once, and a longer tail takes nothing back but by its own records.
#![no_main]

use hustings_mail::journal::{Recovered, recover_bytes};
use libfuzzer_sys::fuzz_target;
use std::collections::BTreeSet;

/// Magic, epoch (8), CRC-32; then records: length (2), content, CRC-32 of both.
fn with_right_checksums(bytes: &[u8]) -> Vec<u8> {
    let mut fixed = b"HSTJRNL1".to_vec();
    let Some((epoch, mut rest)) = bytes.split_first_chunk::<8>() else { return fixed };
    fixed.extend_from_slice(epoch);
    fixed.extend_from_slice(&crc32fast::hash(&fixed).to_le_bytes());
    while let Some((length, _)) = rest.split_first_chunk::<2>() {
        // Only the low byte counts here: short records, so that there are many.
        let length = usize::from(length[0]);
        let Some((_, after)) = rest.split_at_checked(2) else { break };
        let Some((content, after)) = after.split_at_checked(length) else { break };
        let mut record = u16::try_from(length).expect("one byte").to_le_bytes().to_vec();
        record.extend_from_slice(content);
        record.extend_from_slice(&crc32fast::hash(&record).to_le_bytes());
        fixed.extend_from_slice(&record);
        rest = after;
    }
    fixed.extend_from_slice(rest);
    fixed
}

fn check(recovered: &Recovered, bytes: &[u8]) {
    assert!(recovered.torn_bytes <= bytes.len() as u64);
    assert!(recovered.answered.is_sorted_by(|a, b| a.seq < b.seq), "{recovered:?}");
    assert!(recovered.in_doubt.is_sorted_by(|a, b| a < b), "{recovered:?}");
    let doubtful: BTreeSet<u64> = recovered.in_doubt.iter().copied().collect();
    assert!(!recovered.answered.iter().any(|answer| doubtful.contains(&answer.seq)), "{recovered:?}");
}

fn seqs(recovered: &Recovered) -> BTreeSet<u64> {
    recovered.in_doubt.iter().copied().chain(recovered.answered.iter().map(|answer| answer.seq)).collect()
}

fuzz_target!(|bytes: &[u8]| {
    if let Ok(recovered) = recover_bytes(bytes) {
        check(&recovered, bytes);
    }
    let fixed = with_right_checksums(bytes);
    let Ok(recovered) = recover_bytes(&fixed) else { return };
    check(&recovered, &fixed);
    // Without its torn tail the journal says the same.
    let whole = fixed.len() - usize::try_from(recovered.torn_bytes).expect("checked");
    if recovered.epoch.is_some() {
        let clean = recover_bytes(&fixed[..whole]).expect("a journal");
        assert_eq!(clean, Recovered { torn_bytes: 0, ..recovered.clone() });
    }
    // Cut anywhere, it knows of no delivery that the longer one does not know of.
    let cut = fixed.len() * usize::from(bytes.last().copied().unwrap_or(0)) / 256;
    let shorter = recover_bytes(&fixed[..cut]).expect("a beginning of a journal is one");
    check(&shorter, &fixed[..cut]);
    assert!(seqs(&shorter).is_subset(&seqs(&recovered)), "{shorter:?} of {recovered:?}");
});
