// Made by `make docs` from openapi.json: not to be edited.
//
//   import type { Body, Data } from "./client";
//
//   const body: Body<"verifyOtp"> = { countryCode: "90", phoneNumber: "5551234567", code: "1234" };
//   const data: Data<"verifyOtp"> = (await answer.json()).data;

/** Around every JSON answer that is no refusal. */
export interface Envelope<Data, Status extends number, Success extends boolean = true> {
  isSuccess: Success;
  statusCode: Status;
  data: Data;
  errors: string[];
  timestamp: string;
}

/** Sentences for people in `errors`, a stable `code` for programs. */
export interface Refused<Code extends string = string, Status extends number = number> {
  isSuccess: false;
  statusCode: Status;
  data: null;
  errors: string[];
  code: Code;
  timestamp: string;
}

export type OperationId = keyof Operations;

/** What an operation takes. */
export type Body<Id extends OperationId> = Operations[Id]["body"];
export type Path<Id extends OperationId> = Operations[Id]["path"];
export type Query<Id extends OperationId> = Operations[Id]["query"];
export type Headers<Id extends OperationId> = Operations[Id]["headers"];

/** What it answers: all of it, by status; the `data` of a success; the codes of its refusals. */
export type Answers<Id extends OperationId> = Operations[Id]["answers"];
export type Answer<Id extends OperationId> = Answers<Id>[keyof Answers<Id>];
export type Data<Id extends OperationId> =
  Answer<Id> extends infer Any
    ? Any extends Envelope<infer Found, number> ? Found : never
    : never;
export type Code<Id extends OperationId> = Extract<Answer<Id>, Refused>["code"];

/** `sound`: the name of one in the app; null: none. */
export interface Alert {
  title: string;
  body: string;
  sound?: string | null;
}

/** `optionIds`: empty is not answered. */
export interface AnswerBody {
  questionId: string;
  optionId?: string | null;
  optionIds?: string[] | null;
}

export interface AnsweredView {
  questionId: string;
  questionText: string;
  selectedOptionIds: string[];
  isCorrect: boolean;
  points: number;
}

export interface AssessmentSummary {
  id: string;
  title: string;
  description: string | null;
  targetLanguage: string;
  locale: "de" | "en" | "es" | "tr" | null;
  version: number;
  maxAttempts: number;
  isPublished: boolean;
  questionCount: number;
  maxScore: number;
  levelRanges: BandView[];
  createdAt: string;
  updatedAt: string;
}

export interface AssessmentView {
  id: string;
  title: string;
  description: string | null;
  targetLanguage: string;
  locale: "de" | "en" | "es" | "tr" | null;
  version: number;
  maxAttempts: number;
  isPublished: boolean;
  questionCount: number;
  maxScore: number;
  levelRanges: BandView[];
  createdAt: string;
  updatedAt: string;
  questions: QuestionView[];
}

export interface AssessmentsOverview {
  totalTests: number;
  totalSubmissions: number;
  averageScore: number;
  submissionsLast30Days: number;
  monthlyGrowthRate: number;
}

export interface Assign {
  userIds: string[];
}

export interface AssignedView {
  id: string;
  title: string;
  description: string | null;
  locale: "de" | "en" | "es" | "tr";
  level: "A1" | "A1+" | "A2" | "A2+" | "B1" | "B1+" | "B2" | "B2+" | "C1" | "C1+" | "C2" | "Pre-A1" | null;
  pdfs: PdfView[];
  videos: VideoView[];
  createdAt: string;
  updatedAt: string;
  assignedAt: string;
}

export interface AssignmentSummary {
  materialId: string;
  assignedCount: number;
  alreadyAssignedCount: number;
  notFoundUserIds: string[];
}

/** Lives of the tokens in seconds. */
export interface AuthResult {
  accessToken: string;
  refreshToken: string;
  expiresIn: number;
  refreshExpiresIn: number;
  user: User;
  isRegistrationComplete: boolean;
  isNewUser: boolean;
}

export interface BandBody {
  level: "A1" | "A1+" | "A2" | "A2+" | "B1" | "B1+" | "B2" | "B2+" | "C1" | "C1+" | "C2" | "Pre-A1";
  minScore: number;
  maxScore: number;
}

export interface BandView {
  level: string;
  minScore: number;
  maxScore: number;
}

export interface ByCategory {
  codes?: Codes;
  account?: Usual;
  tests?: Usual;
  materials?: Usual;
  courses?: Usual;
  messages?: Usual;
  other?: Usual;
}

/** What is left out stays; null clears what may be empty. */
export interface ChangeAssessment {
  title?: string;
  description?: string | null;
  targetLanguage?: string;
  locale?: "de" | "en" | "es" | "tr" | null;
  maxAttempts?: number;
  isPublished?: boolean;
  questions?: QuestionBody[];
  levelRanges?: BandBody[];
}

/** What is left out stays; null clears. */
export interface ChangeCourse {
  title?: string;
  description?: string | null;
  targetLanguage?: string;
  level?: "A1" | "A1+" | "A2" | "A2+" | "B1" | "B1+" | "B2" | "B2+" | "C1" | "C1+" | "C2" | "Pre-A1";
  locale?: "de" | "en" | "es" | "tr";
  price?: PriceBody | null;
  imageUrl?: string | null;
  durationWeeks?: number | null;
  lessonsPerWeek?: number | null;
  startsAt?: string | null;
  tags?: string[] | null;
  isPublished?: boolean;
}

export interface ChangeEmail {
  email: string;
}

/** A form. `videos`: a JSON list of `{title, url}`, which replaces the links there are. */
export interface ChangeMaterialParts {
  title?: string;
  description?: string;
  locale?: "de" | "en" | "es" | "tr";
  level?: "A1" | "A1+" | "A2" | "A2+" | "B1" | "B1+" | "B2" | "B2+" | "C1" | "C1+" | "C2" | "Pre-A1";
  videos?: string;
  pdfs?: Blob[];
  videoFiles?: Blob[];
}

/** What is left out stays. */
export interface ChangePreferences {
  preferences: ByCategory;
}

/** What is left out stays; null clears. */
export interface ChangeProfile {
  name?: string | null;
  surname?: string | null;
  birthDate?: string | null;
  gender?: string | null;
  interests?: string[];
  expertise?: "chef" | "coach" | "creator" | "designer" | "developer" | "educator" | "entertainer" | "gamer" | "musician" | "photographer" | "stylist" | "trainer" | null;
  bio?: string | null;
  instagram?: string | null;
  x?: string | null;
  tiktok?: string | null;
  snapchat?: string | null;
  facebook?: string | null;
  profilePhoto?: string | null;
  availabilityStatus?: "available" | "busy" | "offline" | null;
  timezone?: string | null;
  language?: "de" | "en" | "es" | "tr";
  consentFormAccepted?: boolean;
  consentFormVersion?: string;
}

export interface ChangeRole {
  role: "admin" | "superadmin" | "user";
}

export interface ChangeUsername {
  newUsername: string;
}

export interface Codes {
  email?: boolean;
  sms?: boolean;
}

export interface CompleteRegistration {
  name: string;
  surname: string;
  birthDate?: string | null;
  gender?: string | null;
  interests?: string[];
  expertise?: "chef" | "coach" | "creator" | "designer" | "developer" | "educator" | "entertainer" | "gamer" | "musician" | "photographer" | "stylist" | "trainer" | null;
  bio?: string | null;
  instagram?: string | null;
  x?: string | null;
  tiktok?: string | null;
  snapchat?: string | null;
  facebook?: string | null;
  profilePhoto?: string | null;
  availabilityStatus?: "available" | "busy" | "offline" | null;
  timezone?: string | null;
  language?: "de" | "en" | "es" | "tr";
  consentFormAccepted?: boolean;
  consentFormVersion?: string;
  privacyPolicyAccepted: boolean;
  privacyPolicyVersion: string;
  termsOfUseAccepted: boolean;
  termsOfUseVersion: string;
}

/** `reply`, `repliedBy`, `repliedAt`: the last one. `repliedBy`: the id of an admin; null too when their account was erased. */
export interface ContactView {
  id: string;
  fullName: string;
  email: string;
  phone: string | null;
  message: string;
  source: string | null;
  status: "CLOSED" | "IN_PROGRESS" | "PENDING" | "REPLIED";
  reply: string | null;
  repliedBy: string | null;
  repliedAt: string | null;
  createdAt: string;
}

/** `pending`, `replied`: how many have that status. `replyRate`: `replied` of `total`. */
export interface ContactsOverview {
  total: number;
  pending: number;
  replied: number;
  replyRate: number;
  newLast30Days: number;
}

/** A course, as it is kept and as it is shown. Times are UTC timestamps. */
export interface Course {
  id: string;
  title: string;
  description: string | null;
  targetLanguage: string;
  level: "A1" | "A1+" | "A2" | "A2+" | "B1" | "B1+" | "B2" | "B2+" | "C1" | "C1+" | "C2" | "Pre-A1";
  locale: "de" | "en" | "es" | "tr";
  price: Price | null;
  imageUrl: string | null;
  durationWeeks: number | null;
  lessonsPerWeek: number | null;
  startsAt: string | null;
  tags: string[];
  isPublished: boolean;
  createdAt: string;
  updatedAt: string;
}

export interface CoursesOverview {
  total: number;
}

export interface CreateAssessment {
  title: string;
  description?: string | null;
  targetLanguage: string;
  locale?: "de" | "en" | "es" | "tr" | null;
  maxAttempts?: number;
  isPublished?: boolean;
  questions: QuestionBody[];
  levelRanges: BandBody[];
}

export interface CreateCourse {
  title: string;
  description?: string | null;
  targetLanguage: string;
  level: "A1" | "A1+" | "A2" | "A2+" | "B1" | "B1+" | "B2" | "B2+" | "C1" | "C1+" | "C2" | "Pre-A1";
  locale?: "de" | "en" | "es" | "tr";
  price?: PriceBody | null;
  imageUrl?: string | null;
  durationWeeks?: number | null;
  lessonsPerWeek?: number | null;
  startsAt?: string | null;
  tags?: string[] | null;
  isPublished?: boolean;
}

export interface CreateNotification {
  userId: string;
  type: string;
  category: string;
  title: string;
  message: string;
  metadata?: Record<string, string | number | boolean | null>;
}

/** `trends`: the oldest month first. `degraded`: the services that gave no answer in time, whose numbers are null; empty when all is well. */
export interface DashboardView {
  generatedAt: string;
  months: number;
  overview: Overview;
  trends: Trend[];
  distributions: Distributions;
  recentActivity: RecentActivity;
  degraded: ("learning" | "notifications" | "users")[];
}

export interface DeleteThese {
  ids: string[];
}

export interface Deleted {
  message: string;
  id: string;
}

/** A request to delete one's account, from now on pending. */
export interface Deletion {
  status: "cancelled" | "finalized" | "pending" | null;
  requestedAt: string | null;
  scheduledFor: string | null;
}

/** What became of the last request; all null where there was none. */
export interface DeletionState {
  status: "cancelled" | "finalized" | "pending" | null;
  requestedAt: string | null;
  scheduledFor: string | null;
  cancelledAt: string | null;
}

export interface Distributions {
  roles: Share[] | null;
  contactsByStatus: Share[] | null;
  levels: LevelShare[] | null;
  languages: LanguageFigures[] | null;
}

export interface Done {
  success: boolean;
}

/** `person`: the pseudonym. `missing`: the services that have not answered yet, of those who were `asked` so many times. */
export interface ErasureView {
  id: string;
  person: string;
  state: "complete" | "running" | "stuck";
  startedAt: string;
  completedAt: string | null;
  asked: number;
  lastAskedAt: string;
  receipts: ReceiptView[];
  missing: string[];
}

/** `url`: the gateway's path of the file, once it is ready. */
export interface ExportState {
  exportId: string;
  status: "gathering" | "ready";
  requestedAt: string;
  expiresAt: string | null;
  url: string | null;
}

export interface Finalized {
  userId: string;
  status: "finalized";
  finalizedAt: string;
}

/** `deleted`: how many there were. */
export interface ForgottenSessions {
  success: boolean;
  deleted: number;
}

export interface Health {
  status: string;
}

export interface Hello {
  message: string;
}

/** A JSON Web Key Set (RFC 7517). */
export interface KeySet {
  keys: Record<string, string>[];
}

export interface LanguageFigures {
  key: string;
  label: string;
  submissions: number;
  averageScore: number;
}

export interface LastResult {
  resultId: string;
  totalScore: number;
  level: string;
  completedAt: string;
}

export interface LevelShare {
  key: string;
  label: string;
  count: number;
  percentage: number;
  averageScore: number;
}

/** `expiresAt`: when the activity is ended by itself. */
export interface LiveSessionView {
  id: string;
  streamId: string;
  deviceId: string;
  activityId: string;
  createdAt: string;
  expiresAt: string;
}

