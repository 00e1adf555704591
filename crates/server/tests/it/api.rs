//! What the developer of a clinic's site sees: conversations, open times, bookings, refusals.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use frontdesk_domain::ids::TokenId;
use frontdesk_domain::span::Span;
use frontdesk_domain::token::Scope;
use frontdesk_reception::api::create_token;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::world::{CLINIC, JO, On, World, databases, with_deposits};

/// A token of the world's clinic.
async fn token(world: &World, scopes: &[Scope]) -> String {
    let secret = "s".repeat(43);
    create_token(&world.reception, world.clinic.id, scopes.to_vec(), secret).await.unwrap().expose()
}

/// A request, while a worker works beside it.
pub(crate) async fn send(world: &World, request: Request<Body>) -> (StatusCode, Value, axum::http::HeaderMap) {
    // A moment passes: what is said later stands later in its thread.
    world.wait(Span::millis(5)).await;
    let answer = tokio::spawn(world.router.clone().oneshot(request));
    while !answer.is_finished() {
        world.run().await;
        tokio::task::yield_now().await;
    }
    let answer = answer.await.unwrap().unwrap();
    let (status, headers) = (answer.status(), answer.headers().clone());
    let body = axum::body::to_bytes(answer.into_body(), 1_000_000).await.unwrap();
    (status, serde_json::from_slice(&body).unwrap_or(Value::Null), headers)
}

pub(crate) fn post(path: &str, token: &str, key: Option<&str>, body: &Value) -> Request<Body> {
    let mut request = Request::post(path).header("authorization", format!("Bearer {token}"));
    if let Some(key) = key {
        request = request.header("idempotency-key", key);
    }
    request.body(Body::from(body.to_string())).unwrap()
}

pub(crate) fn get(path: &str, token: &str) -> Request<Body> {
    Request::get(path).header("authorization", format!("Bearer {token}")).body(Body::empty()).unwrap()
}

/// A chat of one patient.
struct Chat<'a> {
    world: &'a World,
    token: String,
    id: String,
}

impl<'a> Chat<'a> {
    async fn open(world: &'a World, token: &str) -> Self {
        let (status, opened, _) = send(world, post("/conversations/start", token, None, &json!({}))).await;
        assert_eq!(status, StatusCode::CREATED, "{opened}");
        assert!(opened["replies"][0]["text"].as_str().unwrap().contains("AI"), "who speaks is said first: {opened}");
        Self { world, token: token.to_owned(), id: opened["state"]["conversation_id"].as_str().unwrap().to_owned() }
    }

    async fn says(&self, text: &str) -> (String, Value) {
        let body = json!({ "conversation_id": self.id, "text": text });
        let (status, answered, _) = send(self.world, post("/conversations/message", &self.token, None, &body)).await;
        assert_eq!(status, StatusCode::OK, "{answered}");
        let replies = answered["replies"].as_array().unwrap();
        let said: Vec<&str> = replies.iter().map(|line| line["text"].as_str().unwrap()).collect();
        (said.join("\n"), answered["state"].clone())
    }
}

/// The code in the last text to a handset.
fn code_in(texts: &[String]) -> String {
    let digits: Vec<char> = texts.last().unwrap().chars().filter(char::is_ascii_digit).collect();
    digits.iter().take(6).collect()
}

