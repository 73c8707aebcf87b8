"""Microsoft's client library for Python; the tests say what it is asked, and it says what is sent."""

import msal
from calls import serve

state = {}


def create(kind, client_id, authority, credential=None):
    of_kind = {"confidential": msal.ConfidentialClientApplication, "public": msal.PublicClientApplication}
    # The host is unknown to Microsoft, who would be asked about it.
    state["app"] = of_kind[kind](
        client_id,
        authority=authority,
        client_credential=credential,
        validate_authority=False,
        instance_discovery=False,
    )


def method(name):
    return lambda **parameters: getattr(state["app"], name)(**parameters)


methods = [
    "acquire_token_for_client",
    "initiate_auth_code_flow",
    "acquire_token_by_auth_code_flow",
    "get_authorization_request_url",
    "acquire_token_by_authorization_code",
    "acquire_token_silent",
    "acquire_token_silent_with_error",
    "get_accounts",
    "initiate_device_flow",
    "acquire_token_by_device_flow",
]
serve({"create": create, **{name: method(name) for name in methods}})
