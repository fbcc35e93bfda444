//! Websocket frames (RFC 6455, version 13, no extensions): taking those of a client apart, and making ours.
//!
//! Our own, so that an event is framed once for all its watchers and a waiting socket keeps no buffer.

use bytes::Bytes;
use sha1::{Digest, Sha1};

/// The kinds of frames (RFC 6455, 5.2).
const CONTINUATION: u8 = 0x0;
const TEXT: u8 = 0x1;
const BINARY: u8 = 0x2;
const CLOSE: u8 = 0x8;
const PING: u8 = 0x9;
const PONG: u8 = 0xA;
/// The most a control frame may carry (RFC 6455, 5.5).
const MOST_CONTROL: usize = 125;

/// What answers `Sec-WebSocket-Key` (RFC 6455, 4.2.2).
pub fn accept(key: &[u8]) -> String {
    use base64::{Engine, engine::general_purpose::STANDARD};
    let mut sha = Sha1::new();
    sha.update(key);
    sha.update(b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11");
    STANDARD.encode(sha.finalize())
}

/// One whole message of a client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    /// UTF-8.
    Text(String),
    /// Anything else.
    Binary(Vec<u8>),
    /// To be answered by a pong with the same payload.
    Ping(Vec<u8>),
    /// A sign of life.
    Pong,
    /// The client is done; the code it gave, if any.
    Close(Option<u16>),
}

/// How a client broke the protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Not a frame of RFC 6455, or not at this place.
    #[error("not a websocket frame: {0}")]
    Protocol(&'static str),
    /// A text or a reason that is not UTF-8.
    #[error("text must be UTF-8")]
    Utf8,
    /// More than the decoder takes.
    #[error("a message may have {0} bytes")]
    TooLarge(usize),
}

impl Fault {
    /// The code to close with (RFC 6455, 7.4.1).
    pub fn code(self) -> u16 {
        match self {
            Self::Protocol(_) => 1002,
            Self::Utf8 => 1007,
            Self::TooLarge(_) => 1009,
        }
    }
}

/// The frame being read.
struct Head {
    opcode: u8,
    fin: bool,
    mask: [u8; 4],
    /// Bytes of the payload read so far, and all of it.
    at: usize,
    length: usize,
}

/// Takes a client's bytes apart. Holds no more than the message being read.
pub struct Decoder {
    largest: usize,
    /// Bytes of a header that is not whole yet.
    header: [u8; 14],
    have: usize,
    head: Option<Head>,
    /// The opcode of the message whose pieces are gathered.
    gathering: Option<u8>,
    message: Vec<u8>,
    /// So much of `message` is known to be UTF-8.
    proven: usize,
    control: Vec<u8>,
}

impl Decoder {
    /// Takes messages of at most `largest` bytes.
    pub fn new(largest: usize) -> Self {
        Self {
            largest,
            header: [0; 14],
            have: 0,
            head: None,
            gathering: None,
            message: Vec::new(),
            proven: 0,
            control: Vec::new(),
        }
    }

    /// The next whole message of `input`, which is left with what follows it; `None` when it takes more input.
    pub fn next(&mut self, input: &mut &[u8]) -> Result<Option<Message>, Fault> {
        loop {
            if self.head.is_none() {
                let Some(head) = self.header(input)? else { return Ok(None) };
                self.begin(&head)?;
                self.head = Some(head);
            }
            let Some(head) = &mut self.head else { continue };
            let take = input.len().min(head.length - head.at);
            let (piece, rest) = input.split_at(take);
            *input = rest;
            let control = head.opcode >= CLOSE;
            let into = if control { &mut self.control } else { &mut self.message };
            let from = into.len();
            into.extend_from_slice(piece);
            for (index, byte) in into[from..].iter_mut().enumerate() {
                *byte ^= head.mask[(head.at + index) % 4];
            }
            head.at += take;
            let whole = head.at == head.length;
            let fin = head.fin;
            let opcode = head.opcode;
            if !control && self.gathering == Some(TEXT) {
                self.prove(whole && fin)?;
            }
            if !whole {
                return Ok(None);
            }
            self.head = None;
            if control {
                return control_message(opcode, std::mem::take(&mut self.control)).map(Some);
            }
            if fin {
                let kind = self.gathering.take();
                let message = std::mem::take(&mut self.message);
                self.proven = 0;
                return match kind {
                    Some(TEXT) => String::from_utf8(message)
                        .map(|text| Some(Message::Text(text)))
                        .map_err(|_| Fault::Utf8),
                    _ => Ok(Some(Message::Binary(message))),
                };
            }
        }
    }