#[tokio::test]
async fn a_chat_books_and_a_typed_number_gets_nothing_but_a_code_until_it_comes_back() {
    for on in databases() {
        let mut world = World::new(on).await;
        let token = token(&world, &Scope::ALL).await;
        {
            let chat = Chat::open(&world, &token).await;
            let facts = "Jo Park, existing, jo@example.com. hydrafacial any afternoon";
            let (asked, state) = chat.says(facts).await;
            assert!(asked.contains("mobile number") && state["expecting"] == "phone", "the sixth fact: {asked}");
            assert_eq!(state["offered"].as_array().unwrap().len(), 0, "before times are offered");
            let (offered, state) = chat.says("347 555 0123").await;
            assert!(offered.contains("6-digit code") && offered.contains("23"), "{offered}");
            assert!(!offered.contains("347"), "the number is not repeated");
            assert!(state["offered"].as_array().unwrap().len() >= 3, "{state}");
            let (booked, state) = chat.says("the first one").await;
            assert!(booked.contains("You're booked") && state["stage"] == "booked", "{booked}");
            assert_eq!(state["lead"]["phone_proven"], false);
        }
        let texts = world.got(JO);
        assert_eq!(texts.len(), 1, "nothing but the code: {texts:?}");
        let code = code_in(&texts);
        assert!(!texts[0].contains("Jo") && !texts[0].contains("HydraFacial"), "{texts:?}");
        // Whoever holds the number learns nothing of the chat by texting in.
        let asked = world.texts(JO, "what time is my appointment?").await.join("\n");
        assert!(!asked.contains("HydraFacial"), "{asked}");
        {
            let (status, state, _) =
                send(&world, get("/conversations/cnv_01JD0000000000000000000000/state", &token)).await;
            assert_eq!((status, state["code"].as_str().unwrap()), (StatusCode::NOT_FOUND, "not_found"));
        }
        let chat = Chat { world: &world, token: token.clone(), id: last_chat(&world).await };
        let wrong = if code == "111111" { "222222" } else { "111111" };
        let (refused, state) = chat.says(wrong).await;
        assert!(refused.contains("not the code") && state["lead"]["phone_proven"] == false, "{refused}");
        let (thanks, state) = chat.says(&format!("{} {}", &code[..3], &code[3..])).await;
        assert!(thanks.contains("confirmed") && state["lead"]["phone_proven"] == true, "{thanks}");
        // From now on the visit is one on both channels.
        let known = world.texts(JO, "what time is my appointment?").await.join("\n");
        assert!(known.contains("HydraFacial"), "{known}");
    }
}

/// The newest chat of the world's clinic, by its thread.
async fn last_chat(world: &World) -> String {
    let mut tx = world.reception.store.begin(world.clinic.org).await.unwrap();
    let rows = tx.conversations_at(world.clinic.id, "booked").await.unwrap();
    let chat = rows.iter().find(|row| row.channel == frontdesk_domain::conversation::Channel::Webchat);
    chat.expect("a chat booked").id.to_string()
}

#[tokio::test]
async fn a_visit_made_by_text_is_told_and_called_off_in_a_chat_only_after_the_code() {
    for on in databases() {
        let mut world = World::new(on).await;
        world.texts(JO, "Jo Park, existing, jo@example.com. hydrafacial any afternoon").await;
        assert!(world.texts(JO, "the first one").await.join("").contains("You're booked"));
        let token = token(&world, &[Scope::Conversations]).await;
        let chat_id = {
            let chat = Chat::open(&world, &token).await;
            let (asked, _) = chat.says("what time is my appointment?").await;
            assert!(asked.contains("which mobile number"), "{asked}");
            let (sent, state) = chat.says("it's 347-555-0123").await;
            assert!(
                sent.contains("6-digit code") && !sent.contains("HydraFacial") && state["expecting"] == "code",
                "{sent}"
            );
            let (still, state) = chat.says("hurry up, when is it?").await;
            assert!(!still.contains("HydraFacial") && state["appointment"].is_null(), "{still}");
            chat.id
        };
        let code = code_in(&world.got(JO));
        let chat = Chat { world: &world, token, id: chat_id };
        for _ in 0..2 {
            let wrong = if code == "000001" { "000002" } else { "000001" };
            let (no, state) = chat.says(wrong).await;
            assert!(state["appointment"].is_null() && !no.contains("HydraFacial"), "{no}");
        }
        let (told, state) = chat.says(&code).await;
        assert!(told.contains("HydraFacial") && state["appointment"]["status"] == "booked", "{told}");
        let (sure, _) = chat.says("please cancel it").await;
        assert!(sure.contains("Shall I cancel"), "{sure}");
        let (gone, _) = chat.says("yes").await;
        assert!(gone.contains("is cancelled"), "{gone}");
        assert!(world.visits().await.is_empty());
        let none = world.texts(JO, "what time am I?").await;
        assert!(none.iter().all(|text| !text.contains("HydraFacial on")), "{none:?}");
    }
}

