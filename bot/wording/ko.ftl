### 토닥이 하는 모든 말. 해요체, 짧게, 한 문장에 한 생각.
### 슬픔·두려움·상처에 답할 때 느낌표를 쓰지 않아요. 진단하지 않아요.

## 마음 이름
joy = 기쁨
sadness = 슬픔
anger = 분노
anxiety = 불안
embarrassment = 당황
hurt = 상처
neutral = 그냥 그래요
other = 다른 마음
or-joy = 기쁨이나
or-sadness = 슬픔이나
or-anger = 분노나
or-anxiety = 불안이나
or-embarrassment = 당황이나
or-hurt = 상처나

## 첫 만남
greeting =
    안녕하세요, 토닥이에요. 저는 사람이 아니라 <b>AI</b>이고, 의료 서비스가 아니에요.

    오늘 마음을 글이나 목소리로 들려주시면, 어떤 마음에 가까운지 함께 살펴봐요. 제가 틀릴 때도 있어요. 그럴 때는 고쳐 주시면 돼요.

    어떤 말로 이야기할까요?
greeting-first = 말 걸어 주셔서 고마워요. 위험한 말이 있는지만 살폈고, 마음은 아직 읽지 않았어요. 먼저 두세 가지만 여쭤볼게요.
language-korean = 한국어
language-english = English
language-changed = 이제 한국어로 이야기할게요.
language-question = 어떤 말로 이야기할까요?
age-question = 나이를 여쭤봐도 될까요? 나이에 따라 안내해 드리는 도움 번호가 달라요.
age-under_14 = 만 14살이 안 됐어요
age-14_to_18 = 만 14~18살
age-19_and_over = 만 19살 이상
child-welcome =
    말해 줘서 고마워요. 미안하지만 토닥은 만 14살부터 함께할 수 있어요. 그래도 혼자 견디지 않아도 돼요. 보내 준 말은 잠가 두었다가 하루 뒤에 지워요.

    마음이 힘들면 <b>1388</b>에 전화해 보세요. 위험할 때는 <b>119</b>나 <b>112</b>예요. 믿을 수 있는 어른에게 말해도 좋아요.
consent-words =
    <b>1. 글에서 마음 읽기</b>
    무엇을: 보내신 글에서 느껴지는 감정을 짐작해요. 감정은 민감한 정보라 따로 여쭤봐요.
    왜: 마음에 이름을 붙여 드리려고요.
    얼마나: 잠가 두었다가, 답을 드리고 하루 뒤에 지워요. 짐작한 감정은 이어 보내신 목소리와 함께 살피려고 2분 동안 기억해요. 감정을 읽는 일은 토닥이 돌아가는 컴퓨터 안에서만 해요.
consent-voice =
    <b>2. 목소리에서 마음 듣기</b>
    무엇을: 음성의 높낮이와 떨림에서 감정을 짐작해요. 말을 받아 적을 수 있는 곳에서는, 글 읽기에도 동의하셨을 때 말의 내용도 함께 읽어요.
    왜: 말로 다 못 한 마음도 함께 살피려고요.
    얼마나: 듣는 동안만요. 짐작한 감정은 이어 적으신 글과 함께 살피려고 2분 동안 기억해요. 녹음은 따로 보관하지 않고, 듣는 일은 토닥이 돌아가는 컴퓨터 안에서만 해요.
consent-history =
    <b>3. 기록해 두기</b>
    무엇을: 날짜, 짐작한 감정, 고쳐 주신 감정, 적어 주신 글과 받아 적은 말, 고르신 잠 소리를 암호로 잠가 보관해요. 녹음은 보관하지 않아요.
    왜: 몇 주 동안의 마음 흐름을 함께 보고, 좋아하신 소리를 다시 드리려고요.
    얼마나: { $days ->
        [0] 지워 달라고 하실 때까지요.
       *[other] { $days }일 동안이요.
    } /settings 에서 언제든 지울 수 있어요. 거절하셔도 대화는 그대로 할 수 있어요.
consent-yes = 동의해요
consent-no = 지금은 말고요
consent-granted = ✓ 동의하셨어요.
consent-refused = 괜찮아요. 나머지는 그대로 쓸 수 있어요.
ready =
    이제 다 됐어요. 오늘은 어떤 하루였나요? 글로 적어도 되고, 목소리로 들려주셔도 돼요.

    { $whisper ->
        [none] 지금은 목소리의 <b>느낌</b>만 들을 수 있고, 말의 내용은 읽지 못해요.
       *[other] 목소리의 느낌과 함께 말의 내용도 받아 적어요({ $whisper }). 잘못 들을 때가 있으니, 다르게 적혔으면 고쳐 주세요.
    }
consent-pending = 방금 보내신 이야기는 위험한 말이 있는지만 살폈고, 마음은 아직 읽지 않았어요. 이것만 먼저 정해 주시면 다시 들려주신 이야기부터 함께 볼게요.
ready-again = 다시 오셨네요. 오늘은 어떤 하루였나요?

## 도움말과 설정
help =
    저는 토닥이에요. 사람이 아니라 AI이고, 의료 서비스가 아니에요.

    • 오늘 있었던 일을 <b>글</b>이나 <b>목소리</b>로 보내 주세요. 어떤 마음에 가까운지 조심스럽게 짐작해요.
    • 틀리면 아래 단추로 고쳐 주세요. 골라 주신 것이 맞는 답이에요.
    • { $whisper ->
        [none] 지금은 목소리의 느낌만 듣고, 말의 내용은 읽지 못해요. 1분 안에 글도 적어 주시면 함께 들어요.
       *[other] 목소리의 느낌과 함께 말의 내용도 받아 적어요({ $whisper }). 잘못 들을 때가 있어요.
    }

    /sleep 잠들기 좋은 소리 (<code>/sleep 비:2 파도 30</code>처럼 바로 적으셔도 돼요)
    /settings 동의 바꾸기와 기록 지우기
    /guardians 위급할 때 연락받을 분
    /home 위급할 때를 위한 정보
    /drill 알림이 닿는지 훈련하기
    /incidents 누구에게 무엇을 알렸는지
    /privacy 무엇을 보관하는지
    /export 내 기록 받기
    /delete 모두 지우기
    /language 언어 바꾸기

    도움이 필요할 때: { $numbers }
settings = <b>설정</b>
settings-language = 언어: 한국어
settings-age = 나이: { $age }
button-age = 나이 바꾸기: { $age }
settings-words = 글에서 마음 읽기: { $state }
settings-voice = 목소리에서 마음 듣기: { $state }
settings-history = 기록해 두기: { $state }
state-on = 켜짐
state-off = 꺼짐
state-unasked = 아직 안 여쭤봤어요
button-words-on = 글 읽기 켜기
button-words-off = 글 읽기 끄기
button-voice-on = 목소리 듣기 켜기
button-voice-off = 목소리 듣기 끄기
button-history-on = 기록 켜기
button-history-off = 기록 끄기
settings-changed = 바꿨어요.
settings-history-kept = 새로 기록하지 않을게요. 이미 남긴 기록은 그대로 있어요. 지우려면 아래 ‘남긴 기록 지우기’를 눌러 주세요.
button-delete-record = 남긴 기록 지우기
delete-record-question = 지금까지 남긴 기록을 모두 지울까요? 되돌릴 수 없어요.
delete-record-yes = 지울게요
delete-record-no = 그만둘래요
record-kept = 지우지 않았어요.
record-empty = 남아 있는 기록이 없어요.
record-deleted = 남긴 기록 { $count }개를 모두 지웠어요. 최근 하루 동안의 글은 잠긴 채 있다가 하루 뒤에 지워져요. 이 대화창에 보이는 글은 그대로 있어요.

