//! Messages and notices. Bodies are sealed columns.

use async_trait::async_trait;
use jiff::Timestamp;
use sea_orm::{QueryResult, Value};

use frontdesk_domain::consent::CarrierKeyword;
use frontdesk_domain::contact_policy::MessageKind;
use frontdesk_domain::ids::{ContactId, ConversationId, MessageId, NoticeId};
use frontdesk_ports::store::{InboundMessage, MessageRows, Notice, OutboundMessage, SendState, StoreError, ThreadLine};

use crate::dialect;
use crate::rows::{all, execute, get, id, instant, micros, one, placeholders};
use crate::unit_of_work::SqlTx;

/// The highest of the flags: what is above it is the keyword's code.
const CARRIER_KEYWORD: i64 = 8;
const MINOR: i64 = 2;
const OPT_OUT_CONFIRMATION: i64 = 4;

const OUTBOUND: &str = "SELECT id, conversation_id, kind, about, body, segments, flags, written_at, occasioned_at, state, attempts, vendor, vendor_message FROM message";

const INSERT: &str = "INSERT INTO message (id, org_id, conversation_id, contact_id, inbound, kind, about, body, media, flags, segments, answered, state, attempts, \
                      written_at, occasioned_at, updated_at, refs) \
                      SELECT $1, $2, $3, v.contact_id, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $14, $16 FROM conversation v WHERE v.id = $3 AND v.org_id = $2";

fn refs_place(message: MessageId) -> String {
    format!("message/refs/{message}")
}

fn place(message: MessageId) -> String {
    format!("message/body/{message}")
}

impl SqlTx {
    /// `$1` to `$7` of what becomes of a message.
    fn sent_values(&self, message: &OutboundMessage, now: Timestamp) -> Result<Vec<Value>, StoreError> {
        Ok(vec![
            message.id.to_string().into(),
            self.org_value()?,
            message.state.key().into(),
            i64::from(message.attempts).into(),
            message.vendor.clone().into(),
            message.vendor_message.clone().into(),
            micros(now).into(),
        ])
    }

    fn read_outbound(&self, row: &QueryResult) -> Result<OutboundMessage, StoreError> {
        let message: MessageId = id(row, "id")?;
        let flags: i64 = get(row, "flags")?;
        Ok(OutboundMessage {
            id: message,
            conversation: id(row, "conversation_id")?,
            kind: MessageKind::from_key(&get::<String>(row, "kind")?).ok_or(StoreError::Corrupt("a message kind"))?,
            about: get(row, "about")?,
            text: self.keys.open(self.org, &place(message), &get::<Vec<u8>>(row, "body")?)?,
            segments: u32::try_from(get::<i64>(row, "segments")?).unwrap_or(1),
            is_opt_out_confirmation: flags & OPT_OUT_CONFIRMATION != 0,
            written_at: instant(get(row, "written_at")?)?,
            occasioned_at: instant(get(row, "occasioned_at")?)?,
            state: SendState::from_key(&get::<String>(row, "state")?).ok_or(StoreError::Corrupt("a send state"))?,
            attempts: u32::try_from(get::<i64>(row, "attempts")?).unwrap_or(0),
            vendor: get(row, "vendor")?,
            vendor_message: get(row, "vendor_message")?,
        })
    }
}

#[async_trait]
impl MessageRows for SqlTx {
    async fn insert_inbound(&mut self, message: &InboundMessage, is_answered: bool) -> Result<(), StoreError> {
        let body = self.keys.seal(self.org, &place(message.id), &message.text)?;
        let refs = if message.references.is_empty() {
            None
        } else {
            Some(self.keys.seal(self.org, &refs_place(message.id), &message.references.join("\n"))?)
        };
        let flags = CarrierKeyword::code(message.carrier_keyword) * CARRIER_KEYWORD + i64::from(message.minor) * MINOR;
        let values: Vec<Value> = vec![
            message.id.to_string().into(),
            self.org_value()?,
            message.conversation.to_string().into(),
            1_i64.into(),
            "inbound".into(),
            "".into(),
            body.into(),
            i64::from(message.media).into(),
            flags.into(),
            1_i64.into(),
            i64::from(is_answered).into(),
            "received".into(),
            0_i64.into(),
            micros(message.at).into(),
            micros(message.at).into(),
            refs.into(),
        ];
        let sql = format!("{INSERT} ON CONFLICT (id) DO NOTHING");
        execute(&self.inner, &sql, values).await.map(|_| ())
    }

