### Everything Todak says. Plain and kind, short, one thought a sentence.
### No exclamation marks in answers to sadness, fear or hurt. No diagnosis.

## Names of feelings
joy = joy
sadness = sadness
anger = anger
anxiety = anxiety
embarrassment = embarrassment
hurt = hurt
neutral = just okay
other = something else
or-joy = joy or
or-sadness = sadness or
or-anger = anger or
or-anxiety = anxiety or
or-embarrassment = embarrassment or
or-hurt = hurt or

## First meeting
greeting =
    Hello, I'm Todak. I'm an <b>AI</b>, not a person, and this is not a medical service.

    Tell me about your day in writing or by voice, and we'll look together at what the feeling might be. I get it wrong sometimes, so the last word is always yours.

    Which language shall we use?
greeting-first = Thank you for writing. I only checked it for danger and have not read the feeling. First I have two or three short questions.
language-korean = 한국어
language-english = English
language-changed = We'll speak English from now on.
language-question = Which language shall we use?
age-question = May I ask how old you are? The help lines I show depend on it.
age-under_14 = Under 14
age-14_to_18 = 14 to 18
age-19_and_over = 19 or over
child-welcome =
    Thank you for telling me. Before you turn 14 we can't go on talking here. What you sent is locked away and deleted after a day.

    If things feel hard, in Korea you can call <b>1388</b>. In danger it is <b>119</b> or <b>112</b> (911 in the US, 999 in the UK). Telling a grown-up you trust is good too.
consent-words =
    <b>1. Reading feelings in writing</b>
    What: I guess the feeling in what you write. Feelings are sensitive, so I ask separately.
    Why: to help you put a name to it.
    How long: locked away, and deleted a day after I answer. I remember the guess for two minutes, to hear it together with a voice note that follows. The reading happens only on the computer Todak runs on.
consent-voice =
    <b>2. Hearing feelings in your voice</b>
    What: I guess the feeling from the pitch and tremor of a voice note. Where I can write down speech, and you agreed to reading too, I also read the words.
    Why: to notice what words leave out.
    How long: only while I listen. I remember the guess for two minutes, to hear it together with words that follow. I keep no recording, and the listening happens only on the computer Todak runs on.
consent-history =
    <b>3. Keeping a record</b>
    What: the date, the guess, your correction, what you wrote, what I wrote down and which sleep sounds you chose, locked with encryption. Recordings are not kept.
    Why: to look at how your weeks have been, and to offer sounds you liked.
    How long: { $days ->
        [0] until you ask me to delete it, any time in /settings.
       *[other] for { $days } days. You can delete it any time in /settings.
    } If you say no, we can talk just the same.
consent-yes = I agree
consent-no = Not now
consent-granted = ✓ You agreed.
consent-refused = That's fine. Everything else still works.
ready =
    That's all. How was your day? You can write, or send a voice note.

    { $whisper ->
        [none] For now I hear only the <b>tone</b> of a voice. I cannot read the words in it.
       *[other] I hear the tone of a voice and write down its words ({ $whisper }). I mishear sometimes, so please put it right.
    }
consent-pending = I only checked what you just sent for danger and have not read the feeling. Please decide this first, then tell me again and we'll look at it together.
ready-again = Good to see you again. How was your day?

## Help and settings
help =
    I'm Todak, an AI and not a person. This is not a medical service.

    • Tell me about your day in <b>writing</b> or by <b>voice</b>. I'll make a careful guess at the feeling.
    • If I'm wrong, correct me with the buttons. What you choose is the right answer.
    • { $whisper ->
        [none] For now I hear only the tone of a voice, not its words. If you write within a minute, I hear both together.
       *[other] I hear the tone of a voice and write down its words ({ $whisper }). I mishear sometimes.
    }

    /sleep sounds to fall asleep by (or at once, as <code>/sleep rain:2 waves 30</code>)
    /settings change consents, delete your record
    /guardians who I reach in an emergency
    /home what to know in an emergency
    /drill try out whether guardians can be reached
    /incidents who was told what
    /privacy what is kept
    /export get a copy of everything
    /delete delete everything
    /language change language

    When you need help: { $numbers }
settings = <b>Settings</b>
settings-language = Language: English
settings-age = Age: { $age }
button-age = Change age: { $age }
settings-words = Reading feelings in writing: { $state }
settings-voice = Hearing feelings in your voice: { $state }
settings-history = Keeping a record: { $state }
state-on = on
state-off = off
state-unasked = not asked yet
button-words-on = Read my writing
button-words-off = Stop reading my writing
button-voice-on = Hear my voice
button-voice-off = Stop hearing my voice
button-history-on = Keep a record
button-history-off = Stop the record
settings-changed = Changed.
settings-history-kept = I won't record anything new. What is already kept stays. To delete it, tap “Delete my record” below.
button-delete-record = Delete my record
delete-record-question = Delete everything kept so far? This cannot be undone.
delete-record-yes = Delete it
delete-record-no = Never mind
record-kept = Nothing was deleted.
record-empty = Nothing is kept.
record-deleted = I deleted everything that was kept: { $count } in all. Messages of the last day stay locked and go within a day. What you see in this chat stays.

## Privacy
settings-home = /home for an emergency (name, home address, codes, location)
settings-privacy = /privacy what is kept · /export get a copy · /delete delete everything
privacy =
    <b>What Todak keeps</b>

    <b>Of everyone</b>
    What you send and tap is locked with encryption for { $hours } hours, so that no answer is lost, and then deleted. The name that Telegram sends along, contacts you send, and file numbers are in it too. Places you send are deleted as soon as they are answered. The time it came, the chat's number and the message's number are not locked.

    I check every message for danger, and where I can write down speech, everything that is said. Where there seems to be danger, a mark that this message was handled first stays for the same { $hours } hours. To ask again how you are I remember the chat's number, the message's number, the degree of danger, your language and age group until { $hours } hours after the last question. Of these the chat's number, the message's number and the degree are not locked.

    <b>Once you have told me your age</b>
    The chat's number, your language, age group, first day, and what you agreed to or refused. Until you delete it.

    <b>Only what you agreed to</b>
    • Reading feelings in writing: used only while I read. The guess is remembered for two minutes and not stored.
    • Hearing feelings in your voice: used only while I listen. The guess is remembered for two minutes and not stored. Recordings are not kept.
    • Words and voice that you send within a minute are heard as one.
    • Keeping a record: the date, my guess, your correction, what you wrote and what I wrote down, locked with a key of your own. The date, time and message number are not locked. { $days ->
        [0] Until you ask me to delete it.
       *[other] Deleted after { $days } days.
    }
    • Sleep sounds (if you agreed to keeping a record): the sound you chose last, the last thirty you had made, your favourites, what you liked or did not, and what you found by comparing short sounds, locked with the same key. The time you last chose is not locked. { $days ->
        [0] Until you ask me to delete it.
       *[other] Deleted when you have chosen none for { $days } days.
    } What you ordered is deleted { $hours } hours after it was made.
    • Name, home address, codes (in a form that cannot be read back) and quiet mode from /home: locked with the same key, until you delete them. What you type when I ask for a code is deleted from the chat and from what I keep as soon as it arrives.
    • Last location: only the newest, locked with the same key, for a day, or until an emergency that goes on has ended. Its time is not locked.

    <b>Guardians and emergencies</b>
    • Guardians: the chat number and language of whoever accepted, what you call them, and what you chose that they may be told. Once you remove a guardian they are told nothing more. So that they do not notice, their chat number and the dates stay until they stop by themselves.
    • Emergencies: when, what was heard, and who was told what, for { $incident_days } days after the end. Recordings are not kept. They are passed on from Telegram by their file number.
    • Guardians are told only what you switched on, each on its own. /incidents shows what was told to whom and when. When it is over I delete words, addresses, recordings and places from the guardians' chats. What is older than two days, and copies made elsewhere, I cannot delete.
    • Who guards whom, and when there was an emergency, stays as chat numbers and times and is not locked. What it was is locked.
    • If you are somebody's guardian: your chat number, language and the day you accepted, until you stop.

    <b>Who sees it</b>
    Feelings are read only on the computer Todak runs on. Nothing is sent to other companies or people, and guardians are told only what is listed above. Whoever runs that computer also holds the keys, and could open it if they set out to.

    <b>What Todak cannot delete</b>
    The chat that stays in Telegram, backups you made, and messages you forwarded. Telegram does not let a bot delete messages older than two days. You can delete the chat yourself in its menu.

    /settings change consents
    /export get a copy of everything
    /delete delete everything