## 개인정보
settings-home = /home 위급할 때를 위한 정보 (이름, 집 주소, 암호, 위치)
settings-privacy = /privacy 무엇을 보관하는지 · /export 내 기록 받기 · /delete 모두 지우기
privacy =
    <b>토닥이 보관하는 것</b>

    <b>누구에게나</b>
    보내신 글과 누르신 단추는 답을 빠뜨리지 않으려고 암호로 잠가 { $hours }시간 두었다가 지워요. 텔레그램이 함께 전하는 이름, 보내신 연락처, 파일 번호도 그 안에 있어요. 보내신 위치는 답을 드리는 대로 지워요. 받은 시각과 대화 번호, 글 번호는 잠기지 않아요.

    모든 글에, 그리고 받아 적을 수 있는 곳에서는 모든 말에 위험한 말이 있는지 살펴요. 위험해 보이면 그 글을 먼저 처리했다는 표시가 같은 { $hours }시간 동안 남아요. 다시 안부를 여쭐 때는 대화 번호, 글 번호, 위험의 정도, 언어, 나이대를 안부가 끝나고 { $hours }시간 뒤까지 기억해요. 이 가운데 대화 번호, 글 번호, 위험의 정도는 잠기지 않아요.

    <b>나이를 알려 주신 뒤부터</b>
    대화 번호, 언어, 나이대, 시작한 날, 동의하거나 거절하신 내용을 보관해요. 지우실 때까지요.

    <b>동의하신 것만</b>
    • 글에서 마음 읽기: 읽는 동안만 써요. 짐작한 감정은 2분 동안 기억하고 저장하지 않아요.
    • 목소리에서 마음 듣기: 듣는 동안만 써요. 짐작한 감정은 2분 동안 기억하고 저장하지 않아요. 녹음은 보관하지 않아요.
    • 1분 안에 글과 목소리를 모두 보내시면 하나로 살펴요.
    • 기록해 두기: 날짜, 짐작한 감정, 고쳐 주신 감정, 적어 주신 글과 받아 적은 말을 사람마다 다른 열쇠로 잠가 보관해요. 날짜와 시각, 글 번호는 잠기지 않아요. { $days ->
        [0] 지워 달라고 하실 때까지 보관해요.
       *[other] { $days }일이 지나면 지워요.
    }
    • 잠 소리(기록해 두기에 동의하셨을 때): 마지막에 고르신 소리, 최근에 만든 소리 서른 개, 자주 듣는 소리, 좋았거나 싫었던 소리, 짧은 소리를 견주어 찾은 소리를 같은 열쇠로 잠가 보관해요. 마지막으로 고르신 시각은 잠기지 않아요. { $days ->
        [0] 지워 달라고 하실 때까지 보관해요.
       *[other] { $days }일 동안 고르지 않으시면 지워요.
    } 만드는 동안의 주문은 { $hours }시간 뒤에 지워요.
    • /home 에 적으신 이름과 집 주소, 암호(다시 알아볼 수 없게 바꾼 것), 조용한 모드: 같은 열쇠로 잠가 지우실 때까지 보관해요. 암호를 여쭸을 때 적으신 글은 받는 대로 대화와 보관한 것에서 지워요.
    • 마지막 위치: 같은 열쇠로 잠가 가장 새로운 한 곳만 하루 동안 보관해요. 위급한 일이 이어지면 끝날 때까지예요. 그 시각은 잠기지 않아요.

    <b>보호자와 위급할 때</b>
    • 보호자: 초대를 받아들인 분의 대화 번호와 언어, 부르시는 이름, 알려도 된다고 고르신 것을 보관해요. 보호자를 빼시면 그때부터 아무것도 전하지 않아요. 빼신 것이 그분께 드러나지 않게, 그분이 그만두실 때까지 대화 번호와 날짜는 남겨요.
    • 위급한 일: 언제 무엇이 들렸고 누구에게 무엇을 전했는지를 일이 끝나고 { $incident_days }일 동안 보관해요. 녹음은 보관하지 않아요. 텔레그램에 있는 것을 파일 번호로 전해요.
    • 보호자에게는 하나씩 켜 두신 것만 전해요. 언제 누구에게 무엇을 전했는지는 /incidents 에서 보실 수 있어요. 일이 끝나면 전한 말과 주소, 녹음과 위치를 보호자의 대화창에서 지워요. 이틀이 지난 것과 따로 남긴 사본은 지우지 못해요.
    • 누가 누구의 보호자인지, 언제 위급한 일이 있었는지는 대화 번호와 시각으로 남아 잠기지 않아요. 무슨 일이었는지는 잠겨 있어요.
    • 누군가의 보호자를 맡으셨다면 대화 번호와 언어, 맡으신 날을 그만두실 때까지 보관해요.

    <b>누가 보나요</b>
    마음을 읽는 일은 토닥이 돌아가는 컴퓨터 안에서만 해요. 다른 회사나 사람에게 보내지 않고, 보호자에게도 위에 적은 것 말고는 전하지 않아요. 이 컴퓨터를 운영하는 사람은 열쇠도 함께 가지고 있어서, 마음먹으면 열어 볼 수는 있어요.

    <b>토닥이 지울 수 없는 것</b>
    텔레그램에 남은 대화, 백업해 두신 사본, 다른 사람에게 전달하신 글이에요. 텔레그램은 이틀이 지난 글을 봇이 지우지 못하게 해요. 대화창의 ‘대화 삭제’로 직접 지우실 수 있어요.

    /settings 동의 바꾸기
    /export 내 기록 모두 받기
    /delete 모두 지우기
export-done = 토닥이 보관하고 있는 것을 모두 담았어요. 압축을 풀면 표(CSV)와 전체 내용(JSON)이 있어요. 이 파일은 잠겨 있지 않으니 남이 보지 않는 곳에 두세요.
export-stranger = 아직 등록하지 않으셔서 보관하는 기록은 없어요. 최근에 보내신 글과 누르신 단추, 위험해 보였을 때 안부를 여쭌 일, 누군가의 보호자를 맡으신 날만 담았어요.
export-file = 토닥-내-기록.zip
export-readme-file = 읽어 주세요.txt
export-readme =
    토닥이 보관하고 있는 것을 모두 담은 파일이에요.

    observations.csv  기록해 두신 마음: 짐작한 감정과 고쳐 주신 감정
    consents.csv      동의하거나 거절하신 내용 전부
    messages.csv      아직 지워지지 않은, 최근에 보내신 글과 누르신 단추
    questions.csv     위험해 보였을 때 안부를 여쭌 일
    guardians.csv     보호자와 아직 받아들이지 않은 초대
    choices.csv       보호자마다 알려도 된다고 켜거나 끄신 것 전부
    home.csv          집 주소, 보호자에게 보일 이름, 마지막 위치
    incidents.csv     위급한 일
    disclosures.csv   보호자에게 전한 것
    duties.csv        누군가의 보호자를 맡으신 날
    sleep.csv         고르신 잠 소리와 좋아하신 소리
    todak.json        위의 모든 것을 빠짐없이

    이 파일을 다른 사람이 볼 수도 있어서, 암호처럼 지켜 드리려고 정해 둔 것과 보호자의 대화 번호는 넣지 않았어요.
    시각은 세계 표준시(UTC)예요. 한국 시각은 9시간을 더하면 돼요.
    표에서 = + - @ 로 시작하는 칸 앞의 작은따옴표는 엑셀이 수식으로 여기지 않게 붙인 거예요.
export-column-time = 시각
export-column-message = 메시지 번호
export-column-transcript = 받아 적은 말
export-column-words = 적어 주신 글
export-column-guess = 짐작한 감정
export-column-probability = 확률
export-column-sure = 뚜렷했는지
export-column-corrected = 고쳐 주신 감정
export-column-heard = 짐작한 근거
export-column-model = 모델
export-column-purpose = 동의 항목
export-column-version = 버전
export-column-decision = 동의
export-column-kind = 종류
export-column-level = 위험의 정도
export-column-open = 더 여쭐 예정
export-column-guardian = 보호자
export-column-status = 상태
export-column-choices = 켜 두신 것
export-column-since = 맡은 때
export-column-confirmed = 계속 맡긴다고 하신 때
export-column-value = 내용
export-column-said = 글이나 말
export-column-round = 몇 번째
export-column-disclosed = 전한 것
export-column-outcome = 결과
export-column-acknowledged = 확인한 때
export-guardian-active = 보호자
export-guardian-paused = 잠시 멈춤
export-guardian-invited = 초대함
export-choice-crime = 범죄
export-choice-disaster = 화재와 재난
export-choice-medical = 다치거나 아픔
export-choice-help = 도와 달라는 말
export-choice-selfharm = 자해
export-choice-unanswered = 답이 없을 때
export-choice-silence = 며칠 동안 소식이 없을 때
export-choice-words = 하신 말
export-choice-recording = 녹음
export-choice-location = 위치
export-choice-address = 집 주소
export-home-name = 보호자에게 보일 이름
export-home-address = 집 주소
export-home-quiet = 조용히
export-home-position = 마지막 위치
export-kind-assault_sexual = 성폭력
export-kind-robbery = 강도
export-kind-theft = 도난
export-kind-violence = 폭력
export-kind-fire = 화재
export-kind-electrical = 전기 사고
export-kind-gas = 가스
export-kind-collapse = 붕괴
export-kind-storm = 태풍
export-kind-earthquake = 지진
export-kind-medical = 응급 질환
export-kind-fall = 낙상
export-kind-trapped = 갇힘
export-kind-help = 도움을 청하는 상황
export-kind-selfharm = 자해
export-state-asking = 여쭙는 중
export-state-counting = 기다리는 중
export-state-telling = 전하는 중
export-state-acknowledged = 보호자가 확인하는 중
export-state-confirmed = 안전하다고 확인함
export-state-cancelled = 취소
export-state-person_safe = 안전하다고 하심
export-state-unanswered = 답이 없으셨음
export-state-lapsed = 확인하지 못하고 끝남
export-state-drill = 훈련
export-outcome-accepted = 텔레그램이 받음
export-outcome-uncertain = 보냈지만 닿았는지 모름
export-outcome-refused = 보내지 못함
export-level-thoughts = 힘든 생각
export-level-in_progress = 벌어지고 있는 위험
export-level-cry = 도움을 청하는 말
export-heard-text = 글
export-heard-voice = 목소리
export-purpose-words = 글에서 마음 읽기
export-purpose-voice = 목소리에서 마음 듣기
export-purpose-history = 기록해 두기
export-purpose-location = 마지막 위치 기억하기
export-sleep-last = 마지막에 고르신 소리
export-sleep-favourite = 자주 듣는 소리
export-sleep-up = 좋았던 소리
export-sleep-down = 좋지 않았던 소리
export-sleep-made = 만든 소리
export-sleep-found = 견주어 찾은 소리
export-yes = 예
export-no = 아니요
erase-question =
    토닥이 보관하는 것을 모두 지울까요? 기록, 동의, 보호자, 나이와 언어까지 모두 사라지고, 되돌릴 수 없어요. 최근에 보내신 글과 예정된 안부 인사도 함께 지워요. 누군가의 보호자를 맡으셨다면 그것도 끝나고, 그분께는 그만두셨다는 것만 전해요.

    이 대화창에서는 번호를 아직 알고 있는 글만 제가 지울 수 있어요. 하루 안에 보내신 글과 이틀 안에 기록해 둔 글이에요. 제가 드린 답은 대부분 대화를 직접 지우실 때까지 남아요. 먼저 /export 로 받아 두실 수도 있어요.
erase-stranger = 아직 등록하지 않으셔서 보관하는 기록은 없어요. 최근에 보내신 글만 잠긴 채 있다가 { $hours }시간 뒤에 지워져요. 지금 바로 지울까요? 누군가의 보호자를 맡으셨다면 그것도 끝나고, 그분께는 그만두셨다는 것만 전해요.
erase-yes = 모두 지울게요
erase-no = 그만둘래요
erased =
    모두 지웠어요. 그동안 이야기해 주셔서 고마웠어요. 방금 보내신 글과 누르신 단추의 흔적도 잠시 뒤에 지워져요.

    이 대화창에 남은 글은 제가 지울 수 없어요. 대화창의 메뉴에서 ‘대화 삭제’를 누르면 지워져요. 힘들 때는 <b>109</b>가 24시간 열려 있어요. 다시 이야기하고 싶어지면 /start 를 눌러 주세요.
erasing = 앞서 부탁하신 대로 지우는 중이에요. 잠시 뒤에 다시 말 걸어 주세요. 지금 위험하다면 바로 <b>119</b>나 <b>109</b>에 전화해 주세요.