export interface LogOut {
  scope?: "all" | "current" | "others";
}

export interface MarkRead {
  isRead: boolean;
}

export interface MaterialView {
  id: string;
  title: string;
  description: string | null;
  locale: "de" | "en" | "es" | "tr";
  level: "A1" | "A1+" | "A2" | "A2+" | "B1" | "B1+" | "B2" | "B2+" | "C1" | "C1+" | "C2" | "Pre-A1" | null;
  pdfs: PdfView[];
  videos: VideoView[];
  createdAt: string;
  updatedAt: string;
}

export interface MaterialsOverview {
  total: number;
  assignments: number;
  assignedUsers: number;
  avgAssignmentsPerUser: number;
  assignmentsLast30Days: number;
}

export interface Message {
  message: string;
}

export interface MoveContact {
  status: "CLOSED" | "IN_PROGRESS" | "PENDING" | "REPLIED";
}

/** A form. `videos`: a JSON list of `{title, url}`. */
export interface NewMaterialParts {
  title: string;
  description?: string;
  locale: "de" | "en" | "es" | "tr";
  level?: "A1" | "A1+" | "A2" | "A2+" | "B1" | "B1+" | "B2" | "B2+" | "C1" | "C1+" | "C2" | "Pre-A1";
  videos?: string;
  pdfs?: Blob[];
  videoFiles?: Blob[];
}

/** `id`: of an option that the test has already, to keep it. */
export interface OptionBody {
  id?: string | null;
  text: string;
  isCorrect?: boolean;
}

/** `isCorrect`: for admins only; nobody else gets the member at all. */
export interface OptionView {
  id: string;
  text: string;
  isCorrect?: boolean;
}

export interface OtpMailed {
  email: string;
  code?: string;
}

export interface OtpRequestedAnswer {
  message: string;
  email: string;
}

/** `code` is there in development only. */
export interface OtpSent {
  countryCode: string;
  phoneNumber: string;
  code?: string;
}

export interface Overview {
  users: UsersOverview | null;
  courses: CoursesOverview | null;
  tests: AssessmentsOverview | null;
  contacts: ContactsOverview | null;
  materials: MaterialsOverview | null;
}

export interface PageOfAssessmentSummary {
  list: AssessmentSummary[];
  pagination: Pagination;
}

export interface PageOfAssignedView {
  list: AssignedView[];
  pagination: Pagination;
}

export interface PageOfContactView {
  list: ContactView[];
  pagination: Pagination;
}

export interface PageOfCourse {
  list: Course[];
  pagination: Pagination;
}

export interface PageOfErasureView {
  list: ErasureView[];
  pagination: Pagination;
}

export interface PageOfMaterialView {
  list: MaterialView[];
  pagination: Pagination;
}

export interface PageOfResultSummary {
  list: ResultSummary[];
  pagination: Pagination;
}

export interface PageOfSettingView {
  list: SettingView[];
  pagination: Pagination;
}

export interface PageOfShown {
  list: Shown[];
  pagination: Pagination;
}

export interface PageOfUser {
  list: User[];
  pagination: Pagination;
}

export interface Pagination {
  currentPage: number;
  totalPages: number;
  totalItems: number;
  itemsPerPage: number;
  hasNextPage: boolean;
  hasPrevPage: boolean;
}

export interface PdfView {
  id: string;
  title: string;
  url: string;
  size: number;
  pages: number;
}

/** A form. */
export interface PhotoParts {
  /** A file */
  file: Blob;
}

export interface PostSetting {
  value: unknown;
  key: string;
  description?: string | null;
  isPublic?: boolean;
}

/** By category and way: whether messages come. `fixed`: which cannot be switched off. */
export interface Preferences {
  preferences: Record<string, Record<string, boolean>>;
  fixed: Record<string, ("email" | "inbox" | "push" | "sms")[]>;
}

/** `amount`: with all decimals of the currency, as in `149.90` EUR, `1500` JPY. */
export interface Price {
  amount: string;
  currency: string;
}

/** `amount`: a decimal as a string, or as a number. */
export interface PriceBody {
  amount: string | number;
  currency: string;
}

/** The part of a `User` that everybody may see: what a person shows of themself on purpose. */
export interface PublicProfile {
  id: string;
  name: string | null;
  surname: string | null;
  username: string | null;
  profilePhoto: string | null;
  availabilityStatus: "available" | "busy" | "offline" | null;
  interests: string[];
  expertise: "chef" | "coach" | "creator" | "designer" | "developer" | "educator" | "entertainer" | "gamer" | "musician" | "photographer" | "stylist" | "trainer" | null;
  bio: string | null;
  instagram: string | null;
  x: string | null;
  tiktok: string | null;
  snapchat: string | null;
  facebook: string | null;
  followersCount: number;
  followingCount: number;
  minutePriceInLiveStream: number;
}

/** What is left out stays, of a setting that is there already; null clears the description. */
export interface PutSetting {
  value: unknown;
  key?: string;
  description?: string | null;
  isPublic?: boolean;
}

/** `id`: of a question that the test has already, to keep it. */
export interface QuestionBody {
  id?: string | null;
  text: string;
  type: "multiple" | "single";
  points?: number;
  mediaUrl?: string | null;
  options: OptionBody[];
}

export interface QuestionView {
  id: string;
  text: string;
  type: "multiple" | "single";
  points: number;
  mediaUrl: string | null;
  options: OptionView[];
}

/** `status` is `ready` or `starting`; `checks` says `ok` or what is missing. */
export interface Readiness {
  status: string;
  checks: Record<string, string>;
}

export interface ReceiptView {
  service: string;
  erasedAt: string;
  counts: Record<string, number>;
}

export interface RecentActivity {
  contacts: RecentContact[] | null;
  testResults: RecentResult[] | null;
}

export interface RecentContact {
  id: string;
  fullName: string;
  email: string;
  status: string;
  createdAt: string;
  repliedAt: string | null;
  source: string | null;
}

/** `userName` and `userEmail` are null of somebody who has none, or was not heard of yet. */
export interface RecentResult {
  id: string;
  userName: string | null;
  userEmail: string | null;
  level: string;
  totalScore: number;
  targetLanguage: string;
  testTitle: string;
  completedAt: string;
}

export interface RefreshTokenBody {
  refreshToken: string;
}

export interface Refreshed {
  accessToken: string;
  refreshToken: string;
  expiresIn: number;
  refreshExpiresIn: number;
}

/** `token` null: what is known of it stays. Of the others, null clears. */
export interface RegisterDevice {
  token: string | null;
  platform: "android" | "ios" | "web";
  deviceId: string;
  timezone?: string | null;
  liveActivityPushToStartToken?: string | null;
}

export interface RegisterLiveActivity {
  streamId: string;
  deviceId: string;
  liveActivityToken: string;
  activityId: string;
}

export interface Registered {
  message: string;
  user: User;
}

export interface RegistrationStatus {
  isRegistrationComplete: boolean;
  missingFields: string[];
}

export interface Removed {
  success: boolean;
  deleted: number;
}

export interface ReplyToContact {
  message: string;
  subject?: string | null;
}

export interface RequestOtp {
  email: string;
  language?: string | null;
}

export interface ResultSummary {
  id: string;
  user: Taker;
  test: Taken;
  totalScore: number;
  rawScore: number;
  maxScore: number;
  level: string;
  attempt: number;
  completedAt: string;
}

export interface ResultView {
  id: string;
  user: Taker;
  test: Taken;
  totalScore: number;
  rawScore: number;
  maxScore: number;
  level: string;
  attempt: number;
  completedAt: string;
  answers: AnsweredView[];
}

export interface SendOtp {
  /** Such as `90`, with or without `+` */
  countryCode: string;
  /** Without the country's code */
  phoneNumber: string;
}

export interface SendOtpEmail {
  email: string;
}

export interface SessionView {
  id: string;
  platform: string | null;
  deviceId: string | null;
  userAgent: string | null;
  ip: string | null;
  createdAt: string;
  lastUsedAt: string;
  expiresAt: string;
  isCurrent: boolean;
}

export interface SettingValue {
  key: string;
  value: unknown;
}

export interface SettingView {
  id: string;
  key: string;
  value: unknown;
  description: string | null;
  isPublic: boolean;
  createdAt: string;
  updatedAt: string;
}

/** How many are of one kind; `percentage` of all kinds. */
export interface Share {
  key: string;
  label: string;
  count: number;
  percentage: number;
}

/** `contentState`: as the app declares it. `priority`: 5 may wait until the phone is awake anyway. `staleDate`: when it counts as old; `dismissalDate`: when it leaves the screen, once it has ended. */
export interface ShowLiveActivity {
  event: "end" | "update";
  contentState: Record<string, unknown>;
  alert?: Alert | null;
  dismissalDate?: string | null;
  staleDate?: string | null;
  priority?: 5 | 10;
}

/** An entry, as the app reads it. */
export interface Shown {
  id: string;
  userId: string;
  type: string;
  category: string;
  title: string;
  message: string;
  metadata: Record<string, string | number | boolean | null>;
  read: boolean;
  createdAt: string;
  updatedAt: string;
}

export interface Submit {
  answers: AnswerBody[];
}

export interface Taken {
  id: string;
  title: string;
  targetLanguage: string;
  version: number;
}

export interface Taker {
  id: string;
  name: string | null;
  email: string | null;
}

export interface TargetLanguages {
  targetLanguages: string[];
}

/** `attemptsLeft`: null is any number. `result`: the last one. */
export interface TestStatus {
  hasCompleted: boolean;
  attemptsUsed: number;
  attemptsLeft: number | null;
  result: LastResult | null;
}

export interface TokenValidity {
  valid: boolean;
  userId: string;
  roles: ("admin" | "superadmin" | "user")[];
  expiresAt: string;
}

/** One month, `2026-02`, and what it is called, `Feb 2026`. */
export interface Trend {
  month: string;
  label: string;
  users: number | null;
  testSubmissions: number | null;
  contacts: number | null;
  materialAssignments: number | null;
}

export interface Unread {
  count: number;
}

/** A form. `folder`: up to five names, separated by `/`; the first decides who may read it. */
export interface UploadParts {
  /** A file */
  file: Blob;
  folder?: string;
}

export interface Uploaded {
  key: string;
  url: string;
  filename: string;
  mimetype: string;
  size: number;
  sha256: string;
}

/** The public `User` document, every member always there. */
export interface User {
  id: string;
  name: string | null;
  surname: string | null;
  username: string | null;
  email: string | null;
  countryCode: string | null;
  phoneNumber: string | null;
  signupSource: string | null;
  signupCampaign: string | null;
  profilePhoto: string | null;
  availabilityStatus: "available" | "busy" | "offline" | null;
  birthDate: string | null;
  gender: string | null;
  interests: string[];
  expertise: "chef" | "coach" | "creator" | "designer" | "developer" | "educator" | "entertainer" | "gamer" | "musician" | "photographer" | "stylist" | "trainer" | null;
  bio: string | null;
  instagram: string | null;
  x: string | null;
  tiktok: string | null;
  snapchat: string | null;
  facebook: string | null;
  privacyPolicyAccepted: boolean;
  privacyPolicyVersion: string | null;
  termsOfUseAccepted: boolean;
  termsOfUseVersion: string | null;
  consentFormAccepted: boolean;
  consentFormVersion: string | null;
  isRegistrationComplete: boolean;
  roles: ("admin" | "superadmin" | "user")[];
  role: "admin" | "superadmin" | "user";
  followersCount: number;
  followingCount: number;
  minutePriceInLiveStream: number;
  creditBalance: number;
  lastLogin: string | null;
  timezone: string | null;
  language: "de" | "en" | "es" | "tr" | null;
  lastUsernameChangeDate: string | null;
  accountDeletionStatus: "cancelled" | "finalized" | "pending" | null;
  accountDeletionRequestedAt: string | null;
  accountDeletionScheduledFor: string | null;
  accountDeletionCancelledAt: string | null;
  accountDeletionFinalizedAt: string | null;
  createdAt: string | null;
  updatedAt: string | null;
}

/** `admins`: superadmins too. */
export interface UsersOverview {
  total: number;
  admins: number;
  registrationCompleted: number;
  completionRate: number;
  newLast30Days: number;
  monthlyGrowthRate: number;
}

export interface Usual {
  inbox?: boolean;
  email?: boolean;
  push?: boolean;
}

export interface VerifyOtp {
  /** Such as `90`, with or without `+` */
  countryCode: string;
  /** Without the country's code */
  phoneNumber: string;
  /** As it stands in the message */
  code: string;
  /** Where they come from; kept when they are new */
  signupSource?: string | null;
  /** Where they come from; kept when they are new */
  signupCampaign?: string | null;
}