export-done = This is everything Todak keeps about you. Inside are tables (CSV) and the whole content (JSON). The file is not locked, so keep it where nobody else looks.
export-stranger = You are not registered, so there is no record of you. The file holds only what you sent and tapped lately, when I asked how you are because of danger, and since when you are somebody's guardian.
export-file = todak-my-record.zip
export-readme-file = read me.txt
export-readme =
    This is everything Todak keeps about you.

    observations.csv  the feelings on record: my guesses and your corrections
    consents.csv      everything you agreed to or refused
    messages.csv      what you sent and tapped lately and is not deleted yet
    questions.csv     when I asked how you are because of danger
    guardians.csv     guardians, and invitations not accepted yet
    choices.csv       everything you allowed or stopped allowing each guardian to be told
    home.csv          home address, the name guardians read, last location
    incidents.csv     emergencies
    disclosures.csv   what guardians were told
    duties.csv        since when you are somebody's guardian
    sleep.csv         the sleep sounds you chose and liked
    todak.json        all of the above, complete

    Somebody else may see this file. What you set to protect yourself, such as codes, and guardians' chat numbers are therefore not in it.
    Times are in UTC.
    An apostrophe before a cell that begins with = + - @ keeps spreadsheets from running it as a formula.
export-column-time = time
export-column-message = message number
export-column-transcript = what I heard
export-column-words = what you wrote
export-column-guess = guess
export-column-probability = probability
export-column-sure = clear
export-column-corrected = your correction
export-column-heard = heard from
export-column-model = model
export-column-purpose = for what
export-column-version = version
export-column-decision = agreed
export-column-kind = kind
export-column-level = degree of danger
export-column-open = more to come
export-column-guardian = guardian
export-column-status = status
export-column-choices = allowed
export-column-since = since
export-column-confirmed = you last confirmed
export-column-value = content
export-column-said = written or said
export-column-round = round
export-column-disclosed = what was told
export-column-outcome = outcome
export-column-acknowledged = acknowledged
export-guardian-active = guardian
export-guardian-paused = paused
export-guardian-invited = invited
export-choice-crime = crime
export-choice-disaster = fire and disaster
export-choice-medical = injury or illness
export-choice-help = a call for help
export-choice-selfharm = self-harm
export-choice-unanswered = when I get no answer
export-choice-silence = when I hear nothing for days
export-choice-words = your words
export-choice-recording = recording
export-choice-location = location
export-choice-address = home address
export-home-name = name guardians read
export-home-address = home address
export-home-quiet = quiet mode
export-home-position = last location
export-kind-assault_sexual = sexual assault
export-kind-robbery = robbery
export-kind-theft = theft
export-kind-violence = violence
export-kind-fire = fire
export-kind-electrical = electrical accident
export-kind-gas = gas
export-kind-collapse = collapse
export-kind-storm = storm
export-kind-earthquake = earthquake
export-kind-medical = medical emergency
export-kind-fall = fall
export-kind-trapped = trapped
export-kind-help = a call for help
export-kind-selfharm = self-harm
export-state-asking = asking you
export-state-counting = waiting
export-state-telling = telling guardians
export-state-acknowledged = a guardian is looking
export-state-confirmed = confirmed safe
export-state-cancelled = cancelled
export-state-person_safe = you said you are safe
export-state-unanswered = you did not answer
export-state-lapsed = ended unconfirmed
export-state-drill = drill
export-outcome-accepted = accepted by Telegram
export-outcome-uncertain = sent, perhaps not arrived
export-outcome-refused = could not be sent
export-level-thoughts = hard thoughts
export-level-in_progress = danger under way
export-level-cry = a call for help
export-heard-text = writing
export-heard-voice = voice
export-purpose-words = reading feelings in writing
export-purpose-voice = hearing feelings in your voice
export-purpose-history = keeping a record
export-purpose-location = remembering the last location
export-sleep-last = chosen last
export-sleep-favourite = favourite
export-sleep-up = liked
export-sleep-down = not liked
export-sleep-made = made
export-sleep-found = found by comparing
export-yes = yes
export-no = no
erase-question =
    Delete everything Todak keeps about you? Your record, consents, guardians, age and language will all be gone, and this cannot be undone. What you sent lately and questions still to come are deleted too. If you are somebody's guardian, that ends as well, and they only hear that you stopped.

    In this chat I can only delete messages whose numbers I still know: those you sent within a day, and those on your record within two days. Most of my own answers stay until you delete the chat yourself. You may want to get a copy first with /export.
erase-stranger = You are not registered, so there is no record of you. Only what you sent lately is locked away, and deleted after { $hours } hours. Delete it right now? If you are somebody's guardian, that ends as well, and they only hear that you stopped.
erase-yes = Delete everything
erase-no = Never mind
erased =
    Everything is deleted. Thank you for having talked with me. What you just sent and tapped will be gone within moments too.

    What is left in this chat I cannot delete. “Delete chat” in its menu does. If things get hard, <b>988</b> (US), <b>116 123</b> (UK and Ireland) and <b>109</b> (Korea) are open day and night. If you want to talk again, press /start.
erasing = I am still deleting what you asked me to. Please write again in a moment. If you are in danger now, call <b>911</b> (US), <b>999</b> (UK and Ireland) or <b>119</b> (Korea).

## Naming the feeling
named-joy = { $variant ->
    [0] I'm glad to hear that. It feels close to <b>joy</b>.
    [1] It sounds like something good happened. Close to <b>joy</b>, I think.
   *[2] There is warmth in what you say. It sounded close to <b>joy</b>.
  }
named-sadness = { $variant ->
    [0] That must weigh on you. It feels close to <b>sadness</b>.
    [1] Thank you for telling me. Close to <b>sadness</b>, I think.
   *[2] Part of you sounds heavy. It sounded close to <b>sadness</b>.
  }