    /// Reads a header, two to fourteen bytes.
    fn header(&mut self, input: &mut &[u8]) -> Result<Option<Head>, Fault> {
        loop {
            let need = match self.have {
                0 | 1 => 2,
                _ => {
                    2 + match self.header[1] & 0x7f {
                        126 => 2,
                        127 => 8,
                        _ => 0,
                    } + 4
                }
            };
            if self.have == 2 && self.header[1] & 0x80 == 0 {
                return Err(Fault::Protocol("a client masks its frames"));
            }
            if self.have >= 2 && self.have == need {
                break;
            }
            let Some((&byte, rest)) = input.split_first() else { return Ok(None) };
            self.header[self.have] = byte;
            self.have += 1;
            *input = rest;
        }
        let header = &self.header[..self.have];
        let length = match header[1] & 0x7f {
            126 => u64::from(u16::from_be_bytes([header[2], header[3]])),
            127 => header[2..10].iter().fold(0, |sum, byte| (sum << 8) | u64::from(*byte)),
            short => u64::from(short),
        };
        let mut mask = [0; 4];
        mask.copy_from_slice(&header[self.have - 4..]);
        self.have = 0;
        if length >> 63 != 0 {
            return Err(Fault::Protocol("a length has 63 bits"));
        }
        Ok(Some(Head {
            opcode: self.header[0] & 0x0f,
            fin: self.header[0] & 0x80 != 0,
            mask,
            at: 0,
            length: usize::try_from(length).unwrap_or(usize::MAX),
        }))
    }

    /// Whether this frame may come now.
    fn begin(&mut self, head: &Head) -> Result<(), Fault> {
        if self.header[0] & 0x70 != 0 {
            return Err(Fault::Protocol("no extension was agreed on"));
        }
        match (head.opcode, self.gathering) {
            (CLOSE | PING | PONG, _) if !head.fin || head.length > MOST_CONTROL => {
                return Err(Fault::Protocol("a control frame is one piece of at most 125 bytes"));
            }
            (CLOSE | PING | PONG, _) => return Ok(()),
            (CONTINUATION, None) => return Err(Fault::Protocol("nothing to continue")),
            (CONTINUATION, Some(_)) => {}
            (TEXT | BINARY, Some(_)) => return Err(Fault::Protocol("the message before was not finished")),
            (TEXT | BINARY, None) => self.gathering = Some(head.opcode),
            _ => return Err(Fault::Protocol("an unknown opcode")),
        }
        if head.length > self.largest - self.message.len() {
            return Err(Fault::TooLarge(self.largest));
        }
        Ok(())
    }

    /// Refuses text as soon as it cannot become UTF-8 any more.
    fn prove(&mut self, last: bool) -> Result<(), Fault> {
        match std::str::from_utf8(&self.message[self.proven..]) {
            Ok(_) => self.proven = self.message.len(),
            Err(error) if error.error_len().is_none() && !last => self.proven += error.valid_up_to(),
            Err(_) => return Err(Fault::Utf8),
        }
        Ok(())
    }
}

