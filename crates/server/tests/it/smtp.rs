//! E-mail over a mail server that is told how to answer.

use std::sync::{Arc, Mutex};

use frontdesk_domain::ids::ConversationId;
use frontdesk_ports::email::{EmailSender as _, OutboundEmail};
use frontdesk_ports::{Happened, PortErrorKind};
use frontdesk_vendors::smtp::{SmtpConfig, SmtpSender};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;

/// Where the server answers otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Script {
    Accepts,
    /// Instead of its greeting.
    Greeting(&'static str),
    /// To MAIL FROM.
    Mail(&'static str),
    /// To RCPT TO.
    Rcpt(&'static str),
    /// To the end of DATA.
    Data(&'static str),
    /// It hangs up when it has the mail.
    DropsAfterData,
    /// It hangs up in the middle of the mail.
    DropsInData,
}

/// A server; what it was given.
async fn server(script: Script) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("smtp://{}", listener.local_addr().unwrap());
    let mails = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&mails);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let kept = Arc::clone(&kept);
            tokio::spawn(async move {
                let (read, mut write) = stream.into_split();
                let mut lines = BufReader::new(read).lines();
                let greeting = if let Script::Greeting(line) = script { line } else { "220 mail.example ESMTP" };
                write.write_all(format!("{greeting}\r\n").as_bytes()).await.unwrap();
                let mut mail: Option<String> = None;
                while let Ok(Some(line)) = lines.next_line().await {
                    if let Some(text) = &mut mail {
                        if line == "." {
                            kept.lock().unwrap().push(std::mem::take(text));
                            mail = None;
                            match script {
                                Script::DropsAfterData => break,
                                Script::Data(answer) => {
                                    write.write_all(format!("{answer}\r\n").as_bytes()).await.unwrap();
                                }
                                _ => write.write_all(b"250 2.0.0 queued\r\n").await.unwrap(),
                            }
                        } else {
                            text.push_str(&line);
                            text.push('\n');
                            if script == Script::DropsInData {
                                break;
                            }
                        }
                        continue;
                    }
                    let verb = line.split([' ', ':']).next().unwrap().to_uppercase();
                    let answer = match (verb.as_str(), script) {
                        ("EHLO", _) => "250-mail.example\r\n250 8BITMIME",
                        ("MAIL", Script::Mail(answer)) | ("RCPT", Script::Rcpt(answer)) => answer,
                        ("DATA", _) => {
                            mail = Some(String::new());
                            "354 go ahead"
                        }
                        ("QUIT", _) => "221 bye",
                        _ => "250 ok",
                    };
                    if write.write_all(format!("{answer}\r\n").as_bytes()).await.is_err() {
                        break;
                    }
                }
            });
        }
    });
    (url, mails)
}

fn email(to: &str) -> OutboundEmail {
    OutboundEmail {
        to: to.to_owned(),
        subject: "New booking: Jo Park\r\nBcc: all@evil.example".replace(['\r', '\n'], " "),
        text: "Name: Jo Park".to_owned(),
        html: Some("<p>Name: Jo Park</p>".to_owned()),
        calendar: Some("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n".to_owned()),
        key: "ntc_1".to_owned(),
        conversation: ConversationId::from_raw(1),
    }
}

fn sender(url: &str) -> SmtpSender {
    SmtpSender::new(&SmtpConfig { url: url.to_owned().into(), from: "Glow <desk@glow.example>".to_owned() }).unwrap()
}

#[tokio::test]
async fn a_mail_has_both_forms_a_calendar_file_and_the_same_id_each_time() {
    let (url, mails) = server(Script::Accepts).await;
    let sender = sender(&url);
    for _ in 0..2 {
        sender.send(&email("desk@glow.example")).await.unwrap();
    }
    let mails = mails.lock().unwrap();
    assert_eq!(mails.len(), 2);
    for part in [
        "Message-ID: <ntc_1@glow.example>",
        "Auto-Submitted: auto-generated",
        "From: Glow <desk@glow.example>",
        "text/plain",
        "text/html",
        "text/calendar",
        "visit.ics",
        "Date: ",
    ] {
        assert!(mails.iter().all(|mail| mail.contains(part)), "{part}: {}", mails[0]);
    }
    assert!(!mails[0].contains("\nBcc:"), "no header of a patient's making");
}

#[tokio::test]
async fn it_keeps_the_contract_of_e_mail() {
    let (url, mails) = server(Script::Accepts).await;
    frontdesk_sandbox::contract::email(&sender(&url)).await;
    assert_eq!(mails.lock().unwrap().len(), 2, "twice over the wire, under one id");
}

#[tokio::test]
async fn every_failure_says_whether_the_mail_may_have_left() {
    use PortErrorKind::{Rejected, Unavailable};
    let cases = [
        (Script::Greeting("421 4.3.2 busy"), Unavailable, Happened::No),
        (Script::Greeting("554 no service"), Rejected, Happened::No),
        (Script::Mail("451 4.7.1 greylisted"), Unavailable, Happened::No),
        (Script::Rcpt("450 4.2.1 try later"), Unavailable, Happened::No),
        (Script::Rcpt("550 5.1.1 no such user"), Rejected, Happened::No),
        (Script::Data("452 4.3.1 full"), Unavailable, Happened::No),
        (Script::Data("554 5.7.1 refused"), Rejected, Happened::No),
        (Script::DropsAfterData, Unavailable, Happened::Unknown),
        (Script::DropsInData, Unavailable, Happened::Unknown),
    ];
    for (script, kind, happened) in cases {
        let (url, _) = server(script).await;
        let error = sender(&url).send(&email("desk@glow.example")).await.unwrap_err();
        assert_eq!((error.kind, error.happened), (kind, happened), "{script:?}");
        assert!(!format!("{error:?}").contains("Jo Park"), "{error:?}");
    }
    let nobody = sender("smtp://127.0.0.1:1").send(&email("desk@glow.example")).await.unwrap_err();
    assert_eq!((nobody.kind, nobody.happened), (Unavailable, Happened::No));
    let (url, _) = server(Script::Accepts).await;
    let wrong = sender(&url).send(&email("no address")).await.unwrap_err();
    assert_eq!((wrong.kind, wrong.happened), (Rejected, Happened::No));
}