named-anger = { $variant ->
    [0] I can see why that got to you. It feels close to <b>anger</b>.
    [1] That must have boiled up inside. Close to <b>anger</b>, I think.
   *[2] That sounds hard to put up with. It sounded close to <b>anger</b>.
  }
named-anxiety = { $variant ->
    [0] Your mind keeps running ahead, it seems. It feels close to <b>anxiety</b>.
    [1] It sounds hard to settle. Close to <b>anxiety</b>, I think.
   *[2] That sounds like a tense time. It sounded close to <b>anxiety</b>.
  }
named-embarrassment = { $variant ->
    [0] You must not have known where to look. It feels close to <b>embarrassment</b>.
    [1] That would make most faces go hot. Close to <b>embarrassment</b>, I think.
   *[2] That caught you off guard. It sounded close to <b>embarrassment</b>.
  }
named-hurt = { $variant ->
    [0] Something like that stays with you. It feels close to <b>hurt</b>.
    [1] That must have stung. Close to <b>hurt</b>, I think.
   *[2] I'm sorry that happened to you. It sounded close to <b>hurt</b>.
  }
named-neutral = { $variant ->
    [0] I see. It feels <b>even</b>, not leaning any one way.
    [1] Thank you for telling me. It seems an <b>even</b> kind of feeling.
   *[2] I hear you. It sounded <b>calm and even</b>.
  }
named-voice = { $feeling ->
    [joy] Your voice sounded bright. Close to <b>joy</b>, I think.
    [sadness] Your voice sounded a little low. Close to <b>sadness</b>, I think.
    [anger] Your voice sounded strained and strong. Close to <b>anger</b>, I think.
    [anxiety] Your voice sounded a little shaky. Close to <b>anxiety</b>, I think.
    [embarrassment] Your voice sounded a little startled. Close to <b>embarrassment</b>, I think.
    [hurt] Your voice sounded a little pained. Close to <b>hurt</b>, I think.
   *[neutral] Your voice sounded calm. An <b>even</b> kind of feeling, I think.
  }
together-note = I heard your words and your voice together.
voice-only-note = I heard only the tone of your voice, not the words.
transcript = This is what I heard.
button-misheard = That is not what I said
misheard-question = Sorry, I misheard. What did you say? If you write it within ten minutes, I'll look at it again.
put-right-note = I read this in place of what I had heard.
certainty-high = That came through quite clearly. Is that right?
certainty-fair = I'm not very sure. Is that right?
also-present = I also sense { $feelings }.
unsure = I'm not sure. It could be { $first } { $second }. Which is closest?
unsure-one = Could it be { $feeling }? I'm not sure. Which is closest?
unsure-neutral = Thank you for telling me. I'm not sure what the feeling is. Which is closest?
unsure-voice = I can't tell the feeling from the voice alone. Which is closest?
disagree = { $even ->
    [yes] Your words sounded calm, but your voice sounded closer to <b>{ $voice }</b>. I may have misheard. Which is nearer?
   *[no] Your words seemed close to <b>{ $words }</b>, but your voice sounded closer to <b>{ $voice }</b>. I may have misheard. Which is nearer?
  }
choose-yourself = Thank you for telling me. Which feeling is closest?
words-refused = You asked me not to read feelings in writing, so I made no guess. Would you choose the closest yourself?
voice-refused = You asked me not to hear feelings in your voice, so I did not listen. Would you choose the closest yourself?
button-right = That's right
corrected = { $feeling ->
    [joy] Thank you for telling me. So it was close to <b>joy</b>. I hope it stays a while.
    [sadness] Thank you for telling me. So it was close to <b>sadness</b>. If there is more to say, I'm listening.
    [anger] Thank you for telling me. So it was close to <b>anger</b>. You can tell me what got to you most.
    [anxiety] Thank you for telling me. So it was close to <b>anxiety</b>. You can tell me what is on your mind most.
    [embarrassment] Thank you for telling me. So it was close to <b>embarrassment</b>. You can tell me how that moment was.
    [hurt] Thank you for telling me. So it was close to <b>hurt</b>. Take your time if there is more.
    [neutral] Thank you for telling me. An <b>even</b> kind of day, then.
   *[other] Thank you for telling me. None of my names fits, then. You can put it in your own words.
  }
confirmed = { $feeling ->
    [joy] I see. I'll remember today as a day with some <b>joy</b> in it.
    [neutral] I see. An <b>even</b> kind of day.
    [sadness] I see. So it was close to <b>sadness</b>. If you want to say more, I'm here.
    [anger] I see. So it was close to <b>anger</b>. If you want to say more, I'm here.
    [anxiety] I see. So it was close to <b>anxiety</b>. If you want to say more, I'm here.
    [embarrassment] I see. So it was close to <b>embarrassment</b>. If you want to say more, I'm here.
    [hurt] I see. So it was close to <b>hurt</b>. If you want to say more, I'm here.
   *[other] I see. Thank you for telling me. If you want to say more, I'm here.
  }
confirmed-unstored = { $feeling ->
    [joy] I see. A day with some <b>joy</b> in it.
    [neutral] I see. An <b>even</b> kind of day.
    [sadness] I see. So it was close to <b>sadness</b>. If you want to say more, I'm here.
    [anger] I see. So it was close to <b>anger</b>. If you want to say more, I'm here.
    [anxiety] I see. So it was close to <b>anxiety</b>. If you want to say more, I'm here.
    [embarrassment] I see. So it was close to <b>embarrassment</b>. If you want to say more, I'm here.
    [hurt] I see. So it was close to <b>hurt</b>. If you want to say more, I'm here.
   *[other] I see. Thank you for telling me. If you want to say more, I'm here.
  }
button-more = I'd like to say more
more-question = { $turn ->
    [0] I'd like to hear more. What stayed with you most?
    [1] I'm listening. What happened, as far as you want to say?
   *[other] Take your time. What comes to mind first?
  }
button-sounds = 🌙 Sounds
choose-again = Choose again
choose-again-question = Which feeling is closest?

## What could not be read or heard
too-short = That is too short for me to tell a feeling by. Tell me a little more, or choose the closest feeling?
no-words = I found no words there, and a picture alone is hard to read. Choose the closest feeling, or write me one line?
unknown-language = I can only read Korean and English so far. Would you choose the closest feeling yourself?
empty-recording = The recording was empty, so I could not listen. Could you send it once more?
unreadable-recording = I could not open that sound. The file may be damaged, or not a sound. Could you record it once more?
silent-recording = I heard nothing in the recording. Could you check the microphone and send it once more?
no-speech = I found no speech in it. If it is hard to say, you can choose the closest feeling below.
too-long-recording = I can listen to up to { $minutes } minutes at a time. That recording was not kept. Could you send it in shorter parts?
too-big-file = The file is larger than { $megabytes } MB, so I could not receive it. Could you send it in shorter parts?
slow-down = You are writing fast. I cannot answer each message, but I check every one of them for danger. Take all the time you need.
vanished-file = The file has vanished, so I could not receive it. Could you send it once more?
photo = Thank you for the picture. I cannot see pictures yet. Would you tell me about the moment in words or by voice?
animation = Thank you for the GIF. I cannot see moving pictures yet. Would you tell me about the moment in words or by voice?
sticker = Thank you for the sticker. A sticker alone is hard to read. Would you write me one line?
location = You sent a location. I don't use it now and do not keep it.
contact = You sent a contact. I don't use it now, and it is deleted after a day.
document = Thank you for the file. I can only open sound files so far. Would you tell me in words or by voice?
poll = I can't take part in polls. Would you tell me about your day in words or by voice?
other-content = Thank you for sending that. I can read only writing and voice. Would you write me one line?
unknown-command = I don't know that command. /help shows what I can do.
stale-button = This button no longer works.
fallback =
    Something went wrong on my side and I could not answer. Could you send it again in a little while?

    If you are in danger, please don't wait and call now. { $numbers }