fn control_message(opcode: u8, payload: Vec<u8>) -> Result<Message, Fault> {
    match opcode {
        PING => Ok(Message::Ping(payload)),
        PONG => Ok(Message::Pong),
        _ => match payload.split_first_chunk() {
            None if payload.is_empty() => Ok(Message::Close(None)),
            None => Err(Fault::Protocol("a close code has two bytes")),
            Some((code, reason)) => {
                let code = u16::from_be_bytes(*code);
                if !matches!(code, 1000..=1003 | 1007..=1014 | 3000..=4999) {
                    return Err(Fault::Protocol("a close code that may not be sent"));
                }
                std::str::from_utf8(reason).map_err(|_| Fault::Utf8)?;
                Ok(Message::Close(Some(code)))
            }
        },
    }
}

fn frame(opcode: u8, payload: &[u8]) -> Bytes {
    let mut bytes = Vec::with_capacity(payload.len() + 10);
    bytes.push(0x80 | opcode);
    match (u8::try_from(payload.len()), u16::try_from(payload.len())) {
        (Ok(short @ ..=125), _) => bytes.push(short),
        (_, Ok(middle)) => {
            bytes.push(126);
            bytes.extend_from_slice(&middle.to_be_bytes());
        }
        _ => {
            bytes.push(127);
            bytes.extend_from_slice(&(payload.len() as u64).to_be_bytes());
        }
    }
    bytes.extend_from_slice(payload);
    bytes.into()
}

/// A text frame.
pub fn text(text: &str) -> Bytes {
    frame(TEXT, text.as_bytes())
}

/// A binary frame.
pub fn binary(payload: &[u8]) -> Bytes {
    frame(BINARY, payload)
}

/// A ping.
pub fn ping() -> Bytes {
    frame(PING, &[])
}

/// The answer to a ping; what is too long for a control frame is left out.
pub fn pong(payload: &[u8]) -> Bytes {
    frame(PONG, &payload[..payload.len().min(MOST_CONTROL)])
}

/// A close frame; without a code the other side's own close had none.
pub fn close(code: Option<u16>, reason: &str) -> Bytes {
    let mut payload = Vec::with_capacity(2 + reason.len());
    if let Some(code) = code {
        payload.extend_from_slice(&code.to_be_bytes());
        let end = reason.floor_char_boundary(MOST_CONTROL - 2);
        payload.extend_from_slice(&reason.as_bytes()[..end]);
    }
    frame(CLOSE, &payload)
}