## 마음에 이름 붙이기
named-joy = { $variant ->
    [0] 듣기만 해도 환해지는 이야기예요. <b>기쁨</b>에 가까운 마음으로 느껴져요.
    [1] 좋은 일이 있으셨나 봐요. <b>기쁨</b>에 가까운 마음 같아요.
   *[2] 말씀에서 따뜻함이 느껴져요. <b>기쁨</b>에 가까운 마음으로 들렸어요.
  }
named-sadness = { $variant ->
    [0] 마음이 많이 가라앉으셨겠어요. <b>슬픔</b>에 가까운 마음으로 느껴져요.
    [1] 그 이야기를 꺼내 주셔서 고마워요. <b>슬픔</b>에 가까운 마음 같아요.
   *[2] 마음 한쪽이 무거우셨을 것 같아요. <b>슬픔</b>에 가까운 마음으로 들렸어요.
  }
named-anger = { $variant ->
    [0] 그럴 만한 일이었던 것 같아요. <b>분노</b>에 가까운 마음으로 느껴져요.
    [1] 속에서 뜨거운 게 올라왔을 것 같아요. <b>분노</b>에 가까운 마음 같아요.
   *[2] 참기 어려우셨을 것 같아요. <b>분노</b>에 가까운 마음으로 들렸어요.
  }
named-anxiety = { $variant ->
    [0] 걱정이 자꾸 앞서는 것 같아요. <b>불안</b>에 가까운 마음으로 느껴져요.
    [1] 마음 놓을 틈이 없으셨을 것 같아요. <b>불안</b>에 가까운 마음 같아요.
   *[2] 조마조마한 시간을 보내고 계신 것 같아요. <b>불안</b>에 가까운 마음으로 들렸어요.
  }
named-embarrassment = { $variant ->
    [0] 그 순간 어쩔 줄 모르셨겠어요. <b>당황</b>에 가까운 마음으로 느껴져요.
    [1] 얼굴이 화끈했을 것 같아요. <b>당황</b>에 가까운 마음 같아요.
   *[2] 갑작스러워서 말문이 막히셨을 것 같아요. <b>당황</b>에 가까운 마음으로 들렸어요.
  }
named-hurt = { $variant ->
    [0] 그 일이 마음에 오래 남았을 것 같아요. <b>상처</b>에 가까운 마음으로 느껴져요.
    [1] 마음이 많이 아프셨겠어요. <b>상처</b>에 가까운 마음 같아요.
   *[2] 속상하셨겠어요. <b>상처</b>에 가까운 마음으로 들렸어요.
  }
named-neutral = { $variant ->
    [0] 그렇군요. 크게 기울지 않은, <b>담담한</b> 마음으로 느껴져요.
    [1] 들려주셔서 고마워요. <b>담담한</b> 마음 같아요.
   *[2] 잘 들었어요. <b>담담한</b> 마음으로 들렸어요.
  }
named-voice = { $feeling ->
    [joy] 목소리가 밝게 들렸어요. <b>기쁨</b>에 가까운 것 같아요.
    [sadness] 목소리가 조금 가라앉은 것처럼 들렸어요. <b>슬픔</b>에 가까운 것 같아요.
    [anger] 목소리에 힘이 많이 들어간 것처럼 들렸어요. <b>분노</b>에 가까운 것 같아요.
    [anxiety] 목소리가 조금 떨리는 것처럼 들렸어요. <b>불안</b>에 가까운 것 같아요.
    [embarrassment] 목소리가 조금 놀란 것처럼 들렸어요. <b>당황</b>에 가까운 것 같아요.
    [hurt] 목소리에 아픈 마음이 조금 실린 것처럼 들렸어요. <b>상처</b>에 가까운 것 같아요.
   *[neutral] 목소리가 차분하게 들렸어요. <b>담담한</b> 마음 같아요.
  }
together-note = 적어 주신 글과 목소리를 함께 들었어요.
voice-only-note = 말의 내용은 읽지 못하고, 목소리의 느낌만 들었어요.
transcript = 이렇게 들었어요.
button-misheard = 이렇게 말하지 않았어요
misheard-question = 제가 잘못 들었군요. 뭐라고 말씀하셨나요? 10분 안에 글로 적어 주시면 다시 살펴볼게요.
put-right-note = 잘못 들은 말 대신 적어 주신 글을 읽었어요.
certainty-high = 꽤 뚜렷하게 느껴졌어요. 맞나요?
certainty-fair = 조금 자신 없어요. 맞나요?
also-present = { $feelings }도 함께 느껴져요.
unsure = 잘 모르겠어요. { $first } { $second } 쪽 같기도 해요. 어떤 마음에 가까운지 골라 주실래요?
unsure-one = 혹시 { $feeling }에 가까울까요? 잘 모르겠어요. 가까운 마음을 골라 주실래요?
unsure-neutral = 들려주셔서 고마워요. 어떤 마음인지는 잘 모르겠어요. 가까운 마음을 골라 주실래요?
unsure-voice = 목소리만으로는 어떤 마음인지 잘 모르겠어요. 가까운 마음을 골라 주실래요?
disagree = { $even ->
    [yes] 말씀은 담담했는데, 목소리는 <b>{ $voice }</b>에 가깝게 들렸어요. 제가 잘못 들었을 수도 있어요. 어느 쪽이 더 가까운가요?
   *[no] 말씀은 <b>{ $words }</b>에 가까웠는데, 목소리는 <b>{ $voice }</b>에 가깝게 들렸어요. 제가 잘못 들었을 수도 있어요. 어느 쪽이 더 가까운가요?
  }
choose-yourself = 들려주셔서 고마워요. 어떤 마음에 가까운지 골라 주실래요?
words-refused = 글에서 마음을 읽지 않기로 하셔서, 짐작하지 않았어요. 어떤 마음인지 직접 골라 주실래요?
voice-refused = 목소리에서 마음을 듣지 않기로 하셔서, 듣지 않았어요. 어떤 마음인지 직접 골라 주실래요?
button-right = 맞아요
corrected = { $feeling ->
    [joy] 알려 주셔서 고마워요. <b>기쁨</b>에 가까운 마음이었군요. 그 마음이 오늘 조금 더 머물면 좋겠어요.
    [sadness] 알려 주셔서 고마워요. <b>슬픔</b>에 가까운 마음이었군요. 더 들려주고 싶은 이야기가 있으면 들을게요.
    [anger] 알려 주셔서 고마워요. <b>분노</b>에 가까운 마음이었군요. 무엇이 가장 화나게 했는지 들려주셔도 돼요.
    [anxiety] 알려 주셔서 고마워요. <b>불안</b>에 가까운 마음이었군요. 무엇이 가장 마음에 걸리는지 들려주셔도 돼요.
    [embarrassment] 알려 주셔서 고마워요. <b>당황</b>에 가까운 마음이었군요. 그때 어떠셨는지 더 들려주셔도 돼요.
    [hurt] 알려 주셔서 고마워요. <b>상처</b>에 가까운 마음이었군요. 천천히 더 들려주셔도 돼요.
    [neutral] 알려 주셔서 고마워요. <b>담담한</b> 하루였군요.
   *[other] 알려 주셔서 고마워요. 제가 아는 이름만으로는 담기 어려운 마음이었군요. 어떤 마음인지 말로 들려주셔도 돼요.
  }
confirmed = { $feeling ->
    [joy] 그랬군요. <b>기쁨</b>이 머문 하루로 기억할게요.
    [neutral] 그랬군요. <b>담담한</b> 하루였네요.
    [sadness] 그랬군요. <b>슬픔</b>에 가까운 마음이었네요. 더 들려주고 싶으면 언제든 들을게요.
    [anger] 그랬군요. <b>분노</b>에 가까운 마음이었네요. 더 들려주고 싶으면 언제든 들을게요.
    [anxiety] 그랬군요. <b>불안</b>에 가까운 마음이었네요. 더 들려주고 싶으면 언제든 들을게요.
    [embarrassment] 그랬군요. <b>당황</b>에 가까운 마음이었네요. 더 들려주고 싶으면 언제든 들을게요.
    [hurt] 그랬군요. <b>상처</b>에 가까운 마음이었네요. 더 들려주고 싶으면 언제든 들을게요.
   *[other] 그랬군요. 이야기해 주셔서 고마워요. 더 들려주고 싶으면 언제든 들을게요.
  }
confirmed-unstored = { $feeling ->
    [joy] 그랬군요. <b>기쁨</b>이 머문 하루였네요.
    [neutral] 그랬군요. <b>담담한</b> 하루였네요.
    [sadness] 그랬군요. <b>슬픔</b>에 가까운 마음이었네요. 더 들려주고 싶으면 언제든 들을게요.
    [anger] 그랬군요. <b>분노</b>에 가까운 마음이었네요. 더 들려주고 싶으면 언제든 들을게요.
    [anxiety] 그랬군요. <b>불안</b>에 가까운 마음이었네요. 더 들려주고 싶으면 언제든 들을게요.
    [embarrassment] 그랬군요. <b>당황</b>에 가까운 마음이었네요. 더 들려주고 싶으면 언제든 들을게요.
    [hurt] 그랬군요. <b>상처</b>에 가까운 마음이었네요. 더 들려주고 싶으면 언제든 들을게요.
   *[other] 그랬군요. 이야기해 주셔서 고마워요. 더 들려주고 싶으면 언제든 들을게요.
  }
button-more = 더 이야기할래요
more-question = { $turn ->
    [0] 그 이야기를 조금 더 들려주실래요? 무엇이 가장 마음에 남았나요?
    [1] 듣고 있어요. 그때 어떤 일이 있었는지 편한 만큼 들려주실래요?
   *[other] 네, 천천히요. 지금 가장 먼저 떠오르는 장면이 있나요?
  }
button-sounds = 🌙 소리
choose-again = 다시 고르기
choose-again-question = 어떤 마음에 가까운지 다시 골라 주세요.