## Sleep sounds
sleep-menu =
    🌙 Which sound shall keep you company? You can mix up to three.

    <b>{ $sound }</b>
sleep-why-nothing-known = It opens with soft rain, since I do not know yet what you like.
sleep-why-last = It opens with what you chose last.
sleep-why-liked = It opens with what you liked most so far.
sleep-why-found = It opens with what you found by comparing short sounds.
sleep-why-change = You had the same sound many times in a row, so it opens with another one.
sleep-why-untried = It opens with one that got no 👎 from you.
sleep-kind-rain = rain
sleep-kind-waves = waves
sleep-kind-stream = stream
sleep-kind-wind = wind
sleep-kind-birds = birds
sleep-kind-crickets = crickets
sleep-kind-fireplace = fireplace
sleep-kind-thunder = thunder
sleep-strength-faint = faint
sleep-strength-soft = soft
sleep-strength-full = full
sleep-strength-deep = deep
sleep-strength-focus = focus
sleep-minutes = { $minutes } min
sleep-night = all night (8 h)
sleep-making = 🌙 <b>{ $sound }</b>
    { $begun ->
        [no] I'm making it. The first two minutes come first.
        [waits] Another sound is being made first. You can listen to the beginning meanwhile.
       *[yes] { $percent }% is made. You can listen to the beginning meanwhile.
    }
sleep-opening = { $parts ->
        [1] Two minutes to begin with. All { $minutes } follow as soon as they are made.
       *[other] Two minutes to begin with. Then { $parts } files of two hours follow, each as soon as it is made.
    }
sleep-part = { $last ->
        [yes] The last of { $parts }. It grows quiet slowly towards the end. Rest well.
       *[no] Two hours, number { $number } of { $parts }. The sound goes on in the next file.
    }
sleep-whole = All { $minutes } minutes. They grow quiet slowly towards the end. Rest well.
sleep-stopped = I stopped making that sound.
sleep-failed = I could not finish that sound. Could you choose it again in a while?
sleep-busy = I'm still making the sound before this one. Choose again once it is there, or tap “Stop” below it.
sleep-limit = You can choose one to three kinds.
sleep-not-read = I could not read “{ $word }”. Write kinds, a strength and a length, like <code>/sleep rain:2 waves soft 30</code>; lengths are 15, 30, 45 and 60 minutes and “all night”. Or send /sleep alone and choose from the menu.
sleep-unavailable = The models that make sounds are not installed here, so I cannot make any.
sleep-rated = Thank you. I'll remember.
sleep-starred = It is one of your favourites now.
sleep-unstarred = It is no favourite any more.
sleep-not-kept = I did not keep that. I will if you turn on “Keep a record” in /settings.
publish-description =
    { $title }

    It lasts { $minutes } minutes. It grows quiet slowly towards the end.
    Todak made this sound by computer. It is no recording, and no recording is mixed into it.
    It is something to rest or fall asleep beside, nothing more: we do not claim that it treats anything or mends sleep.

    To make the same sound again (seed { $seed }, networks { $networks }):
    { $command }
button-sleep-make = ▶️ Make it
button-sleep-stop = Stop
button-sleep-up = 👍
button-sleep-down = 👎
button-sleep-star = ⭐ Favourite
button-sleep-unstar = ⭐ No favourite any more
button-sleep-similar = Another one like it
button-sleep-other = Another sound

## Finding one's sounds
button-sleep-find = 🔎 Find my sounds
finder-title = A short sound
finder-first = The first sound
finder-second = The second sound
finder-preparing = 🔎 { $number }/{ $most } · Two sounds of ten seconds are on their way. Listen to one after the other.
finder-question = 🔎 { $number }/{ $most } · Which of them tingles pleasantly?
button-finder-first = The first
button-finder-second = The second
button-finder-both = Both
button-finder-neither = Neither
button-finder-stop = That is enough
finder-found = What tingled most for you: <b>{ $sounds }</b>. { $kept ->
        [yes] I'll remember.
       *[no] I use it this once and do not keep it.
    }
finder-nothing = I have not found one among these sounds that you liked.

## In danger
crisis-thoughts =
    Thank you for telling me. Are you thinking about suicide right now?

    If you are in danger now, please call the emergency number: <b>911</b> in the US, <b>999</b> in the UK and Ireland, <b>119</b> in Korea. To talk to someone at any hour: <b>988</b> (US, call or text), <b>116 123</b> (UK and Ireland), <b>109</b> (Korea, call or text).{ $youth ->
        [yes] {" "}In Korea there is the youth line <b>1388</b> as well.
       *[no] {""}
    }
crisis-in_progress =
    Please call for help now: <b>911</b> in the US, <b>999</b> in the UK and Ireland, <b>119</b> in Korea. If anyone is near you, tell them now.

    After that, <b>988</b> (US), <b>116 123</b> (UK and Ireland) and <b>109</b> (Korea) are there at any hour.{ $youth ->
        [yes] {" "}In Korea the youth line <b>1388</b> is there too.
       *[no] {""}
    } Are you alone right now?
crisis-cry = { $police ->
    [yes] That sounded like an emergency. If you can, call the police now: <b>911</b> in the US, <b>999</b> in the UK and Ireland, <b>112</b> in Korea. If you are hurt in Korea, it is <b>119</b>. Are you safe right now?
   *[no] That sounded like an emergency. Please call now: <b>911</b> in the US, <b>999</b> in the UK and Ireland, <b>119</b> in Korea (<b>112</b> for police). Are you safe right now?
  }
nobody-told = Todak cannot call for you, and nobody else is told about this conversation.
answer-safe = I'm safe for now
answer-call-hard = Calling is hard
answer-called = I have called
answer-misread = That's not what I meant
answer-tell = Please tell my guardians
answer-stop = Please don't ask again
answer-not-safe = I do have such thoughts
answered-safe = { $cry ->
    [yes] Thank you for telling me. I'm relieved that you are safe. Are you hurt anywhere?
   *[no] Thank you for telling me. I'm relieved that you are safe. What has been hardest, as far as you want to say?
  }
answered-call-hard = { $cry ->
    [yes] Calling can be hard. In Korea <b>112</b> and <b>119</b> also take text messages. Is anyone with you right now?
   *[no] Calling can be hard. <b>988</b> (US) and <b>109</b> (Korea) also answer text messages.{ $youth ->
        [yes] {" "}In Korea there is the youth line <b>1388</b> as well.
       *[no] {""}
    } Does anyone come to mind who could be with you now?
  }
