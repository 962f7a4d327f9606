//! Reading replies (RFC 5321, 4.2): a code, one or many lines, with limits.

use super::stream::Wire;

/// The most bytes a whole reply may have.
const REPLY_LIMIT: usize = 64 * 1024;

/// A reply: its code and its lines without the codes, joined by line feeds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reply {
    pub(crate) code: u16,
    pub(crate) text: String,
}

impl Reply {
    /// 2xx.
    pub(crate) fn is_positive(&self) -> bool {
        self.code / 100 == 2
    }
}

/// Why no reply came.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoReply {
    #[error("the connection was closed")]
    Closed,
    #[error("the connection broke: {0}")]
    Io(#[from] std::io::Error),
    #[error("no reply came in time")]
    Timeout,
    #[error("the reply is longer than 64 KiB")]
    TooLong,
    #[error("the reply is not one of SMTP")]
    Malformed,
}

/// One reply found in `bytes` and how many of them it took; `Ok(None)` when more is needed.
pub(crate) fn parse(bytes: &[u8]) -> Result<Option<(Reply, usize)>, NoReply> {
    let mut text: Vec<u8> = Vec::new();
    let mut first_code = None;
    let mut taken = 0;
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        if taken + line.len() > REPLY_LIMIT {
            return Err(NoReply::TooLong);
        }
        let Some(content) = line.strip_suffix(b"\n") else { return Ok(None) };
        taken += line.len();
        let content = content.strip_suffix(b"\r").unwrap_or(content);
        let (digits, rest) = content.split_first_chunk::<3>().ok_or(NoReply::Malformed)?;
        if !digits.iter().all(u8::is_ascii_digit) || !matches!(digits, [b'2'..=b'5', ..]) {
            return Err(NoReply::Malformed);
        }
        let code = digits.iter().fold(0, |code, digit| code * 10 + u16::from(digit - b'0'));
        if *first_code.get_or_insert(code) != code {
            return Err(NoReply::Malformed);
        }
        let (more, words) = match rest.split_first() {
            None => (false, rest),
            Some((b' ', words)) => (false, words),
            Some((b'-', words)) => (true, words),
            Some(_) => return Err(NoReply::Malformed),
        };
        if taken > line.len() {
            text.push(b'\n');
        }
        text.extend_from_slice(words);
        if !more {
            let text = String::from_utf8_lossy(&text).into_owned();
            return Ok(Some((Reply { code, text }, taken)));
        }
    }
    Ok(None)
}

/// The next reply on `wire`.
pub(crate) async fn next(wire: &mut Wire, within: std::time::Duration) -> Result<Reply, NoReply> {
    let reading = async {
        loop {
            if let Some((reply, taken)) = parse(wire.unread())? {
                wire.consume(taken);
                return Ok(reply);
            }
            if wire.unread().len() > REPLY_LIMIT {
                return Err(NoReply::TooLong);
            }
            if !wire.fill().await? {
                return Err(NoReply::Closed);
            }
        }
    };
    tokio::time::timeout(within, reading).await.map_err(|_| NoReply::Timeout)?
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn one_and_many_lines() {
        let (reply, taken) =
            parse(b"250-relay.example\r\n250-PIPELINING\r\n250 SIZE 1000\r\n354 go").unwrap().unwrap();
        assert_eq!((reply.code, taken), (250, 50));
        assert_eq!(reply.text, "relay.example\nPIPELINING\nSIZE 1000");
        let (reply, _) = parse(b"250\n").unwrap().unwrap();
        assert_eq!(reply, Reply { code: 250, text: String::new() });
    }

    #[test]
    fn a_half_reply_waits_and_a_wrong_one_is_refused() {
        assert!(parse(b"250-a\r\n250").unwrap().is_none());
        assert!(parse(b"").unwrap().is_none());
        for wrong in
            [&b"25\r\n"[..], b"hello\r\n", b"250-a\r\n251 b\r\n", b"250+a\r\n", b"950 a\r\n", b"\r\n"]
        {
            assert!(matches!(parse(wrong), Err(NoReply::Malformed)), "{wrong:?}");
        }
    }

    #[test]
    fn an_endless_reply_is_cut() {
        let endless = b"250-x\r\n".repeat(10_000);
        assert!(matches!(parse(&endless), Err(NoReply::TooLong)));
        assert!(matches!(parse(&vec![b'2'; 70_000]), Err(NoReply::TooLong)));
    }

    proptest! {
        #[test]
        fn any_bytes_are_survived(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            if let Ok(Some((_, taken))) = parse(&bytes) {
                prop_assert!(taken <= bytes.len());
            }
        }
    }
}