## 읽거나 듣지 못했을 때
too-short = 짧아서 마음을 알기 어려워요. 조금만 더 들려주시거나, 가까운 마음을 골라 주실래요?
no-words = 글자를 찾지 못했어요. 그림만으로는 마음을 읽기가 어려워서요. 가까운 마음을 골라 주시거나, 한 줄만 적어 주실래요?
unknown-language = 아직은 한국어와 영어만 읽을 수 있어요. 가까운 마음을 직접 골라 주실래요?
empty-recording = 녹음이 비어 있어서 들을 수 없었어요. 한 번 더 보내 주시겠어요?
unreadable-recording = 소리를 열지 못했어요. 파일이 상했거나 소리가 아닌 것 같아요. 한 번 더 녹음해서 보내 주시겠어요?
silent-recording = 녹음에서 아무 소리도 들리지 않았어요. 마이크가 켜져 있는지 보고 한 번 더 보내 주시겠어요?
no-speech = 말소리는 찾지 못했어요. 말로 하기 어려운 마음이라면, 아래에서 골라 주셔도 돼요.
too-long-recording = 한 번에 { $minutes }분까지 들을 수 있어요. 보내신 녹음은 남겨 두지 않았어요. 나눠서 다시 보내 주시겠어요?
too-big-file = 파일이 { $megabytes }MB보다 커서 받지 못했어요. 짧게 나눠서 다시 보내 주시겠어요?
slow-down = 빠르게 적어 주고 계시네요. 하나하나 답하지는 못해도, 위험한 말이 있는지는 모두 살피고 있어요. 천천히 적어 주셔도 괜찮아요.
vanished-file = 보내신 파일이 사라져서 받지 못했어요. 한 번 더 보내 주시겠어요?
photo = 사진 고마워요. 아직 사진은 볼 수 없어요. 어떤 순간이었는지 글이나 목소리로 들려주실래요?
animation = 움직이는 그림 고마워요. 아직 움직이는 그림은 볼 수 없어요. 어떤 마음이었는지 글이나 목소리로 들려주실래요?
sticker = 스티커 고마워요. 스티커만으로는 마음을 읽기가 어려워요. 한 줄만 적어 주실래요?
location = 위치를 보내 주셨네요. 지금은 위치를 쓰지 않고, 남겨 두지 않아요.
contact = 연락처를 보내 주셨네요. 지금은 연락처를 쓰지 않고, 하루 뒤에 지워요.
document = 파일 고마워요. 소리 파일이 아니면 아직 열어 볼 수 없어요. 글이나 목소리로 들려주실래요?
poll = 투표는 제가 함께하지 못해요. 오늘 마음을 글이나 목소리로 들려주실래요?
other-content = 보내 주셔서 고마워요. 저는 글과 목소리만 읽을 수 있어요. 한 줄만 적어 주실래요?
unknown-command = 그 명령은 몰라요. /help 에서 할 수 있는 것을 보실 수 있어요.
stale-button = 이 단추는 이제 쓸 수 없어요.
fallback =
    지금 제 쪽에 문제가 생겨 답을 만들지 못했어요. 잠시 뒤에 다시 보내 주시겠어요?

    지금 위험하다면 기다리지 말고 바로 전화해 주세요. { $numbers }

## 잠 소리
sleep-menu =
    🌙 어떤 소리와 함께 쉬실까요? 세 가지까지 섞을 수 있어요.

    <b>{ $sound }</b>
sleep-why-nothing-known = 좋아하시는 소리를 아직 몰라서, 부드러운 빗소리를 골라 두었어요.
sleep-why-last = 지난번에 들으신 소리를 골라 두었어요.
sleep-why-liked = 지금까지 가장 좋아하신 소리를 골라 두었어요.
sleep-why-found = 짧은 소리를 견주며 찾으신 소리를 골라 두었어요.
sleep-why-change = 같은 소리를 여러 번 이어 들으셔서, 이번에는 다른 소리를 골라 두었어요.
sleep-why-untried = 👎를 받지 않은 소리를 골라 두었어요.
sleep-kind-rain = 비
sleep-kind-waves = 파도
sleep-kind-stream = 시냇물
sleep-kind-wind = 바람
sleep-kind-birds = 새소리
sleep-kind-crickets = 귀뚜라미
sleep-kind-fireplace = 모닥불
sleep-kind-thunder = 천둥
sleep-strength-faint = 은은하게
sleep-strength-soft = 부드럽게
sleep-strength-full = 또렷하게
sleep-strength-deep = 깊게
sleep-strength-focus = 집중
sleep-minutes = { $minutes }분
sleep-night = 밤새 (8시간)
sleep-making = 🌙 <b>{ $sound }</b>
    { $begun ->
        [no] 만들고 있어요. 처음 2분을 먼저 보내 드릴게요.
        [waits] 다른 소리를 먼저 만들고 있어서 차례를 기다려요. 먼저 보내 드린 소리를 듣고 계셔도 돼요.
       *[yes] { $percent }% 만들었어요. 먼저 보내 드린 소리를 듣고 계셔도 돼요.
    }
sleep-opening = { $parts ->
        [1] 먼저 2분이에요. { $minutes }분은 다 만드는 대로 보내 드릴게요.
       *[other] 먼저 2분이에요. 이어서 두 시간짜리 { $parts }개를 만드는 대로 보내 드릴게요.
    }
sleep-part = { $last ->
        [yes] { $parts }개 중 마지막이에요. 끝으로 갈수록 천천히 작아져요. 편안히 쉬세요.
       *[no] { $parts }개 중 { $number }번째 두 시간이에요. 소리는 다음 파일로 이어져요.
    }
sleep-whole = { $minutes }분 소리를 다 만들었어요. 끝으로 갈수록 천천히 작아져요. 편안히 쉬세요.
sleep-stopped = 만들던 소리를 멈췄어요.
sleep-failed = 소리를 끝까지 만들지 못했어요. 잠시 뒤에 다시 골라 주시겠어요?
sleep-busy = 앞의 소리를 먼저 만들고 있어요. 다 되거나 ‘그만’을 누르신 뒤에 다시 골라 주세요.
sleep-limit = 한 가지에서 세 가지까지 고를 수 있어요.
sleep-not-read = “{ $word }” 부분은 무슨 뜻인지 몰랐어요. <code>/sleep 비:2 파도 부드럽게 30</code>처럼 소리, 세기, 길이를 적어 주세요. 길이는 15, 30, 45, 60분이나 ‘밤새’예요. /sleep 만 보내시면 메뉴에서 고르실 수 있어요.
sleep-unavailable = 여기에는 소리를 만드는 모델이 없어서, 잠 소리를 만들 수 없어요.
sleep-rated = 고마워요. 기억해 둘게요.
sleep-starred = 자주 듣는 소리에 넣었어요.
sleep-unstarred = 자주 듣는 소리에서 뺐어요.
sleep-not-kept = 기억하지 않았어요. /settings 에서 ‘기록 켜기’를 누르시면 기억해 둘게요.
publish-description =
    { $title }

    길이는 { $minutes }분이에요. 끝으로 갈수록 천천히 작아져요.
    토닥이 컴퓨터로 만든 소리예요. 녹음한 것이 아니고, 녹음이 섞여 있지도 않아요.
    쉬거나 잠들 때 곁에 두는 소리일 뿐, 병을 낫게 하거나 잠을 고쳐 준다고 말씀드리지 않아요.

    같은 소리를 다시 만들려면 (씨앗 { $seed }, 모델 { $networks }):
    { $command }
button-sleep-make = ▶️ 만들기
button-sleep-stop = 그만
button-sleep-up = 👍
button-sleep-down = 👎
button-sleep-star = ⭐ 자주 듣기
button-sleep-unstar = ⭐ 자주 듣기에서 빼기
button-sleep-similar = 비슷한 소리 하나 더
button-sleep-other = 다른 소리

## 어떤 소리가 좋은지 찾기
button-sleep-find = 🔎 어떤 소리가 좋은지 찾기
finder-title = 짧은 소리
finder-first = 첫 번째 소리
finder-second = 두 번째 소리
finder-preparing = 🔎 { $number }/{ $most } · 10초짜리 소리 두 개를 보내 드릴게요. 차례로 들어 보세요.
finder-question = 🔎 { $number }/{ $most } · 어느 소리가 귀에 더 기분 좋게 와닿나요?
button-finder-first = 첫 번째
button-finder-second = 두 번째
button-finder-both = 둘 다
button-finder-neither = 둘 다 아니에요
button-finder-stop = 여기까지 할래요
finder-found = 가장 기분 좋게 들으신 소리: <b>{ $sounds }</b>. { $kept ->
        [yes] 기억해 둘게요.
       *[no] 이번에만 쓰고 기억하지는 않을게요.
    }
finder-nothing = 들려 드린 소리 가운데 마음에 드신 것을 아직 찾지 못했어요.

## 위험할 때
crisis-thoughts =
    말해 주셔서 고마워요. 혹시 지금 자살을 생각하고 계신가요?

    지금 위험하다면 바로 <b>119</b>에 전화해 주세요. 자살예방상담전화 <b>109</b>는 24시간 전화와 문자로 상담해요.{ $youth ->
        [yes] {" "}청소년상담 <b>1388</b>도 있어요.
       *[no] {""}
    }
crisis-in_progress =
    바로 <b>119</b>에 전화해 주세요. 전화가 어려우면 119에 문자를 보내도 돼요. 곁에 누가 있으면 지금 알려 주세요.

    그다음에는 자살예방상담전화 <b>109</b>가 24시간 함께 있어요.{ $youth ->
        [yes] {" "}청소년상담 <b>1388</b>도 있어요.
       *[no] {""}
    } 지금 혼자 계신가요?
crisis-cry = { $police ->
    [yes] 위급한 상황처럼 들렸어요. 가능하면 지금 <b>112</b>에 신고해 주세요. 말하기 어려우면 112에 문자로 보내도 돼요. 다쳤다면 <b>119</b>예요. 지금 안전한가요?
   *[no] 위급한 상황처럼 들렸어요. 지금 <b>119</b>에 전화해 주세요. 말하기 어려우면 119에 문자로 보내도 돼요. 범죄라면 <b>112</b>예요. 지금 안전한가요?
  }
nobody-told = 토닥은 신고하지 못하고, 지금 이 대화는 다른 누구에게도 전해지지 않아요.
answer-safe = 지금은 안전해요
answer-call-hard = 전화는 어려워요
answer-called = 전화했어요
answer-misread = 그런 뜻이 아니었어요
answer-tell = 보호자에게 알려 주세요
answer-stop = 이제 묻지 않아도 돼요
answer-not-safe = 사실은 그런 마음이 있어요
answered-safe = { $cry ->
    [yes] 알려 주셔서 고마워요. 지금 안전하다니 마음이 놓여요. 다친 데는 없으신가요?
   *[no] 알려 주셔서 고마워요. 지금 안전하다니 마음이 놓여요. 무엇이 가장 힘들게 했는지, 괜찮은 만큼만 들려주실래요?
  }