answered-called = I'm glad you called. You can write here afterwards as well. What is going through you right now?
answered-misread = I see, I may have misread you. It matters, so let me ask just once more. Are you having any thoughts of hurting yourself or wanting to die?
answered-misread-cry = I see, I may have misread you. Let me ask just once more. Do you need help right now?
answer-really-fine = No, I'm okay
answer-need-help = I need help
crisis-listening-quiet = Thank you for telling me. Can you tell me a little more?
crisis-listening = Thank you for telling me. If you are in danger now, please call <b>911</b> (US), <b>999</b> (UK and Ireland), <b>112</b> or <b>119</b> (Korea). Can you tell me a little more about what is happening?
crisis-listening-thoughts = { $turn ->
        [0] Thank you for telling me. Since when have you felt like this?
        [1] I'm listening. What is the hardest part to bear right now?
       *[other] Thank you for trusting me with this. Does anyone come to mind who could be with you now?
    } If it gets dangerous, call or text <b>988</b> (US), <b>116 123</b> (UK and Ireland, calls) or <b>109</b> (Korea) at any hour, or <b>911</b>, <b>999</b>, <b>119</b>.{ $youth ->
        [yes] {" "}In Korea there is the youth line <b>1388</b> as well.
       *[no] {""}
    }
answered-fine = I'm glad. I hope it was all right that I asked. What happened today?
answered-not-safe = Thank you for telling me. You don't have to carry it alone. Please contact <b>988</b> (US), <b>116 123</b> (UK and Ireland) or <b>109</b> (Korea) now. If you are in danger: <b>911</b> (US), <b>999</b> (UK and Ireland), <b>119</b> (Korea).{ $youth ->
        [yes] {" "}In Korea there is the youth line <b>1388</b> as well.
       *[no] {""}
    } What is the hardest part to bear right now?
answered-need-help = I understand. Please call <b>911</b> (US), <b>999</b> (UK and Ireland), <b>112</b> or <b>119</b> (Korea) right now. Todak cannot call for you. Is there anyone near you who can help?
answered-tell = All right, I am telling your guardians now. Thank you for saying so. If you are in danger, please call <b>911</b> (US), <b>999</b> (UK and Ireland) or <b>119</b> (Korea). Is there anyone who can be with you meanwhile?
answered-stop = All right, I won't ask about it again. If you want to talk, I'm here. How was your day?
look-back-thoughts = It's Todak. How are you now, compared with before? Only as much as you want to say.
look-back-in_progress =
    It's Todak, asking again. How are you now? Only as much as you want to say.

    <b>911</b> (US), <b>999</b> (UK and Ireland) and <b>119</b> (Korea) still answer.{ $youth ->
        [yes] {" "}In Korea there is the youth line <b>1388</b> as well.
       *[no] {""}
    }
look-back-cry =
    It's Todak, asking again. How are you now? Only as much as you want to say.

    <b>911</b> (US), <b>999</b> (UK and Ireland), <b>112</b> and <b>119</b> (Korea) still answer.

## For an emergency
home =
    <b>For an emergency</b>
    Here you set what guardians see, and how to stop me when I got it wrong. You need not set all of it, and you can stop and go on any time.
home-nothing = none
home-line-name = Name that guardians see: { $value }
home-line-address = Home address: { $value }
home-line-code = Cancel code: { $set ->
    [yes] set
   *[no] none
  }
home-line-quiet = Quiet mode: { $state }
home-line-location = Remember my last location: { $state }
home-now = Now: { $state }
home-saved = Changed.
home-deleted = Deleted.
button-home-flow = Set them one by one
button-home-name = Name
button-home-address = Home address
button-home-code = Cancel code
button-home-quiet = Quiet mode
button-home-location = Last location
button-home-skip = Skip
button-home-enough = That's enough for now
button-home-not-now = Not now
button-home-change = Change
button-home-delete = Delete
button-home-back = Back
button-home-second-code = Second code
button-home-forget-position = Delete the kept location
button-quiet-on = Turn quiet mode on
button-quiet-off = Turn quiet mode off
button-location-on = Remember my location
button-location-off = Stop remembering my location
home-ask-name = Which name should guardians see? If you write “Jamie”, they read “Jamie may need help”. Please write it within ten minutes.
home-name = This is what guardians see: <b>{ $value }</b>
home-name-unusable = Could you write it in one line of at most { $most } characters? Which name should they see?
home-ask-address = Would you like to write down your home address? With the flat and floor you can be found sooner. In an emergency it goes only to guardians you chose to send it to. Please write it within ten minutes.
home-address =
    Home address: <b>{ $value }</b>

    In an emergency it goes only to guardians you chose to send it to. You decide that in /guardians.
home-address-unusable = Could you write the address in at most { $most } characters?
home-ask-code =
    Please write { $fewest } to { $most } digits for your <b>cancel code</b> within ten minutes. I ask for them when you want to stop me from telling guardians, so that nobody else can stop it for you.

    I delete what you type from this chat as soon as it arrives. The digits are kept in a form that I cannot read back. If you forget them, set new ones here.
home-code = You have a cancel code. I ask for it when you want to stop me from telling guardians.
home-ask-duress =
    The <b>second code</b> is for when somebody forces you to stop it. If you type it, the screen looks as if it had stopped, but <b>guardians are told</b>.

    Please write { $fewest } to { $most } digits that differ from your cancel code within ten minutes. I delete what you type, and this explanation, at once.
home-duress = You have a second code. If you type it, the screen looks as if it had stopped, but guardians are told. Somebody else may look at your phone, so please press Back when you are done.
home-code-set = Changed. I deleted what you typed from this chat.
home-second-code = There is one more thing you can set. Please press it when you are alone.
home-code-unusable = { $why ->
    [numerals] I can't take numbers written in Korean letters. Could you write { $fewest } to { $most } digits?
    [length] Could you write { $fewest } to { $most } digits?
    [same] Could you write digits that differ from the ones you set before?
   *[other] Could you write { $fewest } to { $most } digits and nothing else?
  }
home-code-later = The code cannot be changed right now. Please try again a little later.
home-typed-stays = I could not delete what you typed. Could you press and hold it and delete it yourself?
home-ask-quiet =
    <b>Quiet mode</b> is for danger that comes from another person: violence, sexual assault, robbery, theft.

    With it, the screen then shows no word of an emergency, no time that is left and not who was told. I ask in everyday words, and show results only when you press /incidents. Guardians are told all the same.
consent-location =
    <b>Remember my last location</b>
    What: the locations you send to this chat and when, locked with encryption. { $youth ->
        [yes] Live location is not kept from 14 to 18.
       *[no] Of a live location I keep only the newest place, while you share it.
    }
    Why: to tell the guardians you chose to send it to, in an emergency.
    How long: until you send a newer one, or for a day. While an emergency goes on it stays until that ends. You can turn it off and delete it in /home any time.
home-position-kept = Location kept: { $unit ->
    [minutes] { $count } min ago
   *[hours] { $count } h ago
  }
location-asked = You sent a location. I have not kept it so far.
location-kept = { $live ->
    [yes] I'll remember where you are. While you share it I keep only the newest place.
   *[no] I'll remember where you are.
  }
location-heard = In an emergency I tell only the guardians you chose to send it to.
location-unheard = For now no guardian would get it, so nobody is told. You can decide that in /guardians.
location-refused = I did not keep your location. You can turn that on in /home when you need it.
location-from-now-on = From now on I'll remember the locations you send. The one you just sent I no longer know, so please send it once more.
location-live-youth = Up to 18 I do not keep live location. If you send where you are once, I can remember that.

