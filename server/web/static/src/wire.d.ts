/** The shapes that come over the wire from /api/v1. Times are ISO-8601 UTC; lengths metres; durations seconds. */

export interface Named { id: number; name: string }
export interface UnitRef extends Named { kind?: string }
export interface Me {
  id: number; username: string; name: string; post: string | null; unit: UnitRef;
  roles: { role: string; unit: Named }[]; permissions: string[];
}
export interface Unit { id: number; parent_id: number | null; code: string; name: string; kind: string; path: string; depth: number; retired_at: string | null }
export interface Person {
  id: number; username: string | null; name: string; post: string | null; unit: UnitRef;
  left_at: string | null; must_change_password?: boolean; second_factor?: boolean | null; created_at?: string; roles: { role: string; unit: Named }[];
}
export interface Factor {
  on: boolean; since: string | null; codes_left: number; needed: string[]; due_at: string | null; asleep: boolean; now: string;
}
export interface Identity { id: number; issuer: string; name: string; linked_at: string; used_at: string | null }
export interface Words { zh: string; en: string }

export interface Problem {
  type?: string; code: string; status: number; title: string; title_en: string;
  fields?: Record<string, Words[]>; facts?: Record<string, unknown>; retry_after_s?: number;
}
export interface Page<T> { items: T[]; next: string | null }