    async fn unanswered(&mut self, conversation: ConversationId) -> Result<Vec<InboundMessage>, StoreError> {
        let sql = "SELECT id, body, media, refs, flags, written_at FROM message WHERE conversation_id = $1 AND inbound = 1 AND answered = 0 AND org_id = $2 ORDER BY written_at, id";
        let rows = all(&self.inner, sql, vec![conversation.to_string().into(), self.org_value()?]).await?;
        rows.iter()
            .map(|row| {
                let message: MessageId = id(row, "id")?;
                let flags: i64 = get(row, "flags")?;
                let refs = get::<Option<Vec<u8>>>(row, "refs")?;
                let refs = refs.map(|sealed| self.keys.open(self.org, &refs_place(message), &sealed)).transpose()?;
                Ok(InboundMessage {
                    references: refs.iter().flat_map(|text| text.lines()).map(str::to_owned).collect(),
                    id: message,
                    conversation,
                    text: self.keys.open(self.org, &place(message), &get::<Vec<u8>>(row, "body")?)?,
                    media: u32::try_from(get::<i64>(row, "media")?).unwrap_or(0),
                    carrier_keyword: CarrierKeyword::from_code(flags / CARRIER_KEYWORD),
                    minor: flags & MINOR != 0,
                    at: instant(get(row, "written_at")?)?,
                })
            })
            .collect()
    }

    async fn mark_answered(&mut self, ids: &[MessageId]) -> Result<(), StoreError> {
        if ids.is_empty() {
            return Ok(());
        }
        let sql =
            format!("UPDATE message SET answered = 1 WHERE org_id = $1 AND id IN ({})", placeholders(2, ids.len()));
        let mut values = vec![self.org_value()?];
        values.extend(ids.iter().map(|id| Value::from(id.to_string())));
        execute(&self.inner, &sql, values).await.map(|_| ())
    }

    async fn insert_outbound(&mut self, message: &OutboundMessage) -> Result<(), StoreError> {
        let body = self.keys.seal(self.org, &place(message.id), &message.text)?;
        let values: Vec<Value> = vec![
            message.id.to_string().into(),
            self.org_value()?,
            message.conversation.to_string().into(),
            0_i64.into(),
            message.kind.key().into(),
            message.about.clone().into(),
            body.into(),
            0_i64.into(),
            (i64::from(message.is_opt_out_confirmation) * OPT_OUT_CONFIRMATION).into(),
            i64::from(message.segments).into(),
            1_i64.into(),
            message.state.key().into(),
            i64::from(message.attempts).into(),
            micros(message.written_at).into(),
            micros(message.occasioned_at).into(),
            Value::Bytes(None),
        ];
        execute(&self.inner, INSERT, values).await.map(|_| ())
    }

    async fn outbound(&mut self, message: MessageId) -> Result<Option<OutboundMessage>, StoreError> {
        // Sender and receipt both decide by what stands here: the second waits for the first.
        let sql =
            format!("{OUTBOUND} WHERE id = $1 AND org_id = $2 AND inbound = 0 {}", dialect::for_update(self.backend));
        let row = one(&self.inner, &sql, vec![message.to_string().into(), self.org_value()?]).await?;
        row.as_ref().map(|row| self.read_outbound(row)).transpose()
    }

    async fn outbound_by_vendor(
        &mut self,
        vendor: &str,
        vendor_message: &str,
    ) -> Result<Option<OutboundMessage>, StoreError> {
        let sql = format!("{OUTBOUND} WHERE vendor = $1 AND vendor_message = $2 AND org_id = $3 AND inbound = 0");
        let row = one(&self.inner, &sql, vec![vendor.into(), vendor_message.into(), self.org_value()?]).await?;
        row.as_ref().map(|row| self.read_outbound(row)).transpose()
    }

