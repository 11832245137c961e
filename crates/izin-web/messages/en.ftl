# The pages' texts in English. Same keys and variables as id.ftl; a test compares them.
# Plain words, short sentences; nothing that hurries, shames or frightens.

## Every page
language-name = English
language-switch = Language
foot-privacy = Privacy notice
foot-no-tracking = This page uses no scripts and no tracking.
order-messages-continue = You will still hear about your own orders, such as receipts and delivery.
reach-us = Would you like to stop messages from { $shop }? Write to { $contact } and the shop will do it for you.

## Channels
channel-email = Email
channel-sms = SMS
channel-whatsapp = WhatsApp
channel-push = Notifications
channel-phone = Phone calls
channel-social = Audiences on social media
channel-social-dm = Social media messages
channel-ads = Advertisements
channel-site = Our own pages

## The dial
level-0 = Not personal
level-0-explained = Everyone sees the same goods. Nothing about you is used to choose them.
level-1 = General trends
level-1-explained = What is popular with all customers together. What you did is not used to choose goods.
level-2 = Based on your purchases
level-2-explained = What you bought here before helps to choose what you see.
level-3 = Based on your browsing
level-3-explained = What you looked at on our pages helps too, for a set time.
dial-title = How personal may it be?
dial-lead = This applies to everything we send or show you. A change takes effect at once.
dial-now = Now: { $level }
dial-choose = Choose
dial-lowest = This is the least personal setting.

## /u: stop messages
opt-out-title = Stop messages from { $shop }
opt-out-address = Sent to
opt-out-stops = What will stop
opt-out-button = Stop these messages
opt-out-at-once = It takes effect at once, with no reason needed.
opt-out-preferences = Choose what you receive instead
opt-out-nothing-changed = Nothing has changed yet. To stop these messages, press the button below.
done-title = These messages have stopped
done-already-title = These messages are off
done-lead = { $shop } no longer sends them to { $address }. There is nothing more for you to do.
done-state = Status
done-stopped = What stopped
done-still-on = What is still on
done-preferences = See all your choices

## /p: preferences
preferences-title = Your choices
preferences-lead = What { $shop } may send to { $address }, and how personal it may be.
preferences-switch-off = Switch off
preferences-everything-title = Stop everything
preferences-everything-lead = Ends all optional messages and anything chosen for you, on every channel.
preferences-everything-button = Stop everything
preferences-switch-on = This link can only switch things off, so that nobody else can switch them on for you. Switching on again is not offered yet; { $shop } can tell you more: { $contact }.
preferences-why = Why did I get the last message?
state-on = On since { $date }
state-on-without-consent = On. { $basis }
state-off = Off since { $date }
state-never = Off. You never agreed to this
state-needed = Always sent. { $basis }
saved-switched-off = Saved. { $title } ({ $channel }) is now off.
all-optional = Everything optional
saved-everything = Saved. Everything optional is now off.
saved-dial = Saved. Your setting is now: { $level }.
saved-nothing = Nothing has changed. Please use one of the buttons below.

## /why
why-title = Why did I get this message?
why-lead = “{ $campaign }” from { $shop }, sent on { $date }.
why-allowed = Why it was allowed
why-address = Sent to
why-consent-given = You agreed on
why-consent-source = Through
why-consent-notice = Notice version
why-personal = How personal it was
why-data = Kinds of data used
why-data-none = None about you.
why-chosen = How its content was chosen
why-technical = Technical detail
why-ledger = Decided at ledger entry { $seq }, reason code “{ $code }”.
why-change = Change this
why-stopped = You have stopped these messages since { $date }.
why-basis = { $basis }: { $purpose }, { $channel }.
source-page = A page of this shop
source-api = The shop’s website or app
source-import = The shop’s own records
source-message = A message you sent
source-agent = The shop’s staff
data-name = Your name
data-language = Your language
data-purchases = What you bought here before
chosen-contextual = The same for everyone.
chosen-trends = Goods that are popular with all customers together.
chosen-purchases = Goods that go with what you bought here before.

## /privacy
privacy-title = Privacy notice
privacy-version = Version { $version }, in effect since { $date }
privacy-lead = This notice is made from the same rules our system checks before every message.
privacy-controller = Who is responsible
privacy-company = Company
privacy-contact = Contact
privacy-officer = Data protection officer
privacy-purposes = What we use data for
privacy-class = Kind
privacy-basis = Why we may
privacy-channels = Channels
privacy-no-channels = None. Nobody is contacted for this
privacy-data = Data used
privacy-recipients = Shared with
privacy-no-recipients = Nobody
privacy-retention = Kept for
privacy-retention-days = { $n ->
    [one] One day
   *[other] { $n } days
}
privacy-highest-level = Highest level
privacy-levels = How personal it can be
privacy-levels-lead = You choose the highest level. You start at “General trends”, and it only rises if you raise it yourself.
privacy-rights = Your rights
privacy-right-stop = Stop any optional message at any time, with one press.
privacy-right-see = See what data we hold about you, and get a copy.
privacy-right-correct = Have mistakes corrected.
privacy-right-erase = Have your data erased.
privacy-right-object = Object to a use of your data, or have it paused.
privacy-right-complain = Complain to us or to the data protection authority.
privacy-reach = To use any of these, write to { $contact }.
privacy-no-cost = Using your rights is free. Prices and service stay the same.
class-marketing = Marketing
class-optional-service = Optional service
class-essential = Needed for orders and safety
class-personalisation = Personal selection
class-aggregate-statistics = Counts over all customers
class-measurement = Measuring what works
basis-consent = You agreed
basis-soft-opt-in = You bought something similar and can stop at any time
basis-implied-consent = You bought from us or asked us, not long ago
basis-contextual = The page in front of you decides what is shown, not who you are
basis-contract = Needed for your order or account
basis-legal-obligation = The law requires it
basis-legitimate-interest = Our interest, weighed against yours
basis-notice-opt-out = You were told and can stop at any time
regime-uu-pdp = UU PDP, Indonesia
regime-gdpr = GDPR, European Union
regime-uk-gdpr = UK GDPR
regime-ccpa = CCPA, California
regime-us-federal = Federal law, United States
regime-casl = CASL, Canada

