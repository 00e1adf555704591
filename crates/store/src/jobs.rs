//! The job table: enqueue, claim, end. An end is fenced by worker and attempt, so a worker whose lease was lost changes
//! nothing.

use async_trait::async_trait;
use jiff::Timestamp;
use sea_orm::{QueryResult, Value};

use frontdesk_domain::ids::OrgId;
use frontdesk_ports::store::{
    Claim, ClaimRows, ClaimedJob, Enqueued, JobCounts, JobEnd, JobRows, NewJob, Retention, StoreError,
};

use crate::dialect;
use crate::rows::{all, execute, get, instant, micros, one, placeholders, returning};
use crate::snapshot::TABLES;
use crate::unit_of_work::{Executor, SqlTx};

/// The place of a payload for encryption. The row's number is given by the database, so the kind stands for it.
fn place(kind: &str) -> String {
    format!("job/payload/{kind}")
}

impl SqlTx {
    pub(crate) async fn insert_job(&mut self, job: NewJob, at: Timestamp) -> Result<Enqueued, StoreError> {
        let payload = self.keys.seal(job.org, &place(job.kind), &job.payload)?;
        let claim = job.claimed_by;
        // A claim does not stand where an earlier job of its order key waits or runs; asked and written in one statement.
        let free = if claim.is_some() && job.order_key.is_some() {
            "NOT EXISTS (SELECT 1 FROM job e WHERE e.order_key = $5 AND e.state IN ('ready', 'running'))"
        } else if claim.is_some() {
            "1 = 1"
        } else {
            "1 = 0"
        };
        let sql = format!(
            "INSERT INTO job (org_id, kind, version, payload, order_key, state, run_at, attempt, worker, lease_until, created_at) \
             SELECT v.org_id, v.kind, v.version, v.payload, v.order_key, CASE WHEN v.free = 1 THEN 'running' ELSE 'ready' END, v.run_at, v.free, \
               CASE WHEN v.free = 1 THEN v.worker END, CASE WHEN v.free = 1 THEN v.lease_until END, v.created_at \
             FROM (SELECT CAST($1 AS TEXT) AS org_id, CAST($2 AS TEXT) AS kind, CAST($3 AS {n}) AS version, CAST($4 AS {b}) AS payload, \
               CAST($5 AS TEXT) AS order_key, CAST($6 AS {n}) AS run_at, CASE WHEN {free} THEN 1 ELSE 0 END AS free, \
               CAST($7 AS TEXT) AS worker, CAST($8 AS {n}) AS lease_until, CAST($9 AS {n}) AS created_at) v \
             RETURNING id, CASE WHEN state = 'running' THEN 1 ELSE 0 END AS held",
            n = dialect::integer(self.backend),
            b = dialect::bytes(self.backend),
        );
        let values: Vec<Value> = vec![
            job.org.map(|org| org.to_string()).into(),
            job.kind.into(),
            i64::from(job.version).into(),
            payload.into(),
            job.order_key.into(),
            micros(job.run_at).into(),
            claim.map(|c| format!("{:032x}", c.worker)).into(),
            claim.map(|c| micros(c.until)).into(),
            micros(at).into(),
        ];
        let row = returning(&self.inner, &sql, values).await?.ok_or(StoreError::Corrupt("a job without a row"))?;
        let claimed = get::<i32>(&row, "held")? == 1;
        self.wakes |= !claimed;
        Ok(Enqueued { id: get(&row, "id")?, claimed })
    }

    /// Stores jobs that nobody holds yet, in their order, in one statement.
    pub(crate) async fn insert_ready_jobs<'a>(
        &mut self,
        jobs: impl Iterator<Item = &'a NewJob> + Send,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        const COLUMNS: usize = 6;
        let mut values: Vec<Value> = vec![micros(at).into()];
        let mut rows = Vec::new();
        for (n, job) in jobs.enumerate() {
            let payload = self.keys.seal(job.org, &place(job.kind), &job.payload)?;
            let first = n * COLUMNS + 2;
            rows.push(format!(
                "(${}, ${}, ${}, ${}, ${}, 'ready', ${}, 0, $1)",
                first,
                first + 1,
                first + 2,
                first + 3,
                first + 4,
                first + 5
            ));
            values.extend([
                Value::from(job.org.map(|org| org.to_string())),
                job.kind.into(),
                i64::from(job.version).into(),
                payload.into(),
                job.order_key.clone().into(),
                micros(job.run_at).into(),
            ]);
        }
        if rows.is_empty() {
            return Ok(());
        }
        self.wakes = true;
        let sql = format!(
            "INSERT INTO job (org_id, kind, version, payload, order_key, state, run_at, attempt, created_at) VALUES {}",
            rows.join(", ")
        );
        execute(&self.inner, &sql, values).await.map(|_| ())
    }

    fn claimed(&self, row: &QueryResult) -> Result<ClaimedJob, StoreError> {
        let org: Option<OrgId> = get::<Option<String>>(row, "org_id")?
            .map(|text| text.parse().map_err(|_| StoreError::Corrupt("an id")))
            .transpose()?;
        let kind: String = get(row, "kind")?;
        let payload = self.keys.open(org, &place(&kind), &get::<Vec<u8>>(row, "payload")?)?;
        Ok(ClaimedJob {
            id: get(row, "id")?,
            org,
            version: u32::try_from(get::<i64>(row, "version")?).unwrap_or(0),
            payload,
            attempt: u32::try_from(get::<i64>(row, "attempt")?).unwrap_or(0),
            order_key: get(row, "order_key")?,
            run_at: instant(get(row, "run_at")?)?,
            kind,
        })
    }
}