    async fn update_outbound(&mut self, message: &OutboundMessage, now: Timestamp) -> Result<(), StoreError> {
        let sql = "UPDATE message SET state = $3, attempts = $4, vendor = $5, vendor_message = $6, updated_at = $7 WHERE id = $1 AND org_id = $2";
        let values = self.sent_values(message, now)?;
        execute(&self.inner, sql, values).await.map(|_| ())
    }

    async fn record_attempt(
        &mut self,
        message: &OutboundMessage,
        attempt: u32,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let settled: Vec<String> = SendState::ALL
            .iter()
            .filter(|state| state.is_settled())
            .map(|state| format!("'{}'", state.key()))
            .collect();
        let sql = format!(
            "UPDATE message SET state = $3, attempts = CASE WHEN attempts > $8 THEN attempts ELSE $4 END, vendor = $5, vendor_message = $6, updated_at = $7 \
             WHERE id = $1 AND org_id = $2 AND inbound = 0 AND (attempts < $8 OR state NOT IN ({}))",
            settled.join(", ")
        );
        let mut values = self.sent_values(message, now)?;
        values.push(i64::from(attempt).into());
        Ok(execute(&self.inner, &sql, values).await? == 1)
    }

    async fn proactive_since(&mut self, contact: ContactId, since: Timestamp) -> Result<u32, StoreError> {
        let sql = "SELECT COUNT(*) AS n FROM message WHERE contact_id = $1 AND org_id = $2 AND kind = 'proactive' AND updated_at >= $3 \
                   AND state IN ('sending', 'unclear', 'accepted', 'sent', 'delivered')";
        let row =
            one(&self.inner, sql, vec![contact.to_string().into(), self.org_value()?, micros(since).into()]).await?;
        let count = row.map(|row| get::<i64>(&row, "n")).transpose()?.unwrap_or(0);
        Ok(u32::try_from(count).unwrap_or(u32::MAX))
    }

    async fn written_about(
        &mut self,
        conversation: ConversationId,
        about: &str,
        since: Timestamp,
    ) -> Result<u32, StoreError> {
        let sql = "SELECT COUNT(*) AS n FROM message WHERE conversation_id = $1 AND org_id = $2 AND inbound = 0 AND about = $3 AND written_at >= $4";
        let values = vec![conversation.to_string().into(), self.org_value()?, about.into(), micros(since).into()];
        let count = one(&self.inner, sql, values).await?.map(|row| get::<i64>(&row, "n")).transpose()?.unwrap_or(0);
        Ok(u32::try_from(count).unwrap_or(u32::MAX))
    }

    async fn thread(&mut self, conversation: ConversationId, limit: u32) -> Result<Vec<ThreadLine>, StoreError> {
        let sql = format!(
            "SELECT id, inbound, about, body, state, written_at FROM message WHERE conversation_id = $1 AND org_id = $2 ORDER BY written_at DESC, inbound, id DESC LIMIT {limit}"
        );
        let rows = all(&self.inner, &sql, vec![conversation.to_string().into(), self.org_value()?]).await?;
        let mut lines: Vec<ThreadLine> = rows
            .iter()
            .map(|row| {
                let message: MessageId = id(row, "id")?;
                Ok(ThreadLine {
                    id: message,
                    inbound: get::<i64>(row, "inbound")? == 1,
                    text: self.keys.open(self.org, &place(message), &get::<Vec<u8>>(row, "body")?)?,
                    about: get(row, "about")?,
                    state: SendState::from_key(&get::<String>(row, "state")?),
                    at: instant(get(row, "written_at")?)?,
                })
            })
            .collect::<Result<_, StoreError>>()?;
        lines.reverse();
        Ok(lines)
    }

    async fn has_agreement(&mut self, vendor: &str) -> Result<bool, StoreError> {
        let sql = "SELECT vendor FROM vendor_agreement WHERE org_id = $1 AND vendor = $2";
        Ok(one(&self.inner, sql, vec![self.org_value()?, vendor.into()]).await?.is_some())
    }