export type Outcome = "inside" | "uncertain" | "outside" | "not_judged";
export interface Verdict {
  outcome: Outcome; edge_m: number | null; accuracy_used_m: number | null; accuracy_assumed: boolean;
  against: null | { kind: string; id: number; name: string; area_id: number | null; version: number | null };
  why: string | null; zh: string; en: string;
}
export interface Position { lng: number; lat: number; accuracy_m: number | null; datum?: string; accuracy_source?: string }
export interface AreaRef { id: number; code: string; name: string; kind: string; version: number }
export interface Invitation { secret: string; expires_at: string }
export interface Visit {
  kind: string; enterprise: string | null; contact: string | null; contact_post: string | null; topic: string | null;
  outcome: string | null; amount: string | null; amount_unit: string | null; next_step: string | null; next_on: string | null;
}
export interface Review { id: number; kind: "accept" | "query" | "answer" | "lapse"; by: Named | null; note: string; at: string }
export interface Supplement {
  id: string; at: string; enterprise: string; contact: string; contact_post: string; outcome: string; next_step: string;
}
export interface Checkin {
  id: string; number: number; person: Named; unit: Named; trip: { id: number; title: string } | null; stop: Named | null;
  kind: string; ad_hoc: boolean; fixed_at: string | null; made_at: string; sent_at: string | null; received_at: string;
  happened_at: string; skew_s: number | null; position: Position | null;
  position_withheld: null | "reason_needed" | "no_position" | "erased" | "no_consent" | "not_tracked" | "not_on_duty" | "start_not_known";
  verdict: Verdict; areas: AreaRef[]; window: null | "early" | "on_time" | "late"; window_s: number | null;
  signals: { code: string; zh: string; en: string; evidence: Record<string, unknown> }[];
  note: string | null; visit: Visit | null; supplement: Supplement | null;
  met: (Omit<Visit, "kind"> & { kind: string | null }) | null; photo_count: number; photos: PhotoOf[]; reviews: Review[];
}
export interface PhotoOf { id: string; number: number; width: number | null; height: number | null; kept_at: string; erased: boolean }
export interface Period {
  kind: "day" | "week" | "month"; name: string; first: string; last: string; previous: string; next: string;
  around: Record<string, string>;
}
export interface Met {
  kind: string | null; enterprise: string; contact: string; contact_post: string; topic: string; amount: string | null;
  amount_unit: string; outcome: string; next_step: string; next_on: string | null;
}
export interface TripRow {
  id: number; title: string; unit: string; destination: string; chain: string;
  members: { id: number; name: string; post: string }[]; started_at: string; ended_at: string | null; lapsed: boolean;
  days_away: number; outcome: string; visits: Met[];
}
/** What one wrote, as the server has it: its id, when, and its texts by name. */
export type Saved = { id: string; at: string } & Record<string, string>;
export interface Entry {
  checkin_id: string; at: string; kind: string; trip: { id: number; title: string } | null; place: string; note: string;
  supplement: Saved | null; met: Met;
}
export interface LogDay { day: string; open: boolean; planned: string; words: Saved | null; earlier: Saved[]; entries: Entry[] }
export interface OwnLog {
  period: Period; days: LogDay[]; trips: TripRow[]; days_away: number; cut: boolean;
  ahead: { trip: { id: number; title: string }; stop: string; from: string }[];
}
export interface Report { period: Period; unit: Named; trips: TripRow[]; cut: boolean }
export interface Waiting { stand: "look" | "answer" | "reply"; since: string; checkin: Checkin }
export interface Duty { trip: { id: number; title: string } | null; unit: Named | null; waiting: number; oldest_at: string }
export interface Queue extends Page<Waiting> { total: number; duties: Duty[] }
export interface Against {
  name: string; lng: number | null; lat: number | null; radius_m: number | null; area_id: number | null; version: number | null; tolerance_m: number;
}
export interface Way { distance_m: number; seconds: number; least_mps: number | null; limit_mps: number }
export interface Evidence { checkin: Checkin; against: Against | null; last: Checkin | null; way: Way | null }
export interface Place {
  person: Named; unit: Named; trip: { id: number; title: string } | null; position: Position; at: string; age_s: number;
  checkin_id: string | null; verdict: Verdict | Outcome | null;
}
export interface Crossing {
  id: number; at: string; entered: boolean; area: { id: number; name: string; kind: string; version: number };
  person: Named; unit: Named; trip: { id: number; title: string };
}
export interface Stop {
  id?: number; position?: number; name: string; area_id: number | null; area_name?: string | null; lng: number | null; lat: number | null;
  radius_m: number | null; tolerance_m: number | null; planned_from: string | null; planned_to: string | null; host_enterprise: string | null;
}
export interface Consent { level: "checkins" | "track"; given_at: string; withdrawn_at: string | null }
export interface Member { id: number; name: string; unit: Named; leading: boolean; consent: Consent | null }
export interface Trip {
  id: number; title: string; aim: string | null; purpose: "ordinary" | "safety" | "emergency"; basis: string | null; chain: string | null;
  destination: string | null; destination_area_id: number | null; tracking: "none" | "checkins" | "track"; photos_required: boolean; state: string; revision: number;
  unit: Named; leader: Named; planner: Named; members: Member[]; starts_on: string; ends_on: string; stops: Stop[];
  started_at: string | null; start_known_at: string | null; ended_at: string | null; lapsed_at: string | null; overran_h: number | null; days_away: number | null; returned_because: string | null; cancelled_because: string | null;
  approved_by: Named | null; approved_at: string | null; outcome: string | null; may: string[];
}
export interface Span { from: string; to: string; duration_s: number }
export interface Gap extends Span { line: number[][] }
export interface Stay extends Span {
  lng: number; lat: number; radius_m: number; accuracy_m: number; unmeasured_s: number;
  stop: (Named & { outcome: "inside" | "uncertain" }) | null;
}
export interface Move extends Span { length_m: number; unmeasured_s: number }
export interface Track {
  person: Named; fixes: number; from: string | null; to: string | null; length_m: number; duration_s: number; unmeasured_s: number;
  pieces: number[][][]; gaps: Gap[]; stays: Stay[]; moves: Move[];
}
export interface Tracked { person: Named; unit: Named }
export interface Crossing { id: number; at: string; entered: boolean; area: Named & { kind: string; version: number } }
export interface Silence {
  id: number; person: Named; unit: Named; trip: { id: number; title: string }; since: string; raised_at: string;
  ended_at: string | null; heard: boolean | null;
}
export interface Area {
  id: number; code: string; name: string; kind: string; parent_id: number | null; version: number; valid_from: string;
  retired_at?: string | null; area_km2?: number | null;
  households?: number | null; households_are?: "few" | "many" | null;
}
export interface AreaVersion { number: number; name: string; valid_from: string; published_at: string; published_by: Named | null; datum: string; repairs: (Words & { code: string })[]; area_km2: number }
export interface Session { id: string; device_name: string; kind: "app" | "browser"; created_at: string; last_used_at: string; expires_at: string; current: boolean }
export interface Tracker {
  id: number; kind: "traccar" | "owntracks" | "app"; name: string; created_at: string; revoked_at: string | null;
  last_seen_at: string | null; battery: number | null; charging: boolean | null; sealed: boolean;
}
export interface TypedSetting extends Words { value: string }
export interface AddedTracker { tracker: Tracker; secret: string; key: string | null; setup: { link: string; qr: string; typed: TypedSetting[] } }
export interface SetAsideDay { day: string; count: number; reasons: (Words & { reason: string; count: number })[] }
export interface Matter {
  id: number; kind: string; category: Named | null; text: string; page: string; place: string; lng: number | null; lat: number | null;
  by: Named | null; unit: Named | null; holder: Named; assigned: { unit: Named | null; person: Named | null };
  state: string; revision: number; reported_at: string; closed_at: string | null; due_at: string | null; overdue: boolean;
  left: { amount: number; unit: string; over: boolean } | null;
  held_until: string | null; report_due_at: string | null; merged_into: number | null; erased_at: string | null; answers: { by: Named; text: string; at: string }[];
}
export interface Proven { by: Named | null; photo_count: number; photos: PhotoOf[] }
export interface MatterStep extends Proven { id: number; step: string; state: string; at: string; note: string; unit: Named | null; person: Named | null; into: number | null; until: string | null }
export interface MatterMay { step: string; door: string; asks: string[] }
export interface PatrolPoint extends Stop {
  state: "open" | "reached" | "told" | "out_of_order" | "outside"; at: string | null; by: "" | "checkin" | "track";
}
export interface Patrol {
  id: number; plan_id: number | null; trip_id: number | null; called_out: boolean; title: string; unit: Named; area: Named | null;
  purpose: "routine" | "safety" | "emergency"; basis: string; day: string; opens_at: string; closes_at: string; state: string; walkers: Named[];
  started_at: string | null; ended_at: string | null; checkpoints: number; reached: number; walked_at: string | null; missed_at: string | null;
}
export interface PatrolInFull extends Patrol {
  in_order: boolean; points: PatrolPoint[]; route: number[][]; share: number | null; may: string[];
  findings: { id: number; text: string; state: string; reported_at: string }[];
}
export interface PatrolPlan {
  id: number; title: string; unit: Named; area: Named | null; made_by: Named; purpose: Patrol["purpose"]; basis: string; tracking: string;
  photos_required: boolean; who: "person" | "unit" | "rota"; walkers: Named[]; rule: string; days_off: string; starts_on: string; until_on: string | null;
  opens: string; closes: string; window_days: number; in_order: boolean; route: number[][]; revision: number; ended_at: string | null;
}
export interface PatrolPlanInFull extends PatrolPlan { checkpoints: Stop[]; may: string[] }
export interface Grid {
  area: Named; unit: Named; last_walked_at: string | null; walked: boolean; next: { id: number; opens_at: string; state: string } | null;
}
export interface Grids { now: string; since: string; grids: Grid[]; not_walked: number }
export interface Household {
  id: number; unit: Named; door: string; name?: string; concern?: string; every_days: number; last_on: string | null; due_on: string;
  looks?: HouseholdLook[];
}
export interface HouseholdLook { id: number; at: string; by: Who; reason: string; household_id?: number; unit?: Named }
export interface HouseholdInFull extends Household { visits: { visited_on: string; note: string }[] }
export interface Households { today: string; most: number; items: Household[]; cut?: boolean; may_open?: boolean }
export interface ProjectMilestone { stage: string; planned_on: string | null; actual_on: string | null; days_late: number | null }
export interface FlagShort extends Words { id: number; colour: string; rule: string }
export interface FlagWord { id: number; text: string; upheld: boolean | null; by: Named; unit: Named; at: string }
export interface Flag extends FlagShort {
  project_id: number; rule_zh: string; rule_en: string; threshold: number; unit: string; stage: string | null; half: string | null;
  planned_on: string | null; actual_on: string | null; days: number | null; planned: string | null; done: string | null;
  share: number | null; amount_unit: string; since: string; until: string | null; given_at: string; lifted_at: string | null;
  standing: string; revision: number; words: FlagWord[];
}
export interface FlagOfProject extends Flag { project: Named; project_unit: Named }
export interface FlagInFull extends FlagOfProject { made_by: (Words & { kind: string; id: number; note: string; by: Named; at: string })[]; may: string[] }
export interface FlagRule extends Words {
  rule: string; colour: string | null; unit: string; least: number; most: number; value: number;
  history: { value: number; valid_from: string; reason: string; made_at: string; by: Named }[];
}
export interface Project {
  id: number; name: string; investor: string; chain: string; amount: string; amount_unit: string; unit: Named; lead: Named | null;
  area: Named | null; site: string; needs_land: boolean; stage: string; stopped_on: string | null; revision: number;
  milestones: ProjectMilestone[]; this_year: { planned: string; done: string; share: number | null }; flags: FlagShort[];
}
export interface ProjectHalf { half: string; year: number; number: number; ends_on: string; planned: string | null; done: string | null; done_on: string | null; share: number | null }
export interface ProjectCommitment {
  id: number; unit: Named; text: string; standard: string; due_on: string; made_at: string; by: Named; standing: string;
  settled_on: string | null; settled_by: Named | null; proof: string;
}
export interface ProjectEvidence { id: number; stage: string; title: string; number: string; dated_on: string | null; checkin_id: string | null; by: Named; at: string; files: EvidenceFile[] }
export interface EvidenceFile { id: string; name: string; form: string; size: number; by: Named; at: string; erased: boolean; may_erase: boolean }
export interface ProjectInFull extends Project {
  content: string; introducer: string; stopped_because: string; created_at: string; units: { unit: Named; part: string }[];
  members: (Named & { post: string; unit: string })[]; next_stages: string[];
  intervals: { source: string; target: string; planned_days: number | null; actual_days: number | null }[];
  investments: ProjectHalf[]; commitments: ProjectCommitment[];
  entries: { id: number; on: string; stage: string; text: string; trouble: string; next_step: string; by: Named; unit: Named; at: string }[];
  evidence: ProjectEvidence[];
  steps: { id: number; step: string; stage: string | null; half: string | null; was: string; now: string; note: string; by: Named; at: string }[];
  visits: { items: { id: string; happened_at: string; kind: string; person: Named; unit: Named; trip_id: number | null; enterprise: string; outcome: string; note: string }[]; hidden: number };
  matters: { items: { id: number; kind: string; text: string; state: string; due_at: string | null; overdue: boolean }[]; hidden: number };
  flag_history: Flag[]; may: string[];
}
export interface MatterInFull extends Matter, Proven { plan: { note: string; until: string | null; at: string } | null; steps: MatterStep[]; may: MatterMay[]; may_erase: boolean; merged: number[] }
export interface MatterAround extends Matter { metres: number | null; alike: boolean }
export interface MatterKnown { id: number; state: string; reported_at: string; metres: number | null; readable: boolean; text: string | null; place: string | null }
export interface Term { amount: number; unit: string }
export interface Category { id: number; parent_id: number | null; name: string; position: number; planned: boolean; kind: string | null; retired: boolean; answer: Term; solve: Term; escalate: Term | null }
export interface Workday { day: string; works: boolean; notice: boolean; holiday: Words; own: boolean; reason: string; by: Named | null; changed_at: string | null }
export interface WorkingYear { year: number; announced: boolean; days: Workday[] }
export interface Who extends Named { unit: Named }
export interface Look { id: number; at: string; by: Who; of?: Who; trip: { id: number; title: string } | null; reason: string; door: string }
export interface Notice {
  id: number; kind: string; at: string; words: Words; urgent: boolean; read: boolean;
  about: { noun: string; id: string; trip_id: number | null };
}
export interface Unread { unread: number; urgent: number; newest: number }
export interface HookMessage {
  id: number; text: string; urgent: boolean; state: "waiting" | "sending" | "sent" | "unsure" | "given_up"; tries: number;
  made_at: string; next_at: string | null; ended_at: string | null; said: string;
}
export interface Hook {
  id: number; name: string; kind: "wecom" | "dingtalk"; lang: "zh" | "en"; unit: Named; signed: boolean; enabled: boolean;
  messages: HookMessage[];
}
export interface CampaignBrief {
  id: number; name: string; aim: string; unit: Named; lead: Named; starts_on: string; ends_on: string;
  state: "open" | "closed"; closed_on: string | null; revision: number; stands: Record<string, number>;
}
export interface ListedCampaign extends CampaignBrief { projects: number; matters: number }
export interface CampaignTask {
  id: number; title: string; standard: string; unit: Named; starts_on: string; due_on: string; done_on: string | null;
  state: "open" | "done" | "dropped"; stand: string; may_report: boolean;
  entries: { step: string; text: string; by: Named; at: string }[];
}
export interface CampaignProject {
  id: number; name: string; readable: boolean; unit: Named; stage: string; stopped_on: string | null; area_id: number | null;
  milestones: { stage: string; planned_on: string | null; actual_on: string | null }[];
}
export interface CampaignMatter {
  id: number; kind: string; category: Named | null; text: string; place: string; lng: number | null; lat: number | null;
  state: string; overdue: boolean; due_at: string | null;
}
export interface CampaignReview {
  id: number; period: { name: string } & Words; text: string; trouble: string; next_step: string; by: Named; at: string;
  facts: { on: string; tasks: Record<string, number>; stages: Record<string, number>; matters: Record<string, number> };
}
export interface Campaign extends CampaignBrief {
  tasks: CampaignTask[]; projects: CampaignProject[]; matters: CampaignMatter[]; matters_hidden: number;
  patrols: { id: number; title: string; unit: { name: string }; walks: Record<string, number> }[];
  reviews: CampaignReview[]; may: string[];
}
export interface Closing { day: string; upto: number; count: number; late: number; head: string; kid: string; closed_at: string }
export interface LogEvent { number: number; at: string; kind: string; actor: Named | null; person: Named | null; unit: Named | null; subject: string; unit_id: number | null; trip_id: number | null; person_id: number | null; data: Record<string, unknown> }
export interface Tiles { urls: string[]; kind: "xyz" | "wmts"; datum: "WGS-84" | "CGCS2000" | "GCJ-02"; attribution: string }
export interface Desk { lang: "zh" | "en"; me: Me | null; tiles: Tiles | null; now: string; words: Record<string, string>; reasoned?: boolean; kinds?: Record<string, Words>; facts?: Record<string, Words & { groups: string[] }>; codes?: Record<string, Words>; query_days?: number }
export interface View {
  id: string; name: string; filters: Record<string, string>; columns: string[]; mine: boolean; saved_at: string;
}
export interface TripFound {
  id: number; title: string; destination: string; state: string; starts_on: string; ends_on: string; leader: Named;
  stops: number; reached: number;
}