/// Ends a job; `true` when another of its order key waits for it.
async fn end(on: &Executor, id: i64, worker: u128, attempt: u32, end: JobEnd) -> Result<bool, StoreError> {
    let fence: [Value; 3] = [id.into(), format!("{worker:032x}").into(), i64::from(attempt).into()];
    let with = |extra: Vec<Value>| fence.iter().cloned().chain(extra).collect::<Vec<_>>();
    let (sql, values) = match end {
        JobEnd::Done => ("DELETE FROM job WHERE id = $1 AND worker = $2 AND attempt = $3", with(Vec::new())),
        JobEnd::Retry { at, error } => (
            "UPDATE job SET state = 'ready', worker = NULL, lease_until = NULL, run_at = $4, error = $5 WHERE id = $1 AND worker = $2 AND attempt = $3",
            with(vec![micros(at).into(), error.into()]),
        ),
        JobEnd::Later { at } => (
            "UPDATE job SET state = 'ready', worker = NULL, lease_until = NULL, run_at = $4, attempt = attempt - 1 WHERE id = $1 AND worker = $2 AND attempt = $3",
            with(vec![micros(at).into()]),
        ),
        JobEnd::Dead { error } => (
            "UPDATE job SET state = 'dead', worker = NULL, lease_until = NULL, error = $4 WHERE id = $1 AND worker = $2 AND attempt = $3",
            with(vec![error.into()]),
        ),
    };
    let waits = "RETURNING CASE WHEN order_key IS NOT NULL AND EXISTS \
                 (SELECT 1 FROM job w WHERE w.order_key = job.order_key AND w.id <> job.id AND w.state = 'ready') THEN 1 ELSE 0 END AS waits";
    let row = returning(on, &format!("{sql} {waits}"), values).await?.ok_or(StoreError::LeaseLost)?;
    Ok(get::<i32>(&row, "waits")? == 1)
}

#[async_trait]
impl JobRows for SqlTx {
    async fn enqueue(&mut self, job: NewJob) -> Result<Enqueued, StoreError> {
        let at = job.run_at;
        self.insert_job(job, at).await
    }

    async fn end_job(&mut self, id: i64, worker: u128, attempt: u32, how: JobEnd) -> Result<(), StoreError> {
        self.wakes |= end(&self.inner, id, worker, attempt, how).await?;
        Ok(())
    }
}