answered-call-hard = { $cry ->
    [yes] 전화가 어려울 수 있어요. <b>112</b>와 <b>119</b>는 문자로도 신고할 수 있어요. 지금 곁에 누가 있나요?
   *[no] 전화가 어려울 수 있어요. <b>109</b>는 문자로도 상담하고, <b>119</b>도 문자를 받아요.{ $youth ->
        [yes] {" "}청소년상담 <b>1388</b>도 있어요.
       *[no] {""}
    } 지금 곁에 있어 줄 수 있는 사람이 한 명이라도 떠오르시나요?
  }
answered-called = 전화해 주셔서 다행이에요. 통화가 끝난 뒤에도 여기에 이야기하실 수 있어요. 지금 어떤 마음이신가요?
answered-misread = 그렇군요, 제가 잘못 읽었을 수 있어요. 중요한 일이라 한 번만 더 여쭐게요. 지금 자살이나 스스로를 해치는 생각을 하고 계신가요?
answered-misread-cry = 그렇군요, 제가 잘못 읽었을 수 있어요. 한 번만 더 여쭐게요. 지금 도움이 필요하신가요?
answer-really-fine = 아니요, 괜찮아요
answer-need-help = 도움이 필요해요
crisis-listening-quiet = 말해 주셔서 고마워요. 조금 더 들려주실래요?
crisis-listening = 말해 주셔서 고마워요. 위험하다면 <b>112</b>나 <b>119</b>에 바로 전화하거나 문자를 보내 주세요. 지금 어떤 상황인지 조금 더 들려주실래요?
crisis-listening-thoughts = { $turn ->
        [0] 말해 주셔서 고마워요. 그런 마음이 언제부터 들었는지 조금 더 들려주실래요?
        [1] 듣고 있어요. 지금 가장 견디기 힘든 것은 무엇인가요?
       *[other] 털어놓아 주셔서 고마워요. 지금 곁에 있어 줄 수 있는 사람이 떠오르시나요?
    } 위험해지면 언제든 <b>109</b>나 <b>119</b>에 전화하거나 문자를 보내 주세요.{ $youth ->
        [yes] {" "}청소년상담 <b>1388</b>도 있어요.
       *[no] {""}
    }
answered-fine = 다행이에요. 제가 여쭤본 것이 불편하지 않으셨으면 해요. 오늘 어떤 일이 있었는지 들려주실래요?
answered-not-safe = 말해 주셔서 고마워요. 혼자 견디지 않아도 돼요. 지금 <b>109</b>나 <b>119</b>에 연락해 주세요.{ $youth ->
        [yes] {" "}청소년상담 <b>1388</b>도 있어요.
       *[no] {""}
    } 지금 가장 견디기 힘든 것은 무엇인가요?
answered-need-help = 말해 주셔서 고마워요. 지금 바로 <b>112</b>나 <b>119</b>에 전화하거나 문자를 보내 주세요. 토닥은 대신 신고하지 못해요. 지금 곁에 도와줄 사람이 있나요?
answered-tell = 알겠어요. 지금 보호자께 연락할게요. 말해 주셔서 고마워요. 위험하면 바로 <b>119</b>나 <b>109</b>에 전화해 주세요. 그동안 곁에 있을 수 있는 사람이 있나요?
answered-stop = 알겠어요, 이 일은 더 묻지 않을게요. 이야기하고 싶어지면 언제든 여기 있어요. 오늘은 어떤 하루였나요?
look-back-thoughts = 토닥이에요. 아까보다는 좀 어떠세요? 괜찮은 만큼만 들려주셔도 돼요.
look-back-in_progress =
    토닥이에요. 다시 여쭤요. 지금은 좀 어떠세요? 괜찮은 만큼만 들려주셔도 돼요.

    <b>119</b>와 <b>109</b>는 지금도 연결돼요.{ $youth ->
        [yes] {" "}청소년상담 <b>1388</b>도 있어요.
       *[no] {""}
    }
look-back-cry =
    토닥이에요. 다시 여쭤요. 지금은 좀 어떠세요? 괜찮은 만큼만 들려주셔도 돼요.

    <b>112</b>와 <b>119</b>는 지금도 연결돼요.

## 위급할 때를 위한 정보
home =
    <b>위급할 때를 위한 정보</b>
    보호자에게 무엇을 보일지, 제가 잘못 알아차렸을 때 어떻게 멈출지 정해 두는 곳이에요. 다 정하지 않아도 되고, 언제든 멈췄다가 이어서 할 수 있어요.
home-nothing = 없어요
home-line-name = 보호자에게 보이는 이름: { $value }
home-line-address = 집 주소: { $value }
home-line-code = 취소 암호: { $set ->
    [yes] 있어요
   *[no] 없어요
  }
home-line-quiet = 조용한 모드: { $state }
home-line-location = 마지막 위치 기억하기: { $state }
home-now = 지금은 { $state }
home-saved = 바꿨어요.
home-deleted = 지웠어요.
button-home-flow = 하나씩 정하기
button-home-name = 이름
button-home-address = 집 주소
button-home-code = 취소 암호
button-home-quiet = 조용한 모드
button-home-location = 마지막 위치
button-home-skip = 건너뛰기
button-home-enough = 여기까지 할게요
button-home-not-now = 지금은 말고요
button-home-change = 바꾸기
button-home-delete = 지우기
button-home-back = 돌아가기
button-home-second-code = 두 번째 암호
button-home-forget-position = 남은 위치 지우기
button-quiet-on = 조용한 모드 켜기
button-quiet-off = 조용한 모드 끄기
button-location-on = 위치 기억 켜기
button-location-off = 위치 기억 끄기
home-ask-name = 보호자에게 어떤 이름으로 보이면 좋을까요? ‘지은’이라고 적으시면 ‘지은님에게 도움이 필요할 수 있어요’처럼 보여요. 10분 안에 글로 적어 주세요.
home-name = 보호자에게 이렇게 보여요: <b>{ $value }님</b>
home-name-unusable = 한 줄에 { $most }글자까지 적어 주시겠어요? 어떤 이름으로 보이면 좋을까요?
home-ask-address = 집 주소를 적어 두실래요? 동과 호수까지 적어 두시면 더 빨리 찾을 수 있어요. 위급할 때, 집 주소를 함께 보내기로 하신 보호자에게만 보여요. 10분 안에 글로 적어 주세요.
home-address =
    집 주소: <b>{ $value }</b>

    위급할 때, 집 주소를 함께 보내기로 하신 보호자에게만 보여요. 누구에게 보낼지는 /guardians 에서 정해요.
home-address-unusable = 주소를 { $most }글자까지 적어 주시겠어요?
home-ask-code =
    <b>취소 암호</b>로 쓸 숫자 { $fewest }~{ $most }자리를 10분 안에 적어 주세요. 보호자에게 알리는 것을 멈추려고 하실 때 이 숫자를 여쭤요. 다른 사람이 대신 멈추지 못하게요.

    적으신 글은 받는 대로 이 대화에서 지워요. 숫자는 저도 다시 알아볼 수 없게 바꿔서 보관해요. 잊으시면 여기에서 새로 정하면 돼요.
home-code = 취소 암호가 있어요. 보호자에게 알리는 것을 멈추려고 하실 때 이 숫자를 여쭤요.
home-ask-duress =
    <b>두 번째 암호</b>는 누가 억지로 멈추라고 시킬 때 쓰는 숫자예요. 이 숫자를 적으면 화면에는 멈춘 것처럼 보이지만, <b>실제로는 보호자에게 알려요</b>.

    취소 암호와 다른 숫자 { $fewest }~{ $most }자리를 10분 안에 적어 주세요. 적으신 글도 이 설명도 바로 지울게요.
home-duress = 두 번째 암호가 있어요. 이 숫자를 적으면 화면에는 멈춘 것처럼 보이지만, 실제로는 보호자에게 알려요. 다른 사람이 볼 수 있으니 다 보셨으면 돌아가기를 눌러 주세요.
home-code-set = 바꿨어요. 적으신 글은 이 대화에서 지웠어요.
home-second-code = 한 가지 더 정해 두실 수 있어요. 혼자 계실 때 눌러 주세요.
home-code-unusable = { $why ->
    [numerals] ‘일이삼사’처럼 한글로 적은 숫자는 받지 못해요. 숫자 { $fewest }~{ $most }자리로 적어 주시겠어요?
    [length] 숫자 { $fewest }~{ $most }자리로 적어 주시겠어요?
    [same] 먼저 정하신 것과 다른 숫자로 적어 주시겠어요?
   *[other] 숫자만 { $fewest }~{ $most }자리로 적어 주시겠어요?
  }
home-code-later = 지금은 암호를 바꿀 수 없어요. 조금 뒤에 다시 해 주세요.
home-typed-stays = 적으신 글을 지우지 못했어요. 길게 눌러 직접 지워 주시겠어요?
home-ask-quiet =
    <b>조용한 모드</b>는 다른 사람 때문에 위험한 일(폭력, 성폭력, 강도, 도둑)처럼 들릴 때를 위한 거예요.

    켜 두시면 그때는 화면에 위급 상황이라는 말도, 남은 시간도, 누구에게 알렸는지도 보이지 않아요. 평범한 말로만 여쭙고, 결과는 /incidents 를 누르실 때만 보여 드려요. 보호자에게 알리는 것은 똑같아요.
consent-location =
    <b>마지막 위치 기억하기</b>
    무엇을: 이 대화에 보내 주시는 위치와 그 시각을 암호로 잠가 보관해요. { $youth ->
        [yes] 만 14~18살의 실시간 위치는 보관하지 않아요.
       *[no] 실시간 위치는 공유하시는 동안 가장 새로운 한 곳만 남겨요.
    }
    왜: 위급할 때, 위치를 함께 보내기로 하신 보호자에게 알리려고요.
    얼마나: 새 위치를 보내시거나 하루가 지나면 지워요. 위급한 일이 이어지고 있으면 끝날 때까지 두어요. 언제든 /home 에서 끄고 지울 수 있어요.