/** One thing about the installation, how it stands, and what to do (empty where nothing is). */
export interface StatusItem {
  name: string;
  state: "good" | "watch" | "wrong";
  zh: string;
  en: string;
  do_zh: string;
  do_en: string;
}

/** How the installation stands. */
export interface Status {
  items: StatusItem[];
  migration: string;
  set_aside: { zh: string; en: string; count: number }[];
  at: string;
}

/** A row of a number on a board: a matter, or what a project came to. */
export interface BoardRow { matter?: number; project?: number; name: string; at: string | null; due_at: string | null; kept: boolean; amount?: string; stage?: Words }
export interface BoardNumber { got: number | string; of: number | string; unit: string; part: string | null; rows: BoardRow[] }
export interface Measure { name: string; words: Words; means: Words; weight: number; unit: string }
export interface BoardRule {
  id: number | null; valid_from: string | null; weights: Record<string, number>; least_people: number; listed: number;
  reason: string; made_at: string | null;
}
export interface BoardTarget { id: number; unit_id: number; unit: string; valid_from: string; signed: string; landed: string }
export interface BoardUnit {
  unit: UnitRef; numbers: Record<string, BoardNumber>; score: string | null; rank: number | null; listed: "" | "ahead" | "behind";
  why: "" | "small" | "nothing_due";
}
export interface Covered { span: "month" | "quarter" | "year"; name: string; first: string; last: string; words: Words }
export interface Board { period: Covered; over: boolean; rule: BoardRule; measures: Measure[]; units: BoardUnit[] }
export interface Stated {
  trips: number; people: number; days: number; visits: Record<string, number>;
  rows: { trip: number; destination: string; first: string; last: string }[];
}
export interface OutUnit { unit: UnitRef; out: boolean; why: string; stated: Stated | null }
export interface OtherBulletin { id: number; number: string }
export interface Bulletin {
  id: number; kind: "boards" | "trips"; period: Covered; edition: number; state: string; revision: number; title: string;
  number: string; published_at: string | null; corrects: OtherBulletin | null; corrected_by: OtherBulletin | null;
}
export interface RolledUpUnit {
  unit: UnitRef; score: string | null; rank: number | null; listed: "" | "ahead" | "behind"; why: string; days: number;
  months: Record<string, string | null | { out: boolean; why: string; people: number | null; days: number | null }>;
}
export interface BulletinInFull extends Bulletin {
  opening: string; note: string; reason: string; returned_because: string; drawn_at: string; seal: string | null;
  whole: boolean | null; county: string; may: string[];
  data: { rule?: BoardRule; measures?: Measure[]; units: any[]; months?: { month: string; bulletin: OtherBulletin | null }[] };
}