export interface VerifyOtpEmail {
  email: string;
  /** As it stands in the message */
  code: string;
  /** Where they come from; kept when they are new */
  signupSource?: string | null;
  /** Where they come from; kept when they are new */
  signupCampaign?: string | null;
}

export interface VerifyRequestedOtp {
  email: string;
  /** As it stands in the message */
  code: string;
  language?: string | null;
  /** Where they come from; kept when they are new */
  signupSource?: string | null;
  /** Where they come from; kept when they are new */
  signupCampaign?: string | null;
}

/** `size`: of one that is a file of ours. */
export interface VideoView {
  id: string;
  title: string;
  url: string;
  size?: number;
}

/** Who looks, where anybody may. */
export interface Visit {
  isAuthenticated: boolean;
  user: User | null;
  message: string;
}

/** `website`: a member of forms that people do not see, and leave empty. */
export interface WriteContact {
  fullName: string;
  email: string;
  phone?: string | null;
  message: string;
  source?: string | null;
  website?: string | null;
}

/** What can go wrong with any operation. */
export type Otherwise = Refused<"request_timeout" | "headers_too_large" | "internal_error" | "bad_gateway" | "unavailable" | "service_unavailable" | "sign_in_state_unknown" | "gateway_timeout">;

/** Every operation, by its id. */
export interface Operations {
  /** Say hello */
  hello: {
    method: "GET";
    route: "/";
    path: Record<string, never>;
    query: Record<string, never>;
    headers: { "X-Language"?: string };
    body: undefined;
    answers: {
      200: Envelope<Hello, 200>;
      400: Refused<"validation_failed" | "malformed_request" | "malformed_path", 400>;
      401: Refused<"authentication_required", 401>;
      413: Refused<"body_too_large", 413>;
      415: Refused<"unsupported_media_type" | "encoded_body", 415>;
      429: Refused<"too_many_requests", 429>;
      default: Otherwise;
    };
  };
  /** Ask whether the process lives */
  healthz: {
    method: "GET";
    route: "/healthz";
    path: Record<string, never>;
    query: Record<string, never>;
    headers: { "X-Language"?: string };
    body: undefined;
    answers: {
      200: Envelope<Health, 200>;
      400: Refused<"validation_failed" | "malformed_request" | "malformed_path", 400>;
      401: Refused<"authentication_required", 401>;
      413: Refused<"body_too_large", 413>;
      415: Refused<"unsupported_media_type" | "encoded_body", 415>;
      429: Refused<"too_many_requests", 429>;
      default: Otherwise;
    };
  };
  /** Ask whether it can work */
  readyz: {
    method: "GET";
    route: "/readyz";
    path: Record<string, never>;
    query: Record<string, never>;
    headers: { "X-Language"?: string };
    body: undefined;
    answers: {
      200: Envelope<Readiness, 200>;
      503: Envelope<Readiness, 503, false>;
      400: Refused<"validation_failed" | "malformed_request" | "malformed_path", 400>;
      401: Refused<"authentication_required", 401>;
      413: Refused<"body_too_large", 413>;
      415: Refused<"unsupported_media_type" | "encoded_body", 415>;
      429: Refused<"too_many_requests", 429>;
      default: Otherwise;
    };
  };
  /** Get the numbers of the admin panel */
  adminDashboard: {
    method: "GET";
    route: "/admin/dashboard";
    path: Record<string, never>;
    query: { months?: number };
    headers: { "X-Language"?: string };
    body: undefined;
    answers: {
      200: Envelope<DashboardView, 200>;
      400: Refused<"validation_failed" | "malformed_request" | "malformed_path", 400>;
      401: Refused<"authentication_required", 401>;
      403: Refused<"insufficient_permissions" | "account_deletion_pending", 403>;
      413: Refused<"body_too_large", 413>;
      415: Refused<"unsupported_media_type" | "encoded_body", 415>;
      429: Refused<"too_many_requests", 429>;
      default: Otherwise;
    };
  };
  /** The API as an OpenAPI document */
  openapi: {
    method: "GET";
    route: "/openapi.json";
    path: Record<string, never>;
    query: Record<string, never>;
    headers: { "X-Language"?: string; "If-None-Match"?: string };
    body: undefined;
    answers: {
      200: unknown;
      304: undefined;
      400: Refused<"validation_failed" | "malformed_request" | "malformed_path", 400>;
      401: Refused<"authentication_required", 401>;
      413: Refused<"body_too_large", 413>;
      415: Refused<"unsupported_media_type" | "encoded_body", 415>;
      429: Refused<"too_many_requests", 429>;
      default: Otherwise;
    };
  };
  /** The events as an AsyncAPI document */
  asyncapi: {
    method: "GET";
    route: "/asyncapi.json";
    path: Record<string, never>;
    query: Record<string, never>;
    headers: { "X-Language"?: string; "If-None-Match"?: string };
    body: undefined;
    answers: {
      200: unknown;
      304: undefined;
      400: Refused<"validation_failed" | "malformed_request" | "malformed_path", 400>;
      401: Refused<"authentication_required", 401>;
      413: Refused<"body_too_large", 413>;
      415: Refused<"unsupported_media_type" | "encoded_body", 415>;
      429: Refused<"too_many_requests", 429>;
      default: Otherwise;
    };
  };
  /** The API as TypeScript definitions */
  clientTypes: {
    method: "GET";
    route: "/client.d.ts";
    path: Record<string, never>;
    query: Record<string, never>;
    headers: { "X-Language"?: string; "If-None-Match"?: string };
    body: undefined;
    answers: {
      200: unknown;
      304: undefined;
      400: Refused<"validation_failed" | "malformed_request" | "malformed_path", 400>;
      401: Refused<"authentication_required", 401>;
      413: Refused<"body_too_large", 413>;
      415: Refused<"unsupported_media_type" | "encoded_body", 415>;
      429: Refused<"too_many_requests", 429>;
      default: Otherwise;
    };
  };
  /** The API as a page, to read and to try */
  reference: {
    method: "GET";
    route: "/api/docs";
    path: Record<string, never>;
    query: Record<string, never>;
    headers: { "X-Language"?: string; "If-None-Match"?: string };
    body: undefined;
    answers: {
      200: unknown;
      304: undefined;
      400: Refused<"validation_failed" | "malformed_request" | "malformed_path", 400>;
      401: Refused<"authentication_required", 401>;
      413: Refused<"body_too_large", 413>;
      415: Refused<"unsupported_media_type" | "encoded_body", 415>;
      429: Refused<"too_many_requests", 429>;
      default: Otherwise;
    };
  };
  /** Send a sign-in code by SMS */
  sendOtp: {
    method: "POST";
    route: "/auth/send-otp";
    path: Record<string, never>;
    query: Record<string, never>;
    headers: { "X-Language"?: string; "Idempotency-Key"?: string };
    body: SendOtp;
    answers: {
      201: Envelope<OtpSent, 201>;
      400: Refused<"phone_not_supported" | "validation_failed" | "malformed_request" | "malformed_path", 400>;
      401: Refused<"authentication_required", 401>;
      409: Refused<"idempotency_key_in_use" | "idempotency_answer_lost", 409>;
      413: Refused<"body_too_large", 413>;
      415: Refused<"unsupported_media_type" | "encoded_body", 415>;
      422: Refused<"idempotency_key_reused", 422>;
      429: Refused<"otp_sent_too_often" | "too_many_requests", 429>;
      default: Otherwise;
    };
  };
  /** Sign in with a code from an SMS */
  verifyOtp: {
    method: "POST";
    route: "/auth/verify-otp";
    path: Record<string, never>;
    query: Record<string, never>;
    headers: { "X-Language"?: string; "X-Platform"?: string; "X-Device-Id"?: string };
    body: VerifyOtp;
    answers: {
      200: Envelope<AuthResult, 200>;
      400: Refused<"otp_invalid" | "otp_expired" | "phone_not_supported" | "validation_failed" | "malformed_request" | "malformed_path", 400>;
      401: Refused<"authentication_required", 401>;
      413: Refused<"body_too_large", 413>;
      415: Refused<"unsupported_media_type" | "encoded_body", 415>;
      429: Refused<"otp_tries_used_up" | "too_many_requests", 429>;
      default: Otherwise;
    };
  };
  /** Send a sign-in code of four digits by mail */
  sendOtpEmail: {
    method: "POST";
    route: "/auth/send-otp-email";
    path: Record<string, never>;
    query: Record<string, never>;
    headers: { "X-Language"?: string; "Idempotency-Key"?: string };
    body: SendOtpEmail;
    answers: {
      201: Envelope<OtpMailed, 201>;
      400: Refused<"validation_failed" | "malformed_request" | "malformed_path", 400>;
      401: Refused<"authentication_required", 401>;
      409: Refused<"idempotency_key_in_use" | "idempotency_answer_lost", 409>;
      413: Refused<"body_too_large", 413>;
      415: Refused<"unsupported_media_type" | "encoded_body", 415>;
      422: Refused<"idempotency_key_reused", 422>;
      429: Refused<"otp_sent_too_often" | "too_many_requests", 429>;
      500: Refused<"email_not_sent" | "internal_error", 500>;
      default: Otherwise;
    };
  };
  /** Sign in with a code of four digits from a mail */
  verifyOtpEmail: {
    method: "POST";
    route: "/auth/verify-otp-email";
    path: Record<string, never>;
    query: Record<string, never>;
    headers: { "X-Language"?: string; "X-Platform"?: string; "X-Device-Id"?: string };
    body: VerifyOtpEmail;
    answers: {
      200: Envelope<AuthResult, 200>;
      400: Refused<"otp_invalid" | "otp_expired" | "validation_failed" | "malformed_request" | "malformed_path", 400>;
      401: Refused<"authentication_required", 401>;
      413: Refused<"body_too_large", 413>;
      415: Refused<"unsupported_media_type" | "encoded_body", 415>;
      429: Refused<"otp_tries_used_up" | "too_many_requests", 429>;
      default: Otherwise;
    };
  };
  /** Send a sign-in code of six digits by mail */
  requestOtp: {
    method: "POST";
    route: "/auth/otp/request";
    path: Record<string, never>;
    query: Record<string, never>;
    headers: { "X-Language"?: string; "Idempotency-Key"?: string };
    body: RequestOtp;
    answers: {
      200: Envelope<OtpRequestedAnswer, 200>;
      400: Refused<"validation_failed" | "malformed_request" | "malformed_path", 400>;
      401: Refused<"authentication_required", 401>;
      409: Refused<"idempotency_key_in_use" | "idempotency_answer_lost", 409>;
      413: Refused<"body_too_large", 413>;
      415: Refused<"unsupported_media_type" | "encoded_body", 415>;
      422: Refused<"idempotency_key_reused", 422>;
      429: Refused<"otp_sent_too_often" | "too_many_requests", 429>;
      default: Otherwise;
    };
  };
  /** Sign in with a code of six digits from a mail */
  verifyRequestedOtp: {
    method: "POST";
    route: "/auth/otp/verify";
    path: Record<string, never>;
    query: Record<string, never>;
    headers: { "X-Language"?: string; "X-Platform"?: string; "X-Device-Id"?: string };
    body: VerifyRequestedOtp;
    answers: {
      200: Envelope<AuthResult, 200>;
      400: Refused<"otp_invalid" | "otp_expired" | "validation_failed" | "malformed_request" | "malformed_path", 400>;
      401: Refused<"authentication_required", 401>;
      413: Refused<"body_too_large", 413>;
      415: Refused<"unsupported_media_type" | "encoded_body", 415>;
      429: Refused<"otp_tries_used_up" | "too_many_requests", 429>;
      default: Otherwise;
    };
  };
  /** Get new tokens for a refresh token */
  refresh: {
    method: "POST";
    route: "/auth/refresh";
    path: Record<string, never>;
    query: Record<string, never>;
    headers: { "X-Language"?: string; "X-Platform"?: string; "X-Device-Id"?: string };
    body: RefreshTokenBody;
    answers: {
      200: Envelope<Refreshed, 200>;
      400: Refused<"validation_failed" | "malformed_request" | "malformed_path", 400>;
      401: Refused<"authentication_required", 401>;
      413: Refused<"body_too_large", 413>;
      415: Refused<"unsupported_media_type" | "encoded_body", 415>;
      429: Refused<"too_many_requests", 429>;
      default: Otherwise;
    };
  };
  /** Sign out */
  logOut: {
    method: "POST";
    route: "/auth/logout";
    path: Record<string, never>;
    query: Record<string, never>;
    headers: { "X-Language"?: string };
    body: LogOut | undefined;
    answers: {
      200: Envelope<Message, 200>;
      400: Refused<"validation_failed" | "malformed_request" | "malformed_path", 400>;
      401: Refused<"authentication_required", 401>;
      413: Refused<"body_too_large", 413>;
      415: Refused<"unsupported_media_type" | "encoded_body", 415>;
      429: Refused<"too_many_requests", 429>;
      default: Otherwise;
    };
  };
  /** End the session of one refresh token */
  revokeToken: {
    method: "POST";
    route: "/auth/revoke-token";
    path: Record<string, never>;
    query: Record<string, never>;
    headers: { "X-Language"?: string };
    body: RefreshTokenBody;
    answers: {
      200: Envelope<Message, 200>;
      400: Refused<"validation_failed" | "malformed_request" | "malformed_path", 400>;
      401: Refused<"authentication_required", 401>;
      404: Refused<"not_found", 404>;
      413: Refused<"body_too_large", 413>;
      415: Refused<"unsupported_media_type" | "encoded_body", 415>;
      429: Refused<"too_many_requests", 429>;
      default: Otherwise;
    };
  };
  /** List where you are signed in */
  listSessions: {
    method: "GET";
    route: "/auth/sessions";
    path: Record<string, never>;
    query: Record<string, never>;
    headers: { "X-Language"?: string };
    body: undefined;
    answers: {
      200: Envelope<SessionView[], 200>;
      400: Refused<"validation_failed" | "malformed_request" | "malformed_path", 400>;
      401: Refused<"authentication_required", 401>;
      413: Refused<"body_too_large", 413>;
      415: Refused<"unsupported_media_type" | "encoded_body", 415>;
      429: Refused<"too_many_requests", 429>;
      default: Otherwise;
    };
  };
  /** End one of your sessions */
  endSession: {
    method: "DELETE";
    route: "/auth/sessions/{id}";
    path: { id: string };
    query: Record<string, never>;
    headers: { "X-Language"?: string };
    body: undefined;
    answers: {
      200: Envelope<Message, 200>;
      400: Refused<"validation_failed" | "malformed_request" | "malformed_path", 400>;
      401: Refused<"authentication_required", 401>;
      404: Refused<"not_found", 404>;
      413: Refused<"body_too_large", 413>;
      415: Refused<"unsupported_media_type" | "encoded_body", 415>;
      429: Refused<"too_many_requests", 429>;
      default: Otherwise;
    };
  };
  /** Look at your access token */
  validateToken: {
    method: "GET";
    route: "/auth/validate-token";
    path: Record<string, never>;
    query: Record<string, never>;
    headers: { "X-Language"?: string };
    body: undefined;
    answers: {
      200: Envelope<TokenValidity, 200>;
      400: Refused<"validation_failed" | "malformed_request" | "malformed_path", 400>;
      401: Refused<"authentication_required", 401>;
      413: Refused<"body_too_large", 413>;
      415: Refused<"unsupported_media_type" | "encoded_body", 415>;
      429: Refused<"too_many_requests", 429>;
      default: Otherwise;
    };
  };
  /** Get the keys that access tokens are signed with */
  jwks: {
    method: "GET";
    route: "/.well-known/jwks.json";
    path: Record<string, never>;
    query: Record<string, never>;
    headers: { "X-Language"?: string };
    body: undefined;
    answers: {
      200: KeySet;
      400: Refused<"validation_failed" | "malformed_request" | "malformed_path", 400>;
      401: Refused<"authentication_required", 401>;
      413: Refused<"body_too_large", 413>;
      415: Refused<"unsupported_media_type" | "encoded_body", 415>;
      429: Refused<"too_many_requests", 429>;
      default: Otherwise;
    };
  };
  /** Change somebody's email address */
  changeEmail: {
    method: "PATCH";
    route: "/admin/users/{id}/email";
    path: { id: string };
    query: Record<string, never>;
    headers: { "X-Language"?: string };
    body: ChangeEmail;
    answers: {
      200: Envelope<User, 200>;
      400: Refused<"validation_failed" | "malformed_request" | "malformed_path", 400>;
      401: Refused<"authentication_required", 401>;
      403: Refused<"insufficient_permissions" | "account_deletion_pending", 403>;
      404: Refused<"not_found", 404>;
      409: Refused<"email_taken", 409>;
      413: Refused<"body_too_large", 413>;
      415: Refused<"unsupported_media_type" | "encoded_body", 415>;
      429: Refused<"too_many_requests", 429>;
      default: Otherwise;
    };
  };
  /** Change somebody's role */
  changeRole: {
    method: "PATCH";
    route: "/admin/users/{id}/role";
    path: { id: string };
    query: Record<string, never>;
    headers: { "X-Language"?: string };
    body: ChangeRole;
    answers: {
      200: Envelope<User, 200>;
      400: Refused<"validation_failed" | "malformed_request" | "malformed_path", 400>;
      401: Refused<"authentication_required", 401>;
      403: Refused<"insufficient_permissions" | "account_deletion_pending", 403>;
      404: Refused<"not_found", 404>;
      409: Refused<"own_role" | "last_superadmin", 409>;
      413: Refused<"body_too_large", 413>;
      415: Refused<"unsupported_media_type" | "encoded_body", 415>;
      429: Refused<"too_many_requests", 429>;
      default: Otherwise;
    };
  };
  /** Get your own profile */
  findMe: {
    method: "GET";
    route: "/me";
    path: Record<string, never>;
    query: Record<string, never>;
    headers: { "X-Language"?: string };
    body: undefined;
    answers: {
      200: Envelope<User, 200>;
      400: Refused<"validation_failed" | "malformed_request" | "malformed_path", 400>;
      401: Refused<"authentication_required", 401>;
      413: Refused<"body_too_large", 413>;
      415: Refused<"unsupported_media_type" | "encoded_body", 415>;
      429: Refused<"too_many_requests", 429>;
      default: Otherwise;
    };
  };
  /** Change your profile */
  changeMe: {
    method: "PATCH";
    route: "/me";
    path: Record<string, never>;
    query: Record<string, never>;
    headers: { "X-Language"?: string };
    body: ChangeProfile;
    answers: {
      200: Envelope<User, 200>;
      400: Refused<"validation_failed" | "malformed_request" | "malformed_path", 400>;
      401: Refused<"authentication_required", 401>;
      403: Refused<"account_deletion_pending", 403>;
      409: Refused<"consent_version_lowered", 409>;
      413: Refused<"body_too_large", 413>;
      415: Refused<"unsupported_media_type" | "encoded_body", 415>;
      429: Refused<"too_many_requests", 429>;
      default: Otherwise;
    };
  };
  /** Ask who you are, signed in or not */
  visit: {
    method: "GET";
    route: "/users/optional-auth";
    path: Record<string, never>;
    query: Record<string, never>;
    headers: { "X-Language"?: string };
    body: undefined;
    answers: {
      200: Envelope<Visit, 200>;
      400: Refused<"validation_failed" | "malformed_request" | "malformed_path", 400>;
      401: Refused<"authentication_required", 401>;
      413: Refused<"body_too_large", 413>;
      415: Refused<"unsupported_media_type" | "encoded_body", 415>;
      429: Refused<"too_many_requests", 429>;
      default: Otherwise;
    };
  };
  /** Choose your username */
  changeUsername: {
    method: "PATCH";
    route: "/users/username";
    path: Record<string, never>;
    query: Record<string, never>;
    headers: { "X-Language"?: string };
    body: ChangeUsername;
    answers: {
      200: Envelope<User, 200>;
      400: Refused<"validation_failed" | "malformed_request" | "malformed_path", 400>;
      401: Refused<"authentication_required", 401>;
      403: Refused<"account_deletion_pending", 403>;
      409: Refused<"username_taken" | "username_changed_recently", 409>;
      413: Refused<"body_too_large", 413>;
      415: Refused<"unsupported_media_type" | "encoded_body", 415>;
      429: Refused<"too_many_requests", 429>;
      default: Otherwise;
    };
  };
  /** Look at somebody's public profile */
  findPublicProfile: {
    method: "GET";
    route: "/users/profile/username/{username}";
    path: { username: string };
    query: Record<string, never>;
    headers: { "X-Language"?: string };
    body: undefined;
    answers: {
      200: Envelope<PublicProfile, 200>;
      400: Refused<"validation_failed" | "malformed_request" | "malformed_path", 400>;
      401: Refused<"authentication_required", 401>;
      404: Refused<"not_found", 404>;
      413: Refused<"body_too_large", 413>;
      415: Refused<"unsupported_media_type" | "encoded_body", 415>;
      429: Refused<"too_many_requests", 429>;
      default: Otherwise;
    };
  };
  /** Complete your registration */
  completeRegistration: {
    method: "POST";
    route: "/auth/registration/complete";
    path: Record<string, never>;
    query: Record<string, never>;
    headers: { "X-Language"?: string; "Idempotency-Key"?: string };
    body: CompleteRegistration;
    answers: {
      200: Envelope<Registered, 200>;
      400: Refused<"validation_failed" | "malformed_request" | "malformed_path", 400>;
      401: Refused<"authentication_required", 401>;
      403: Refused<"account_deletion_pending", 403>;
      409: Refused<"registration_complete" | "consent_version_lowered" | "idempotency_key_in_use" | "idempotency_answer_lost", 409>;
      413: Refused<"body_too_large", 413>;
      415: Refused<"unsupported_media_type" | "encoded_body", 415>;
      422: Refused<"idempotency_key_reused", 422>;
      429: Refused<"too_many_requests", 429>;
      default: Otherwise;
    };
  };
  /** Ask what your registration still needs */
  findRegistrationStatus: {
    method: "GET";
    route: "/auth/registration/status";
    path: Record<string, never>;
    query: Record<string, never>;
    headers: { "X-Language"?: string };
    body: undefined;
    answers: {
      200: Envelope<RegistrationStatus, 200>;
      400: Refused<"validation_failed" | "malformed_request" | "malformed_path", 400>;
      401: Refused<"authentication_required", 401>;
      403: Refused<"account_deletion_pending", 403>;
      413: Refused<"body_too_large", 413>;
      415: Refused<"unsupported_media_type" | "encoded_body", 415>;
      429: Refused<"too_many_requests", 429>;
      default: Otherwise;
    };
  };
  /** Look at the deletion of your account */
  findDeletion: {
    method: "GET";
    route: "/users/me/account-deletion";
    path: Record<string, never>;
    query: Record<string, never>;
    headers: { "X-Language"?: string };
    body: undefined;
    answers: {
      200: Envelope<DeletionState, 200>;
      400: Refused<"validation_failed" | "malformed_request" | "malformed_path", 400>;
      401: Refused<"authentication_required", 401>;
      413: Refused<"body_too_large", 413>;
      415: Refused<"unsupported_media_type" | "encoded_body", 415>;
      429: Refused<"too_many_requests", 429>;
      default: Otherwise;
    };
  };
  /** Ask for the deletion of your account */
  requestDeletion: {
    method: "POST";
    route: "/users/me/account-deletion";
    path: Record<string, never>;
    query: Record<string, never>;
    headers: { "X-Language"?: string; "Idempotency-Key"?: string };
    body: undefined;
    answers: {
      200: Envelope<Deletion, 200>;
      400: Refused<"validation_failed" | "malformed_request" | "malformed_path", 400>;
      401: Refused<"authentication_required", 401>;
      409: Refused<"superadmin_stays" | "idempotency_key_in_use" | "idempotency_answer_lost", 409>;
      413: Refused<"body_too_large", 413>;
      415: Refused<"unsupported_media_type" | "encoded_body", 415>;
      422: Refused<"idempotency_key_reused", 422>;
      429: Refused<"too_many_requests", 429>;
      default: Otherwise;
    };
  };
  /** Cancel the deletion of your account */
  cancelDeletion: {
    method: "DELETE";
    route: "/users/me/account-deletion";
    path: Record<string, never>;
    query: Record<string, never>;
    headers: { "X-Language"?: string };
    body: undefined;
    answers: {
      200: Envelope<DeletionState, 200>;
      400: Refused<"validation_failed" | "malformed_request" | "malformed_path", 400>;
      401: Refused<"authentication_required", 401>;
      409: Refused<"deletion_not_pending" | "account_deletion_finalized", 409>;
      413: Refused<"body_too_large", 413>;
      415: Refused<"unsupported_media_type" | "encoded_body", 415>;
      429: Refused<"too_many_requests", 429>;
      default: Otherwise;
    };
  };
  /** Delete your account now */
  finalizeDeletion: {
    method: "POST";
    route: "/users/me/account-deletion/finalize-now";
    path: Record<string, never>;
    query: Record<string, never>;
    headers: { "X-Language"?: string };
    body: undefined;
    answers: {
      200: Envelope<Finalized, 200>;
      400: Refused<"validation_failed" | "malformed_request" | "malformed_path", 400>;
      401: Refused<"authentication_required", 401>;
      403: Refused<"finalize_now_disabled", 403>;
      409: Refused<"deletion_not_pending" | "account_deletion_finalized" | "superadmin_stays", 409>;
      413: Refused<"body_too_large", 413>;
      415: Refused<"unsupported_media_type" | "encoded_body", 415>;
      429: Refused<"too_many_requests", 429>;
      default: Otherwise;
    };
  };
  /** Ask for a copy of all your data */
  exportMe: {
    method: "GET";
    route: "/users/me/export";
    path: Record<string, never>;
    query: Record<string, never>;
    headers: { "X-Language"?: string };
    body: undefined;
    answers: {
      202: Envelope<ExportState, 202>;
      400: Refused<"validation_failed" | "malformed_request" | "malformed_path", 400>;
      401: Refused<"authentication_required", 401>;
      413: Refused<"body_too_large", 413>;
      415: Refused<"unsupported_media_type" | "encoded_body", 415>;
      429: Refused<"too_many_requests", 429>;
      default: Otherwise;
    };
  };
  /** Download a copy of your data */
  downloadExport: {
    method: "GET";
    route: "/users/exports/{token}";
    path: { token: string };
    query: Record<string, never>;
    headers: { "X-Language"?: string };
    body: undefined;
    answers: {
      200: unknown;
      400: Refused<"validation_failed" | "malformed_request" | "malformed_path", 400>;
      401: Refused<"authentication_required", 401>;
      404: Refused<"not_found", 404>;
      413: Refused<"body_too_large", 413>;
      415: Refused<"unsupported_media_type" | "encoded_body", 415>;
      429: Refused<"too_many_requests", 429>;
      default: Otherwise;
    };
  };
  /** List people */
  listUsers: {
    method: "GET";
    route: "/admin/users";
    path: Record<string, never>;
    query: { page?: number; limit?: number; search?: string; role?: "admin" | "superadmin" | "user"; isRegistrationComplete?: boolean; sort?: "-createdAt" | "-email" | "-lastLogin" | "-name" | "createdAt" | "email" | "lastLogin" | "name" };
    headers: { "X-Language"?: string };
    body: undefined;
    answers: {
      200: Envelope<PageOfUser, 200>;
      400: Refused<"validation_failed" | "malformed_request" | "malformed_path", 400>;
      401: Refused<"authentication_required", 401>;
      403: Refused<"insufficient_permissions" | "account_deletion_pending", 403>;
      413: Refused<"body_too_large", 413>;
      415: Refused<"unsupported_media_type" | "encoded_body", 415>;
      429: Refused<"too_many_requests", 429>;
      default: Otherwise;
    };
  };
  /** Get somebody's profile */
  findUser: {
    method: "GET";
    route: "/admin/users/{id}";
    path: { id: string };
    query: Record<string, never>;
    headers: { "X-Language"?: string };
    body: undefined;
    answers: {
      200: Envelope<User, 200>;
      400: Refused<"validation_failed" | "malformed_request" | "malformed_path", 400>;
      401: Refused<"authentication_required", 401>;
      403: Refused<"insufficient_permissions" | "account_deletion_pending", 403>;
      404: Refused<"not_found", 404>;
      413: Refused<"body_too_large", 413>;
      415: Refused<"unsupported_media_type" | "encoded_body", 415>;
      429: Refused<"too_many_requests", 429>;
      default: Otherwise;
    };
  };
  /** Delete somebody's account */
  deleteUser: {
    method: "DELETE";
    route: "/admin/users/{id}";
    path: { id: string };
    query: Record<string, never>;
    headers: { "X-Language"?: string };
    body: undefined;
    answers: {
      200: Envelope<Deleted, 200>;
      400: Refused<"validation_failed" | "malformed_request" | "malformed_path", 400>;
      401: Refused<"authentication_required", 401>;
      403: Refused<"insufficient_permissions" | "account_deletion_pending", 403>;
      404: Refused<"not_found", 404>;
      409: Refused<"own_account", 409>;
      413: Refused<"body_too_large", 413>;
      415: Refused<"unsupported_media_type" | "encoded_body", 415>;
      429: Refused<"too_many_requests", 429>;
      default: Otherwise;
    };
  };
  /** Change somebody's profile */
  changeProfile: {
    method: "PATCH";
    route: "/admin/users/{id}/profile";
    path: { id: string };
    query: Record<string, never>;
    headers: { "X-Language"?: string };
    body: ChangeProfile;
    answers: {
      200: Envelope<User, 200>;
      400: Refused<"validation_failed" | "malformed_request" | "malformed_path", 400>;
      401: Refused<"authentication_required", 401>;
      403: Refused<"insufficient_permissions" | "account_deletion_pending", 403>;
      404: Refused<"not_found", 404>;
      409: Refused<"consent_version_lowered", 409>;
      413: Refused<"body_too_large", 413>;
      415: Refused<"unsupported_media_type" | "encoded_body", 415>;
      429: Refused<"too_many_requests", 429>;
      default: Otherwise;
    };
  };
  /** Follow the erasure of a person */
  findErasure: {
    method: "GET";
    route: "/admin/users/{id}/erasure";
    path: { id: string };
    query: Record<string, never>;
    headers: { "X-Language"?: string };
    body: undefined;
    answers: {
      200: Envelope<ErasureView, 200>;
      400: Refused<"validation_failed" | "malformed_request" | "malformed_path", 400>;
      401: Refused<"authentication_required", 401>;
      403: Refused<"insufficient_permissions" | "account_deletion_pending", 403>;
      404: Refused<"not_found", 404>;
      413: Refused<"body_too_large", 413>;
      415: Refused<"unsupported_media_type" | "encoded_body", 415>;
      429: Refused<"too_many_requests", 429>;
      default: Otherwise;
    };
  };
  /** List the erasures of people */
  listErasures: {
    method: "GET";
    route: "/admin/erasures";
    path: Record<string, never>;
    query: { state?: string; page?: number; limit?: number };
    headers: { "X-Language"?: string };
    body: undefined;
    answers: {
      200: Envelope<PageOfErasureView, 200>;
      400: Refused<"validation_failed" | "malformed_request" | "malformed_path", 400>;
      401: Refused<"authentication_required", 401>;
      403: Refused<"insufficient_permissions" | "account_deletion_pending", 403>;
      413: Refused<"body_too_large", 413>;
      415: Refused<"unsupported_media_type" | "encoded_body", 415>;
      429: Refused<"too_many_requests", 429>;
      default: Otherwise;
    };
  };
  /** Upload a file */
  uploadFile: {
    method: "POST";
    route: "/storage/upload";
    path: Record<string, never>;
    query: Record<string, never>;
    headers: { "X-Language"?: string; "Idempotency-Key"?: string };
    body: UploadParts;
    answers: {
      201: Envelope<Uploaded, 201>;
      400: Refused<"file_empty" | "file_damaged" | "file_active_content" | "file_encrypted" | "file_without_pages" | "file_too_complex" | "validation_failed" | "malformed_request" | "malformed_path", 400>;
      401: Refused<"authentication_required", 401>;
      403: Refused<"insufficient_permissions" | "account_deletion_pending", 403>;
      409: Refused<"idempotency_key_in_use" | "idempotency_answer_lost", 409>;
      413: Refused<"file_too_large" | "body_too_large", 413>;
      415: Refused<"file_type_not_allowed" | "unsupported_media_type" | "encoded_body", 415>;
      422: Refused<"idempotency_key_reused", 422>;
      429: Refused<"too_many_requests", 429>;
      503: Refused<"storage_unavailable" | "upload_lost" | "unavailable" | "service_unavailable" | "sign_in_state_unknown", 503>;
      default: Otherwise;
    };
  };
  /** Download a file */
  downloadFile: {
    method: "GET";
    route: "/storage/files/{key}";
    path: { key: string };
    query: Record<string, never>;
    headers: { "X-Language"?: string; "If-None-Match"?: string; Range?: string };
    body: undefined;
    answers: {
      200: Blob;
      304: undefined;
      206: Blob;
      302: undefined;
      400: Refused<"validation_failed" | "malformed_request" | "malformed_path", 400>;
      401: Refused<"authentication_required", 401>;
      404: Refused<"not_found", 404>;
      413: Refused<"body_too_large", 413>;
      415: Refused<"unsupported_media_type" | "encoded_body", 415>;
      416: Refused<"range_not_satisfiable", 416>;
      429: Refused<"too_many_requests", 429>;
      default: Otherwise;
    };
  };
  /** Upload a profile photo */
  addProfilePhoto: {
    method: "POST";
    route: "/storage/profile-photo";
    path: Record<string, never>;
    query: Record<string, never>;
    headers: { "X-Language"?: string; "Idempotency-Key"?: string };
    body: PhotoParts;
    answers: {
      201: Envelope<Uploaded, 201>;
      400: Refused<"file_empty" | "file_damaged" | "file_active_content" | "file_encrypted" | "file_without_pages" | "file_too_complex" | "validation_failed" | "malformed_request" | "malformed_path", 400>;
      401: Refused<"authentication_required", 401>;
      403: Refused<"account_deletion_pending", 403>;
      409: Refused<"idempotency_key_in_use" | "idempotency_answer_lost", 409>;
      413: Refused<"file_too_large" | "body_too_large", 413>;
      415: Refused<"file_type_not_allowed" | "unsupported_media_type" | "encoded_body", 415>;
      422: Refused<"idempotency_key_reused", 422>;
      429: Refused<"too_many_requests", 429>;
      503: Refused<"storage_unavailable" | "upload_lost" | "unavailable" | "service_unavailable" | "sign_in_state_unknown", 503>;
      default: Otherwise;
    };
  };
  /** Add a course */
  createCourse: {
    method: "POST";
    route: "/courses";
    path: Record<string, never>;
    query: Record<string, never>;
    headers: { "X-Language"?: string; "Idempotency-Key"?: string };
    body: CreateCourse;
    answers: {
      201: Envelope<Course, 201>;
      400: Refused<"validation_failed" | "malformed_request" | "malformed_path", 400>;
      401: Refused<"authentication_required", 401>;
      403: Refused<"insufficient_permissions" | "account_deletion_pending", 403>;
      409: Refused<"idempotency_key_in_use" | "idempotency_answer_lost", 409>;
      413: Refused<"body_too_large", 413>;
      415: Refused<"unsupported_media_type" | "encoded_body", 415>;
      422: Refused<"idempotency_key_reused", 422>;
      429: Refused<"too_many_requests", 429>;
      default: Otherwise;
    };
  };
  /** List courses */
  listCourses: {
    method: "GET";
    route: "/courses";
    path: Record<string, never>;
    query: { page?: number; limit?: number; targetLanguage?: string; level?: string; locale?: string; search?: string };
    headers: { "X-Language"?: string; "If-None-Match"?: string };
    body: undefined;
    answers: {
      200: Envelope<PageOfCourse, 200>;
      304: undefined;
      400: Refused<"validation_failed" | "malformed_request" | "malformed_path", 400>;
      401: Refused<"authentication_required", 401>;
      413: Refused<"body_too_large", 413>;
      415: Refused<"unsupported_media_type" | "encoded_body", 415>;
      429: Refused<"too_many_requests", 429>;
      default: Otherwise;
    };
  };
  /** Get a course */
  findCourse: {
    method: "GET";
    route: "/courses/{id}";
    path: { id: string };
    query: Record<string, never>;
    headers: { "X-Language"?: string; "If-None-Match"?: string };
    body: undefined;
    answers: {
      200: Envelope<Course, 200>;
      304: undefined;
      400: Refused<"validation_failed" | "malformed_request" | "malformed_path", 400>;
      401: Refused<"authentication_required", 401>;
      404: Refused<"not_found", 404>;
      413: Refused<"body_too_large", 413>;
      415: Refused<"unsupported_media_type" | "encoded_body", 415>;
      429: Refused<"too_many_requests", 429>;
      default: Otherwise;
    };
  };
  /** Change a course */
  changeCourse: {
    method: "PATCH";
    route: "/courses/{id}";
    path: { id: string };
    query: Record<string, never>;
    headers: { "X-Language"?: string };
    body: ChangeCourse;
    answers: {
      200: Envelope<Course, 200>;
      400: Refused<"validation_failed" | "malformed_request" | "malformed_path", 400>;
      401: Refused<"authentication_required", 401>;
      403: Refused<"insufficient_permissions" | "account_deletion_pending", 403>;
      404: Refused<"not_found", 404>;
      413: Refused<"body_too_large", 413>;
      415: Refused<"unsupported_media_type" | "encoded_body", 415>;
      429: Refused<"too_many_requests", 429>;
      default: Otherwise;
    };
  };
  /** Delete a course */
  deleteCourse: {
    method: "DELETE";
    route: "/courses/{id}";
    path: { id: string };
    query: Record<string, never>;
    headers: { "X-Language"?: string };
    body: undefined;
    answers: {
      200: Envelope<Deleted, 200>;
      400: Refused<"validation_failed" | "malformed_request" | "malformed_path", 400>;
      401: Refused<"authentication_required", 401>;
      403: Refused<"insufficient_permissions" | "account_deletion_pending", 403>;
      404: Refused<"not_found", 404>;
      413: Refused<"body_too_large", 413>;
      415: Refused<"unsupported_media_type" | "encoded_body", 415>;
      429: Refused<"too_many_requests", 429>;
      default: Otherwise;
    };
  };
  /** Copy a course */
  duplicateCourse: {
    method: "POST";
    route: "/courses/{id}/duplicate";
    path: { id: string };
    query: Record<string, never>;
    headers: { "X-Language"?: string; "Idempotency-Key"?: string };
    body: undefined;
    answers: {
      201: Envelope<Course, 201>;
      400: Refused<"validation_failed" | "malformed_request" | "malformed_path", 400>;
      401: Refused<"authentication_required", 401>;
      403: Refused<"insufficient_permissions" | "account_deletion_pending", 403>;
      404: Refused<"not_found", 404>;
      409: Refused<"idempotency_key_in_use" | "idempotency_answer_lost", 409>;
      413: Refused<"body_too_large", 413>;
      415: Refused<"unsupported_media_type" | "encoded_body", 415>;
      422: Refused<"idempotency_key_reused", 422>;
      429: Refused<"too_many_requests", 429>;
      default: Otherwise;
    };
  };
  /** List all settings */
  listSettings: {
    method: "GET";
    route: "/settings";
    path: Record<string, never>;
    query: { page?: number; limit?: number };
    headers: { "X-Language"?: string };
    body: undefined;
    answers: {
      200: Envelope<PageOfSettingView, 200>;
      400: Refused<"validation_failed" | "malformed_request" | "malformed_path", 400>;
      401: Refused<"authentication_required", 401>;
      403: Refused<"insufficient_permissions" | "account_deletion_pending", 403>;
      413: Refused<"body_too_large", 413>;
      415: Refused<"unsupported_media_type" | "encoded_body", 415>;
      429: Refused<"too_many_requests", 429>;
      default: Otherwise;
    };
  };
  /** Set a setting */
  postSetting: {
    method: "POST";
    route: "/settings";
    path: Record<string, never>;
    query: Record<string, never>;
    headers: { "X-Language"?: string; "Idempotency-Key"?: string };
    body: PostSetting;
    answers: {
      200: Envelope<SettingView, 200>;
      201: Envelope<SettingView, 201>;
      400: Refused<"validation_failed" | "malformed_request" | "malformed_path", 400>;
      401: Refused<"authentication_required", 401>;
      403: Refused<"insufficient_permissions" | "account_deletion_pending", 403>;
      409: Refused<"idempotency_key_in_use" | "idempotency_answer_lost", 409>;
      413: Refused<"body_too_large", 413>;
      415: Refused<"unsupported_media_type" | "encoded_body", 415>;
      422: Refused<"idempotency_key_reused", 422>;
      429: Refused<"too_many_requests", 429>;
      default: Otherwise;
    };
  };
  /** Get the value of a setting */
  findSetting: {
    method: "GET";
    route: "/settings/{key}";
    path: { key: string };
    query: Record<string, never>;
    headers: { "X-Language"?: string; "If-None-Match"?: string };
    body: undefined;
    answers: {
      200: Envelope<SettingValue, 200>;
      304: undefined;
      400: Refused<"validation_failed" | "malformed_request" | "malformed_path", 400>;
      401: Refused<"authentication_required", 401>;
      404: Refused<"not_found", 404>;
      413: Refused<"body_too_large", 413>;
      415: Refused<"unsupported_media_type" | "encoded_body", 415>;
      429: Refused<"too_many_requests", 429>;
      default: Otherwise;
    };
  };
  /** Set the setting of this key */
  putSetting: {
    method: "PUT";
    route: "/settings/{key}";
    path: { key: string };
    query: Record<string, never>;
    headers: { "X-Language"?: string };
    body: PutSetting;
    answers: {
      200: Envelope<SettingView, 200>;
      201: Envelope<SettingView, 201>;
      400: Refused<"validation_failed" | "malformed_request" | "malformed_path", 400>;
      401: Refused<"authentication_required", 401>;
      403: Refused<"insufficient_permissions" | "account_deletion_pending", 403>;
      404: Refused<"not_found", 404>;
      413: Refused<"body_too_large", 413>;
      415: Refused<"unsupported_media_type" | "encoded_body", 415>;
      429: Refused<"too_many_requests", 429>;
      default: Otherwise;
    };
  };
  /** Add a placement test */
  createTest: {
    method: "POST";
    route: "/proficiency-tests";
    path: Record<string, never>;
    query: Record<string, never>;
    headers: { "X-Language"?: string; "Idempotency-Key"?: string };
    body: CreateAssessment;
    answers: {
      201: Envelope<AssessmentView, 201>;
      400: Refused<"validation_failed" | "malformed_request" | "malformed_path", 400>;
      401: Refused<"authentication_required", 401>;
      403: Refused<"insufficient_permissions" | "account_deletion_pending", 403>;
      409: Refused<"idempotency_key_in_use" | "idempotency_answer_lost", 409>;
      413: Refused<"body_too_large", 413>;
      415: Refused<"unsupported_media_type" | "encoded_body", 415>;
      422: Refused<"idempotency_key_reused", 422>;
      429: Refused<"too_many_requests", 429>;
      default: Otherwise;
    };
  };
  /** List placement tests */
  listTests: {
    method: "GET";
    route: "/proficiency-tests";
    path: Record<string, never>;
    query: { page?: number; limit?: number; targetLanguage?: string; locale?: "de" | "en" | "es" | "tr" };
    headers: { "X-Language"?: string; "If-None-Match"?: string };
    body: undefined;
    answers: {
      200: Envelope<PageOfAssessmentSummary, 200>;
      304: undefined;
      400: Refused<"validation_failed" | "malformed_request" | "malformed_path", 400>;
      401: Refused<"authentication_required", 401>;
      413: Refused<"body_too_large", 413>;
      415: Refused<"unsupported_media_type" | "encoded_body", 415>;
      429: Refused<"too_many_requests", 429>;
      default: Otherwise;
    };
  };
  /** List the languages that there are placement tests for */
  listTargetLanguages: {
    method: "GET";
    route: "/proficiency-tests/target-languages";
    path: Record<string, never>;
    query: Record<string, never>;
    headers: { "X-Language"?: string; "If-None-Match"?: string };
    body: undefined;
    answers: {
      200: Envelope<TargetLanguages, 200>;
      304: undefined;
      400: Refused<"validation_failed" | "malformed_request" | "malformed_path", 400>;
      401: Refused<"authentication_required", 401>;
      413: Refused<"body_too_large", 413>;
      415: Refused<"unsupported_media_type" | "encoded_body", 415>;
      429: Refused<"too_many_requests", 429>;
      default: Otherwise;
    };
  };
  /** List your results */
  listOwnResults: {
    method: "GET";
    route: "/proficiency-tests/results";
    path: Record<string, never>;
    query: { page?: number; limit?: number };
    headers: { "X-Language"?: string };
    body: undefined;
    answers: {
      200: Envelope<PageOfResultSummary, 200>;
      400: Refused<"validation_failed" | "malformed_request" | "malformed_path", 400>;
      401: Refused<"authentication_required", 401>;
      403: Refused<"account_deletion_pending", 403>;
      413: Refused<"body_too_large", 413>;
      415: Refused<"unsupported_media_type" | "encoded_body", 415>;
      429: Refused<"too_many_requests", 429>;
      default: Otherwise;
    };
  };
  /** Get one of your results, answer by answer */
  findOwnResult: {
    method: "GET";
    route: "/proficiency-tests/results/{resultId}";
    path: { resultId: string };
    query: Record<string, never>;
    headers: { "X-Language"?: string };
    body: undefined;
    answers: {
      200: Envelope<ResultView, 200>;
      400: Refused<"validation_failed" | "malformed_request" | "malformed_path", 400>;
      401: Refused<"authentication_required", 401>;
      403: Refused<"account_deletion_pending", 403>;
      404: Refused<"result_not_found" | "not_found", 404>;
      413: Refused<"body_too_large", 413>;
      415: Refused<"unsupported_media_type" | "encoded_body", 415>;
      429: Refused<"too_many_requests", 429>;
      default: Otherwise;
    };
  };
  /** List everybody's results */
  listResults: {
    method: "GET";
    route: "/proficiency-tests/admin/results";
    path: Record<string, never>;
    query: { page?: number; limit?: number };
    headers: { "X-Language"?: string };
    body: undefined;
    answers: {
      200: Envelope<PageOfResultSummary, 200>;
      400: Refused<"validation_failed" | "malformed_request" | "malformed_path", 400>;
      401: Refused<"authentication_required", 401>;
      403: Refused<"insufficient_permissions" | "account_deletion_pending", 403>;
      413: Refused<"body_too_large", 413>;
      415: Refused<"unsupported_media_type" | "encoded_body", 415>;
      429: Refused<"too_many_requests", 429>;
      default: Otherwise;
    };
  };
  /** Get anybody's result, answer by answer */
  findResult: {
    method: "GET";
    route: "/proficiency-tests/admin/results/{resultId}";
    path: { resultId: string };
    query: Record<string, never>;
    headers: { "X-Language"?: string };
    body: undefined;
    answers: {
      200: Envelope<ResultView, 200>;
      400: Refused<"validation_failed" | "malformed_request" | "malformed_path", 400>;
      401: Refused<"authentication_required", 401>;
      403: Refused<"insufficient_permissions" | "account_deletion_pending", 403>;
      404: Refused<"result_not_found" | "not_found", 404>;
      413: Refused<"body_too_large", 413>;
      415: Refused<"unsupported_media_type" | "encoded_body", 415>;
      429: Refused<"too_many_requests", 429>;
      default: Otherwise;
    };
  };
  /** Delete a result */
  deleteResult: {
    method: "DELETE";
    route: "/proficiency-tests/admin/results/{resultId}";
    path: { resultId: string };
    query: Record<string, never>;
    headers: { "X-Language"?: string };
    body: undefined;
    answers: {
      200: Envelope<Deleted, 200>;
      400: Refused<"validation_failed" | "malformed_request" | "malformed_path", 400>;
      401: Refused<"authentication_required", 401>;
      403: Refused<"insufficient_permissions" | "account_deletion_pending", 403>;
      404: Refused<"result_not_found" | "not_found", 404>;
      413: Refused<"body_too_large", 413>;
      415: Refused<"unsupported_media_type" | "encoded_body", 415>;
      429: Refused<"too_many_requests", 429>;
      default: Otherwise;
    };
  };
  /** List somebody's results */
  listResultsOfUser: {
    method: "GET";
    route: "/proficiency-tests/admin/users/{userId}/results";
    path: { userId: string };
    query: { page?: number; limit?: number };
    headers: { "X-Language"?: string };
    body: undefined;
    answers: {
      200: Envelope<PageOfResultSummary, 200>;
      400: Refused<"validation_failed" | "malformed_request" | "malformed_path", 400>;
      401: Refused<"authentication_required", 401>;
      403: Refused<"insufficient_permissions" | "account_deletion_pending", 403>;
      404: Refused<"not_found", 404>;
      413: Refused<"body_too_large", 413>;
      415: Refused<"unsupported_media_type" | "encoded_body", 415>;
      429: Refused<"too_many_requests", 429>;
      default: Otherwise;
    };
  };
  /** Get a placement test with its questions */
  findTest: {
    method: "GET";
    route: "/proficiency-tests/{id}";
    path: { id: string };
    query: Record<string, never>;
    headers: { "X-Language"?: string; "If-None-Match"?: string };
    body: undefined;
    answers: {
      200: Envelope<AssessmentView, 200>;
      304: undefined;
      400: Refused<"validation_failed" | "malformed_request" | "malformed_path", 400>;
      401: Refused<"authentication_required", 401>;
      404: Refused<"test_not_found" | "not_found", 404>;
      413: Refused<"body_too_large", 413>;
      415: Refused<"unsupported_media_type" | "encoded_body", 415>;
      429: Refused<"too_many_requests", 429>;
      default: Otherwise;
    };
  };
  /** Change a placement test */
  changeTest: {
    method: "PATCH";
    route: "/proficiency-tests/{id}";
    path: { id: string };
    query: Record<string, never>;
    headers: { "X-Language"?: string };
    body: ChangeAssessment;
    answers: {
      200: Envelope<AssessmentView, 200>;
      400: Refused<"validation_failed" | "malformed_request" | "malformed_path", 400>;
      401: Refused<"authentication_required", 401>;
      403: Refused<"insufficient_permissions" | "account_deletion_pending", 403>;
      404: Refused<"test_not_found" | "not_found", 404>;
      413: Refused<"body_too_large", 413>;
      415: Refused<"unsupported_media_type" | "encoded_body", 415>;
      429: Refused<"too_many_requests", 429>;
      default: Otherwise;
    };
  };
  /** Delete a placement test */
  deleteTest: {
    method: "DELETE";
    route: "/proficiency-tests/{id}";
    path: { id: string };
    query: Record<string, never>;
    headers: { "X-Language"?: string };
    body: undefined;
    answers: {
      200: Envelope<Deleted, 200>;
      400: Refused<"validation_failed" | "malformed_request" | "malformed_path", 400>;
      401: Refused<"authentication_required", 401>;
      403: Refused<"insufficient_permissions" | "account_deletion_pending", 403>;
      404: Refused<"test_not_found" | "not_found", 404>;
      413: Refused<"body_too_large", 413>;
      415: Refused<"unsupported_media_type" | "encoded_body", 415>;
      429: Refused<"too_many_requests", 429>;
      default: Otherwise;
    };
  };
  /** Copy a placement test */
  duplicateTest: {
    method: "POST";
    route: "/proficiency-tests/{id}/duplicate";
    path: { id: string };
    query: Record<string, never>;
    headers: { "X-Language"?: string; "Idempotency-Key"?: string };
    body: undefined;
    answers: {
      201: Envelope<AssessmentView, 201>;
      400: Refused<"validation_failed" | "malformed_request" | "malformed_path", 400>;
      401: Refused<"authentication_required", 401>;
      403: Refused<"insufficient_permissions" | "account_deletion_pending", 403>;
      404: Refused<"test_not_found" | "not_found", 404>;
      409: Refused<"idempotency_key_in_use" | "idempotency_answer_lost", 409>;
      413: Refused<"body_too_large", 413>;
      415: Refused<"unsupported_media_type" | "encoded_body", 415>;
      422: Refused<"idempotency_key_reused", 422>;
      429: Refused<"too_many_requests", 429>;
      default: Otherwise;
    };
  };
  /** Submit your answers to a placement test */
  submitTest: {
    method: "POST";
    route: "/proficiency-tests/{id}/submit";
    path: { id: string };
    query: Record<string, never>;
    headers: { "X-Language"?: string; "Idempotency-Key"?: string };
    body: Submit;
    answers: {
      201: Envelope<ResultView, 201>;
      400: Refused<"validation_failed" | "malformed_request" | "malformed_path", 400>;
      401: Refused<"authentication_required", 401>;
      403: Refused<"account_deletion_pending", 403>;
      404: Refused<"test_not_found" | "not_found", 404>;
      409: Refused<"no_attempts_left" | "idempotency_key_in_use" | "idempotency_answer_lost", 409>;
      413: Refused<"body_too_large", 413>;
      415: Refused<"unsupported_media_type" | "encoded_body", 415>;
      422: Refused<"idempotency_key_reused", 422>;
      429: Refused<"too_many_requests", 429>;
      default: Otherwise;
    };
  };
  /** Ask how you stand with a placement test */
  findTestStatus: {
    method: "GET";
    route: "/proficiency-tests/{id}/status";
    path: { id: string };
    query: Record<string, never>;
    headers: { "X-Language"?: string };
    body: undefined;
    answers: {
      200: Envelope<TestStatus, 200>;
      400: Refused<"validation_failed" | "malformed_request" | "malformed_path", 400>;
      401: Refused<"authentication_required", 401>;
      403: Refused<"account_deletion_pending", 403>;
      404: Refused<"test_not_found" | "not_found", 404>;
      413: Refused<"body_too_large", 413>;
      415: Refused<"unsupported_media_type" | "encoded_body", 415>;
      429: Refused<"too_many_requests", 429>;
      default: Otherwise;
    };
  };
  /** Add a material */
  createMaterial: {
    method: "POST";
    route: "/education-materials";
    path: Record<string, never>;
    query: Record<string, never>;
    headers: { "X-Language"?: string; "Idempotency-Key"?: string };
    body: NewMaterialParts;
    answers: {
      201: Envelope<MaterialView, 201>;
      400: Refused<"file_empty" | "file_damaged" | "file_active_content" | "file_encrypted" | "file_without_pages" | "file_too_complex" | "validation_failed" | "malformed_request" | "malformed_path", 400>;
      401: Refused<"authentication_required", 401>;
      403: Refused<"insufficient_permissions" | "account_deletion_pending", 403>;
      409: Refused<"idempotency_key_in_use" | "idempotency_answer_lost", 409>;
      413: Refused<"file_too_large" | "body_too_large", 413>;
      415: Refused<"file_type_not_allowed" | "unsupported_media_type" | "encoded_body", 415>;
      422: Refused<"idempotency_key_reused", 422>;
      429: Refused<"too_many_requests", 429>;
      503: Refused<"storage_unavailable" | "upload_lost" | "unavailable" | "service_unavailable" | "sign_in_state_unknown", 503>;
      default: Otherwise;
    };
  };
  /** List materials */
  listMaterials: {
    method: "GET";
    route: "/education-materials";
    path: Record<string, never>;
    query: { page?: number; limit?: number; locale?: "de" | "en" | "es" | "tr" };
    headers: { "X-Language"?: string };
    body: undefined;
    answers: {
      200: Envelope<PageOfMaterialView, 200>;
      400: Refused<"validation_failed" | "malformed_request" | "malformed_path", 400>;
      401: Refused<"authentication_required", 401>;
      403: Refused<"insufficient_permissions" | "account_deletion_pending", 403>;
      413: Refused<"body_too_large", 413>;
      415: Refused<"unsupported_media_type" | "encoded_body", 415>;
      429: Refused<"too_many_requests", 429>;
      default: Otherwise;
    };
  };
  /** Change a material */
  changeMaterial: {
    method: "PATCH";
    route: "/education-materials/{id}";
    path: { id: string };
    query: Record<string, never>;
    headers: { "X-Language"?: string };
    body: ChangeMaterialParts;
    answers: {
      200: Envelope<MaterialView, 200>;
      400: Refused<"file_empty" | "file_damaged" | "file_active_content" | "file_encrypted" | "file_without_pages" | "file_too_complex" | "validation_failed" | "malformed_request" | "malformed_path", 400>;
      401: Refused<"authentication_required", 401>;
      403: Refused<"insufficient_permissions" | "account_deletion_pending", 403>;
      404: Refused<"not_found", 404>;
      413: Refused<"file_too_large" | "body_too_large", 413>;
      415: Refused<"file_type_not_allowed" | "unsupported_media_type" | "encoded_body", 415>;
      429: Refused<"too_many_requests", 429>;
      503: Refused<"storage_unavailable" | "upload_lost" | "unavailable" | "service_unavailable" | "sign_in_state_unknown", 503>;
      default: Otherwise;
    };
  };
  /** Get a material */
  findMaterial: {
    method: "GET";
    route: "/education-materials/{id}";
    path: { id: string };
    query: Record<string, never>;
    headers: { "X-Language"?: string };
    body: undefined;
    answers: {
      200: Envelope<MaterialView, 200>;
      400: Refused<"validation_failed" | "malformed_request" | "malformed_path", 400>;
      401: Refused<"authentication_required", 401>;
      403: Refused<"account_deletion_pending", 403>;
      404: Refused<"not_found", 404>;
      413: Refused<"body_too_large", 413>;
      415: Refused<"unsupported_media_type" | "encoded_body", 415>;
      429: Refused<"too_many_requests", 429>;
      default: Otherwise;
    };
  };
  /** Delete a material */
  deleteMaterial: {
    method: "DELETE";
    route: "/education-materials/{id}";
    path: { id: string };
    query: Record<string, never>;
    headers: { "X-Language"?: string };
    body: undefined;
    answers: {
      200: Envelope<Deleted, 200>;
      400: Refused<"validation_failed" | "malformed_request" | "malformed_path", 400>;
      401: Refused<"authentication_required", 401>;
      403: Refused<"insufficient_permissions" | "account_deletion_pending", 403>;
      404: Refused<"not_found", 404>;
      413: Refused<"body_too_large", 413>;
      415: Refused<"unsupported_media_type" | "encoded_body", 415>;
      429: Refused<"too_many_requests", 429>;
      default: Otherwise;
    };
  };
  /** List the materials that are assigned to you */
  listOwnMaterials: {
    method: "GET";
    route: "/education-materials/my";
    path: Record<string, never>;
    query: { page?: number; limit?: number };
    headers: { "X-Language"?: string };
    body: undefined;
    answers: {
      200: Envelope<PageOfAssignedView, 200>;
      400: Refused<"validation_failed" | "malformed_request" | "malformed_path", 400>;
      401: Refused<"authentication_required", 401>;
      403: Refused<"account_deletion_pending", 403>;
      413: Refused<"body_too_large", 413>;
      415: Refused<"unsupported_media_type" | "encoded_body", 415>;
      429: Refused<"too_many_requests", 429>;
      default: Otherwise;
    };
  };
  /** List the materials that are assigned to somebody */
  listMaterialsOfUser: {
    method: "GET";
    route: "/education-materials/admin/users/{userId}";
    path: { userId: string };
    query: { page?: number; limit?: number };
    headers: { "X-Language"?: string };
    body: undefined;
    answers: {
      200: Envelope<PageOfAssignedView, 200>;
      400: Refused<"validation_failed" | "malformed_request" | "malformed_path", 400>;
      401: Refused<"authentication_required", 401>;
      403: Refused<"insufficient_permissions" | "account_deletion_pending", 403>;
      404: Refused<"not_found", 404>;
      413: Refused<"body_too_large", 413>;
      415: Refused<"unsupported_media_type" | "encoded_body", 415>;
      429: Refused<"too_many_requests", 429>;
      default: Otherwise;
    };
  };
  /** Assign a material to people */
  assignMaterial: {
    method: "POST";
    route: "/education-materials/{id}/assign";
    path: { id: string };
    query: Record<string, never>;
    headers: { "X-Language"?: string; "Idempotency-Key"?: string };
    body: Assign;
    answers: {
      200: Envelope<AssignmentSummary, 200>;
      400: Refused<"validation_failed" | "malformed_request" | "malformed_path", 400>;
      401: Refused<"authentication_required", 401>;
      403: Refused<"insufficient_permissions" | "account_deletion_pending", 403>;
      404: Refused<"not_found", 404>;
      409: Refused<"idempotency_key_in_use" | "idempotency_answer_lost", 409>;
      413: Refused<"body_too_large", 413>;
      415: Refused<"unsupported_media_type" | "encoded_body", 415>;
      422: Refused<"idempotency_key_reused", 422>;
      429: Refused<"too_many_requests", 429>;
      default: Otherwise;
    };
  };
  /** Download a file of a material */
  openMaterialFile: {
    method: "GET";
    route: "/education-materials/{id}/files/{fileId}";
    path: { id: string; fileId: string };
    query: Record<string, never>;
    headers: { "X-Language"?: string; "If-None-Match"?: string; Range?: string };
    body: undefined;
    answers: {
      200: Blob;
      304: undefined;
      206: Blob;
      302: undefined;
      400: Refused<"validation_failed" | "malformed_request" | "malformed_path", 400>;
      401: Refused<"authentication_required", 401>;
      403: Refused<"account_deletion_pending", 403>;
      404: Refused<"not_found", 404>;
      413: Refused<"body_too_large", 413>;
      415: Refused<"unsupported_media_type" | "encoded_body", 415>;
      416: Refused<"range_not_satisfiable", 416>;
      429: Refused<"too_many_requests", 429>;
      default: Otherwise;
    };
  };
  /** Write to the school */
  writeContact: {
    method: "POST";
    route: "/contact";
    path: Record<string, never>;
    query: Record<string, never>;
    headers: { "X-Language"?: string; "Idempotency-Key"?: string };
    body: WriteContact;
    answers: {
      201: Envelope<ContactView, 201>;
      400: Refused<"validation_failed" | "malformed_request" | "malformed_path", 400>;
      401: Refused<"authentication_required", 401>;
      409: Refused<"idempotency_key_in_use" | "idempotency_answer_lost", 409>;
      413: Refused<"body_too_large", 413>;
      415: Refused<"unsupported_media_type" | "encoded_body", 415>;
      422: Refused<"idempotency_key_reused", 422>;
      429: Refused<"contact_too_often" | "too_many_requests", 429>;
      default: Otherwise;
    };
  };
  /** List what people wrote */
  listContacts: {
    method: "GET";
    route: "/contact";
    path: Record<string, never>;
    query: { status?: string; search?: string; page?: number; limit?: number };
    headers: { "X-Language"?: string };
    body: undefined;
    answers: {
      200: Envelope<PageOfContactView, 200>;
      400: Refused<"validation_failed" | "malformed_request" | "malformed_path", 400>;
      401: Refused<"authentication_required", 401>;
      403: Refused<"insufficient_permissions" | "account_deletion_pending", 403>;
      413: Refused<"body_too_large", 413>;
      415: Refused<"unsupported_media_type" | "encoded_body", 415>;
      429: Refused<"too_many_requests", 429>;
      default: Otherwise;
    };
  };
  /** Answer somebody */
  replyToContact: {
    method: "POST";
    route: "/contact/{id}/reply";
    path: { id: string };
    query: Record<string, never>;
    headers: { "X-Language"?: string; "Idempotency-Key"?: string };
    body: ReplyToContact;
    answers: {
      200: Envelope<ContactView, 200>;
      400: Refused<"validation_failed" | "malformed_request" | "malformed_path", 400>;
      401: Refused<"authentication_required", 401>;
      403: Refused<"insufficient_permissions" | "account_deletion_pending", 403>;
      404: Refused<"not_found", 404>;
      409: Refused<"contact_replies_used_up" | "idempotency_key_in_use" | "idempotency_answer_lost", 409>;
      413: Refused<"body_too_large", 413>;
      415: Refused<"unsupported_media_type" | "encoded_body", 415>;
      422: Refused<"idempotency_key_reused", 422>;
      429: Refused<"too_many_requests", 429>;
      default: Otherwise;
    };
  };
  /** Set the status of a message */
  moveContact: {
    method: "PATCH";
    route: "/contact/{id}/status";
    path: { id: string };
    query: Record<string, never>;
    headers: { "X-Language"?: string };
    body: MoveContact;
    answers: {
      200: Envelope<ContactView, 200>;
      400: Refused<"validation_failed" | "malformed_request" | "malformed_path", 400>;
      401: Refused<"authentication_required", 401>;
      403: Refused<"insufficient_permissions" | "account_deletion_pending", 403>;
      404: Refused<"not_found", 404>;
      413: Refused<"body_too_large", 413>;
      415: Refused<"unsupported_media_type" | "encoded_body", 415>;
      429: Refused<"too_many_requests", 429>;
      default: Otherwise;
    };
  };
  /** Delete a message, and what was answered */
  deleteContact: {
    method: "DELETE";
    route: "/contact/{id}";
    path: { id: string };
    query: Record<string, never>;
    headers: { "X-Language"?: string };
    body: undefined;
    answers: {
      200: Envelope<Deleted, 200>;
      400: Refused<"validation_failed" | "malformed_request" | "malformed_path", 400>;
      401: Refused<"authentication_required", 401>;
      403: Refused<"insufficient_permissions" | "account_deletion_pending", 403>;
      404: Refused<"not_found", 404>;
      413: Refused<"body_too_large", 413>;
      415: Refused<"unsupported_media_type" | "encoded_body", 415>;
      429: Refused<"too_many_requests", 429>;
      default: Otherwise;
    };
  };
  /** List what you were told */
  listNotifications: {
    method: "GET";
    route: "/notifications";
    path: Record<string, never>;
    query: { page?: number; limit?: number; type?: string; category?: string; read?: boolean };
    headers: { "X-Language"?: string };
    body: undefined;
    answers: {
      200: Envelope<PageOfShown, 200>;
      400: Refused<"validation_failed" | "malformed_request" | "malformed_path", 400>;
      401: Refused<"authentication_required", 401>;
      403: Refused<"account_deletion_pending", 403>;
      413: Refused<"body_too_large", 413>;
      415: Refused<"unsupported_media_type" | "encoded_body", 415>;
      429: Refused<"too_many_requests", 429>;
      default: Otherwise;
    };
  };
  /** Tell somebody something */
  createNotification: {
    method: "POST";
    route: "/notifications";
    path: Record<string, never>;
    query: Record<string, never>;
    headers: { "X-Language"?: string; "Idempotency-Key"?: string };
    body: CreateNotification;
    answers: {
      201: Envelope<Shown, 201>;
      400: Refused<"validation_failed" | "malformed_request" | "malformed_path", 400>;
      401: Refused<"authentication_required", 401>;
      403: Refused<"insufficient_permissions" | "account_deletion_pending", 403>;
      404: Refused<"not_found", 404>;
      409: Refused<"idempotency_key_in_use" | "idempotency_answer_lost", 409>;
      413: Refused<"body_too_large", 413>;
      415: Refused<"unsupported_media_type" | "encoded_body", 415>;
      422: Refused<"idempotency_key_reused", 422>;
      429: Refused<"too_many_requests", 429>;
      default: Otherwise;
    };
  };
  /** Count what you have not read */
  countUnread: {
    method: "GET";
    route: "/notifications/unread-count";
    path: Record<string, never>;
    query: Record<string, never>;
    headers: { "X-Language"?: string };
    body: undefined;
    answers: {
      200: Envelope<Unread, 200>;
      400: Refused<"validation_failed" | "malformed_request" | "malformed_path", 400>;
      401: Refused<"authentication_required", 401>;
      403: Refused<"account_deletion_pending", 403>;
      413: Refused<"body_too_large", 413>;
      415: Refused<"unsupported_media_type" | "encoded_body", 415>;
      429: Refused<"too_many_requests", 429>;
      default: Otherwise;
    };
  };
  /** Show which messages you want */
  readPreferences: {
    method: "GET";
    route: "/notifications/preferences";
    path: Record<string, never>;
    query: Record<string, never>;
    headers: { "X-Language"?: string };
    body: undefined;
    answers: {
      200: Envelope<Preferences, 200>;
      400: Refused<"validation_failed" | "malformed_request" | "malformed_path", 400>;
      401: Refused<"authentication_required", 401>;
      403: Refused<"account_deletion_pending", 403>;
      413: Refused<"body_too_large", 413>;
      415: Refused<"unsupported_media_type" | "encoded_body", 415>;
      429: Refused<"too_many_requests", 429>;
      default: Otherwise;
    };
  };
  /** Choose which messages you want */
  changePreferences: {
    method: "PATCH";
    route: "/notifications/preferences";
    path: Record<string, never>;
    query: Record<string, never>;
    headers: { "X-Language"?: string };
    body: ChangePreferences;
    answers: {
      200: Envelope<Preferences, 200>;
      400: Refused<"always_sent" | "validation_failed" | "malformed_request" | "malformed_path", 400>;
      401: Refused<"authentication_required", 401>;
      403: Refused<"account_deletion_pending", 403>;
      413: Refused<"body_too_large", 413>;
      415: Refused<"unsupported_media_type" | "encoded_body", 415>;
      429: Refused<"too_many_requests", 429>;
      default: Otherwise;
    };
  };
  /** Delete some of your notifications */
  deleteNotifications: {
    method: "DELETE";
    route: "/notifications/bulk";
    path: Record<string, never>;
    query: Record<string, never>;
    headers: { "X-Language"?: string };
    body: DeleteThese;
    answers: {
      200: Envelope<Removed, 200>;
      400: Refused<"validation_failed" | "malformed_request" | "malformed_path", 400>;
      401: Refused<"authentication_required", 401>;
      403: Refused<"account_deletion_pending", 403>;
      413: Refused<"body_too_large", 413>;
      415: Refused<"unsupported_media_type" | "encoded_body", 415>;
      429: Refused<"too_many_requests", 429>;
      default: Otherwise;
    };
  };
  /** Mark a notification as read, or as unread */
  markNotification: {
    method: "PATCH";
    route: "/notifications/{id}/read";
    path: { id: string };
    query: Record<string, never>;
    headers: { "X-Language"?: string };
    body: MarkRead;
    answers: {
      200: Envelope<Shown, 200>;
      400: Refused<"validation_failed" | "malformed_request" | "malformed_path", 400>;
      401: Refused<"authentication_required", 401>;
      403: Refused<"account_deletion_pending", 403>;
      404: Refused<"not_found", 404>;
      413: Refused<"body_too_large", 413>;
      415: Refused<"unsupported_media_type" | "encoded_body", 415>;
      429: Refused<"too_many_requests", 429>;
      default: Otherwise;
    };
  };
  /** Say where you can be reached by push */
  registerDevice: {
    method: "POST";
    route: "/notifications/device-token";
    path: Record<string, never>;
    query: Record<string, never>;
    headers: { "X-Language"?: string; "Idempotency-Key"?: string };
    body: RegisterDevice;
    answers: {
      200: Envelope<Done, 200>;
      400: Refused<"validation_failed" | "malformed_request" | "malformed_path", 400>;
      401: Refused<"authentication_required", 401>;
      403: Refused<"account_deletion_pending", 403>;
      409: Refused<"idempotency_key_in_use" | "idempotency_answer_lost", 409>;
      413: Refused<"body_too_large", 413>;
      415: Refused<"unsupported_media_type" | "encoded_body", 415>;
      422: Refused<"idempotency_key_reused", 422>;
      429: Refused<"too_many_requests", 429>;
      default: Otherwise;
    };
  };
  /** Forget a push token */
  forgetDeviceToken: {
    method: "DELETE";
    route: "/notifications/device-token/{token}";
    path: { token: string };
    query: Record<string, never>;
    headers: { "X-Language"?: string };
    body: undefined;
    answers: {
      200: Envelope<Done, 200>;
      400: Refused<"validation_failed" | "malformed_request" | "malformed_path", 400>;
      401: Refused<"authentication_required", 401>;
      403: Refused<"account_deletion_pending", 403>;
      404: Refused<"not_found", 404>;
      413: Refused<"body_too_large", 413>;
      415: Refused<"unsupported_media_type" | "encoded_body", 415>;
      429: Refused<"too_many_requests", 429>;
      default: Otherwise;
    };
  };
  /** Say that a live activity is on a device */
  registerLiveActivity: {
    method: "POST";
    route: "/notifications/live-activity-sessions";
    path: Record<string, never>;
    query: Record<string, never>;
    headers: { "X-Language"?: string; "Idempotency-Key"?: string };
    body: RegisterLiveActivity;
    answers: {
      200: Envelope<Done, 200>;
      400: Refused<"validation_failed" | "malformed_request" | "malformed_path", 400>;
      401: Refused<"authentication_required", 401>;
      403: Refused<"account_deletion_pending", 403>;
      409: Refused<"idempotency_key_in_use" | "idempotency_answer_lost", 409>;
      413: Refused<"body_too_large", 413>;
      415: Refused<"unsupported_media_type" | "encoded_body", 415>;
      422: Refused<"idempotency_key_reused", 422>;
      429: Refused<"too_many_requests", 429>;
      default: Otherwise;
    };
  };
  /** List your live activities */
  listLiveActivities: {
    method: "GET";
    route: "/notifications/live-activity-sessions";
    path: Record<string, never>;
    query: Record<string, never>;
    headers: { "X-Language"?: string };
    body: undefined;
    answers: {
      200: Envelope<LiveSessionView[], 200>;
      400: Refused<"validation_failed" | "malformed_request" | "malformed_path", 400>;
      401: Refused<"authentication_required", 401>;
      403: Refused<"account_deletion_pending", 403>;
      413: Refused<"body_too_large", 413>;
      415: Refused<"unsupported_media_type" | "encoded_body", 415>;
      429: Refused<"too_many_requests", 429>;
      default: Otherwise;
    };
  };
  /** Say that live activities are gone from the screen */
  forgetLiveActivities: {
    method: "DELETE";
    route: "/notifications/live-activity-sessions";
    path: Record<string, never>;
    query: { streamId?: string; deviceId?: string; activityId?: string };
    headers: { "X-Language"?: string };
    body: undefined;
    answers: {
      200: Envelope<ForgottenSessions, 200>;
      400: Refused<"validation_failed" | "malformed_request" | "malformed_path", 400>;
      401: Refused<"authentication_required", 401>;
      403: Refused<"account_deletion_pending", 403>;
      413: Refused<"body_too_large", 413>;
      415: Refused<"unsupported_media_type" | "encoded_body", 415>;
      429: Refused<"too_many_requests", 429>;
      default: Otherwise;
    };
  };
  /** Show something on all devices that follow a stream */
  showLiveActivity: {
    method: "POST";
    route: "/notifications/live-activities/{streamId}";
    path: { streamId: string };
    query: Record<string, never>;
    headers: { "X-Language"?: string; "Idempotency-Key"?: string };
    body: ShowLiveActivity;
    answers: {
      202: Envelope<Done, 202>;
      400: Refused<"validation_failed" | "malformed_request" | "malformed_path", 400>;
      401: Refused<"authentication_required", 401>;
      403: Refused<"insufficient_permissions" | "account_deletion_pending", 403>;
      404: Refused<"not_found", 404>;
      409: Refused<"idempotency_key_in_use" | "idempotency_answer_lost", 409>;
      413: Refused<"body_too_large", 413>;
      415: Refused<"unsupported_media_type" | "encoded_body", 415>;
      422: Refused<"idempotency_key_reused", 422>;
      429: Refused<"too_many_requests", 429>;
      default: Otherwise;
    };
  };
}
