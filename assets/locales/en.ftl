# Pages in English. Every name here is in th.ftl too; a test sees to it.
language = Language
navigation = Main navigation
skip-to-content = Skip to content
close = Close
loading = Loading
back = Back
today = Today
name = Name
company = Company
address = Address
phone = Phone
line = Line
column = Column
reason = Reason
notes = Notes
photo = Photo
purpose = Purpose
outcome = Outcome
duration = Duration
show-more = Show more
try-again = Try again
failed-title = This could not be loaded
not-found-title = There is no such page
to-start = Go to the start page

nav-board = Live
nav-visits = Visits
nav-customers = Customers
nav-check-in = Check in

sign-in = Sign in
signing-in = Signing in …
sign-out = Sign out
email = E-mail
password = Password
demo-accounts = This is a demo. Choose an account:
set-up-title = Set up Ekenko
set-up-hint = Nobody has an account yet. The first one is the admin's.
set-up-do = Create and sign in
organisation = Organisation
your-name = Your name

board-title = Today in the field
board-title-past = In the field
map-of-day = Map of the day's check-ins
feed = Activity
feed-empty = No check-ins on this day yet
feed-empty-hint = When a rep checks in, it appears here by itself.
live = Live
connecting = Connecting …
day-before = Day before
day-after = Day after
number-visits = Visits
number-active-reps = Active reps
number-verified = Verified
number-open = On site now
open-visit = Open visit
on-site = On site
from-pin = { $distance } from the pin
no-position = No position
accuracy = accurate to { $distance }
photo-of-visit = Photo of the visit

visits-title = Visits
my-visits-title = My visits
visits-empty = No visits on this day

check-in-title = Check in
search-customers = Search customers
looking-for-position = Looking for your position …
position-denied = Your browser does not share the position. Allow it in the site's settings; without it a visit cannot be verified.
position-unavailable = No position yet. Step outside or switch on location, then try again.
position-unsupported = This device cannot tell its position. You can search by name.
no-customers = No customers yet
no-customers-hint = Ask your manager to import them.
nothing-found = Nothing found
nothing-found-hint = Try a shorter part of the name, in Thai or English.
open-since = Visit open since { $time }
one-visit-at-a-time = Check out of this visit before starting another.
map-of-place = Map of this customer
check-in-here = Check in here
checking-in = Checking in …

take-photo = Take photo
another-photo = Take another photo
sending-photo = Sending photo …
photo-first = A photo is needed before you can check out.
choose-outcome = Choose what came of the visit.
check-out = Check out
checking-out = Checking out …
checked-out = Checked out
still-on-site = Still on site
map-of-visit = Map of this visit

import = Import
import-title = Import customers
import-columns = A CSV file in UTF-8 whose first line names its columns:
import-hint = Import your customer list from a CSV file.
choose-csv = Choose a CSV file
importing = Importing …
import-checked = Checked, nothing kept yet
import-done = Import done
import-rows = Import { $count } rows
import-count-rows = Rows in the file
import-count-new = New
import-count-kept = Imported
import-count-unchanged = There already
import-count-bad = Bad rows
import-ignored = Columns ignored
to-customers = To the customers

map-zoom-in = Zoom in
map-zoom-out = Zoom out
map-choose = Choose one
map-points = points

unit-m = m
unit-km = km
unit-s = s
unit-min = min
unit-h = h
unit-days = days

purpose-offer = Offer goods
purpose-collect = Collect money
purpose-deliver = Deliver
purpose-survey = Survey
purpose-complaint = Complaint
purpose-other = Other

outcome-ordered = Ordered
outcome-no_order = No order
outcome-collected = Collected
outcome-delivered = Delivered
outcome-closed = Shop closed
outcome-absent = Owner absent
outcome-other = Other

verdict-verified = Verified
verdict-out_of_range = Out of range
verdict-unverifiable = Unverifiable
verdict-suspicious = Suspicious

reason-no_fix = The device gave no position.
reason-coarse_fix = The position was too coarse to tell which shop it was.
reason-maybe_inside = The position is just outside the radius; its accuracy leaves both possible.
reason-outside_radius = The position is outside the customer's radius.
reason-stale_fix = The position was older than five minutes at check-in.
reason-clock_ahead = The position claims to be from after the check-in.
reason-clock_skew = The device's clock is more than two minutes off.
reason-impossible_travel = Nobody travels that fast from the last check-in.
reason-repeated_fix = The device gave the very same coordinates again and again.
reason-photo_reused = The same photo was sent for another visit.
reason-photo_similar = The same picture was sent for another visit.
reason-photo_elsewhere = The photo says it was taken somewhere else.
reason-photo_old = The photo says it was taken on another day.