    async fn set_agreement(&mut self, vendor: &str, signed: bool, at: Timestamp) -> Result<(), StoreError> {
        let mut values = vec![self.org_value()?, vendor.into()];
        let sql = if signed {
            values.push(micros(at).into());
            "INSERT INTO vendor_agreement (org_id, vendor, signed_at) VALUES ($1, $2, $3) ON CONFLICT (org_id, vendor) DO NOTHING"
        } else {
            "DELETE FROM vendor_agreement WHERE org_id = $1 AND vendor = $2"
        };
        execute(&self.inner, sql, values).await.map(|_| ())
    }

    async fn insert_notice(&mut self, notice: &Notice) -> Result<(), StoreError> {
        let subject = self.keys.seal(self.org, &format!("notice/subject/{}", notice.id), &notice.subject)?;
        let body = self.keys.seal(self.org, &format!("notice/body/{}", notice.id), &notice.text)?;
        let place = format!("notice/calendar/{}", notice.id);
        let calendar = notice.calendar.as_ref().map(|file| self.keys.seal(self.org, &place, file)).transpose()?;
        let sql = "INSERT INTO notice (id, org_id, conversation_id, channel, recipient, kind, subject, body, written_at, calendar) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
        let values = vec![
            notice.id.to_string().into(),
            self.org_value()?,
            notice.conversation.to_string().into(),
            notice.channel.clone().into(),
            notice.to.clone().into(),
            notice.kind.key().into(),
            subject.into(),
            body.into(),
            micros(notice.written_at).into(),
            calendar.into(),
        ];
        execute(&self.inner, sql, values).await.map(|_| ())
    }

    async fn notice(&mut self, notice: NoticeId) -> Result<Option<Notice>, StoreError> {
        let sql = "SELECT id, conversation_id, channel, recipient, kind, subject, body, calendar, written_at, handed_at, sent_at FROM notice WHERE id = $1 AND org_id = $2";
        let Some(row) = one(&self.inner, sql, vec![notice.to_string().into(), self.org_value()?]).await? else {
            return Ok(None);
        };
        Ok(Some(Notice {
            id: notice,
            conversation: id(&row, "conversation_id")?,
            channel: get(&row, "channel")?,
            to: get(&row, "recipient")?,
            kind: MessageKind::from_key(&get::<String>(&row, "kind")?).ok_or(StoreError::Corrupt("a message kind"))?,
            subject: self.keys.open(
                self.org,
                &format!("notice/subject/{notice}"),
                &get::<Vec<u8>>(&row, "subject")?,
            )?,
            text: self.keys.open(self.org, &format!("notice/body/{notice}"), &get::<Vec<u8>>(&row, "body")?)?,
            calendar: get::<Option<Vec<u8>>>(&row, "calendar")?
                .map(|sealed| self.keys.open(self.org, &format!("notice/calendar/{notice}"), &sealed))
                .transpose()?,
            written_at: instant(get(&row, "written_at")?)?,
            handed_over: get::<Option<i64>>(&row, "handed_at")?.is_some(),
            sent: get::<Option<i64>>(&row, "sent_at")?.is_some(),
        }))
    }

    async fn mark_notice_handed(&mut self, notice: NoticeId, at: Option<Timestamp>) -> Result<(), StoreError> {
        let sql = "UPDATE notice SET handed_at = $3 WHERE id = $1 AND org_id = $2";
        execute(&self.inner, sql, vec![notice.to_string().into(), self.org_value()?, at.map(micros).into()])
            .await
            .map(|_| ())
    }

    async fn mark_notice_sent(&mut self, notice: NoticeId, now: Timestamp) -> Result<(), StoreError> {
        let sql = "UPDATE notice SET sent_at = $3 WHERE id = $1 AND org_id = $2";
        execute(&self.inner, sql, vec![notice.to_string().into(), self.org_value()?, micros(now).into()])
            .await
            .map(|_| ())
    }
}