home-position-kept = 남아 있는 위치: { $unit ->
    [minutes] { $count }분 전
   *[hours] { $count }시간 전
  }
location-asked = 위치를 보내 주셨네요. 아직은 남겨 두지 않았어요.
location-kept = { $live ->
    [yes] 위치를 기억해 둘게요. 공유하시는 동안 가장 새로운 한 곳만 남겨요.
   *[no] 위치를 기억해 둘게요.
  }
location-heard = 위급할 때, 위치를 함께 보내기로 하신 보호자에게만 알려요.
location-unheard = 지금은 위치를 받아 볼 보호자가 없어서 아무에게도 알리지 않아요. /guardians 에서 정할 수 있어요.
location-refused = 위치는 남겨 두지 않았어요. 필요하실 때 /home 에서 켤 수 있어요.
location-from-now-on = 이제부터 보내 주시는 위치를 기억할게요. 방금 보내신 위치는 이제 알 수 없어서, 한 번 더 보내 주시면 돼요.
location-live-youth = 만 18살까지는 실시간 위치를 남겨 두지 않아요. 지금 있는 곳을 한 번만 보내시면 그것은 기억할 수 있어요.

## 지난 알림
incidents-none = 지금까지 위급해 보여서 살핀 일도, 누구에게 알린 일도 없어요.
incidents = <b>요청하신 기록</b> ({ $page }/{ $pages })
incidents-times = 새로운 것부터, 한국 시각으로 적었어요. 무슨 일이었는지는 자동으로 알아차린 것이라 틀릴 수 있어요.
incidents-moment = { $year }년 { $month }월 { $day }일 { $time }
incidents-heading = <b>{ $when }</b> · { $kind } · { $state }
incidents-drill = 훈련
incidents-nobody = 아무에게도 알리지 않았어요.
incidents-told = { $when } <b>{ $name }</b>에게 알림{ $enclosed ->
    [yes] {" "}· 함께 보낸 것: { $what }
   *[no] {""}
  } · { $outcome }.
incidents-acknowledged = { $when }에 살펴보겠다고 하셨어요.
button-incidents-newer = 더 새로운 것
button-incidents-older = 더 오래된 것

## 보호자
told-none = 지금은 위급해 보여도 다른 누구에게도 알리지 않아요. /guardians 에서 보호자를 초대할 수 있어요.
told-nothing = 맡아 주신 보호자는 계시지만 알릴 일이 켜져 있지 않아요. 지금은 위급해 보여도 누구에게도 알리지 않아요. /guardians 에서 켤 수 있어요.
told-guardians = 켜 두신 일이 생기면 { $names }에게 알려요. 무엇을 알릴지는 /guardians 에서 정해요.
guardians =
    <b>보호자</b>
    위급해 보일 때 연락받을 분들이에요. 불, 부상, 폭력, 도움 요청처럼 급한 일은 모두에게 한꺼번에, 다른 일은 위에서부터 차례로 알려요.
guardian-line = { $position }. <b>{ $name }</b>{ $paused ->
        [yes] {" "}(쉬는 중)
       *[no] {""}
    } · 알릴 일 { $topics }가지, 함께 보낼 것 { $enclosures }가지
guardian-invited-line = 초대 중: <b>{ $name }</b> ({ $month }월 { $day }일까지)
invitation-taken-back = <b>{ $name }</b>에게 보낸 초대를 거뒀어요. 그 링크로는 이제 보호자가 될 수 없어요.
button-take-back = 초대 거두기: { $name }
guardians-rules = 보호자는 켜 두신 일만 알림으로 받아요. 기분이나 위치를 물어볼 수는 없어요. 빼실 때 그분께는 알리지 않아요.
button-invite = 보호자 초대
button-harm = 보호자가 힘들게 해요
button-guardians = 보호자 목록
guardian = <b>{ $name }</b>
guardian-topics-on = 알릴 일: { $choices }
guardian-enclosures-on = 함께 보낼 것: { $choices }
guardian-none-on = 없어요
guardian-paused = 지금은 쉬는 중이라 아무것도 알리지 않아요.
button-topics = 알릴 일
button-enclosures = 함께 보낼 것
button-up = 위로
button-down = 아래로
button-pause = 잠시 쉬기
button-resume = 다시 알리기
button-remove = 빼기
guardian-remove-question = <b>{ $name }</b>에게 더는 알리지 않을까요? 그분께는 뺐다고 알리지 않아요. 다시 맡기시려면 새로 초대하셔야 해요.
button-remove-yes = 뺄게요
button-remove-no = 그만둘래요
guardian-removed = <b>{ $name }</b>에게 이제 알리지 않아요. 그분께는 따로 알리지 않았어요.
guardian-gone = 이제 보호자가 아니세요.
topics =
    <b>{ $name }에게 알릴 일</b>
    하나하나 따로 동의하시는 거예요. 켜신 것만 알리고, 언제든 끌 수 있어요.
topics-hearing = { $whisper ->
    [none] 녹음에서는 소리만 들어요. 말의 내용은 읽지 못해서 놓칠 수 있어요.
   *[other] 녹음의 말도 받아 적어 살피지만, 잘못 듣거나 놓칠 수 있어요.
  }
enclosures =
    <b>{ $name }에게 함께 보낼 것</b>
    알릴 때 함께 보내요. 하나하나 따로 동의하시는 거예요. 켜지 않으면 무슨 일일 수 있는지와 시각만 알려요.
enclosures-beyond = 보낸 것이 그분 손을 떠나 다른 곳에 남으면 제가 지울 수 없어요.
choice-line = { $on ->
    [yes] ✓ <b>{ $choice }</b>: { $meaning }
   *[no] · { $choice }: { $meaning }
  }
choice-crime = 범죄
choice-disaster = 재난
choice-medical = 응급
choice-help = 도움 요청
choice-selfharm = 자해·자살 위험
choice-unanswered = 답이 없을 때
choice-words = 적거나 하신 말
choice-recording = 녹음
choice-location = 위치
choice-address = 집 주소
meaning-crime = 폭력, 성폭력, 강도, 도둑처럼 들릴 때
meaning-disaster = 불, 감전, 가스, 붕괴, 폭풍, 지진처럼 들릴 때
meaning-medical = 몸이 아프거나 넘어지거나 갇힌 것처럼 들릴 때
meaning-help = 비명이 들리거나 도와 달라고 하실 때
meaning-selfharm = 스스로를 해치는 일이 벌어지고 있는 것 같을 때. 그런 생각만으로는 알리지 않고, 제가 여쭐 때 직접 부탁하시면 알려요
meaning-unanswered = 위급하신지 여쭈어도 답이 없을 때, 내용 없이 ‘확인해 주세요’만
meaning-words = 위급해 보인 그 말을 그대로
meaning-recording = 위급해 보인 그 녹음을 그대로. 상황이 끝나면 이틀 안의 것은 지워요.
meaning-location = { $youth ->
    [yes] 마지막으로 보내 주신 위치와 그 시각. 만 14~18살의 실시간 위치는 쓰지 않아요.
   *[no] 마지막으로 보내 주신 위치와 그 시각. 실시간 위치는 켜 두신 동안만
  }
meaning-address = 적어 두신 집 주소
button-choice-on = { $choice } 켜기
button-choice-off = { $choice } 끄기
button-next-enclosures = 다음: 함께 보낼 것
button-next-done = 다음
button-enough = 여기까지 할게요
choices-done = <b>{ $name }</b>에게 알릴 일 { $topics }가지, 함께 보낼 것 { $enclosures }가지가 켜져 있어요.
choices-home = 보호자에게 보일 이름과 집 주소를 적어 두시면 그분이 더 빨리 찾을 수 있어요. 적지 않아도 괜찮아요.
button-home-data = 이름과 주소 적기
choices-code = 제가 잘못 알아차렸을 때는 직접 멈추실 수 있어요. 다른 사람이 대신 멈추지 못하게 취소 암호를 정해 두실래요?
button-code = 취소 암호 정하기
guardian-name-question = 초대할 분을 뭐라고 부를까요? 예를 들면 ‘엄마’, ‘지은 언니’처럼요. 30분 안에 글로 적어 주세요. 그분께는 보이지 않아요.
button-not-now = 지금은 말고요
guardian-name-left = 초대하지 않았어요. 마음이 바뀌면 /guardians 에서 다시 할 수 있어요.
guardian-name-unusable = 한 줄에 { $most }글자까지 적어 주시겠어요? 뭐라고 부를까요?
guardians-full = 보호자는 { $most }명까지예요. 한 분을 빼신 뒤에 초대할 수 있어요.
invitation-ready =
    <b>{ $name }</b>에게 보낼 초대를 만들었어요. 아래 글을 길게 눌러 전달해 주세요. 7일 안에 한 번만 쓸 수 있어요.

    맡아 주시면 알려 드릴게요. 그때까지는 아무것도 전하지 않아요.
invitation-forward =
    제가 위급할 때 연락받을 분이 되어 주실 수 있나요? 아래 링크를 누르면 토닥이 자세히 설명해 줘요. 어려우면 거절하셔도 정말 괜찮아요. 링크는 7일 동안 쓸 수 있어요.

    { $link }
guardian-accepted =
    알려 드릴 것이 있어요. 초대하신 분이 보호자를 맡아 주셨어요: <b>{ $name }</b>

    아직은 아무것도 알리지 않아요. 무엇을 알릴지 하나씩 골라 주실래요? 중간에 멈추셔도 돼요.