evidence = Evidence
evidence-radius = Radius
evidence-fix-age = Age of the position
evidence-speed = From the last check-in
kilometres-an-hour = { $speed } km/h
evidence-clock = Device's clock
evidence-clock-right = right
evidence-clock-slow = { $time } slow
evidence-clock-fast = { $time } fast
evidence-received = Received
evidence-offline = { $time }, made without signal
evidence-photo-place = Photo taken
evidence-photo-time = Photo's time
evidence-before = { $time } before check-in
evidence-after = { $time } after check-in
evidence-photo-same = Same photo in
check-out-forgotten = Check-out forgotten
estimated-hint = Check-out forgotten; closed at the end of the day

problem-unreachable = The server cannot be reached. Check the connection and try again.
problem-wrong_credentials = E-mail or password is wrong.
problem-visit_open = A visit is still open. Check out of it first.
problem-photo_required = Take a photo before checking out.
problem-photo_too_large = The photo has more than 12 MB.
problem-photo_too_many_pixels = The photo has more than 40 megapixels.
problem-photo_format = The photo must be JPEG, PNG or WebP.
problem-photo_broken = The photo is broken and cannot be read.
problem-already_checked_out = This visit is already checked out.
problem-visit_not_found = There is no such visit among yours.
problem-location_not_found = There is no such customer.
problem-forbidden = Your account may not do this.
problem-internal = Something failed on our side. Please try again.
problem-unavailable = The server is busy right now. Please try again.

nav-today = Today
nav-tasks = Tasks
tasks-pressing = Urgent and due
tasks-all = All tasks
tasks-none-pressing = Nothing urgent, nothing due today
tasks-open = Open
tasks-closed = Done
tasks-none-open = No open tasks
tasks-none-closed = Nothing is done yet
tasks-empty-hint = When your manager gives you one, it appears here by itself.
tasks-empty-hint-manager = Give one with “New task”; its rep sees it at once.
task-new = New task
task-title = What is to be done?
task-give = Give task
task-given = { $name } has the task.
task-begin = Begin
task-complete = Complete
task-put-back = Put back
task-done = Task completed
task-cancel = Cancel task
task-cancel-sure = A cancelled task cannot be taken up again.
keep = Keep it
remove = Remove
priority = Priority
priority-urgent = Urgent
priority-high = High
priority-normal = Normal
priority-low = Low
task-status-todo = To do
task-status-in_progress = In progress
task-status-completed = Completed
task-status-cancelled = Cancelled
due = Due
due-today = Due today
due-tomorrow = Due tomorrow
due-late = { $days ->
    [one] 1 day late
   *[other] { $days } days late
}
assignee = Assigned to
given-by = Given by
customer = Customer
customer-optional = Customer (optional)
details = Details
comment = Comment
put-away = Put away
visits-today = Visits today
of-target = of { $target } visits
verified-count = { $count } verified
announce = Announce
announce-to = To
announce-title = What should they know?
announced = Announced
everybody = Everybody
publish = Publish
problem-illegal_move = This task has moved meanwhile. Read it again.
problem-task_not_found = There is no such task among yours.
problem-too_many_photos = A visit has at most 12 photos.

call = Call
open-tasks = Open tasks
visit-history = Visits
visits-none = Nobody of yours was here yet
grade = Grade
grade-any = Any
owner = Looked after by
last-visit = Last visit
legal-name = Name on invoices
tax-id = Tax id
contacts = Contacts
contact-new = Add contact
contacts-none = Nobody is noted yet
contact-title = Position
line-id = LINE id
call-name = Call { $name }
line-name = Write to { $name } on LINE
mail-name = Write a mail to { $name }
edit = Edit
edit-name = Edit { $name }
remove-name = Remove { $name }
save = Save
cancel = Cancel
filter = Filter
customers-all = All
customers-mine = Mine
customer-new = New customer
customer-new-hint = Stand at the door and add the first one.
customer-add = Add customer
customer-added = Customer added
pin-needed = The pin needs the position of where you stand.
pin-here = The pin is where you stand, within { $distance }
measure-again = Measure again
district = District
province = Province
postcode = Postcode

profile = Profile
settings = Settings
last-30-days = The last 30 days
average-duration = Average visit
coverage = Customers visited
visits-by-day = Visits by day
other-visits = Other visits
day-sums = { $date }: { $visits } visits, { $verified } verified
password-change = Change password
password-old = Password now
password-new = New password
password-hint = At least 10 characters. Other devices will be signed out.
password-changed = Password changed. Other devices are signed out.
visit-target = Visits a rep should make a day
target-range = Must be a number from 1 to { $most }
calendar = Calendar
calendar-gregorian = Gregorian (2026)
calendar-buddhist = Buddhist (2569)
problem-wrong_password = This is not your password.