## Pages that could not be shown
not-found-title = We do not know this link
not-found-lead = It may have been cut off when it was copied. Please open it again from the message.
error-title = Something went wrong on our side
error-lead = Please try again in a moment.

## The demo: start
demo-start = Start
demo-mailbox = Mailbox
start-title = A shop that asks first
start-lead = { $shop } is a shop to try things on, on your computer. Addresses and answers are made up, and nothing leaves this machine. Follow five steps to see how permission decides every message.
start-shop = Meet the shop and its customers
start-shop-lead = { $purchases ->
    [one] One line of purchases, and what each customer says about marketing by email now:
   *[other] { $purchases } lines of purchases, and what each customer says about marketing by email now:
}
start-customers = Customers
start-agreed = Said yes
start-refused = Said no
start-unknown = Never answered
start-shop-rule = Unknown is treated as no. Only a recorded yes lets a message out.
start-first = The first campaign
start-first-waiting = It goes out in a moment. Please reload this page then.
start-open-mailbox = Open the mailbox
start-customer = Be a customer
start-customer-lead = Open a message to { $address } and press its unsubscribe link. It takes one press, with no login and no questions.
start-customer-waiting = The first message will be here as soon as it has arrived.
start-sample-mail = Read the message
start-sample-opt-out = Unsubscribe
start-sample-preferences = See their choices
start-sample-why = See why it came
start-next = Send the next campaign
start-next-lead = Every customer is asked about again at the moment of sending. Whoever said no a second ago is left out.
start-send = Send the next campaign
start-running = { $done } of { $total } customers decided
start-progress = Customers decided
start-look-again = Look again
start-record = Check the record
start-record-lead = { $n ->
    [one] Every yes and every no is in a ledger that shows any tampering. It has one entry.
   *[other] Every yes and every no is in a ledger that shows any tampering. It has { $n } entries.
}
start-checkpoint = Latest checkpoint
start-checkpoint-size = { $n ->
    [one] One entry, made { $time }
   *[other] { $n } entries, the last made { $time }
}
start-root = Root
start-verify = Check all of it yourself, offline:
start-decide = Ask whether one message may be sent:
campaign-sent = { $n ->
    [one] “{ $name }”, { $time }. One customer was considered, as things stood then.
   *[other] “{ $name }”, { $time }. { $n } customers were considered, as things stood then.
}
campaign-received = Received it
campaign-left-out = { $n ->
    [0] Nobody was left out.
    [one] One customer was left out, for the reason shown.
   *[other] { $n } customers were left out, each for the reason shown.
}
campaign-changes = What happened, and what changed since the campaign before
campaign-outcome = Outcome
campaign-count = Customers
campaign-change = Change
campaign-examples = For example

## The demo: mailbox
mailbox-lead = Every message the shop sent, newest first. It stays on this machine.
mailbox-search-label = Recipient
mailbox-search = Search
mailbox-empty = No message has arrived yet.
mailbox-none = No message to “{ $query }” was found.
mailbox-count = { $n ->
    [one] One message
   *[other] { $n } messages
}
mailbox-pages = Pages
mailbox-newer = Newer
mailbox-older = Older
mailbox-page = Page { $page } of { $pages }
mail-subject = Subject
mail-to = To
mail-received = Received
mail-links = What the recipient can do
mail-opt-out = Unsubscribe
mail-preferences = See and change choices
mail-look = How it looks
mail-look-alone = Open it on its own
mail-text = As plain text
mail-headers = Headers
mail-header-name = Name
mail-header-value = Value

## Months
month-1 = January
month-2 = February
month-3 = March
month-4 = April
month-5 = May
month-6 = June
month-7 = July
month-8 = August
month-9 = September
month-10 = October
month-11 = November
month-12 = December

## /r: receipt
receipt-link = Keep your receipt
receipt-title = Your receipt
receipt-lead = This entry stands in the tamper-evident log of { $shop }. Nobody can change or remove it unseen.
receipt-what = What was recorded
receipt-recorded = Recorded on
receipt-place = Entry
receipt-signed = Signed
receipt-signed-at = { $date }, with { $size } entries
receipt-log = Log
receipt-download = Download the receipt
receipt-keep = Keep the file. It proves this entry even when the shop has erased everything about you.
receipt-check = How anyone can check it
receipt-check-how = With the open-source program izin, without asking the shop. The key is given here too; a copy of it that somebody else has kept is safer.
receipt-code = Scan this to open the page again
receipt-act-refused = A no to messages
receipt-act-consented = A yes to messages
receipt-act-dial = How personal it may be
receipt-act-paused = A pause
receipt-act-other = Something about your permissions