/// The payload of a frame of ours, whole.
pub fn payload(frame: &[u8]) -> &[u8] {
    let skip = match frame.get(1) {
        Some(127) => 10,
        Some(126) => 4,
        _ => 2,
    };
    frame.get(skip..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A client's frame.
    fn masked(first: u8, payload: &[u8]) -> Vec<u8> {
        let mask = [0x37, 0xfa, 0x21, 0x3d];
        let ours = frame(0, payload);
        let mut bytes = ours[..ours.len() - payload.len()].to_vec();
        bytes[0] = first;
        bytes[1] |= 0x80;
        bytes.extend_from_slice(&mask);
        bytes.extend(payload.iter().enumerate().map(|(at, byte)| byte ^ mask[at % 4]));
        bytes
    }

    /// All messages of some bytes that come in pieces of `size`, and the fault they end with.
    fn read(bytes: &[u8], size: usize) -> (Vec<Message>, Option<Fault>) {
        let mut decoder = Decoder::new(65_536);
        let mut messages = Vec::new();
        for piece in bytes.chunks(size) {
            let mut input = piece;
            loop {
                match decoder.next(&mut input) {
                    Ok(Some(message)) => messages.push(message),
                    Ok(None) => break,
                    Err(fault) => return (messages, Some(fault)),
                }
            }
        }
        (messages, None)
    }

    #[test]
    fn the_accept_header_is_the_one_of_the_standard() {
        assert_eq!(accept(b"dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    }

    #[test]
    fn messages_are_the_same_however_the_bytes_are_cut() {
        let long = "ก".repeat(300);
        let longest = "x".repeat(65_536);
        let bytes = [
            masked(0x81, "สวัสดี".as_bytes()),
            masked(0x01, &"ไทย".as_bytes()[..4]),
            masked(0x89, b"between"),
            masked(0x00, b""),
            masked(0x80, &"ไทย".as_bytes()[4..]),
            masked(0x82, &[0, 255]),
            masked(0x81, long.as_bytes()),
            masked(0x81, longest.as_bytes()),
            masked(0x8a, b"ignored"),
            masked(0x81, b""),
            masked(0x88, &[0x03, 0xe8, b'o', b'k']),
        ]
        .concat();
        let expected = vec![
            Message::Text("สวัสดี".into()),
            Message::Ping(b"between".to_vec()),
            Message::Text("ไทย".into()),
            Message::Binary(vec![0, 255]),
            Message::Text(long),
            Message::Text(longest),
            Message::Pong,
            Message::Text(String::new()),
            Message::Close(Some(1000)),
        ];
        for size in [1, 2, 3, 7, 125, 4096, bytes.len()] {
            assert_eq!(read(&bytes, size), (expected.clone(), None), "in pieces of {size}");
        }
    }

    #[test]
    fn what_breaks_the_protocol_is_refused_with_its_code() {
        let mut unmasked = masked(0x81, b"x");
        unmasked[1] &= 0x7f;
        let mut endless = masked(0x82, &[0; 70_000]);
        endless[2] = 0x80;
        for (code, what, bytes) in [
            (1002, "not masked", unmasked),
            (1002, "a reserved bit", masked(0xc1, b"x")),
            (1002, "a reserved opcode", masked(0x83, b"x")),
            (1002, "a reserved control opcode", masked(0x8b, b"x")),
            (1002, "nothing to continue", masked(0x80, b"x")),
            (1002, "a message within a message", [masked(0x01, b"x"), masked(0x81, b"y")].concat()),
            (1002, "a ping in pieces", masked(0x09, b"x")),
            (1002, "a long ping", masked(0x89, &[0; 126])),
            (1002, "a close of one byte", masked(0x88, &[3])),
            (1002, "a close code nobody may send", masked(0x88, &1005u16.to_be_bytes())),
            (1002, "a length of 64 bits", endless),
            (1007, "a reason that is no text", masked(0x88, &[0x03, 0xe8, 0xff])),
            (1007, "text that is none", masked(0x01, &[b'a', 0xc0])),
            (1007, "text that ends in a character", masked(0x81, &"ก".as_bytes()[..2])),
            (1009, "too much at once", masked(0x81, &[b'x'; 65_537])),
            (1009, "too much in pieces", [masked(0x01, &[b'x'; 65_530]), masked(0x80, &[b'x'; 7])].concat()),
        ] {
            for size in [1, 5, bytes.len()] {
                assert_eq!(read(&bytes, size).1.map(Fault::code), Some(code), "{what} in pieces of {size}");
            }
        }
    }

    #[test]
    fn text_is_refused_before_its_message_is_whole() {
        let mut bytes = masked(0x01, &[b'a', 0xff]);
        bytes.extend_from_slice(&masked(0x80, b"b")[..1]);
        assert_eq!(read(&bytes, 1).1, Some(Fault::Utf8));
    }

    #[test]
    fn our_frames_say_their_length() {
        for length in [0, 1, 125, 126, 65_535, 65_536] {
            let payload = vec![b'x'; length];
            let bytes = binary(&payload);
            assert_eq!(super::payload(&bytes), payload);
            // A client's decoder sees the same, save for the mask.
            assert_eq!(
                read(&masked(0x82, &payload), 4096).0,
                [Message::Binary(payload)].into_iter().filter(|_| length <= 65_536).collect::<Vec<_>>()
            );
        }
        assert_eq!(&close(Some(4000), "ไ")[..], [0x88, 5, 0x0f, 0xa0, 0xe0, 0xb9, 0x84]);
        assert_eq!(&close(None, "unheard")[..], [0x88, 0]);
        assert!(close(Some(4000), &"ไ".repeat(60)).len() <= 127);
    }
}