button-choose = 알릴 일 고르기
button-later = 나중에 할게요
choices-later = 알겠어요. /guardians 에서 언제든 고를 수 있어요.
guardian-declined = 알려 드릴 것이 있어요. <b>{ $name }</b>에게 보내신 초대에 답이 왔어요. 지금은 맡기 어려우시대요. 사정은 누구에게나 있으니 너무 마음 쓰지 마세요. 다른 분을 초대하실 수도 있어요.
guardian-blocked = 알려 드릴 것이 있어요. 지금은 <b>{ $name }</b>께 제 메시지가 닿지 않아요. 대화가 막혀 있는 동안에는 위급할 때 알려 드리지 못하니, 직접 여쭤봐 주세요. /drill 로 누구에게 닿는지 살펴볼 수 있어요.
guardian-left = 알려 드릴 것이 있어요. <b>{ $name }</b>: 보호자를 그만두셨어요.
harm-done = 말해 주셔서 고마워요. 이제 누구에게도 알리지 않고, 보내 둔 초대도 모두 쓸 수 없어요. 그분들께는 알리지 않았어요.
harm-numbers = { $youth ->
    [yes] 지금 위험하면 <b>112</b>에 전화하거나 문자를 보내 주세요. 청소년상담 <b>1388</b>은 가족 때문에 힘들 때도 들어 줘요.
   *[no] 지금 위험하면 <b>112</b>에 전화하거나 문자를 보내 주세요. 다쳤다면 <b>119</b>예요.
  }
harm-question = 무엇이 힘들었는지, 괜찮은 만큼만 들려주실래요?
confirm-notice = 토닥이에요. 석 달에 한 번 여쭙는 것이 있어요. 혼자 계실 때 봐 주세요.
button-look = 볼게요
confirm-question = <b>{ $name }</b>에게 계속 알려도 될까요? 빼셔도 그분께는 알리지 않아요.
button-keep = 계속할게요
button-decide-later = 나중에 정할게요
confirm-kept = 알겠어요. 석 달 뒤에 다시 여쭐게요.
confirm-later = 알겠어요. 한 달 뒤에 다시 여쭐게요.

## 보호자가 읽는 말
invitation =
    저는 토닥이에요. 사람이 아니라 <b>AI</b>예요. { $named ->
        [yes] <b>{ $name }</b>님이
       *[no] 이 링크를 보내신 분이
    } 위급할 때 연락받을 분으로 초대하셨어요.

    • 위급해 보이는 녹음이나 글이 있으면 이 대화로 알려 드려요. 그분이 허락한 것만 전해요.
    • 자동으로 알아차리는 것이라 <b>틀리거나 놓칠 수 있어요</b>. 119를 대신하지 않고, 신고하지 못해요.
    • { $whisper ->
        [none] 녹음에서는 소리만 듣고, 말의 내용은 읽지 못해요.
       *[other] 녹음의 말도 받아 적지만, 잘못 들을 때가 있어요.
    }
    • 그분의 기분이나 위치를 물어보실 수는 없어요.
    • 언제든 /leave 로 그만둘 수 있어요. 맡으시면 이 대화의 번호와 언어, 맡으신 때를 보관하고, 그만두시면 지워요.

    맡아 주시겠어요?
button-accept = 맡을게요
button-decline = 어려워요
adult-question = 고마워요. 한 가지만 여쭐게요. 만 19살 이상이신가요?
button-adult = 네, 만 19살 이상이에요
button-minor = 아니요
accepted =
    맡아 주셔서 고마워요. 위급해 보일 때 { $named ->
        [yes] <b>{ $name }</b>님이
       *[no] 그분이
    } 허락해 둔 것을 이 대화로 알려 드릴게요.

    그때는 범죄는 <b>112</b>, 화재와 응급은 <b>119</b>에 먼저 신고해 주세요. 놓치지 않으시게 이 대화의 알림을 켜 두시면 좋아요. 그만두고 싶으시면 /leave 를 눌러 주세요.
declined = 알겠어요. 괜찮아요. 그분께는 맡기 어렵다는 것만 전할게요.
minor = 말씀해 주셔서 고마워요. 보호자는 만 19살부터 맡을 수 있어요. 그분께는 맡기 어렵다는 것만 전할게요.
link-broken = 링크가 온전하지 않아요. 받으신 글의 링크를 다시 한 번 눌러 주시겠어요?
link-unknown = 이 초대를 찾지 못했어요. 거두셨을 수도 있으니, 보내신 분께 새 초대를 부탁해 주시겠어요?
link-expired = 이 초대는 7일이 지나서 쓸 수 없어요. 보내신 분께 새 초대를 부탁해 주시겠어요?
link-used = 초대는 한 번만 쓸 수 있는데, 이 초대는 이미 쓰였어요. 보내신 분께 새 초대를 부탁해 주시겠어요?
link-own = 직접 만드신 초대예요. 보호자가 되어 주실 분께 전달해 주세요.
link-full = 지금은 보호자가 다 차서 맡으실 수 없어요. 보내신 분께 이 말을 전해 주시겠어요?
link-already = 이미 이분의 보호자로 계세요. 그만두고 싶으시면 /leave 를 눌러 주세요.
leave-nobody = 지금 보호자로 맡고 계신 분이 없어요.
leave-which = 어느 분의 보호자를 그만두시겠어요?
leave-question = { $named ->
    [yes] <b>{ $name }</b>님의
   *[no] 이름을 알려 주지 않으신 분의
  } 보호자를 그만두시겠어요? 그만두시면 위급할 때 알려 드리지 않아요. 그분께는 그만두셨다는 것만 전해요.
someone-since = 이름 없는 분 ({ $month }월 { $day }일부터)
button-leave = 그만둘게요
button-stay = 계속할게요
left = 그동안 맡아 주셔서 고마웠어요. 보호자로서 보관하던 것은 지웠어요.
stayed = 계속 맡아 주셔서 고마워요.
guardian-cannot-ask = 보호자께는 위급할 때 알림만 드려요. 그분의 기분이나 위치, 기록은 물어보셔도 알려 드릴 수 없어요. 그만두시려면 /leave, 토닥과 직접 이야기하고 싶으시면 /start 를 눌러 주세요.
## 훈련
drill =
    <b>훈련</b>
    ‘훈련입니다’라는 글을 보호자에게 보내서, 위급할 때 알림이 닿는지 함께 살펴봐요. 실제 상황이 아니라고 적고, 주소나 위치나 녹음은 보내지 않아요.

    받는 분: { $names }

    누구에게 닿았고 누가 확인하셨는지는 이 대화에 알려 드려요. /incidents 에도 남아요.
drill-nobody = { $paused ->
    [yes] 보호자가 모두 쉬는 중이라 훈련을 보낼 분이 없어요. 지금은 위급해 보여도 아무에게도 알리지 않아요. /guardians 에서 다시 켤 수 있어요.
   *[no] 훈련을 보낼 보호자가 아직 없어요. 지금은 위급해 보여도 아무에게도 알리지 않아요. /guardians 에서 초대할 수 있어요.
  }
drill-started = 훈련 결과는 이 대화에 알려 드릴게요.
drill-left = 훈련을 하지 않았어요. 아무에게도 보내지 않았어요.
button-drill-start = 훈련 시작하기

## 도움 번호 이름
line-109 = 자살예방상담전화 109
line-119 = 소방·구급 119
line-112 = 경찰 112
line-1577-0199 = 정신건강 위기상담 1577-0199
line-1388 = 청소년상담 1388
line-988 = 미국 자살예방 988
line-911 = 미국 긴급 911
line-116123 = 영국·아일랜드 Samaritans 116 123
line-999 = 영국 긴급 999

## 봇 소개 (프로필)
bot-name = 토닥
bot-description = 오늘 마음을 글이나 목소리로 들려주세요. 토닥은 사람이 아니라 AI이고, 의료 서비스가 아니에요. 위급할 때는 119, 112, 109예요.
bot-short-description = 오늘 마음을 함께 살펴보는 AI
command-start = 처음부터 시작하기
command-help = 할 수 있는 것과 도움 번호
command-sleep = 잠들기 좋은 소리
command-settings = 동의 바꾸기와 기록 지우기
command-home = 위급할 때를 위한 정보
command-incidents = 누구에게 무엇을 알렸는지
command-drill = 알림이 닿는지 훈련하기
command-language = 언어 바꾸기 · Language
command-privacy = 무엇을 보관하는지
command-guardians = 위급할 때 연락받을 분
command-leave = 보호자 그만두기
command-export = 내 기록 받기
command-delete = 모두 지우기

## 위급할 때: 본인에게
incident-countdown = { $heard ->
    [yes] 위급한 상황처럼 들렸어요.
   *[no] 위급한 상황인 것 같아요.
  } <b>{ $seconds }초</b> 동안 답이 없으면 보호자에게 연락할게요. 토닥은 신고하지 못해요. 위험하면 { $police ->
    [yes] <b>112</b>나 <b>119</b>에
   *[no] <b>119</b>나 <b>112</b>에
  } 바로 전화해 주세요.
incident-sending = 보호자에게 연락하고 있어요. 위험하면 <b>112</b>나 <b>119</b>에 바로 전화해 주세요.
incident-quiet = 남겨 주신 말 잘 받았어요. 조금 뒤에 천천히 볼게요.
incident-question = 혹시 지금 위급한 상황인가요? 그렇게 들린 소리가 있었는데, 제가 잘못 들었을 수 있어요.
incident-old-question = { $age ->
    [minutes] { $number }분 전
    [hours] { $number }시간 전
   *[days] { $number }일 전
  } 녹음에서 위급하게 들리는 소리가 있었어요. 지금 도움이 필요하신가요? 답이 없으면 아무에게도 알리지 않아요.
