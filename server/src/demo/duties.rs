//! What the demo's managers asked for and said.

use std::sync::Arc;

use chrono::{DateTime, Days, TimeDelta, Utc};
use ekenko_domain::{
    announcement::NewAnnouncement,
    day::business_date,
    id::{AnnouncementId, TaskId},
    task::{MoveTask, NewTask, Priority, TaskStatus},
    text::{Name, Notes},
};

use super::seed::{SeedError, caller, failed};
use crate::{
    App,
    context::{Replay, new_id},
    customers::Search,
};

/// What each rep has to do: title, details, priority, days until due, how far it is.
const TASKS: [(&str, &str, Priority, Option<i64>, TaskStatus); 5] = [
    ("เก็บเงินค่าสินค้าเดือนตุลาคม", "ใบแจ้งหนี้ค้างหนึ่งใบ ขอรับเป็นเงินโอน", Priority::Urgent, Some(0), TaskStatus::Todo),
    ("ถ่ายรูปชั้นวางสินค้า", "", Priority::Normal, Some(-1), TaskStatus::Todo),
    ("เสนอราคาสินค้าใหม่", "ใช้ใบเสนอราคาฉบับพฤศจิกายน", Priority::High, Some(1), TaskStatus::Todo),
    ("สำรวจราคาคู่แข่ง", "", Priority::Low, Some(4), TaskStatus::InProgress),
    ("ส่งแผ่นพับโปรโมชัน", "", Priority::Normal, Some(-1), TaskStatus::Completed),
];

/// Tasks for every rep and an announcement, given the day before `now`.
pub(super) async fn duties(
    app: &App,
    clock: &Arc<Replay>,
    reps: usize,
    now: DateTime<Utc>,
) -> Result<(), SeedError> {
    let yesterday = now - TimeDelta::hours(26);
    for rep in 1..=reps {
        clock.set(yesterday);
        let manager = caller(app, if rep <= reps / 2 { "manager1" } else { "manager2" }).await?;
        let rep_caller = caller(app, &format!("rep{rep}")).await?;
        let today = business_date(now, &manager.organisation.time_zone);
        let places = Search { limit: 40, ..Search::default() };
        let places = app.customers.search(&rep_caller, &places).await.map_err(failed)?.items;
        for (n, (title, details, priority, due, status)) in TASKS.into_iter().enumerate() {
            let due_date = due.map(|days| match u64::try_from(days) {
                Ok(ahead) => today + Days::new(ahead),
                Err(_) => today - Days::new(days.unsigned_abs()),
            });
            let task = NewTask {
                id: TaskId(new_id(&**clock)),
                title: Name::parse(title).map_err(failed)?,
                details: Notes::parse(details).ok(),
                priority,
                due_date,
                due_time: None,
                repeat: None,
                repeat_until: None,
                location_id: places.get(rep * TASKS.len() + n - 1).map(|place| place.id),
                assignee_id: rep_caller.employee.id,
            };
            app.tasks.create(&manager, &task).await.map_err(failed)?;
            let steps: &[TaskStatus] = match status {
                TaskStatus::InProgress => &[TaskStatus::InProgress],
                TaskStatus::Completed => &[TaskStatus::InProgress, TaskStatus::Completed],
                _ => &[],
            };
            for &status in steps {
                clock.advance(TimeDelta::minutes(20));
                let step = MoveTask { status, comment: None };
                app.tasks.move_to(&rep_caller, task.id, &step).await.map_err(failed)?;
            }
        }
    }
    clock.set(yesterday);
    let admin = caller(app, "admin").await?;
    let meeting = NewAnnouncement {
        id: AnnouncementId(new_id(&**clock)),
        title: Name::parse("ประชุมทีมขายวันจันทร์ 8.30 น. ที่สำนักงาน").map_err(failed)?,
        body: Notes::parse("กรุณาเตรียมรายชื่อลูกค้าที่ยังไม่สั่งซื้อเดือนนี้").ok(),
        team_id: None,
        role: None,
        publish_at: None,
        expires_at: None,
        pinned: false,
    };
    app.announcements.publish(&admin, &meeting).await.map_err(failed)?;
    Ok(())
}