## Earlier alerts
incidents-none = So far nothing has sounded like an emergency, and nobody has been told anything.
incidents = <b>The record you asked for</b> ({ $page }/{ $pages })
incidents-times = Newest first, times in UTC. What it was, I noticed automatically, and I can be wrong.
incidents-moment = { $year }-{ $month }-{ $day } { $time }
incidents-heading = <b>{ $when }</b> · { $kind } · { $state }
incidents-drill = Drill
incidents-nobody = Nobody was told.
incidents-told = { $when } <b>{ $name }</b> told{ $enclosed ->
    [yes] {" "}· sent along: { $what }
   *[no] {""}
  } · { $outcome }.
incidents-acknowledged = At { $when } they said they would look after it.
button-incidents-newer = Newer
button-incidents-older = Older

## Guardians
told-none = For now nobody else is told, even if something sounds like an emergency. You can invite a guardian in /guardians.
told-nothing = You have a guardian, but nothing is switched on that they may be told. For now nobody is told, even if something sounds like an emergency. You can switch it on in /guardians.
told-guardians = If something you switched on happens, I tell { $names }. You decide what in /guardians.
guardians =
    <b>Guardians</b>
    The people I reach when something sounds like an emergency: all at once for fire, injury, violence and calls for help, otherwise one after another in this order.
guardian-line = { $position }. <b>{ $name }</b>{ $paused ->
        [yes] {" "}(paused)
       *[no] {""}
    } · may be told: { $topics }, sent along: { $enclosures }
guardian-invited-line = Invited: <b>{ $name }</b> (until { $month }/{ $day })
invitation-taken-back = The invitation for <b>{ $name }</b> is taken back. Nobody can become a guardian by that link now.
button-take-back = Take back: { $name }
guardians-rules = Guardians hear only what you switched on. They cannot ask how or where you are. If you remove one, they are not told.
button-invite = Invite a guardian
button-harm = My guardian is hurting me
button-guardians = All guardians
guardian = <b>{ $name }</b>
guardian-topics-on = May be told: { $choices }
guardian-enclosures-on = Sent along: { $choices }
guardian-none-on = nothing
guardian-paused = Paused for now, so they are told nothing.
button-topics = May be told
button-enclosures = Sent along
button-up = Move up
button-down = Move down
button-pause = Pause
button-resume = Resume
button-remove = Remove
guardian-remove-question = Stop telling <b>{ $name }</b> anything? They will not hear that you removed them. To ask them again you would send a new invitation.
button-remove-yes = Remove
button-remove-no = Never mind
guardian-removed = <b>{ $name }</b> is told nothing from now on, and was not told about this.
guardian-gone = They are not your guardian any more.
topics =
    <b>What { $name } may be told</b>
    Each one is a consent of its own. Only what you switch on is told, and you can switch it off any time.
topics-hearing = { $whisper ->
    [none] In a recording I hear only sounds. I cannot read the words in it, so I may miss things.
   *[other] I also write down the words in a recording, but I can mishear or miss them.
  }
enclosures =
    <b>What is sent along to { $name }</b>
    It goes with an alert. Each one is a consent of its own. Without any, I tell only what it may be, and when.
enclosures-beyond = What they pass on to somewhere else I cannot delete.
choice-line = { $on ->
    [yes] ✓ <b>{ $choice }</b>: { $meaning }
   *[no] · { $choice }: { $meaning }
  }
choice-crime = crime
choice-disaster = disaster
choice-medical = medical
choice-help = calls for help
choice-selfharm = self-harm
choice-unanswered = no answer
choice-words = my words
choice-recording = recording
choice-location = location
choice-address = home address
meaning-crime = when it sounds like violence, sexual assault, robbery or theft
meaning-disaster = when it sounds like a fire, electric shock, gas, a collapse, a storm or an earthquake
meaning-medical = when you seem to be ill, to have fallen or to be trapped
meaning-help = when there is a scream, or you ask for help
meaning-selfharm = when you seem to be harming yourself right now. Thoughts alone tell nobody, unless you ask me to when I ask you
meaning-unanswered = when I ask whether it is an emergency and you do not answer: just “please check”, with no content
meaning-words = the words that sounded like an emergency, as they were
meaning-recording = the recording that sounded like an emergency. When it is over I delete it if it is less than two days old.
meaning-location = { $youth ->
    [yes] the place you last sent, and when. Live location is not used from 14 to 18.
   *[no] the place you last sent, and when. Live location only while you share it
  }
meaning-address = the home address you wrote down
button-choice-on = On: { $choice }
button-choice-off = Off: { $choice }
button-next-enclosures = Next: sent along
button-next-done = Next
button-enough = That's enough for now
choices-done = Switched on for <b>{ $name }</b>: may be told { $topics }, sent along { $enclosures }.
choices-home = If you write down the name that guardians see and your home address, they can find you sooner. You need not.
button-home-data = Name and address
choices-code = If I got it wrong, you can stop an alert yourself. Shall we set a cancel code, so that nobody else can stop it for you?
button-code = Set a cancel code
guardian-name-question = What do you call the person you want to invite? For example “Mum” or “Alex”. Please write it within half an hour. They will not see it.
button-not-now = Not now
guardian-name-left = I did not invite anyone. You can do it any time in /guardians.
guardian-name-unusable = Could you write it in one line of at most { $most } characters? What do you call them?
guardians-full = There can be { $most } guardians. You can invite another once you have removed one.
invitation-ready =
    Here is an invitation for <b>{ $name }</b>. Please press and hold the message below and forward it. It works once, within seven days.

    I'll tell you when they accept. Until then I tell them nothing.
invitation-forward =
    Would you be the person to reach if I am in an emergency? Todak explains it behind the link below. It is really all right to say no. The link works for seven days.

    { $link }
guardian-accepted =
    There is news for you. The person you invited has agreed to be your guardian: <b>{ $name }</b>

    I tell them nothing yet. Shall we choose, one by one, what they may be told? You can stop at any point.
button-choose = Choose what they're told
button-later = Later
choices-later = All right. You can choose any time in /guardians.
guardian-declined = There is news for you. An answer to your invitation for <b>{ $name }</b> came: they can't take it on right now. People have their reasons, so please don't take it to heart. You can invite somebody else.
guardian-blocked = There is news for you. My messages do not reach <b>{ $name }</b> now. While the chat is blocked I cannot tell them of an emergency; please ask them. /drill shows who can be reached.
guardian-left = There is news for you. <b>{ $name }</b> is no longer your guardian. They stopped it themselves.
harm-done = Thank you for telling me. From now on I tell nobody, and no invitation you sent can be used. They were not told about this.
harm-numbers = { $youth ->
    [yes] If you are in danger now, please call the police: <b>112</b> in Korea (texts too), <b>911</b> in the US, <b>999</b> in the UK and Ireland. In Korea the youth line <b>1388</b> also listens when family is the trouble.
   *[no] If you are in danger now, please call the police: <b>112</b> in Korea (texts too), <b>911</b> in the US, <b>999</b> in the UK and Ireland. If you are hurt in Korea, it is <b>119</b>.
  }
