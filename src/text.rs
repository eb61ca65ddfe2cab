//! Every sentence of the desk that the agent can read, in each language. (Those for when the
//! desk itself does not start are in `public/boot.js` and `index.html`, for this file is not there
//! then.)
//!
//! What is read here is chosen by a code, says what happened and what to do next, and never
//! shows a Rust string. A sentence that lacks a language does not compile.

mod choice;

pub use self::choice::*;

/// A language that the desk speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Locale {
    /// Japanese.
    Ja,
    /// English.
    En,
}

impl Locale {
    /// Reads a language tag (BCP 47), of which only the language counts.
    pub fn from_tag(tag: &str) -> Option<Self> {
        let language = tag.split(['-', '_']).next()?;
        let is = |locale: &Self| language.eq_ignore_ascii_case(locale.tag());
        [Self::Ja, Self::En].into_iter().find(is)
    }

    /// The language tag, for `lang` and for `Intl`.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Ja => "ja",
            Self::En => "en",
        }
    }
}

macro_rules! texts {
    ($($name:ident { ja: $ja:literal, en: $en:literal $(,)? })*) => {
        /// A sentence or a word, in whichever language it is said.
        #[expect(missing_docs, reason = "each is documented by what it says")]
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Text {
            $($name,)*
        }

        impl Text {
            /// All of them, for whoever wants to compare the languages.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// What each says, by its own lines in this file.
            #[cfg(test)]
            const SENTENCES: &'static [(Self, &'static str, &'static str)] =
                &[$((Self::$name, $ja, $en),)*];

            /// The sentence in a language.
            pub fn say(self, locale: Locale) -> &'static str {
                // One text of each language and not one for each sentence: their addresses alone
                // would weigh 2 kB.
                thread_local! {
                    static JA: Vec<&'static str> = lines(concat!($($ja, "\n",)*));
                    static EN: Vec<&'static str> = lines(concat!($($en, "\n",)*));
                }
                let said = match locale {
                    Locale::Ja => &JA,
                    Locale::En => &EN,
                };
                #[expect(clippy::as_conversions, reason = "a variant is its number")]
                let line = said.with(|lines| lines.get(self as usize).copied());
                line.unwrap_or_default()
            }
        }
    };
}

