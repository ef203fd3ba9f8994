using Culvert.Identity.Service.Errors;

namespace Culvert.Identity.Service.OAuthClients;

internal static class OAuthClientErrors
{
    private const string InvalidClient = "invalid_client";
    private const string InvalidRedirectUri = "invalid_redirect_uri";

    public static readonly ErrorCode Unknown = new(
        "oauth_client.unknown",
        400,
        "The client is unknown.",
        "client_id is neither the id of a client of the organization nor the https URL of a metadata document.",
        "Use the ocl_… id that the registration returned, or the exact URL of the client's metadata document."
    )
    {
        OAuthError = InvalidClient,
    };

    public static readonly ErrorCode Archived = new(
        "oauth_client.archived",
        400,
        "The client is archived.",
        "An administrator archived it: it gets no more tokens, and it cannot be changed.",
        "Ask an administrator of the organization to register the client again; it gets a new client_id."
    )
    {
        OAuthError = InvalidClient,
    };

    public static readonly ErrorCode DocumentsOff = new(
        "oauth_client.documents_off",
        400,
        "Clients that are identified by a metadata document are not accepted here.",
        "authorization.client_documents is empty, which is the default.",
        "Ask the operator of the service to add the client's host to authorization.client_documents, or register the client."
    )
    {
        OAuthError = InvalidClient,
    };

    public static readonly ErrorCode DocumentHost = new(
        "oauth_client.document_host",
        400,
        "Metadata documents of that host are not accepted.",
        "authorization.client_documents does not include the host of the client_id.",
        "Ask the operator of the service to add the host to authorization.client_documents, or register the client."
    )
    {
        OAuthError = InvalidClient,
    };

    public static readonly ErrorCode DocumentUrl = new(
        "oauth_client.document_url",
        400,
        "The client_id cannot be the URL of a metadata document.",
        "The URL has no path, or has a fragment, a user, a dot segment, an IP address, capital letters in its host, or over 512 characters.",
        "Use the URL exactly as the client's publisher writes it."
    )
    {
        OAuthError = InvalidClient,
    };

    public static readonly ErrorCode DocumentUnavailable = new(
        "oauth_client.document_unavailable",
        400,
        "The client's metadata document cannot be fetched.",
        "Its host does not answer within 5 s with at most 16 KiB of application/json, redirects, or has no public address.",
        "Open the URL yourself; the operator of the service finds the exact reason in the service's log (event 7030). Retry after a minute."
    )
    {
        OAuthError = InvalidClient,
    };

    public static readonly ErrorCode DocumentGone = new(
        "oauth_client.document_gone",
        400,
        "The client's metadata document does not exist.",
        "The host answers with 404 or 410: the publisher removed the client, or the URL is misspelled.",
        "Compare the client_id with what the client's publisher writes, or update the client."
    )
    {
        OAuthError = InvalidClient,
    };

    public static readonly ErrorCode Document = new(
        "oauth_client.document",
        400,
        "The client's metadata document is refused.",
        "It is not the document of a public client with that client_id, or one of its redirect_uris is not permitted.",
        "The client's publisher must correct the member that details.document_error names."
    )
    {
        OAuthError = InvalidClient,
    };

    public static readonly ErrorCode DocumentsBusy = new(
        "oauth_client.documents_busy",
        503,
        "Too many metadata documents are being fetched.",
        "16 fetches are running, mostly from hosts that answer slowly.",
        "Retry in a few seconds."
    );

    public static readonly ErrorCode RedirectUri = new(
        "oauth_client.redirect_uri",
        400,
        "A redirect URI cannot be registered.",
        "It is neither https, nor http on a loopback address, nor of a private-use scheme, or parsers disagree about its spelling.",
        "Correct the URI that the message names."
    )
    {
        OAuthError = InvalidRedirectUri,
    };

    public static readonly ErrorCode RedirectHost = new(
        "oauth_client.redirect_host",
        400,
        "A client that registers itself may not be redirected there.",
        "A redirect URI leads neither to 127.0.0.1, [::1] or localhost by http, nor by https to a host of "
            + "authorization.dynamic_registration.redirect_hosts.",
        "Ask the operator of the service to add the host, or an administrator of the organization to register the client."
    )
    {
        OAuthError = InvalidRedirectUri,
    };

    public static readonly ErrorCode Metadata = new(
        "oauth_client.metadata",
        400,
        "The client's metadata are refused.",
        "The body is not a JSON object with unique members, or a member has a value that this server does not support.",
        "Correct the member that the message names, or ask an administrator of the organization to register the client."
    )
    {
        OAuthError = "invalid_client_metadata",
    };

    public static readonly ErrorCode SoftwareStatement = new(
        "oauth_client.software_statement",
        400,
        "Software statements are not accepted.",
        "The metadata have the member software_statement, and this server trusts no issuer of such statements.",
        "Register without software_statement."
    )
    {
        OAuthError = "unapproved_software_statement",
    };

    public static readonly ErrorCode RegistrationsFull = new(
        "oauth_client.registrations_full",
        503,
        "No more clients can register themselves at this organization.",
        "As many as authorization.dynamic_registration.max_clients did, and none was unused for long enough to be removed.",
        "Ask an administrator of the organization to register the client, or the operator of the service to raise max_clients or "
            + "to lower unused_after."
    );

    public static readonly ErrorCode RegistrationOff = new(
        "oauth_client.registration_off",
        400,
        "Clients that registered themselves are not accepted here.",
        "The operator of the service set authorization.dynamic_registration.enabled to false.",
        "Ask an administrator of the organization to register the client; it gets a new client_id."
    )
    {
        OAuthError = InvalidClient,
    };

    public static readonly ErrorCode SelfRegistered = new(
        "oauth_client.self_registered",
        409,
        "A client that registered itself cannot be changed.",
        "People consented to what the program stated about itself.",
        "Register a client of your own with these redirect URIs, and archive this one."
    );

    public static readonly ErrorCode Unproven = new(
        "oauth_client.unproven",
        400,
        "A client that registered itself cannot redeem identity assertions.",
        "Without a consent page, only an administrator's registration or a metadata document tells which program it is.",
        "Ask an administrator of the organization to register the client, and enter its client_id at the identity provider."
    )
    {
        OAuthError = "unauthorized_client",
    };

    public static readonly ErrorCode Limit = new(
        "oauth_client.limit",
        409,
        "The organization has the maximum number of OAuth clients.",
        "256 clients are active.",
        "Archive one that is no longer used."
    );
}