#[tokio::test]
async fn wrong_codes_end_a_code_and_a_stranger_s_phone_does_not_keep_buzzing() {
    let mut world = World::new(On::Sqlite).await;
    let token = token(&world, &[Scope::Conversations]).await;
    let id = {
        let chat = Chat::open(&world, &token).await;
        chat.says("what time is my appointment?").await;
        chat.says("3475550123").await;
        chat.id
    };
    let code = code_in(&world.got(JO));
    {
        let chat = Chat { world: &world, token: token.clone(), id: id.clone() };
        let wrong = if code == "000001" { "000002" } else { "000001" };
        for _ in 0..5 {
            chat.says(wrong).await;
        }
        let (over, state) = chat.says(&code).await;
        assert!(over.contains("run out") && state["lead"]["phone_proven"] == false, "five guesses are enough: {over}");
        let mut last = String::new();
        for _ in 0..6 {
            last = chat.says("send me a new code").await.0;
        }
        assert!(last.contains("can't text another code"), "what was not texted is not said to be: {last}");
        let (waits, _) = chat.says("what time is my appointment?").await;
        assert!(waits.contains("type the 6-digit code"), "the one that was texted still holds: {waits}");
        // Another chat about the same number gets no further code either.
        let other = Chat::open(&world, &token).await;
        other.says("what time is my appointment?").await;
        let (no, state) = other.says("3475550123").await;
        assert!(no.contains("can't text another code") && state["lead"]["phone_proven"] == false, "{no}");
        // Nor is a code texted abroad.
        let abroad = Chat::open(&world, &token).await;
        abroad.says("what time is my appointment?").await;
        let (no, _) = abroad.says("+44 7700 900123").await;
        assert!(no.contains("can't text another code"), "{no}");
        // Nor to what only looks like home: the Caribbean, 900 numbers, the clinic itself.
        for dear in ["+1 876 555 0123", "+1 900 555 0123", CLINIC] {
            let chat = Chat::open(&world, &token).await;
            chat.says("what time is my appointment?").await;
            let (no, _) = chat.says(dear).await;
            assert!(no.contains("can't text another code"), "{dear}: {no}");
        }
    }
    assert_eq!(world.got(JO).len(), 2, "three codes an hour, the first among them");
    assert!(world.carrier.messages().iter().all(|m| !m.to.starts_with("+44")));
    world.wait(Span::hours(2)).await;
    // STOP by text holds for what a chat would send.
    world.texts(JO, "STOP").await;
    {
        let chat = Chat { world: &world, token, id };
        let (same, _) = chat.says("send me a new code").await;
        assert!(same.contains("6-digit code"), "whether a number opted out is nobody's to learn: {same}");
    }
    assert!(world.got(JO).is_empty(), "and nothing is texted");
}

#[tokio::test]
async fn a_request_made_twice_happens_once_and_a_key_is_one_request_s() {
    for on in databases() {
        let world = World::new(on).await;
        let token = token(&world, &[Scope::Conversations]).await;
        let body = json!({ "text": "hi, how much is botox?" });
        let (first, one, _) = send(&world, post("/conversations/start", &token, Some("k1"), &body)).await;
        let (again, two, _) = send(&world, post("/conversations/start", &token, Some("k1"), &body)).await;
        assert_eq!((first, again), (StatusCode::CREATED, StatusCode::CREATED));
        assert_eq!(one, two, "the same answer to the last letter");
        let other = json!({ "text": "something else" });
        let (status, refused, _) = send(&world, post("/conversations/start", &token, Some("k1"), &other)).await;
        assert_eq!((status, refused["code"].as_str().unwrap()), (StatusCode::UNPROCESSABLE_ENTITY, "key_reused"));

        let id = one["state"]["conversation_id"].as_str().unwrap();
        let said = json!({ "conversation_id": id, "text": "I'm Jo Park" });
        let (_, one, _) = send(&world, post("/conversations/message", &token, Some("k2"), &said)).await;
        let (_, two, _) = send(&world, post("/conversations/message", &token, Some("k2"), &said)).await;
        assert_eq!(one, two);
        let lines = two["state"]["messages"].as_array().unwrap();
        assert_eq!(lines.iter().filter(|line| line["text"] == "I'm Jo Park").count(), 1);
        for _ in 0..2 {
            // Two requests at the same moment.
            let request = || {
                post(
                    "/conversations/message",
                    &token,
                    Some("k3"),
                    &json!({ "conversation_id": id, "text": "botox please" }),
                )
            };
            let (left, right) = tokio::join!(send(&world, request()), send(&world, request()));
            assert_eq!(left.1["replies"], right.1["replies"]);
        }
    }
}

