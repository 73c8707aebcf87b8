"""exchangelib, a client of Exchange made against real servers; the tests say what it does, and it says how."""

from calls import serve
from exchangelib import (
    DELEGATE,
    IMPERSONATION,
    OAUTH2,
    UTC,
    Account,
    Build,
    Configuration,
    OAuth2AuthorizationCodeCredentials,
    Version,
)
from oauthlib.oauth2 import OAuth2Token

state = {}


def connect(address, url, token, impersonates=False):
    credentials = OAuth2AuthorizationCodeCredentials(access_token=OAuth2Token({"access_token": token}))
    # Without a version it would ask a server that is not there to find it out.
    config = Configuration(
        service_endpoint=url, credentials=credentials, auth_type=OAUTH2, version=Version(build=Build(15, 20))
    )
    state["account"] = Account(
        primary_smtp_address=address,
        config=config,
        autodiscover=False,
        access_type=IMPERSONATION if impersonates else DELEGATE,
        default_timezone=UTC,
    )


def folder(path=""):
    found = state["account"].inbox
    for name in filter(None, path.split("/")):
        found = found / name
    return found


def tree():
    return [found.absolute for found in state["account"].root.walk()]


def counts():
    inbox = state["account"].inbox
    inbox.refresh()
    return [inbox.total_count, inbox.unread_count]


def subjects():
    return [item.subject for item in state["account"].inbox.all().order_by("-datetime_received").only("subject")]


def sync():
    inbox = state["account"].inbox
    changes = []
    for change, item in inbox.sync_items(sync_state=state.get("sync"), only_fields=["subject"], max_changes_returned=2):
        found, is_read = item if change == "read_flag_change" else (item, None)
        changes.append([change, found.id, is_read])
    state["sync"] = inbox.item_sync_state
    return changes


def item(id, fields=("is_read",)):
    (found,) = state["account"].fetch(ids=[(id, None)], only_fields=list(fields))
    if isinstance(found, Exception):
        raise found
    return found


def mime(id):
    return item(id, ["mime_content"]).mime_content.decode()


def mark_read(id):
    found = item(id)
    found.is_read = True
    found.save(update_fields=["is_read"])


def move(id, path):
    found = item(id)
    found.move(folder(path) if path else state["account"].junk)
    return found.id


def delete(id):
    item(id).delete()


def move_to_trash(id):
    item(id).move_to_trash()


def subscribe():
    state["subscription"] = state["account"].inbox.subscribe_to_streaming()


def events(timeout=1):
    """What is told until the server ends the connection."""
    told = []
    inbox = state["account"].inbox
    for notification in inbox.get_streaming_events(state["subscription"], connection_timeout=timeout):
        for event in notification.events:
            old = getattr(event, "old_item_id", None)
            told.append([event.ELEMENT_NAME, event.item_id.id, old and old.id])
    return told


def unsubscribe():
    state["account"].inbox.unsubscribe(state["subscription"])


functions = [connect, tree, counts, subjects, sync, mime, mark_read, move, delete, move_to_trash]
serve({function.__name__: function for function in [*functions, subscribe, events, unsubscribe]})
