"""The chat model of the user's choice, by LangChain's ``init_chat_model``.

    open_model -> ChatModel.write -> breaker -> a stream in the loop's thread -> pieces of text

Nothing is asked twice but what may pass, nothing waits longer than it is given, and whatever goes
wrong is a ChatModelError in plain words. LangSmith is told nothing, keys come from the environment
alone.
"""

from innoqa.adapters.chat_model.asking import ChatModel, Tried
from innoqa.adapters.chat_model.opening import KEYS, open_model

__all__ = ["KEYS", "ChatModel", "Tried", "open_model"]