harm-question = What has been hard, as far as you want to say?
confirm-notice = It's Todak. There is something I ask every three months. Please look when you are alone.
button-look = Show me
confirm-question = May I go on telling <b>{ $name }</b>? If you remove them, they will not hear of it.
button-keep = Keep them
button-decide-later = Decide later
confirm-kept = All right. I'll ask again in three months.
confirm-later = All right. I'll ask again in a month.

## What guardians read
invitation =
    I'm Todak, an <b>AI</b> and not a person. { $named ->
        [yes] <b>{ $name }</b>
       *[no] Whoever sent you this link
    } has asked you to be the person to reach in an emergency.

    • If a voice note or a message sounds like an emergency, I tell you in this chat, and only what they allowed.
    • It is noticed automatically, so it <b>can be wrong and it can miss things</b>. It does not replace the emergency services, and I cannot call them.
    • { $whisper ->
        [none] In a recording I hear only sounds. I cannot read the words in it.
       *[other] I also write down the words in a recording, but I mishear sometimes.
    }
    • You cannot ask me how or where they are.
    • You can stop at any time with /leave. If you accept, I keep this chat's number, its language and when you accepted, and delete them when you leave.

    Will you take it on?
button-accept = I will
button-decline = I can't
adult-question = Thank you. Just one question. Are you 19 or over?
button-adult = Yes, 19 or over
button-minor = No
accepted =
    Thank you. When something sounds like an emergency I'll tell you here what { $named ->
        [yes] <b>{ $name }</b>
       *[no] they
    } allowed.

    Please call for help first then: <b>112</b> for crime and <b>119</b> for fire and ambulance in Korea, <b>911</b> in the US, <b>999</b> in the UK and Ireland. It helps to keep this chat's notifications on. To stop, use /leave.
declined = I understand. That's all right. I'll only let them know that you can't take it on.
minor = Thank you for telling me. Guardians have to be 19 or over. I'll only let them know that you can't take it on.
link-broken = This link is not complete. Could you tap the link in the message once more?
link-unknown = I can't find this invitation. It may have been withdrawn. Could you ask whoever sent it for a new one?
link-expired = This invitation is more than seven days old and cannot be used any more. Could you ask whoever sent it for a new one?
link-used = An invitation works only once, and this one has been used. Could you ask whoever sent it for a new one?
link-own = This is an invitation you made yourself. Please forward it to the person you want to ask.
link-full = They already have as many guardians as there can be. Could you let whoever sent this know?
link-already = You are their guardian already. To stop, use /leave.
leave-nobody = You are not anybody's guardian at the moment.
leave-which = Whose guardian do you want to stop being?
leave-question = Stop being the guardian of { $named ->
    [yes] <b>{ $name }</b>
   *[no] the person who gave no name
  }? I will not tell you about emergencies then. They only hear that you stopped.
someone-since = somebody without a name (since { $month }/{ $day })
button-leave = Stop
button-stay = Stay
left = Thank you for having been there. What I kept about you as a guardian is deleted.
stayed = Thank you for staying.
guardian-cannot-ask = Guardians only get alerts here. I cannot tell you how or where they are, or anything they wrote, even if you ask. To stop, use /leave. To talk with Todak yourself, use /start.
## Drill
drill =
    <b>Drill</b>
    I send your guardians a message that says “This is a drill”, to see whether they can be reached in an emergency. It says that nothing has happened, and holds no address, location or recording.

    It goes to: { $names }

    Who was reached and who answered I tell you in this chat. It stays in /incidents too.
drill-nobody = { $paused ->
    [yes] All your guardians are paused, so there is nobody to send a drill to. For now nobody is told, even if something sounds like an emergency. You can turn them on again in /guardians.
   *[no] There is no guardian yet to send a drill to. For now nobody is told, even if something sounds like an emergency. You can invite one in /guardians.
  }
drill-started = I'll tell you the result of the drill in this chat.
drill-left = There was no drill. Nothing was sent to anyone.
button-drill-start = Start the drill

## Names of the help lines
line-109 = Suicide prevention (Korea) 109
line-119 = Fire and ambulance (Korea) 119
line-112 = Police (Korea) 112
line-1577-0199 = Mental health crisis (Korea) 1577-0199
line-1388 = Youth line (Korea) 1388
line-988 = Suicide and crisis (US) 988
line-911 = Emergency (US) 911
line-116123 = Samaritans (UK, Ireland) 116 123
line-999 = Emergency (UK, Ireland) 999

## The bot's profile
bot-name = Todak
bot-description = Tell me about your day in writing or by voice. Todak is an AI, not a person and not a medical service. In an emergency call your local number.
bot-short-description = An AI to look at today's feelings with
command-start = Start from the beginning
command-help = What I can do, and help lines
command-sleep = Sounds to fall asleep by
command-settings = Change consents, delete your record
command-home = What to know in an emergency
command-incidents = Who was told what
command-drill = Try out whether guardians can be reached
command-language = Change language · 언어
command-privacy = What is kept about you
command-guardians = Who I reach in an emergency
command-leave = Stop being a guardian
command-export = Get a copy of your record
command-delete = Delete everything

## In an emergency: to the person
incident-countdown = { $heard ->
    [yes] That sounded like an emergency.
   *[no] This looks like an emergency.
  } If you do not answer within <b>{ $seconds } seconds</b>, I will contact your guardians. Todak cannot call for help. If you are in danger, call { $police ->
    [yes] the police (<b>112</b> in Korea; 911, 999 elsewhere)
   *[no] an ambulance or the fire service (<b>119</b> in Korea; 911, 999 elsewhere)
  } now.
incident-sending = I am contacting your guardians. If you are in danger, call <b>112</b> or <b>119</b> (911, 999 elsewhere) now.
incident-quiet = I got your message. I will look at it in a while.
incident-question = Is this an emergency right now? Something sounded like one, and I may have misheard.
incident-old-question = In a recording from { $age ->
    [minutes] { $number } minutes ago
    [hours] { $number } hours ago
   *[days] { $number } days ago
  } something sounded like an emergency. Do you need help now? If you do not answer, nobody is told.
