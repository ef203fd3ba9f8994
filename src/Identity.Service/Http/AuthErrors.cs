using Culvert.Identity.Service.Errors;

namespace Culvert.Identity.Service.Http;

internal static class AuthErrors
{
    public static readonly ErrorCode Missing = new(
        "auth.missing",
        401,
        "A credential is required.",
        "Neither Authorization: Bearer nor X-Api-Key was sent, or both with different values.",
        "Send an admin key or an access token."
    );

    public static readonly ErrorCode Invalid = new(
        "auth.invalid",
        401,
        "The credential is not valid.",
        "The key or token is unknown, revoked or malformed.",
        "Obtain a new access token, or use an active admin key."
    );

    public static readonly ErrorCode KeyRevoked = new(
        "auth.key_revoked",
        401,
        "The admin key was revoked.",
        "An administrator revoked it, its organization was archived, or it is the key of init and a security-admin has signed in.",
        "Sign in with culvert login or use another admin key; identity-service admin-key create, on a host of the service, makes one (docs/admin-keys.md)."
    );

    public static readonly ErrorCode KeyExpired = new(
        "auth.key_expired",
        401,
        "The admin key has expired.",
        "Admin keys expire; the key that init creates expires after 30 days.",
        "Use an admin key that has not expired."
    );

    public static readonly ErrorCode Scope = new(
        "auth.scope",
        403,
        "The credential lacks the scope that this operation needs.",
        "The rule grants another scope, or the key has another role.",
        "Use a credential with the scope named in details.required_scope."
    );

    public static readonly ErrorCode Workspace = new(
        "auth.workspace",
        403,
        "The credential is not valid for the requested workspace.",
        "The anthropic-workspace-id header names a workspace that the credential does not cover, or the call would change an organization-wide object for one workspace.",
        "Leave the header out, or use a credential of that workspace."
    );

    public static readonly ErrorCode Peer = new(
        "auth.peer",
        403,
        "The client certificate is not valid for this operation.",
        "An agent's operation was called with an edge's certificate, or the other way round.",
        "Use the certificate that the matching enrolment gave."
    );

    public static readonly ErrorCode PeerRevoked = new(
        "auth.peer_revoked",
        403,
        "The client certificate has been revoked.",
        "The enrolment, its tunnel or its edge was revoked or archived.",
        "Enrol again if the machine should still have access."
    );

    public static readonly ErrorCode PeerExpired = new(
        "auth.peer_expired",
        403,
        "The client certificate has expired.",
        "The connection outlived the certificate it was opened with.",
        "Renew, and reconnect with the new certificate."
    );

    /// <summary>The refusal of a caller that lacks a scope, which it names.</summary>
    public static Refusal RefuseWithout(this ErrorCode code, string scope) =>
        code.Refuse($"This needs the scope {scope}.", "required_scope", scope);
}