#[tokio::test]
async fn a_token_does_what_it_is_for_in_its_own_clinic_until_it_is_revoked() {
    let mut world = World::new(On::Sqlite).await;
    let narrow = token(&world, &[Scope::Availability]).await;
    let (status, refused, _) = send(&world, post("/conversations/start", &narrow, None, &json!({}))).await;
    assert_eq!((status, refused["code"].as_str().unwrap()), (StatusCode::FORBIDDEN, "forbidden"));
    for bad in ["", "nonsense", &narrow[..narrow.len() - 1], &format!("{}x", &narrow[..narrow.len() - 1])] {
        let (status, refused, headers) = send(&world, get("/availability?service=Botox", bad)).await;
        assert_eq!((status, refused["code"].as_str().unwrap()), (StatusCode::UNAUTHORIZED, "unauthorized"), "{bad}");
        assert_eq!(headers["www-authenticate"], "Bearer");
        assert_eq!(headers["content-type"], "application/problem+json");
    }
    // A conversation by text is nobody's to read here, whoever knows its id.
    world.texts(JO, "hi, I'm Jo Park").await;
    let wide = token(&world, &Scope::ALL).await;
    let by_text = world.row(JO).await.id;
    let (status, _, _) = send(&world, get(&format!("/conversations/{by_text}/state"), &wide)).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    // Nor a chat of another clinic.
    let chat = Chat::open(&world, &wide).await.id;
    let other = frontdesk_server::wiring::SAMPLE
        .replace("key = \"glow\"", "key = \"other\"")
        .replace("+12125550100", "+12125550199");
    let file = frontdesk_domain::clinic::parse(&other).unwrap();
    let clinic = frontdesk_reception::clinics::import(&world.reception, file, "import", false).await.unwrap();
    let secret = "o".repeat(43);
    let stranger = create_token(&world.reception, clinic.settings.id, Scope::ALL.to_vec(), secret).await.unwrap();
    for (method, path) in
        [("GET", format!("/conversations/{chat}/state")), ("GET", format!("/conversations/{chat}/events"))]
    {
        assert_eq!(method, "GET");
        let (status, _, _) = send(&world, get(&path, &stranger.expose())).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
    }
    let body = json!({ "conversation_id": chat, "text": "hi" });
    let (status, _, _) = send(&world, post("/conversations/message", &stranger.expose(), None, &body)).await;
    assert_eq!(status, StatusCode::NOT_FOUND);

    let id: TokenId = format!("tok_{}", wide.split('_').nth(1).unwrap()).parse().unwrap();
    let mut tx = world.reception.store.begin_system().await.unwrap();
    assert!(tx.revoke_token(id, frontdesk_ports::Clock::now(world.clock.as_ref())).await.unwrap());
    tx.commit().await.unwrap();
    let (status, _, _) = send(&world, get(&format!("/conversations/{chat}/state"), &wide)).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED, "at once");
}

fn form(start: &str, extra: &Value) -> Value {
    let mut form = json!({ "name": "Jo Park", "email": "jo@example.com", "patient_type": "existing", "service": "HydraFacial", "start": start });
    for (key, value) in extra.as_object().unwrap() {
        form[key] = value.clone();
    }
    form
}

#[tokio::test]
async fn a_form_books_an_open_time_once() {
    for on in databases() {
        let mut world = World::new(on).await;
        let token = token(&world, &Scope::ALL).await;
        let path = "/availability?service=hydrafacial&from=2026-11-23&to=2026-11-27&after=13:00";
        let (status, open, _) = send(&world, get(path, &token)).await;
        assert_eq!(status, StatusCode::OK, "{open}");
        let times = open["times"].as_array().unwrap();
        assert!(times.len() > 5 && open["deposit"].is_null(), "{open}");
        assert!(times.iter().all(|t| t["start"].as_str().unwrap()[11..13].parse::<u8>().unwrap() >= 13));
        let start = times[0]["start"].as_str().unwrap();
        let body = form(start, &json!({ "phone": JO, "consent_to_text": true }));
        let (status, booked, _) = send(&world, post("/bookings", &token, Some("b1"), &body)).await;
        assert_eq!(status, StatusCode::CREATED, "{booked}");
        assert_eq!((&booked["stage"], &booked["appointment"]["start"]), (&json!("booked"), &json!(start)));
        let (status, same, _) = send(&world, post("/bookings", &token, Some("b1"), &body)).await;
        assert_eq!((status, &same["appointment"]), (StatusCode::CREATED, &booked["appointment"]), "sent again");
        assert_eq!(world.visits().await.len(), 1);
        world.run().await;
        assert!(world.mail().iter().any(|subject| subject.contains("New booking")));
        let texts = world.got(JO);
        assert!(texts.len() == 1 && texts[0].contains("is your code"), "{texts:?}");
        // Provider by provider the same hour may be open, but not this one's.
        let taken = form(start, &json!({ "provider": booked["appointment"]["provider"] }));
        let (status, refused, _) = send(&world, post("/bookings", &token, None, &taken)).await;
        assert_eq!((status, refused["code"].as_str().unwrap()), (StatusCode::CONFLICT, "slot_taken"));
        for (field, wrong) in [
            ("name", json!("Jo")),
            ("name", json!("4111 1111")),
            ("name", json!(". '")),
            ("name", json!("Visit www.evil.com")),
            ("email", json!("jo")),
            ("patient_type", json!("maybe")),
            ("start", json!("tomorrow")),
            ("phone", json!("555")),
            ("language", json!("fr")),
        ] {
            let mut body = form(start, &json!({}));
            body[field] = wrong;
            let (status, refused, _) = send(&world, post("/bookings", &token, None, &body)).await;
            assert_eq!(
                (status, refused["code"].as_str().unwrap()),
                (StatusCode::UNPROCESSABLE_ENTITY, "invalid"),
                "{field}"
            );
            assert!(refused["detail"].as_str().unwrap().starts_with(field), "{refused}");
        }
        let (status, refused, _) =
            send(&world, post("/bookings", &token, None, &form(start, &json!({ "surname": "x" })))).await;
        assert_eq!((status, refused["code"].as_str().unwrap()), (StatusCode::BAD_REQUEST, "malformed"));
        for path in ["/availability?service=Massage", "/availability?service=Botox&provider=Nobody"] {
            assert_eq!(send(&world, get(path, &token)).await.0, StatusCode::NOT_FOUND, "{path}");
        }
        for path in [
            "/availability",
            "/availability?service=Botox&to=2020-01-01",
            "/availability?service=Botox&from=x",
            "/availability?service=Botox&to=2027-12-01",
        ] {
            assert!(send(&world, get(path, &token)).await.0.is_client_error(), "{path}");
        }
    }
}