incident-old-now-question = In the file you sent something sounded like an emergency. Do you need help now? If you do not answer, nobody is told.
incident-selfharm-question = I am worried about you. If you do not answer within <b>{ $seconds } seconds</b>, I will tell your guardians. Are you safe right now?
incident-again = I have not heard from you, so I ask again. Are you safe right now? If you are in danger, call <b>112</b> or <b>119</b> (911, 999 elsewhere).
incident-again-quiet = How are you doing?
incident-once-more = I may have misunderstood. Let me ask just once more. Are you really all right?
incident-ask-code = To cancel, please type the code you chose. I will delete what you type at once.
incident-ask-code-quiet = Please type the number you chose.
incident-wrong-code-quiet = That number is different. Could you type it again?
incident-code-locked-quiet = I cannot take any more now.
incident-once-more-quiet = Are you really all right?
incident-wrong-code = That code does not match. Could you type it again?
incident-code-locked = The code did not match several times, so I will take no more. It ends when a guardian has made sure that you are safe.
incident-cancelled = All right. Nothing was sent to anybody. If you need help, tap below.
incident-cancelled-quiet = All right.
incident-nobody = This looks like an emergency. You have no guardian who may be told of it, so <b>nobody is contacted</b>. Todak cannot call for help. If you are in danger, call <b>112</b> or <b>119</b> (911, 999 elsewhere) now. Are you safe?
incident-sent-line = { $name }: I sent a message ({ $time }).
incident-unsure-line = { $name }: it is not certain that my message arrived ({ $time }).
incident-refused-line = My message did not reach { $name }; the chat may be blocked.
incident-with-line = Sent along: { $what }.
incident-not-yet = Nobody has answered yet.
incident-check-line = { $name }: I asked them to see how you are ({ $time }). I did not send what I heard.
incident-nobody-reached = My messages did not reach your guardians. Please do not wait: call <b>112</b> or <b>119</b> (911, 999 elsewhere) now.
incident-nobody-answered = Nobody has answered yet. Please do not wait: call <b>112</b> or <b>119</b> (911, 999 elsewhere) now.
incident-place-sent = I sent the location you shared to { $name } ({ $time }).
incident-acknowledged = { $name }: they will see how you are ({ $time }).
incident-confirmed = { $name } says that you are safe. If that is not so, tap below within { $minutes } minutes.
incident-called-false = { $name } says that this was a false alarm. If that is not so, tap below within { $minutes } minutes.
incident-reopened = All right. I will contact them again.
incident-reopened-quiet = All right.
incident-reopened-by = { $name } says that it is not over. I will contact your guardians again.
incident-ended-safe = Thank you for telling me. I am glad that you are safe. I will say so to the guardians I contacted.
incident-ended-safe-quiet = All right.
incident-ended-confirmed = Somebody made sure that you are safe, so this alert ends. If you still need help, tap below.
incident-ended-lapsed = A long time has passed, so this alert ends. If you still need help, tap below.
incident-taken-back = I will delete the words, address, recording and location from my chats with your guardians. What was copied elsewhere I cannot delete.
incident-drill-begun = The drill begins. I will send your guardians “This is a drill”, and tell you whom it reaches.
incident-drill-nobody = There is no guardian to send a drill to. In an emergency nobody would be told. You can invite somebody with /guardians.
incident-report = This is how it stands.
incident-drill-report = The result of the drill.
incident-report-answered = { $name }: answered.
incident-report-reached = { $name }: sent, no answer yet.
incident-report-refused = { $name }: not reached. They may have blocked the chat; please ask them yourself.
incident-report-waiting = { $name }: not reached yet, I am sending it again.
incident-report-nobody = Nothing was sent to anybody.
incident-over-quiet = That is over. Write to me whenever you like.
incident-over = This alert is over. If you are in danger now, call <b>112</b> or <b>119</b> (911, 999 elsewhere).
incident-safe = I am safe, do not send
incident-fine = Yes, I am fine
incident-well = I am fine
incident-send = Send it now
incident-need-help = I need help
incident-misread = You misunderstood
incident-details-button = More
incident-please = Please do

## In an emergency: to guardians
told-alarm =
    <b>Emergency alert.</b> { $named ->
        [yes] { $name }
       *[no] The person who asked you to be their guardian
    } may need help. In Korea call <b>112</b> for a crime and <b>119</b> for fire or an ambulance first (911 or 999 elsewhere). Todak cannot call for help.
told-place =
    <b>A new location.</b> { $named ->
        [yes] { $name }
       *[no] The person who asked you to be their guardian
    } has just shared where they are. It belongs to the alert that is not over yet.
told-kind = It may be { $kind }. This was noticed automatically and can be wrong. Time { $time }.
told-heard = Heard: sounds like an emergency ({ $onsets }).{ $votes ->
        [both] {" "}It was noticed by the sound, not by what was said, and both ways of judging sounds took it for an emergency.
        [one] {" "}It was noticed by the sound, not by what was said, and only one of the two ways of judging sounds took it for an emergency.
       *[unknown] {""}
    }
told-asked = They are having a very hard time and asked for you to be told. They may be thinking of harming themselves. Time: { $time }.
told-cry = They asked for help in words.
told-enclosed = This goes with the alert above. When the alert ends I will delete it from this chat.
told-words = What they said:
told-address = Home address: { $address }
told-position = Last position: { $minutes ->
    [0] just now
   *[other] { $minutes } minutes ago
  } { $link }
told-old-position = Old position ({ $hours ->
    [0] { $minutes } minutes ago
   *[other] { $hours } hours ago
  }): { $link }
told-map = map
told-do-not-call = <b>Please do not call or write to them directly.</b> Somebody else may be looking at their phone.
told-again = Nobody has answered yet, so you are told again.
told-check =
    Could you see how { $named ->
        [yes] { $name } is
       *[no] the person who asked you to be their guardian is
    } doing? They did not answer a question. Todak does not know what happened either. In an emergency call <b>112</b> or <b>119</b> (911, 999 elsewhere). Time { $time }.
told-drill =
    <b>This is a drill.</b> Nothing has happened. { $named ->
        [yes] { $name } checks
       *[no] The person who asked you to be their guardian checks
    } whether alerts reach you.
told-kind-assault_sexual = a sexual assault
told-kind-robbery = a robbery
told-kind-theft = a burglary
told-kind-violence = violence
told-kind-fire = a fire
told-kind-trapped = that they are trapped
told-kind-medical = a medical emergency
told-kind-electrical = an electrical accident
told-kind-gas = a gas accident
told-kind-fall = a fall
told-kind-collapse = a collapse
told-kind-storm = a storm or a flood
told-kind-earthquake = an earthquake
told-kind-help = a situation in which they need help
told-kind-selfharm = that they are in danger of harming themselves
told-ack = I will see to it
told-confirmed = They are safe
told-false = This is a false alarm
told-reopen = It is not over
told-seen = I saw it
told-thanks-ack = Thank you. When you know that they are safe, tell me below. In an emergency <b>112</b> or <b>119</b> (911, 999 elsewhere) comes first.
told-thanks-confirmed = Thank you. The alert ends when they or another guardian say so too.
told-thanks-false = Thank you. The alert ends when they or another guardian say so too.
told-thanks-reopen = All right. I will tell everybody again.
told-thanks-seen = Thank you. The drill reached you.
told-news-another-looks = Another guardian is seeing to it. It is not over yet.
told-news-another-confirmed = Another guardian says that they are safe. If you made sure yourself, tell me below.
told-news-remind = Could you tell me what you found? In an emergency <b>112</b> or <b>119</b> (911, 999 elsewhere) comes first.
told-news-duress = They said that they are safe, but somebody may have made them say so. Please call the police first (<b>112</b> in Korea; 911, 999 elsewhere), and do not contact them directly.
told-news-ended-safe = They say themselves that they are safe. This alert ends. Thank you for being there. If words, an address, a recording or a location were sent to you, I will delete them from this chat.
told-news-ended = Somebody made sure that they are safe. This alert is over. Thank you for being there. If words, an address, a recording or a location were sent to you, I will delete them from this chat.
told-news-lapsed = A long time has passed, so this alert ends. If words, an address, a recording or a location were sent to you, I will delete them from this chat.
enclosed-words = what you said
enclosed-recording = the recording
enclosed-location = the location
enclosed-address = the home address
