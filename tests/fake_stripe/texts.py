"""The words of the hosted page, in English and Japanese."""

from __future__ import annotations

import re

_EN = {
    "banner": "Fake Stripe – no real money",
    "intro": "This page stands in for Stripe’s payment page while the shop is being tried out. "
    "It asks for no card, and nobody is charged.",
    "pay_title": "Payment",
    "amount": "Amount to pay",
    "lines": "What is being paid for",
    "each": "{quantity} × {price}",
    "total": "Total",
    "email": "E-mail",
    "until": "This page is open until {time} (UTC).",
    "choose": "What should happen?",
    "pay": "Pay",
    "pay_hint": "The card is accepted.",
    "decline": "Card declined",
    "decline_hint": "The bank says no. Nothing is charged.",
    "3ds": "3-D Secure",
    "3ds_hint": "The bank asks for one more check.",
    "delayed": "Pay later",
    "delayed_hint": "By voucher or bank transfer: the money arrives afterwards, or never.",
    "leave": "Walk away",
    "leave_hint": "Back to the shop without paying.",
    "declined": "The card was declined. Nothing was charged. You can try again.",
    "3ds_failed": "The 3-D Secure check failed. Nothing was charged. You can try again.",
    "3ds_title": "3-D Secure check",
    "3ds_intro": "Here the buyer’s bank would ask the buyer to prove who they are.",
    "3ds-complete": "Complete the check",
    "3ds-complete_hint": "The payment goes through.",
    "3ds-fail": "Fail the check",
    "3ds-fail_hint": "Nothing is charged.",
    "complete_title": "This payment is complete",
    "complete": "There is nothing more to pay here.",
    "waiting_title": "Waiting for the money",
    "waiting": "The order is placed, the money has not arrived yet. Choose how this ends.",
    "arrive": "The money arrives",
    "arrive_hint": "The buyer paid at the counter or by transfer.",
    "lapse": "The money never arrives",
    "lapse_hint": "The buyer did not pay in time.",
    "unpaid_title": "This payment was not made in time",
    "unpaid": "Nothing was charged.",
    "expired_title": "This payment page has expired",
    "expired": "Nothing was charged. Go back to the shop and start the payment again.",
    "missing_title": "There is no such payment page",
    "missing": "The address may be incomplete, or the fake was started afresh.",
    "stale_title": "This form is out of date",
    "stale": "Nothing was changed. Open the payment page again.",
    "again": "Open the payment page",
    "shop": "Back to the shop",
}
_JA = {
    "banner": "偽の Stripe – お金は動きません",
    "intro": "お店の動作を試すために、Stripe の決済ページの代わりに表示しています。"
    "カード番号の入力はなく、請求も一切ありません。",
    "pay_title": "お支払い",
    "amount": "お支払い金額",
    "lines": "ご注文の内容",
    "each": "{quantity} × {price}",
    "total": "合計",
    "email": "メールアドレス",
    "until": "このページの有効期限：{time}（協定世界時）",
    "choose": "どの結果を試しますか",
    "pay": "支払う",
    "pay_hint": "カードが承認されます。",
    "decline": "カードが拒否される",
    "decline_hint": "カード会社が承認しません。請求はありません。",
    "3ds": "3Dセキュア",
    "3ds_hint": "カード会社が本人確認を求めます。",
    "delayed": "あとで払い込む",
    "delayed_hint": "コンビニや銀行振込など。入金はあとになるか、ないままになります。",
    "leave": "支払わずに戻る",
    "leave_hint": "支払いをせずにお店に戻ります。",
    "declined": "カードが拒否されました。請求はありません。もう一度お試しいただけます。",
    "3ds_failed": "3Dセキュアの本人確認に失敗しました。請求はありません。もう一度お試しいただけます。",
    "3ds_title": "3Dセキュアの本人確認",
    "3ds_intro": "実際には、ここでカード会社が本人確認を行います。",
    "3ds-complete": "本人確認を完了する",
    "3ds-complete_hint": "支払いが成立します。",
    "3ds-fail": "本人確認に失敗する",
    "3ds-fail_hint": "請求はありません。",
    "complete_title": "お支払いは完了しています",
    "complete": "このページでのお支払いはもうありません。",
    "waiting_title": "入金を待っています",
    "waiting": "注文は受け付けられましたが、まだ入金されていません。このあとの結果を選んでください。",
    "arrive": "入金される",
    "arrive_hint": "店頭または振込で支払われました。",
    "lapse": "入金されない",
    "lapse_hint": "期限までに支払われませんでした。",
    "unpaid_title": "期限までに入金されませんでした",
    "unpaid": "請求はありません。",
    "expired_title": "この決済ページの有効期限が切れました",
    "expired": "請求はありません。お店に戻って、もう一度お支払いの手続きをしてください。",
    "missing_title": "この決済ページは見つかりません",
    "missing": "アドレスが途中で切れているか、偽の Stripe が起動し直された可能性があります。",
    "stale_title": "このフォームは古くなっています",
    "stale": "何も変更されていません。決済ページを開き直してください。",
    "again": "決済ページを開く",
    "shop": "お店に戻る",
}
TEXTS = {"en": _EN, "ja": _JA}


def language(locale: str | None, accept_language: str) -> str:
    """ "ja" or "en": the session's locale decides, "auto" or none asks the browser, others are English."""
    if locale and locale != "auto":
        return "ja" if locale == "ja" else "en"
    wishes = [_wish(part) for part in accept_language.split(",")]
    known = [(weight, tag) for weight, tag in wishes if tag in TEXTS and weight > 0]
    return max(known, key=lambda wish: wish[0])[1] if known else "en"


def _wish(part: str) -> tuple[float, str]:
    tag, _, options = part.strip().partition(";")
    weight = re.search(r"q=([\d.]+)", options)
    try:
        return float(weight[1]) if weight else 1.0, tag.split("-")[0].lower()
    except ValueError:
        return 0.0, ""