#[async_trait]
impl ClaimRows for SqlTx {
    async fn claim(
        &mut self,
        claim: Claim,
        kinds: &[&str],
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<ClaimedJob>, StoreError> {
        // The oldest of its key while none of the key runs: asked of each candidate in due order, so that what waits behind
        // costs nothing, however much it is.
        let sql = format!(
            "UPDATE job SET state = 'running', worker = $1, lease_until = $2, attempt = attempt + 1 WHERE id IN ( \
               SELECT j.id FROM job j WHERE j.state = 'ready' AND j.run_at <= $3 AND j.kind IN ({}) \
                 AND (j.order_key IS NULL OR j.id = ( \
                   SELECT MIN(CASE WHEN e.state = 'running' THEN 0 ELSE e.id END) FROM job e WHERE e.order_key = j.order_key AND e.state IN ('ready', 'running'))) \
               ORDER BY j.run_at, j.id LIMIT {limit} {}) \
             RETURNING id, org_id, kind, version, payload, attempt, order_key, run_at",
            placeholders(4, kinds.len()),
            dialect::skip_locked(self.backend),
        );
        let mut values: Vec<Value> =
            vec![format!("{:032x}", claim.worker).into(), micros(claim.until).into(), micros(now).into()];
        values.extend(kinds.iter().map(|kind| Value::from(*kind)));
        let rows = all(&self.inner, &sql, values).await?;
        let mut jobs: Vec<ClaimedJob> = rows.iter().map(|row| self.claimed(row)).collect::<Result<_, _>>()?;
        jobs.sort_by_key(|job| (job.run_at, job.id));
        Ok(jobs)
    }

    async fn free_expired(&mut self, real_now: Timestamp, every: bool) -> Result<u64, StoreError> {
        let sql = if every {
            "UPDATE job SET state = 'ready', worker = NULL, lease_until = NULL WHERE state = 'running' AND lease_until <> $1"
        } else {
            "UPDATE job SET state = 'ready', worker = NULL, lease_until = NULL WHERE state = 'running' AND lease_until < $1"
        };
        execute(&self.inner, sql, vec![micros(real_now).into()]).await
    }

    async fn extend(&mut self, ids: &[i64], claim: Claim) -> Result<(), StoreError> {
        if ids.is_empty() {
            return Ok(());
        }
        let sql = format!(
            "UPDATE job SET lease_until = $1 WHERE worker = $2 AND state = 'running' AND id IN ({})",
            placeholders(3, ids.len())
        );
        let mut values: Vec<Value> = vec![micros(claim.until).into(), format!("{:032x}", claim.worker).into()];
        values.extend(ids.iter().map(|id| Value::from(*id)));
        execute(&self.inner, &sql, values).await.map(|_| ())
    }

    async fn finish(&mut self, id: i64, worker: u128, attempt: u32, how: JobEnd) -> Result<(), StoreError> {
        self.wakes |= end(&self.inner, id, worker, attempt, how).await?;
        Ok(())
    }

    async fn next_due(&mut self) -> Result<Option<Timestamp>, StoreError> {
        let row = one(&self.inner, "SELECT MIN(j.run_at) AS due FROM job j WHERE j.state = 'ready' AND (j.order_key IS NULL OR NOT EXISTS ( \
               SELECT 1 FROM job e WHERE e.order_key = j.order_key AND e.state IN ('ready', 'running') AND (e.id < j.id OR e.state = 'running')))", Vec::new()).await?;
        let Some(row) = row else { return Ok(None) };
        get::<Option<i64>>(&row, "due")?.map(instant).transpose()
    }

    async fn due_after(&mut self, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        let sql = "SELECT run_at FROM job WHERE state = 'ready' AND run_at > $1 ORDER BY run_at LIMIT 1";
        let row = one(&self.inner, sql, vec![micros(now).into()]).await?;
        row.map(|row| instant(get(&row, "run_at")?)).transpose()
    }

    async fn waiting(&mut self, limit: u32) -> Result<Vec<ClaimedJob>, StoreError> {
        let sql = "SELECT id, org_id, kind, version, payload, attempt, order_key, run_at FROM job WHERE state = 'ready' ORDER BY run_at, id LIMIT $1";
        let rows = all(&self.inner, sql, vec![i64::from(limit).into()]).await?;
        rows.iter().map(|row| self.claimed(row)).collect()
    }

    async fn wipe(&mut self) -> Result<(), StoreError> {
        let kept = ["organisation", "clinic", "clinic_settings", "clinic_number", "api_token", "vendor_agreement"];
        for table in TABLES.into_iter().rev().filter(|table| !kept.contains(table)) {
            execute(&self.inner, &format!("DELETE FROM {table}"), Vec::new()).await?;
        }
        Ok(())
    }

    async fn job_counts(&mut self) -> Result<JobCounts, StoreError> {
        let rows = all(&self.inner, "SELECT state, COUNT(*) AS n FROM job GROUP BY state", Vec::new()).await?;
        let mut counts = JobCounts::default();
        for row in rows {
            let n = u64::try_from(get::<i64>(&row, "n")?).unwrap_or(0);
            match get::<String>(&row, "state")?.as_str() {
                "ready" => counts.ready = n,
                "running" => counts.running = n,
                _ => counts.dead = n,
            }
        }
        Ok(counts)
    }

    async fn hasten(&mut self, kind: &str, at: Timestamp) -> Result<bool, StoreError> {
        let sql = "UPDATE job SET run_at = CASE WHEN state = 'ready' AND run_at > $2 THEN $2 ELSE run_at END \
                   WHERE kind = $1 AND state IN ('ready', 'running')";
        let found = execute(&self.inner, sql, vec![kind.into(), micros(at).into()]).await?;
        self.wakes |= found > 0;
        Ok(found > 0)
    }

    async fn prune(&mut self, older: &Retention) -> Result<u64, StoreError> {
        let mut gone = 0;
        for (sql, at) in [
            ("DELETE FROM inbox_event WHERE accepted_at < $1", older.inbox),
            ("DELETE FROM phone_call WHERE updated_at < $1", older.calls),
            ("DELETE FROM job WHERE state = 'dead' AND run_at < $1", older.dead),
            ("DELETE FROM api_request WHERE created_at < $1", older.requests),
        ] {
            gone += execute(&self.inner, sql, vec![micros(at).into()]).await?;
        }
        Ok(gone)
    }

    async fn note(&mut self, key: &str) -> Result<Option<String>, StoreError> {
        let row = one(&self.inner, "SELECT value FROM note WHERE key = $1", vec![key.into()]).await?;
        row.map(|row| get(&row, "value")).transpose()
    }

    async fn set_note(&mut self, key: &str, value: &str) -> Result<(), StoreError> {
        let sql =
            "INSERT INTO note (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value";
        execute(&self.inner, sql, vec![key.into(), value.into()]).await.map(|_| ())
    }
}