#[tokio::test]
async fn who_texted_stop_gets_no_e_mail_of_a_chat_that_proved_their_phone() {
    let mut world = World::new(On::Sqlite).await;
    let token = token(&world, &[Scope::Conversations]).await;
    let id = {
        let chat = Chat::open(&world, &token).await;
        chat.says("Jo Park, existing, jo@example.com. hydrafacial any afternoon").await;
        chat.says("347 555 0123").await;
        chat.id
    };
    let code = code_in(&world.got(JO));
    Chat { world: &world, token: token.clone(), id: id.clone() }.says(&code).await;
    world.texts(JO, "STOP").await;
    let (booked, _) = Chat { world: &world, token, id }.says("the first one").await;
    assert!(booked.contains("You're booked"), "what they ask in the chat is answered there: {booked}");
    world.run().await;
    assert!(world.got(JO).is_empty(), "and nowhere else");
    assert!(world.mailbox.emails_after(0).iter().all(|mail| mail.email.to != "jo@example.com"));
}

#[tokio::test]
async fn the_same_form_sent_twelve_times_at_once_is_one_booking_and_twelve_times_the_same_answer() {
    let world = World::new(On::Sqlite).await;
    let token = token(&world, &Scope::ALL).await;
    let (_, open, _) = send(&world, get("/availability?service=HydraFacial&from=2026-11-23", &token)).await;
    let body = form(open["times"][0]["start"].as_str().unwrap(), &json!({ "name": "नेहा शर्मा" }));
    let all = (0..12).map(|_| send(&world, post("/bookings", &token, Some("once"), &body)));
    for (status, booked, _) in futures::future::join_all(all).await {
        assert_eq!((status, &booked["stage"]), (StatusCode::CREATED, &json!("booked")), "{booked}");
    }
    assert_eq!(world.visits().await.len(), 1);
}

#[tokio::test]
async fn a_form_pays_a_deposit_only_after_amount_and_policy_were_agreed_to() {
    let world = World::with(On::Sqlite, &with_deposits("calendar"), "2026-11-20T10:00:00-05:00", Span::ZERO).await;
    let token = token(&world, &Scope::ALL).await;
    let path = "/availability?service=HydraFacial&from=2026-11-23&patient_type=new";
    let (_, open, _) = send(&world, get(path, &token)).await;
    assert_eq!(open["deposit"]["amount_minor"], 5_000);
    assert!(!open["deposit"]["policy"].as_str().unwrap().is_empty());
    let start = |n: usize| open["times"][n]["start"].as_str().unwrap().to_owned();

    let asked = form(&start(0), &json!({ "patient_type": "new" }));
    let (status, state, _) = send(&world, post("/bookings", &token, None, &asked)).await;
    assert_eq!(
        (status, &state["stage"], &state["deposit"]["status"]),
        (StatusCode::CREATED, &json!("holding"), &json!("asked"))
    );
    assert!(state["deposit"]["url"].is_null(), "no link before a yes");
    let said = json!({ "conversation_id": state["conversation_id"], "text": "yes please" });
    let (_, agreed, _) = send(&world, post("/conversations/message", &token, None, &said)).await;
    assert_eq!(agreed["state"]["stage"], "awaiting_payment");
    assert!(agreed["state"]["deposit"]["url"].as_str().unwrap().contains("/p/"));

    let wrong = form(&start(8), &json!({ "patient_type": "new", "agreed_deposit_minor": 100 }));
    let (_, state, _) = send(&world, post("/bookings", &token, None, &wrong)).await;
    assert_eq!(state["deposit"]["status"], "asked", "another amount than is due agrees to nothing");
    let right = form(&start(16), &json!({ "patient_type": "new", "agreed_deposit_minor": 5_000 }));
    let (_, state, _) = send(&world, post("/bookings", &token, None, &right)).await;
    assert_eq!((&state["stage"], &state["deposit"]["status"]), (&json!("awaiting_payment"), &json!("requested")));
}