# Without signal
offline = No connection. This is what was last known.
offline-waiting = { $count ->
    [one] No connection. 1 thing waits to be sent.
   *[other] No connection. { $count } things wait to be sent.
}
waiting-count = Sending { $count } …
refused-count = { $count ->
    [one] 1 thing could not be sent
   *[other] { $count } things could not be sent
}
waiting-notice = Saved on this phone. The server will confirm it once there is signal.
refused-notice = Something here was refused. See why and decide.
queue-title = Waiting to be sent
queue-empty = Everything is sent
queue-empty-hint = What you do without signal waits here until the server has it.
queue-hint = Sent in order, visit by visit. Nothing is lost when you close the app.
queue-hint-offline = No connection: everything is kept on this phone and sent by itself later.
queue-waiting = Waiting
queue-refused = Refused
queue-check-in = Check-in
queue-photo = Photo
queue-check-out = Check-out
queue-task-move = Task
send-now = Send now
sending = Sending…
discard = Discard
discard-sure = Discard this? It cannot be brought back.
discard-visit-sure = Discard this visit with its photos and check-out? It cannot be brought back.
sign-out-sure = Some things are not sent yet. They stay on this phone until you sign in again.
stay = Stay
problem-photo_garbled = The photo arrived changed on its way. Try again.

# The day's plan
plan = Plan
plan-none = Choose where to go today
plan-next = Next
stops-done = { $done } of { $count } stops
of-stops = { $count ->
    [one] of 1 stop
   *[other] of { $count } stops
}
way-left = { $distance } to go
plan-progress = Stops visited
plan-stops = Stops
plan-arrange = Shortest way
plan-empty = No stops yet
plan-empty-hint = Add customers from the list below or by name.
plan-add = Add a customer
map-of-plan = Map of the stops
stop-up = Move up: { $name }
stop-down = Move down: { $name }
stop-remove = Take out: { $name }
stop-add = Add: { $name }
visited-at = Visited at { $time }
overdue-title = Waiting too long
overdue-none = Nobody has waited too long
overdue-by = { $days ->
    [one] 1 day overdue
   *[other] { $days } days overdue
}
visited-last = last visit { $date }
never-visited = never visited
overdue-more = and { $count } more

# Lists an admin edits
choices-title = Purposes and outcomes
choices-hint = What reps can choose at check-in and check-out
choice-name = Name
choice-add = Add another
choice-offered = Offered to reps: { $name }
choice-on = Offered
choice-off = Retired
visit-every = Visit customers every … days
grade-a = Grade A
grade-b = Grade B
grade-c = Grade C
grade-none = Ungraded
interval-range = Must be a number from 1 to 365
avatar-change = Change picture
avatar-remove = Remove
why-must-have-n-to-n-active-choices = Offer at least one and at most 30
why-is-there-twice = Is there twice

# What is wrong with a field; # is the number in it.
why-must-not-be-empty = Must not be empty
why-must-be-at-most-n-characters = At most # characters
why-must-not-contain-control-characters = Must be one line of plain text
why-must-not-contain-the-zero-character = Contains a character that cannot be kept
why-must-be-an-e-mail-address-such-as-somchai-example-com = Must be an e-mail address such as somchai@example.com
why-must-be-at-least-n-characters = At least # characters
why-must-have-n-digits = Must have # digits
why-must-not-begin-with-n = Must not begin with #
why-is-not-a-tax-id = This is no tax id: one of its digits is wrong
why-is-not-a-phone-number = This is no phone number: write it as 081 234 5678
why-must-be-a-line-id = Must be a LINE id: up to 50 characters without blanks
why-is-not-your-password = This is not your password
why-must-not-be-in-the-past = Must not be in the past
why-must-be-at-most-n-stops = At most # stops
why-must-not-name-a-location-twice = Names a customer twice
why-must-be-between-n-and-n-days = Must be between 1 and 365 days