incident-old-now-question = 보내 주신 파일에서 위급하게 들리는 소리가 있었어요. 지금 도움이 필요하신가요? 답이 없으면 아무에게도 알리지 않아요.
incident-selfharm-question = 걱정이 되어서 말씀드려요. <b>{ $seconds }초</b> 동안 답이 없으면 보호자에게 알릴게요. 지금은 안전하신가요?
incident-again = 아직 답을 듣지 못해서 다시 여쭤봐요. 지금 안전하신가요? 위험하면 <b>112</b>나 <b>119</b>에 전화해 주세요.
incident-again-quiet = 잘 지내고 계신가요?
incident-once-more = 제가 잘못 알아들었을 수 있어요. 그래도 한 번만 더 여쭤볼게요. 지금 정말 괜찮으신가요?
incident-ask-code = 취소하시려면 정해 두신 암호를 여기에 적어 주세요. 적으신 글은 바로 지울게요.
incident-ask-code-quiet = 정해 두신 번호를 적어 주세요.
incident-wrong-code-quiet = 번호가 달라요. 다시 적어 주시겠어요?
incident-code-locked-quiet = 지금은 더 받지 못해요.
incident-once-more-quiet = 정말 괜찮으신가요?
incident-wrong-code = 암호가 맞지 않아요. 다시 적어 주시겠어요?
incident-code-locked = 암호가 여러 번 맞지 않아서 더는 받지 않을게요. 보호자가 안전을 확인하면 끝나요.
incident-cancelled = 알겠어요. 아무에게도 보내지 않았어요. 도움이 필요하면 아래 단추를 눌러 주세요.
incident-cancelled-quiet = 알겠어요.
incident-nobody = 위급한 상황인 것 같아요. 그런데 이 일을 알릴 보호자가 없어서 <b>아무에게도 연락하지 않아요</b>. 토닥은 신고하지 못해요. 위험하면 <b>112</b>나 <b>119</b>에 바로 전화해 주세요. 지금 안전하신가요?
incident-sent-line = { $name }께 메시지를 보냈어요({ $time }).
incident-unsure-line = { $name }께 보낸 메시지가 닿았는지 확실하지 않아요({ $time }).
incident-refused-line = { $name }께는 메시지가 닿지 않았어요. 대화가 막혀 있을 수 있어요.
incident-with-line = 함께 보낸 것: { $what }.
incident-not-yet = 아직 확인 전이에요.
incident-check-line = { $name }께 안부를 확인해 달라고 부탁했어요({ $time }). 들은 내용은 보내지 않았어요.
incident-nobody-reached = 보호자에게 메시지가 닿지 않았어요. 기다리지 말고 <b>112</b>나 <b>119</b>에 바로 전화해 주세요.
incident-nobody-answered = 아직 아무도 확인하지 않았어요. 기다리지 말고 <b>112</b>나 <b>119</b>에 바로 전화해 주세요.
incident-place-sent = 알려 주신 위치를 { $name }께 보냈어요({ $time }).
incident-acknowledged = { $name }께서 확인하겠다고 하셨어요({ $time }).
incident-confirmed = { $name }께서 안전을 확인했다고 하셨어요. 그렇지 않다면 { $minutes }분 안에 아래 단추를 눌러 주세요.
incident-called-false = { $name }께서 잘못된 알림이라고 하셨어요. 그렇지 않다면 { $minutes }분 안에 아래 단추를 눌러 주세요.
incident-reopened = 알겠어요. 다시 연락할게요.
incident-reopened-quiet = 알겠어요.
incident-reopened-by = { $name }께서 아직 끝나지 않았다고 하셨어요. 보호자에게 다시 연락할게요.
incident-ended-safe = 알려 주셔서 고마워요. 안전하시다니 마음이 놓여요. 연락한 보호자께도 그렇게 전할게요.
incident-ended-safe-quiet = 알겠어요.
incident-ended-confirmed = 안전이 확인되어 알림을 마칠게요. 아직 도움이 필요하면 아래 단추를 눌러 주세요.
incident-ended-lapsed = 시간이 많이 지나 알림을 마칠게요. 아직 도움이 필요하면 아래 단추를 눌러 주세요.
incident-taken-back = 보호자와의 대화에 보낸 말과 주소, 녹음과 위치는 지울게요. 다른 곳에 옮겨 둔 것은 토닥이 지울 수 없어요.
incident-drill-begun = 훈련을 시작할게요. 보호자에게 ‘훈련입니다’라고 보내고, 누구에게 닿는지 알려 드릴게요.
incident-drill-nobody = 훈련을 보낼 보호자가 없어요. 지금 위급해져도 아무에게도 알리지 못해요. /guardians 에서 초대할 수 있어요.
incident-report = 지금까지 이래요.
incident-drill-report = 훈련 결과예요.
incident-report-answered = { $name }: 확인하셨어요.
incident-report-reached = { $name }: 보냈어요. 아직 확인 전이에요.
incident-report-refused = { $name }: 닿지 않았어요. 대화가 막혀 있을 수 있으니 직접 여쭤봐 주세요.
incident-report-waiting = { $name }: 아직 닿지 않아서 다시 보내고 있어요.
incident-report-nobody = 아무에게도 보내지 않았어요.
incident-over-quiet = 지난 이야기예요. 하고 싶은 말이 있으면 언제든 적어 주세요.
incident-over = 이 알림은 이미 끝났어요. 지금 위험하면 <b>112</b>나 <b>119</b>에 바로 전화해 주세요.
incident-safe = 안전해요, 보내지 마세요
incident-fine = 네, 괜찮아요
incident-well = 괜찮아요
incident-send = 지금 보내 주세요
incident-need-help = 도움이 필요해요
incident-misread = 잘못 알아들었어요
incident-details-button = 자세히
incident-please = 부탁해요

## 위급할 때: 보호자에게
told-alarm =
    <b>긴급 알림.</b> { $named ->
        [yes] { $name }님에게
       *[no] 보호자를 맡아 달라고 부탁하신 분에게
    } 도움이 필요할 수 있어요. 범죄는 <b>112</b>, 화재·응급은 <b>119</b>에 먼저 신고해 주세요. 토닥은 신고하지 못해요.
told-place =
    <b>새 위치예요.</b> { $named ->
        [yes] { $name }님이
       *[no] 보호자를 맡아 달라고 부탁하신 분이
    } 지금 있는 곳을 방금 알려 왔어요. 아직 끝나지 않은 알림의 위치예요.
told-kind = { $kind }일 수 있어요. 자동으로 알아차린 것이라 틀릴 수 있어요. 시각 { $time }.
told-heard = 들린 것: 위급하게 들린 소리({ $onsets }).{ $votes ->
        [both] {" "}말의 내용이 아니라 소리로 알아차렸고, 소리를 가리는 두 방법이 모두 위급하다고 들었어요.
        [one] {" "}말의 내용이 아니라 소리로 알아차렸고, 소리를 가리는 두 방법 가운데 하나만 위급하다고 들었어요.
       *[unknown] {""}
    }
told-asked = 지금 마음이 많이 힘들어서, 보호자에게 알려 달라고 본인이 부탁했어요. 스스로를 해치고 싶은 마음이 있을 수 있어요. 시각 { $time }.
told-cry = 도움을 청하는 말이 있었어요.
told-enclosed = 위 알림과 함께 전하는 내용이에요. 알림이 끝나면 이 대화에서 지울게요.
told-words = 한 말:
told-address = 집 주소: { $address }
told-position = 마지막 위치: { $minutes ->
    [0] 방금
   *[other] { $minutes }분 전
  } { $link }
told-old-position = 오래된 위치({ $hours ->
    [0] { $minutes }분 전
   *[other] { $hours }시간 전
  }): { $link }
told-map = 지도
told-do-not-call = <b>본인에게 바로 전화하거나 메시지를 보내지 말아 주세요.</b> 다른 사람이 휴대전화를 보고 있을 수 있어요.
told-again = 아직 아무도 확인하지 않아 다시 알려 드려요.
told-check =
    { $named ->
        [yes] { $name }님의
       *[no] 보호자를 맡아 달라고 부탁하신 분의
    } 안부를 확인해 주시겠어요? 여쭤본 말에 답이 없었어요. 무슨 일인지는 토닥도 몰라요. 위급하면 <b>112</b>나 <b>119</b>에 신고해 주세요. 시각 { $time }.
told-drill =
    <b>훈련입니다.</b> 실제 상황이 아니에요. { $named ->
        [yes] { $name }님이
       *[no] 보호자를 맡아 달라고 부탁하신 분이
    } 알림이 잘 닿는지 살펴보고 있어요.
told-kind-assault_sexual = 성폭력 상황
told-kind-robbery = 강도 상황
told-kind-theft = 도둑이 든 상황
told-kind-violence = 폭력 상황
told-kind-fire = 불이 난 상황
told-kind-trapped = 갇힌 상황
told-kind-medical = 몸이 위급한 상황
told-kind-electrical = 감전 사고
told-kind-gas = 가스 사고
told-kind-fall = 떨어지거나 넘어진 사고
told-kind-collapse = 무너짐 사고
told-kind-storm = 태풍이나 물난리
told-kind-earthquake = 지진
told-kind-help = 도움을 청하는 상황
told-kind-selfharm = 스스로를 해칠 위험이 있는 상황
told-ack = 제가 확인할게요
told-confirmed = 안전을 확인했어요
told-false = 잘못된 알림이에요
told-reopen = 아직 끝나지 않았어요
told-seen = 확인했어요
told-thanks-ack = 고마워요. 안전을 확인하시면 아래 단추로 알려 주세요. 위급하면 <b>112</b>나 <b>119</b>가 먼저예요.
told-thanks-confirmed = 고마워요. 본인이나 다른 보호자도 확인하면 알림을 마칠게요.
told-thanks-false = 고마워요. 본인이나 다른 보호자도 그렇다고 하면 알림을 마칠게요.
told-thanks-reopen = 알겠어요. 다시 알릴게요.
told-thanks-seen = 고마워요. 훈련이 잘 닿았어요.
told-news-another-looks = 다른 보호자가 확인하고 있어요. 아직 끝나지는 않았어요.
told-news-another-confirmed = 다른 보호자가 안전을 확인했다고 했어요. 직접 확인하셨다면 아래 단추로 알려 주세요.
told-news-remind = 확인하신 결과를 알려 주시겠어요? 위급하면 <b>112</b>나 <b>119</b>가 먼저예요.
told-news-duress = 본인이 안전하다고 했지만, 누가 시켜서 그랬을 수 있어요. 먼저 <b>112</b>에 신고해 주시고, 본인에게 바로 연락하지 말아 주세요.
told-news-ended-safe = 본인이 안전하다고 알려 왔어요. 알림을 마칠게요. 함께해 주셔서 고마워요. 보내 드린 말과 주소, 녹음과 위치가 있으면 이 대화에서 지울게요.
told-news-ended = 안전이 확인되어 알림을 마쳤어요. 함께해 주셔서 고마워요. 보내 드린 말과 주소, 녹음과 위치가 있으면 이 대화에서 지울게요.
told-news-lapsed = 시간이 많이 지나 알림을 마칠게요. 보내 드린 말과 주소, 녹음과 위치가 있으면 이 대화에서 지울게요.
enclosed-words = 한 말
enclosed-recording = 녹음
enclosed-location = 위치
enclosed-address = 집 주소