#[tokio::test]
async fn who_the_clinic_knows_is_not_asked_whether_they_are_new() {
    for on in databases() {
        let mut world = World::new(on).await;
        let token = token(&world, &[Scope::Patients]).await;
        let body = json!({ "name": "Jo Park", "phone": JO, "email": "jo@example.com" });
        let (status, first, _) = send(&world, post("/patients", &token, None, &body)).await;
        assert_eq!(status, StatusCode::CREATED, "{first}");
        let other = json!({ "name": "Someone Else", "phone": JO });
        let (_, again, _) = send(&world, post("/patients", &token, None, &other)).await;
        assert_eq!(first, again, "known already, and nothing of it is told");
        let asked = world.texts(JO, "hi it's Jo Park, hydrafacial please").await.join(" ");
        assert!(!asked.contains("been to us") && asked.contains("email"), "{asked}");
        let asked = world.texts("+13475550199", "hi it's Al Poe, hydrafacial please").await.join(" ");
        assert!(asked.contains("been to us") || asked.contains("name"), "{asked}");
    }
}

#[tokio::test]
async fn what_asks_too_often_is_told_how_long_to_wait() {
    let world = World::new(On::Sqlite).await;
    let token = token(&world, &[Scope::Conversations]).await;
    let chat = Chat::open(&world, &token).await;
    let body = json!({ "conversation_id": chat.id, "text": "hi" });
    let mut refused = None;
    for _ in 0..21 {
        let (status, _, headers) = send(&world, post("/conversations/message", &token, None, &body)).await;
        if status == StatusCode::TOO_MANY_REQUESTS {
            refused = Some(headers);
            break;
        }
    }
    let headers = refused.expect("nobody types twenty messages in a minute");
    assert!(headers["retry-after"].to_str().unwrap().parse::<u64>().unwrap() > 0);
}

/// Numbers that look random and are the same each time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % sides as u64).unwrap()
    }

    fn word(&mut self) -> String {
        const WORDS: [&str; 14] = [
            "",
            "x",
            "-1",
            "99999999999999999999",
            "2026-13-45",
            "null",
            "Botox",
            "new",
            "' OR 1=1 --",
            "%00",
            "é🙂",
            "../../etc/passwd",
            "+12125550142",
            "2026-11-24T15:00:00-05:00",
        ];
        WORDS[self.roll(WORDS.len())].to_owned()
    }

    /// Some value, of the type the document wants or of another.
    fn value(&mut self, depth: usize) -> Value {
        match self.roll(if depth > 2 { 6 } else { 8 }) {
            0 => Value::Null,
            1 => json!(self.roll(2) == 0),
            2 => json!(i64::MIN),
            3 => json!(1e308),
            4 => json!(self.word()),
            5 => json!("y".repeat(20_000)),
            6 => (0..self.roll(4)).map(|_| self.value(depth + 1)).collect(),
            _ => json!({ self.word(): self.value(depth + 1) }),
        }
    }

    fn body(&mut self, fields: &[String]) -> Vec<u8> {
        match self.roll(6) {
            0 => (0..self.roll(200)).map(|_| u8::try_from(self.roll(256)).unwrap()).collect(),
            1 => self.value(0).to_string().into_bytes(),
            2 => "[".repeat(10_000).into_bytes(),
            _ => {
                let mut object = serde_json::Map::new();
                for field in fields {
                    if self.roll(5) > 0 {
                        let value = if self.roll(2) == 0 { json!(self.word()) } else { self.value(0) };
                        object.insert(field.clone(), value);
                    }
                }
                Value::Object(object).to_string().into_bytes()
            }
        }
    }
}

