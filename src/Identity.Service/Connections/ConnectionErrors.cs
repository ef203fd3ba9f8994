using Culvert.Identity.Service.Errors;

namespace Culvert.Identity.Service.Connections;

internal static class ConnectionErrors
{
    public const string ConnectUrl = "connect_url";

    public static readonly ErrorCode Exists = new(
        "connection.exists",
        409,
        "The route has a connection.",
        "A route has at most one connection that is not archived.",
        "Update that one, or archive it first; archiving ends the grants of its people."
    );

    public static readonly ErrorCode Limit = new(
        "connection.limit",
        409,
        "The organization has the maximum number of connections.",
        "256 connections are active.",
        "Archive one that is no longer used."
    );

    public static readonly ErrorCode Discovery = new(
        "connection.discovery",
        400,
        "The metadata of the upstream does not name endpoints that can be used.",
        "The issuer or the resource does not answer, or its metadata does not fit; the message names the document and the reason.",
        "Correct issuer or resource, or name the endpoints."
    );

    public static readonly ErrorCode Archived = new(
        "connection.archived",
        409,
        "The connection is archived.",
        "An administrator archived it: it has no grants any more, and it cannot be changed.",
        "Ask an administrator of the organization to create a connection for the route."
    );

    public static readonly ErrorCode Unknown = new(
        "connection.unknown",
        404,
        "The route has no connection.",
        "The agent's configuration names credentials of type person_grant for a route that has no connection.",
        "Create one with culvert connection create, with the tunnel and the name of the route."
    );

    public static readonly ErrorCode GrantMissing = new(
        "connection.grant_missing",
        404,
        "The person has not connected this route with their account.",
        "They never allowed it at the upstream, or the grant ended since.",
        "The person opens details.connect_url, signs in, and allows the access."
    );

    public static readonly ErrorCode GrantEnded = new(
        "connection.grant_ended",
        409,
        "The upstream has ended the person's grant.",
        "The upstream refused the refresh token: the person or the vendor revoked it, or it was unused for too long.",
        "The person opens details.connect_url and allows the access again."
    );

    public static readonly ErrorCode PersonInactive = new(
        "connection.person_inactive",
        403,
        "The person is deactivated.",
        "The organization's directory deactivated or deleted them.",
        "Activate the person in the directory if they should have access."
    );

    public static readonly ErrorCode Withdrawn = new(
        "connection.withdrawn",
        403,
        "Your access was withdrawn after you had signed in.",
        "An off-boarding or a revocation covers your sign-in.",
        "Sign in again; if that is refused, ask an administrator of the organization."
    );

    public static readonly ErrorCode UpstreamUnavailable = new(
        "connection.upstream_unavailable",
        503,
        "The upstream's authorization server does not issue a token.",
        "It does not answer within 10 s, refuses the client, or its answer is not that of a token endpoint.",
        "Retry later; the operator of the service finds the exact reason in the service's log (event 7050)."
    );

    public static readonly ErrorCode Busy = new(
        "connection.busy",
        503,
        "Another request refreshes the person's token.",
        "It did not end within 10 s.",
        "Retry in a few seconds."
    );

    public static readonly ErrorCode Page = new(
        "connection.page",
        400,
        "This page is not the one that your browser began.",
        "It took longer than ten minutes, was answered before, or was opened in another browser.",
        "Open the link again in the browser in which you sign in."
    );

    public static readonly ErrorCode Denied = new(
        "connection.denied",
        403,
        "The upstream did not allow the access.",
        "You or the vendor denied the request, or the connection's client or scopes are wrong.",
        "Open the link again; if it is refused again, ask an administrator of the organization."
    );
}