fn lines(text: &'static str) -> Vec<&'static str> {
    text.lines().collect()
}

texts! {
    Desk { ja: "エージェントデスク", en: "Agent desk" }

    // The agent.
    Agent { ja: "担当者", en: "Agent" }
    AgentBar { ja: "担当者の状態", en: "Agent status" }
    AgentLoading { ja: "サインイン待ち", en: "Waiting for sign-in" }
    ChangeState { ja: "状態を変更", en: "Change state" }
    QueuedState { ja: "次の状態", en: "Next state" }
    CancelQueuedState { ja: "予約状態を取消", en: "Cancel queued state" }
    StateAvailable { ja: "受付可", en: "Available" }
    StateOffline { ja: "オフライン", en: "Offline" }
    StateRinging { ja: "着信中", en: "Call offered" }
    StateDialing { ja: "発信中", en: "Calling the customer" }
    StateOnCall { ja: "通話中", en: "On a call" }
    StateAfterCallWork { ja: "後処理", en: "After-call work" }
    StateMissed { ja: "応答なし", en: "Missed a call" }
    StateDeclined { ja: "着信に接続できず", en: "Call not taken" }
    StateCustomerNotReached { ja: "お客様につながらず", en: "Customer not reached" }
    StateCustomerBusy { ja: "お客様が話し中", en: "Customer's line busy" }
    StateBadNumber { ja: "番号が使われていません", en: "Number not in service" }
    StateStarting { ja: "準備中", en: "Starting" }
    StateBusySystem { ja: "処理中", en: "Working" }
    StateError { ja: "エラー", en: "Error" }

    // The call.
    Call { ja: "通話", en: "Call" }
    NoCall { ja: "通話はありません", en: "No call" }
    PhaseIdle { ja: "待機", en: "Idle" }
    PhaseRinging { ja: "着信", en: "Ringing" }
    PhaseDialing { ja: "呼び出し中", en: "Dialling" }
    PhaseConnected { ja: "通話中", en: "Connected" }
    PhaseOnHold { ja: "保留中", en: "On hold" }
    PhaseWrapUp { ja: "後処理", en: "Wrap-up" }
    PhaseMissed { ja: "応答できず", en: "Missed" }
    PhaseFailed { ja: "接続できず", en: "Failed" }
    Accept { ja: "応答", en: "Accept" }
    Decline { ja: "拒否", en: "Decline" }
    HangUp { ja: "切断", en: "Hang up" }
    Hold { ja: "保留", en: "Hold" }
    Resume { ja: "保留解除", en: "Resume" }
    Mute { ja: "ミュート", en: "Mute" }
    Unmute { ja: "ミュート解除", en: "Unmute" }
    Keypad { ja: "キーパッド", en: "Keypad" }
    Complete { ja: "後処理終了", en: "Complete" }
    KeypadField { ja: "送信する番号", en: "Digits to send" }
    Muted { ja: "マイクはミュート中", en: "Microphone muted" }
    Unmuted { ja: "マイクはオン", en: "Microphone on" }
    MutedByConnect { ja: "Connect がミュート中", en: "Muted by Connect" }
    ConflictHeard {
        ja: "ミュートのはずですが、マイクは開いています。お客様に聞こえています。もう一度ミュートしてください。",
        en: "You muted, but the microphone is open: the customer hears you. Mute again.",
    }
    ConflictNotHeard {
        ja: "ミュートを解除したはずですが、マイクは閉じています。お客様に聞こえていません。もう一度解除してください。",
        en: "You unmuted, but the microphone is closed: the customer does not hear you. Unmute again.",
    }
    ConflictLineMuted {
        ja: "マイクは開いていますが、Connect が回線をミュートしています。お客様に聞こえていません。ソフトフォンを確かめてください。",
        en: "Your microphone is open, but Connect mutes your line: the customer does not hear you. Look at the softphone.",
    }
    MuteUnknown { ja: "ミュート状態は不明", en: "Mute state unknown" }
    NumberWithheld { ja: "番号非通知", en: "Number withheld" }
    NumberUnknown { ja: "番号不明", en: "Number unknown" }
    Customer { ja: "お客様", en: "Customer" }
    Queue { ja: "キュー", en: "Queue" }
    Inbound { ja: "受信", en: "Inbound" }
    Outbound { ja: "発信", en: "Outbound" }
    Callback { ja: "折り返し", en: "Callback" }
    Chat { ja: "チャット", en: "Chat" }
    Task { ja: "タスク", en: "Task" }
    Email { ja: "メール", en: "Email" }
    OtherContact { ja: "その他", en: "Other" }
    OtherContacts { ja: "ほかのコンタクト", en: "Other contacts" }
    AutoAccept { ja: "自動応答", en: "accepted automatically" }

    // Third parties.
    Transfer { ja: "転送", en: "Transfer" }
    Consult { ja: "相談", en: "Consult" }
    Swap { ja: "切替", en: "Swap" }
    Conference { ja: "会議", en: "Conference" }
    Leave { ja: "退出", en: "Leave" }
    Drop { ja: "切り離し", en: "Drop" }
    Search { ja: "検索", en: "Search" }
    SearchHint { ja: "名前か電話番号", en: "Name or number" }
    External { ja: "外線", en: "External" }
    TransferMeans {
        ja: "お客様を保留にして相手を呼びます。相手が出ると、あなたは抜けてお客様と相手の通話になります。",
        en: "The customer is put on hold and the other party is called. When they answer, you leave and the customer stays with them.",
    }
    ConsultMeans {
        ja: "お客様を保留にして相手を呼びます。話した後で、切替・会議・退出を選べます。",
        en: "The customer is put on hold and the other party is called. Then you can swap, confer or leave.",
    }
    DirectoryLoading { ja: "転送先を読み込んでいます", en: "Loading quick connects" }
    DirectoryEmpty { ja: "該当する転送先はありません。番号も入力できます。", en: "No such quick connect. You can type a number." }
    DirectoryMore { ja: "ほかにもあります。検索で絞り込んでください。", en: "There are more. Search for one." }
    FailedDirectory { ja: "転送先を読み込めませんでした。", en: "The quick connects could not be loaded." }
    TalkCalling { ja: "呼び出しています。お客様は保留中です。", en: "Being called. The customer is on hold." }
    TalkConsulting { ja: "あなたと相手が話しています。お客様は保留中で、聞こえません。", en: "You talk with them. The customer is on hold and hears neither." }
    TalkSwapped { ja: "あなたとお客様が話しています。相手は保留中で、聞こえません。", en: "You talk with the customer. The other party is on hold and hears neither." }
    TalkConference { ja: "三者で話しています。", en: "All three hear each other." }
    TalkAllOnHold { ja: "お客様も相手も保留中です。", en: "Both are on hold." }
    TalkWithoutCustomer { ja: "お客様は電話を切りました。相手とつながっています。", en: "The customer has hung up. The other party is still there." }
    TalkNotReached { ja: "つながりませんでした。", en: "Not reached." }
    TalkLeft { ja: "通話から抜けました。", en: "No longer on the line." }
    StillOnHold { ja: "お客様は保留のままです。", en: "The customer is still on hold." }
    WillHandOn {
        ja: "相手が出ると、あなたは抜けます。取りやめるには切り離しを押してください。",
        en: "When they answer, you leave. Press Drop to call it off.",
    }
    LeaveMeans { ja: "退出すると、お客様と相手の通話が続きます。", en: "If you leave, the customer and they go on talking." }
    Monitored { ja: "スーパーバイザーが聞いています", en: "A supervisor is listening" }
    Barged { ja: "スーパーバイザーが通話に参加しています", en: "A supervisor takes part" }
    FailedCallIn { ja: "呼び出せませんでした。", en: "They could not be called." }
    FailedSwap { ja: "切り替えられませんでした。", en: "The parties could not be swapped." }
    FailedConference { ja: "会議にできませんでした。", en: "The conference could not be started." }
    FailedLeave { ja: "退出できませんでした。", en: "You could not leave the call." }
    FailedDrop { ja: "切り離せませんでした。", en: "They could not be dropped." }
    RingTitle { ja: "☎ 着信中", en: "☎ Incoming call" }
    AnnounceRing { ja: "着信です。", en: "Incoming call." }
    AnnounceSecondRing { ja: "別の着信があります。", en: "Another call is ringing." }
    Attributes { ja: "問い合わせ属性", en: "Contact attributes" }
    NoAttributes { ja: "フローが設定した属性はありません", en: "The flow has set no attributes" }
    NoCustomerData {
        ja: "顧客データは設定されていません。通話はそのまま受けられます。",
        en: "Customer data is not configured. Calls work as usual.",
    }

    CustomersSignedOut {
        ja: "顧客データを見るにはサインインしてください。通話はそのまま受けられます。",
        en: "Sign in to see customer data. Calls work as usual.",
    }
    CustomersSigningIn {
        ja: "開いたウィンドウでサインインしてください。",
        en: "Sign in in the window that has opened.",
    }
    CustomersRefused {
        ja: "サインインが認められませんでした。もう一度試すか、管理者に連絡してください。",
        en: "The sign-in was refused. Try again, or ask your administrator.",
    }
    CustomersProviderFailed {
        ja: "サインインの画面を開けませんでした。ネットワークを確かめて、もう一度押してください。",
        en: "The sign-in page could not be reached. Check the network and press again.",
    }

    // The record of the contact.
    ContactRecord { ja: "コンタクト記録", en: "Contact record" }
    ContactId { ja: "コンタクト ID", en: "Contact id" }
    InitialContactId { ja: "最初のコンタクト ID", en: "Initial contact id" }
    DirectionLabel { ja: "種別", en: "Direction" }
    Connecting { ja: "呼出開始", en: "Connecting" }
    Connected { ja: "接続", en: "Connected" }
    Ended { ja: "終了", en: "Ended" }
    Talk { ja: "通話時間", en: "Talk" }
    OnHoldTotal { ja: "保留時間", en: "On hold" }
    WrapUp { ja: "後処理時間", en: "Wrap-up" }
    CopyRecord { ja: "記録をコピー", en: "Copy record" }
    Copied { ja: "コピーしました", en: "Copied" }
    CopyFailed { ja: "コピーできませんでした", en: "Could not copy" }
    SourceContactState { ja: "Connect の時刻", en: "by Connect" }
    SourceLeg { ja: "接続の時刻", en: "by the leg" }
    SourceAgentState { ja: "状態の時刻", en: "by the agent's state" }
    SourceFirstSeen { ja: "初めて見た時刻", en: "when first seen" }
    SourceAbsence { ja: "消えていた時刻", en: "when found gone" }
    SourceRequest { ja: "発信した時刻", en: "when dialled here" }
    NotKnown { ja: "—", en: "—" }

    // Dialling.
    Dialler { ja: "電話をかける", en: "Place a call" }
    DialField { ja: "電話番号", en: "Phone number" }
    Dial { ja: "発信", en: "Dial" }
    WillDial { ja: "発信先", en: "Will dial" }
    DialHint { ja: "例 03-1234-5678、+44…", en: "e.g. 03-1234-5678, +44…" }

    // Today's calls.
    TodaysCalls { ja: "本日の通話", en: "Today's calls" }
    NoCallsToday { ja: "まだ通話はありません", en: "No calls yet" }
    Transferred { ja: "転送済み", en: "transferred" }
    OutcomeAnswered { ja: "応答", en: "Answered" }
    OutcomeMissed { ja: "不応答", en: "Missed" }
    OutcomeDeclined { ja: "拒否", en: "Declined" }
    OutcomeAbandoned { ja: "放棄", en: "Abandoned" }
    OutcomeBusy { ja: "話し中", en: "Busy" }
    OutcomeNoAnswer { ja: "相手不応答", en: "No answer" }
    OutcomeBadNumber { ja: "番号無効", en: "Bad number" }
    OutcomeCancelled { ja: "取消", en: "Cancelled" }
    OutcomeRefused { ja: "発信不可", en: "Refused" }
    OutcomeFailed { ja: "切断障害", en: "Failed" }
    OutcomeNotPlaced { ja: "発信できず", en: "Not placed" }
    OutcomeUnconfirmed { ja: "発信未確認", en: "Unconfirmed" }

    // The softphone and the way to Connect.
    Softphone { ja: "ソフトフォン", en: "Softphone" }
    SoftphoneShow { ja: "ソフトフォンを表示", en: "Show softphone" }
    SoftphoneHide { ja: "ソフトフォンを隠す", en: "Hide softphone" }
    SignIn { ja: "サインイン", en: "Sign in" }
    IncidentFile { ja: "障害記録を保存", en: "Save incident file" }
    IncidentAdvice {
        ja: "障害記録はソフトフォンとの通信の順序と時刻です。氏名・番号・属性は含みません。",
        en: "An incident file tells what passed between desk and softphone, and when: no names, no numbers, no attributes.",
    }
    NoIncidentFile {
        ja: "障害記録を読み込めていません。必要なら、通話のないときに再読み込みしてください。",
        en: "What would record incidents has not loaded. If you need it, reload the page between calls.",
    }
    SignOut { ja: "サインアウト", en: "Sign out" }
    Reconnect { ja: "ソフトフォンを再読み込み", en: "Reload the softphone" }
    CopyOrigin { ja: "オリジンをコピー", en: "Copy the origin" }
    Notices { ja: "お知らせ", en: "Notices" }
    Dismiss { ja: "閉じる", en: "Dismiss" }
    LinkBlocked {
        ja: "Amazon Connect のライブラリを読み込めませんでした。ネットワークか拡張機能が妨げています。ページを再読み込みし、直らなければ管理者に連絡してください。",
        en: "The Amazon Connect library could not be loaded: the network or a browser extension is in the way. Reload the page; if that does not help, tell your administrator.",
    }
    LinkSilent {
        ja: "ソフトフォンから応答がありません。電話を受けるにはサインインしてください。",
        en: "The softphone does not answer. Sign in to take calls.",
    }
    LinkSigningIn {
        ja: "開いたウィンドウでサインインしてください。サインインしてもこの画面がつながらないときは、そのウィンドウを閉じてください。",
        en: "Sign in in the window that has opened. If this page does not connect after that, close the window.",
    }
    LinkFinding { ja: "ソフトフォンの応答を待っています。", en: "Waiting for the softphone to answer." }
    LinkStillSilent {
        ja: "サインインのウィンドウは閉じましたが、ソフトフォンから応答がありません。まだならサインインしてください。サインイン済みなら、次のどれかが妨げています。管理者に見せてください。",
        en: "The sign-in window is closed and the softphone does not answer. If you have not signed in, sign in. If you have, one of these is in the way; show them to your administrator.",
    }
    CandidateOrigin {
        ja: "Connect の承認済みオリジンにこのサイトがない：",
        en: "This site is not an approved origin of Connect: ",
    }
    CandidateCookies {
        ja: "ブラウザーが次のサイトのサードパーティ Cookie を止めている：",
        en: "The browser blocks third-party cookies of: ",
    }
    CandidateAddress {
        ja: "config.json の ccp.url が違う：",
        en: "ccp.url in config.json is wrong: ",
    }
    LinkStalled {
        ja: "ソフトフォンが応答しなくなりました。画面の表示は古いかもしれません。",
        en: "The softphone has stopped answering, so what is shown may be old.",
    }
    LinkExpired {
        ja: "サインインの期限が切れました。電話を受けるにはもう一度サインインしてください。",
        en: "Your session has expired. Sign in again to take calls.",
    }
    SecondSoftphone {
        ja: "このブラウザーの別のウィンドウにもソフトフォンが開いています。音声はどちらか一方だけにつながります。使わない方を閉じてください。",
        en: "The softphone is open in another window of this browser too. The sound goes to only one of them. Close the one that you do not use.",
    }
    LinkSignedOut {
        ja: "サインアウトしました。電話を受けるにはサインインしてください。",
        en: "You are signed out. Sign in to take calls.",
    }
    LinkAccessDenied {
        ja: "Connect に入る権限がありません。管理者に連絡してください。",
        en: "You have no access to Connect. Tell your administrator.",
    }
    LinkGaveUp {
        ja: "ソフトフォンに接続できませんでした。サインインするか、ページを再読み込みしてください。",
        en: "The softphone could not be reached. Sign in, or reload the page.",
    }
    LinkLost {
        ja: "ソフトフォンと Connect の接続が途切れました。ネットワークを確かめてください。",
        en: "The softphone has lost its connection to Connect. Check your network.",
    }
    CallMayGoOn {
        ja: "通話はソフトフォンか電話機で続いているかもしれません。",
        en: "Your call may go on in the softphone or on your phone.",
    }
    Unconfirmed { ja: "未確認：最後に届いた内容です", en: "Not confirmed: as last told" }
    PopUpBlocked {
        ja: "サインイン画面をブラウザーが開かせませんでした。アドレス欄でポップアップを許可し、もう一度押してください。",
        en: "The browser did not let the sign-in window open. Allow pop-ups in the address bar and press again.",
    }

    // What is in the way of the next call.
    Readiness { ja: "着信の準備", en: "Readiness" }
    LightReady { ja: "準備完了", en: "Ready" }
    LightAttention { ja: "要確認", en: "Check" }
    LightBlocked { ja: "着信不可", en: "Trouble" }
    LightReadOnly { ja: "表示専用", en: "Read-only" }
    AllIsWell { ja: "電話を受ける準備ができています。", en: "Calls can come." }
    MicrophoneMissing {
        ja: "マイクが見つかりません。ヘッドセットをつないでください。",
        en: "There is no microphone. Plug in your headset.",
    }
    MicrophoneUnasked {
        ja: "マイクの使用がまだ許可されていません。",
        en: "The microphone has not been allowed yet.",
    }
    NotificationsDenied {
        ja: "通知が許可されていないため、ほかの画面にいると着信に気づけません。アドレス欄から許可してください。",
        en: "Notifications are not allowed, so you may miss a ring while you look elsewhere. Allow them beside the address bar.",
    }
    NotificationsUnasked {
        ja: "ほかの画面にいるとき、着信を通知できます。",
        en: "You can be notified of a ring while you look elsewhere.",
    }
    Throttled {
        ja: "ブラウザーがこのタブの動作を遅らせています。タブを前面に出してください。",
        en: "The browser slows this tab down. Keep it in front.",
    }
    TabsUnknown {
        ja: "このブラウザーでは、ほかのタブを見分けられません。この画面は 1 つだけ開いてください。",
        en: "This browser cannot tell tabs apart. Keep only one open.",
    }
    Allow { ja: "許可する", en: "Allow" }
    RiskTitle { ja: "⚠ 着信を受けられません", en: "⚠ Calls cannot reach you" }
    WentNotReady {
        ja: "着信を受けられないため、状態を変更しました。直ったら、受付可に戻してください。",
        en: "Calls could not reach you, so your state was changed. Change it back when that is mended.",
    }

    // Several tabs.
    Mirror {
        ja: "別のタブで作業中のため、このタブは表示専用です。",
        en: "You work in another tab, so this one is read-only.",
    }
    MirrorInCall {
        ja: "このタブで作業しても、通話の音声は元のタブに残ります。通話が終わるまで元のタブを閉じないでください。",
        en: "If you work here, the sound of the call stays in the other tab. Do not close that one until the call is over.",
    }
    MirrorHoldsAudio {
        ja: "通話の音声はこのタブにあります。通話が終わるまで閉じないでください。",
        en: "The sound of the call is in this tab. Do not close it until the call is over.",
    }
    WorkHere { ja: "このタブで作業する", en: "Work here" }

    // What failed.
    FailedAccept { ja: "応答できませんでした。", en: "The call could not be accepted." }
    FailedDecline { ja: "拒否できませんでした。", en: "The call could not be declined." }
    FailedHangUp { ja: "切断できませんでした。", en: "The call could not be ended." }
    FailedHold { ja: "保留にできませんでした。", en: "The customer could not be put on hold." }
    FailedResume { ja: "保留を解除できませんでした。", en: "The customer could not be taken off hold." }
    FailedDigits { ja: "番号を送信できませんでした。", en: "The digits were not sent." }
    FailedClear { ja: "後処理を終了できませんでした。", en: "The contact could not be completed." }
    FailedMute { ja: "マイクを切り替えられませんでした。", en: "The microphone could not be switched." }
    FailedSetState { ja: "状態を変更できませんでした。", en: "Your state could not be changed." }
    FailedDialSilence {
        ja: "発信できたか、Connect から 10 秒以内に返事がありません。",
        en: "Connect has not said within 10 seconds whether it dials.",
    }
    BecauseDialSilence {
        ja: "二重にかけないよう、しばらくお待ちください。30 秒待っても通話が現れなければ、もう一度かけられます。",
        en: "Wait, so that nobody is called twice: if no call appears, you can dial again after 30 seconds.",
    }
    NotReachedBusy {
        ja: "お客様は話し中でした。少し待って、かけ直してください。",
        en: "The line was busy. Wait a little, then call again.",
    }
    NotReachedNoAnswer {
        ja: "応答がないか、相手に拒否されました。時間をおいて、かけ直してください。",
        en: "Nobody answered, or the call was refused. Call again later.",
    }
    NotReachedBadNumber {
        ja: "その番号は使われていません。番号を確かめてください。",
        en: "That number is not in service. Check the number.",
    }
    NotReachedRefused {
        ja: "相手に拒否されました。時間をおいて、かけ直してください。",
        en: "The call was refused. Call again later.",
    }
    NotReachedFailed {
        ja: "つながりませんでした。理由は分かりません。番号を確かめて、かけ直してください。",
        en: "The call could not be connected, and Connect gave no reason. Check the number and call again.",
    }
    FailedDial { ja: "発信できませんでした。", en: "The number was not dialled." }
    BecauseInvalidState {
        ja: "今の状態ではできません。画面の表示を確かめて、もう一度お試しください。",
        en: "Not possible right now. Look at what the call shows and try again.",
    }
    BecauseBadEndpoint {
        ja: "その番号には Connect からかけられません。番号を確かめてください。",
        en: "Connect cannot reach that number. Check the number.",
    }
    BecauseAccessDenied {
        ja: "権限がありません。管理者に連絡してください。",
        en: "You have no permission for this. Tell your administrator.",
    }
    BecauseSessionExpired {
        ja: "サインインの期限が切れました。もう一度サインインしてください。",
        en: "Your session has ended. Sign in again.",
    }
    BecauseQuota {
        ja: "同時通話数の上限に達しています。少し待ってお試しください。",
        en: "The limit of simultaneous calls is reached. Wait a moment and try again.",
    }
    BecauseConfiguration {
        ja: "Connect の設定が合っていません。管理者に連絡してください。",
        en: "Connect's configuration does not allow it. Tell your administrator.",
    }
    BecauseContactType {
        ja: "この種類のコンタクトではできません。",
        en: "Not possible for this kind of contact.",
    }
    BecauseDigits {
        ja: "相手がまだ聞いていないかもしれません。もう一度送ってください。",
        en: "The other side may not be listening yet. Send them again.",
    }
    BecauseGone { ja: "通話はすでに終わっています。", en: "The call is over already." }
    BecauseNotReady {
        ja: "まだ Connect に接続していません。サインインを確かめてください。",
        en: "The desk is not connected to Connect. Check that you are signed in.",
    }
    BecauseTimedOut {
        ja: "10 秒以内に返事がありませんでした。画面の表示を確かめてから、もう一度お試しください。",
        en: "There was no answer within 10 seconds. Look at what the call shows before you try again.",
    }
    BecauseUnknown {
        ja: "理由は分かりません。もう一度お試しください。続くときはソフトフォンから操作してください。",
        en: "Connect gave no reason. Try again; if it keeps failing, use the softphone.",
    }
    RefusedNotReady {
        ja: "まだ Connect に接続していないため、発信できません。",
        en: "Not connected to Connect yet, so nothing was dialled.",
    }
    RefusedOffline {
        ja: "オフラインのため発信できません。状態を変更してからかけてください。",
        en: "You are offline. Change your state, then dial.",
    }
    RefusedOnCall {
        ja: "通話か後処理が残っているため発信できません。先に終えてください。",
        en: "There is a call to finish first. Complete it, then dial.",
    }
    RefusedDialing { ja: "すでに発信しています。", en: "A number is being dialled already." }
    SoftphoneMicrophone {
        ja: "マイクを使えません。アドレス欄の錠前からマイクを許可し、ヘッドセットを確かめてください。",
        en: "The microphone cannot be used. Allow it beside the address bar and check your headset.",
    }
    SoftphoneConnection {
        ja: "音声がつながりません。ネットワークを確かめてください。",
        en: "The audio does not come through. Check your network.",
    }
    SoftphoneOther {
        ja: "ソフトフォンで問題が起きました。ソフトフォンの表示を確かめてください。",
        en: "The softphone reports a problem. Look at what it says.",
    }

    SoftphoneReloaded {
        ja: "通話中にソフトフォンが読み込み直されました。音声を確かめてください。聞こえなければ、かけ直してください。",
        en: "The softphone was loaded anew during the call. Check that you hear each other; if not, call back.",
    }
    SignOutOnCall {
        ja: "通話か後処理が残っているため、サインアウトできません。先に終えてください。",
        en: "You cannot sign out while there is a call to finish. Complete it first.",
    }
    SignOutStillAvailable {
        ja: "状態をオフラインにできなかったため、サインアウトしていません。状態を変更してから、もう一度お試しください。",
        en: "You are not signed out, because your state could not be set to offline. Change your state, then sign out.",
    }
    SignOutStillSignedIn {
        ja: "サインアウトできていません。ソフトフォンの画面からサインアウトしてください。",
        en: "You are still signed in. Sign out in the softphone itself.",
    }

    // What cannot be dialled.
    NumberEmpty { ja: "電話番号を入力してください。", en: "Enter a phone number." }
    NumberUnexpected { ja: "電話番号に使えない文字があります。", en: "That contains something that is not part of a phone number." }
    NumberNoCountry {
        ja: "市外局番の 0 か、国番号の + から入力してください。",
        en: "Begin with the area code's 0, or with + and the country code.",
    }
    NumberZeroCountry { ja: "国番号は 0 で始まりません。", en: "A country code does not begin with 0." }
    NumberLength { ja: "桁数が正しくありません。", en: "That is not the length of a phone number." }
    NumberEmergency {
        ja: "緊急通報はこの画面からかけられません。電話機を使ってください。",
        en: "Emergency calls cannot be made here. Use a telephone.",
    }

    // When nothing goes.
    SettingsTitle { ja: "設定を読み込めません", en: "The settings cannot be read" }
    SettingsUnavailable {
        ja: "config.json がこのサイトにありません。管理者に連絡してください。",
        en: "There is no config.json on this site. Tell your administrator.",
    }
    SettingsNotJson {
        ja: "config.json が JSON として読めません。管理者に連絡してください。",
        en: "config.json is not valid JSON. Tell your administrator.",
    }
    SettingsMember {
        ja: "config.json の次の項目がないか、正しくありません。管理者に連絡してください。",
        en: "This member of config.json is missing or wrong. Tell your administrator.",
    }
    PanicTitle { ja: "画面に問題が起きました", en: "The desk has run into a problem" }
    PanicAdvice {
        ja: "通話はソフトフォンで続いています。通話を終えてから、ページを再読み込みしてください。",
        en: "Your call goes on in the softphone. Finish it there, then reload the page.",
    }
    Reload { ja: "再読み込み", en: "Reload" }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("ja", Some(Locale::Ja))]
    #[case("ja-JP", Some(Locale::Ja))]
    #[case("en", Some(Locale::En))]
    #[case("en_GB", Some(Locale::En))]
    #[case("JA", Some(Locale::Ja))]
    #[case("ja-jp", Some(Locale::Ja))]
    #[case("En-us", Some(Locale::En))]
    #[case("fr", None)]
    #[case("japanese", None)]
    #[case("", None)]
    fn only_the_language_of_a_tag_counts(#[case] tag: &str, #[case] locale: Option<Locale>) {
        assert_eq!(Locale::from_tag(tag), locale);
    }

    /// Those that are the same in both languages, and may be.
    const SAME: [Text; 1] = [Text::NotKnown];

    #[test]
    fn every_sentence_is_said_in_each_language() {
        let same: Vec<_> = Text::ALL
            .iter()
            .copied()
            .filter(|text| text.say(Locale::Ja) == text.say(Locale::En))
            .collect();
        assert_eq!(same, SAME);
    }

    #[test]
    fn each_says_its_own_sentence() {
        for (text, ja, en) in Text::SENTENCES {
            assert_eq!((text.say(Locale::Ja), text.say(Locale::En)), (*ja, *en));
        }
    }

    #[test]
    fn no_sentence_is_empty() {
        let empty = Text::ALL
            .iter()
            .any(|text| text.say(Locale::Ja).is_empty() || text.say(Locale::En).is_empty());
        assert!(!empty);
    }
}