# People and teams
nav-people = People
people = People
teams = Teams
team = Team
role = Role
any = Any
account-state = Account
account-state-active = Active
account-state-invited = Invited
account-state-deactivated = Deactivated
role-admin = Admin
role-manager = Manager
role-analyst = Analyst
role-rep = Rep
search-people = Search by name or e-mail
person-new = New person
person-add = Add
no-people = Nobody here yet
no-people-hint = Reps of your teams appear here.
manages = Runs these teams
password-give = Choose a first password instead of sending a link
password-give-hint = For somebody without e-mail: tell them the password. They choose their own when they first sign in.
password-first = First password
hello-name = Hello { $name }
first-password-hint = Somebody else chose your password. Choose your own to go on.
set-password = Set your password
set-password-hint = Choose a password of at least 10 characters for this account.
set-password-do = Set password and sign in
invited-title = { $name } can now set a password
invited-mailed = We sent the link to { $email }.
invited-hint = Hand this link over, by LINE for instance. It is good once, for { $days } days, and is not shown again.
link = Link
copy = Copy
copied = Copied
done = Done
new-link = New password link
new-link-sure = { $name } will be signed out everywhere, and the old password will no longer work.
deactivate = Deactivate
deactivate-sure = { $name } will be signed out everywhere at once. Visits, tasks and customers stay.
activate = Activate again
account-closed = { $name } can no longer sign in
account-opened = { $name } can sign in again
history = History
history-map = Where the visits below were
activity = Activity
no-visits-yet = No visits yet
no-tasks-yet = No tasks yet
no-activity-yet = Nothing done yet
team-new = New team
team-add = Add team
team-saved = { $name } is saved
no-teams = No teams yet
no-teams-hint = Reps work in teams; managers run them. Make the first one.
no-teams-ask = You run no team yet: ask an admin.
no-manager = Nobody runs it
managers = Managers
reps-count = { $count ->
    [one] { $count } rep
   *[other] { $count } reps
}
work-hours = Working hours
work-hours-hint = A forgotten check-out counts as made when they end.
from = From
until = Until
both-times = Give both times, or none
number-wanted = Must be a number
team-radius = Radius of new customers, in metres
visit-every-hint = Left empty, what the whole organisation has.
activity-visit_checked_in = Checked in
activity-visit_photo = Took a photo
activity-visit_checked_out = Checked out
activity-task_created = Gave a task
activity-task_changed = Moved a task
activity-announcement_published = Announced
activity-customer_created = Added a customer
activity-customer_changed = Changed a customer's contacts
activity-customer_imported = Imported customers
activity-plan_changed = Planned a day
activity-choices_changed = Changed purposes and outcomes
activity-employee_changed = Changed an account
activity-team_changed = Changed a team
activity-unknown = Something else
problem-email_taken = Somebody signs in with this e-mail already.
problem-last_admin = This is the last admin. Make another one first.
problem-own_account = This is your own account. Ask another admin.
problem-bad_link = This link is wrong, was used already, or is too old. Ask for a new one.
problem-employee_not_found = There is no such person among yours.
problem-team_not_found = There is no such team among yours.
problem-password_change_required = Change your password first.

# Reports
nav-reports = Reports
this-week = This week
this-month = This month
last-month = Last month
period = Period
by = By
by-day = Day
by-month = Month
by-rep = Rep
by-team = Team
by-customer = Customer
by-purpose = Purpose
by-outcome = Outcome
all-reps = All reps
no-report = Nothing in these days
no-report-hint = Choose other days, or another team.
time-on-site = On site
customers-visited = Customers
tasks-on-time = Tasks on time
total = Total
total-of-all = Total of all
none = None
no-outcome = No outcome told
what = What
by-itself = Ekenko itself
what-changed = { $count ->
    [one] One thing changed
   *[other] { $count } things changed
}
activity-organisation_changed = Changed settings
activity-password_changed = Changed the password

# Verification
nav-verification = Verify
waiting-visits = { $count ->
    [0] Nothing waits
    [one] 1 visit waits
   *[other] { $count } visits wait
}
waiting-list = Waiting visits
nothing-waits = Nothing waits
nothing-waits-hint = When a visit cannot be verified by itself, it appears here.
verdict = Verdict
case = Case
decision-approved = Approved
decision-rejected = Rejected
approve = Approve
reject = Reject
take-back = Take back
undo = Undo
reject-reason = Why is it rejected? The rep reads this.
reason-needed = Say why it is rejected.
approved-visit = Approved: { $name }
rejected-visit = Rejected: { $name }
reviewed-by = { $name }, { $time }
photo-taken-here = The photo says it was taken here
photo-says-nothing = The file does not say
no-photo-yet = No photo yet
visit-of-others = In a visit of another team
reps-day = { $name } on { $date }
only-this-rep = Only this rep
place-history = Other visits here
leg = { $way } on, at { $speed } km/h
keys = Keys
key-next = Next visit
key-previous = Previous visit
key-approve = Approve
key-reject = Reject; Enter sends it with the reason
key-help = Show or hide these keys
activity-visit_verified = Reviewed a visit
why-must-say-why-the-visit-is-rejected = Say why it is rejected
