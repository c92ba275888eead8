"""The assistant as a LangChain runnable, for those who build on LangChain."""

from typing import Any

from langchain_core.messages import BaseMessage
from langchain_core.runnables import Runnable, RunnableLambda

from innoqa.answering import Assistant
from innoqa.contract import question_of, reply_record

_ROLES = {"human": "user", "ai": "assistant"}


def runnable(assistant: Assistant) -> Runnable[str | dict[str, Any], dict[str, Any]]:
    """Takes a question, or a question of the contract as a dict, and gives the reply as a dict.

    ``history`` may hold LangChain messages too. Raises QuestionError for what is no question.
    """

    def reply(asked: str | dict[str, Any]) -> dict[str, Any]:
        entry = {"question": asked} if isinstance(asked, str) else asked
        if isinstance(entry, dict) and isinstance(entry.get("history"), list | tuple):
            entry = {**entry, "history": [_message(one) for one in entry["history"]]}
        one = question_of(entry, "The input")
        turn = assistant.answer(one.question, assistant.conversation(one.history))
        return reply_record(one.id, turn)

    return RunnableLambda(reply, name="InnoQA")


def _message(message: object) -> object:
    if not isinstance(message, BaseMessage):
        return message
    return {"role": _ROLES.get(message.type, message.type), "text": str(message.text)}