/// An operation of the document.
struct Operation {
    method: String,
    path: String,
    query: Vec<String>,
    fields: Vec<String>,
    /// It wants a token.
    secured: bool,
}

/// Every operation of the document.
fn operations(document: &Value) -> Vec<Operation> {
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
            let query =
                parameters.iter().filter(|p| p["in"] == "query").map(|p| p["name"].as_str().unwrap().to_owned());
            let of = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].as_str();
            let fields = of.and_then(|name| name.strip_prefix("#/components/schemas/")).map_or_else(Vec::new, |name| {
                let properties = &document["components"]["schemas"][name]["properties"];
                properties.as_object().unwrap().keys().cloned().collect()
            });
            let secured = operation["security"].as_array().is_some_and(|all| !all.is_empty());
            found.push(Operation {
                method: method.to_uppercase(),
                path: path.clone(),
                query: query.collect(),
                fields,
                secured,
            });
        }
    }
    found
}

#[tokio::test]
async fn no_route_answers_nonsense_with_a_fault_of_ours_or_anything_without_its_token() {
    let world = World::new(On::Sqlite).await;
    let document = serde_json::to_value(frontdesk_http::document()).unwrap();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    let operations = operations(&document);
    assert!(operations.len() > 20, "{}", operations.len());
    let secured: Vec<&str> = operations.iter().filter(|o| o.secured).map(|o| o.path.as_str()).collect();
    assert_eq!(
        secured,
        [
            "/availability",
            "/bookings",
            "/conversations/message",
            "/conversations/start",
            "/conversations/{id}/events",
            "/conversations/{id}/state",
            "/patients"
        ]
    );
    let mut dice = Dice(0x5eed);
    for Operation { method, path, query, fields, secured } in &operations {
        let token = token(&world, &Scope::ALL).await;
        for round in 0..60 {
            let mut target = String::new();
            for part in path.split('/').skip(1) {
                target.push('/');
                let filled = if part.starts_with('{') { dice.word() } else { part.to_owned() };
                target.extend(form_urlencoded::byte_serialize(filled.as_bytes()));
            }
            let pairs: Vec<(String, String)> =
                query.iter().filter(|_| dice.roll(4) > 0).map(|q| (q.clone(), String::new())).collect();
            let pairs: Vec<(String, String)> = pairs.into_iter().map(|(q, _)| (q, dice.word())).collect();
            if !pairs.is_empty() {
                target = format!(
                    "{target}?{}",
                    form_urlencoded::Serializer::new(String::new()).extend_pairs(&pairs).finish()
                );
            }
            let mut request = Request::builder().method(method.as_str()).uri(&target);
            let with_token = round % 4 != 0;
            if with_token {
                request = request.header("authorization", format!("Bearer {token}"));
            }
            if dice.roll(3) == 0 {
                request = request.header("idempotency-key", format!("k{}", dice.roll(5)));
            }
            let body = if method == "GET" { Vec::new() } else { dice.body(fields) };
            let (status, answer, _) = send(&world, request.body(Body::from(body)).unwrap()).await;
            assert!(!status.is_server_error(), "{method} {target}: {status} {answer}");
            if *secured && !with_token {
                let known = status == StatusCode::UNAUTHORIZED || status == StatusCode::TOO_MANY_REQUESTS;
                assert!(
                    known || status == StatusCode::NOT_FOUND && target.contains("//"),
                    "{method} {target}: {status}"
                );
            }
        }
    }
    // Routes that are none, and methods a route does not have, are problems too.
    for (method, path, expected) in
        [("GET", "/admin", 404), ("DELETE", "/bookings", 405), ("PUT", "/webhooks/telnyx/messages", 405)]
    {
        let request = Request::builder().method(method).uri(path).body(Body::empty()).unwrap();
        let (status, problem, _) = send(&world, request).await;
        assert_eq!((status.as_u16(), problem["status"].as_u64()), (expected, Some(u64::from(expected))), "{path}");
    }
}

/// Who looks on at one replica hears what another one did.
#[tokio::test]
async fn a_change_is_heard_by_every_replica() {
    use frontdesk_ports::Store as _;
    use frontdesk_ports::store::Change;
    if std::env::var("TEST_DATABASE_URL").is_err() {
        return;
    }
    let url = crate::world::fresh_postgres().await;
    let key = || frontdesk_store::MasterKey::parse(&format!("{}=", "A".repeat(43))).unwrap();
    let here = frontdesk_store::Database::open(&url, key(), 2).await.unwrap();
    let there = frontdesk_store::Database::open(&url, key(), 2).await.unwrap();
    let now = jiff::Timestamp::UNIX_EPOCH;
    let mut tx = here.begin_system().await.unwrap();
    let org = tx.organisation("Glow", frontdesk_domain::ids::OrgId::from_raw(1), now).await.unwrap();
    tx.commit().await.unwrap();
    let ids = (frontdesk_domain::ids::ContactId::from_raw(1), frontdesk_domain::ids::ConversationId::from_raw(2));
    let mut tx = here.begin(org).await.unwrap();
    let clinic = frontdesk_domain::ids::ClinicId::from_raw(3);
    let row = tx
        .open_conversation(clinic, frontdesk_domain::conversation::Channel::Webchat, "x", "", ids, now)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let mut changes = there.changes();
    // The listener of the other replica may still be connecting: it is told again until it hears.
    let mut tick = tokio::time::interval(std::time::Duration::from_millis(50));
    for version in row.version..row.version + 200 {
        tick.tick().await;
        let mut tx = here.begin(org).await.unwrap();
        let row = frontdesk_ports::store::ConversationRow { version, state: "{}".to_owned(), ..row.clone() };
        tx.save_conversation(&row, &frontdesk_ports::store::ConversationSummary::default(), now).await.unwrap();
        tx.commit().await.unwrap();
        let heard = tokio::time::timeout(std::time::Duration::from_millis(200), changes.next()).await;
        if heard == Ok(Change::Of(ids.1)) {
            return;
        }
    }
    panic!("the other replica heard nothing");
}

/// The page's client is made from a copy of the document: `frontdesk openapi > web/openapi.json`, then `npm run client`.
#[test]
fn the_document_the_page_s_client_is_made_of_is_the_program_s() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/openapi.json");
    let copy: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    assert_eq!(copy, serde_json::to_value(frontdesk_http::document()).unwrap());
}

/// Booked by form before the code came back: once it is back, the phone has the visit in its messages.
#[tokio::test]
async fn a_visit_of_a_form_is_texted_once_its_phone_is_proven() {
    let mut world = World::new(On::Sqlite).await;
    let token = token(&world, &Scope::ALL).await;
    let (_, open, _) =
        send(&world, get("/availability?service=hydrafacial&from=2026-11-23&to=2026-11-27", &token)).await;
    let start = open["times"][0]["start"].as_str().unwrap();
    let body = form(start, &json!({ "phone": JO, "consent_to_text": true }));
    let (_, booked, _) = send(&world, post("/bookings", &token, None, &body)).await;
    assert_eq!(booked["expecting"], "code", "{booked}");
    world.run().await;
    let code = code_in(&world.got(JO));
    let chat = Chat { world: &world, token: token.clone(), id: booked["conversation_id"].as_str().unwrap().to_owned() };
    let (said, _) = chat.says(&code).await;
    assert!(said.contains("confirmed") && said.contains("HydraFacial"), "{said}");
    drop(chat);
    world.run().await;
    let texts = world.got(JO);
    assert!(texts.iter().any(|text| text.contains("HydraFacial")), "{texts:?}");
    let (_, metrics) = world.ops_get("/metrics").await;
    assert!(metrics.contains("channel=\"webchat\""), "what is said in a chat is no text");
}

/// What the framework refuses before any handler sees it reads like every other refusal.
#[tokio::test]
async fn what_cannot_be_read_at_all_is_a_problem_too() {
    let world = World::new(On::Sqlite).await;
    let token = token(&world, &Scope::ALL).await;
    for (method, path, status) in [
        ("GET", "/conversations/%ff%fe/state", 400),
        ("GET", "/availability?service=%ff&from=%zz&from=1", 400),
        ("GET", "/problems/%ff", 400),
        ("GET", "/p/%ff", 400),
    ] {
        let mut request = get("/health", &token);
        (*request.method_mut(), *request.uri_mut()) = (method.parse().unwrap(), path.parse().unwrap());
        let (answered, body, headers) = send(&world, request).await;
        assert_eq!(answered.as_u16(), status, "{path}: {body}");
        assert_eq!(headers["content-type"], "application/problem+json", "{path}");
    }
    let mut twice = post("/conversations/start", &token, Some("one"), &json!({ "text": "hi" }));
    twice.headers_mut().append("idempotency-key", "two".parse().unwrap());
    let (status, body, _) = send(&world, twice).await;
    assert_eq!((status.as_u16(), body["code"].as_str()), (422, Some("invalid")));
}
