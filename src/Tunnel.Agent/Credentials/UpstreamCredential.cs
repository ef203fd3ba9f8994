using System.Net;
using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Credentials;

/// <summary>How the agent authenticates to an upstream (A17); it never sends the client's token.</summary>
internal abstract class UpstreamCredential
{
    private CredentialState? state;

    /// <summary>The kind in records: <c>none</c>, <c>static</c>, ….</summary>
    public abstract string Kind { get; }

    /// <summary>What the route's calls and probes obtained last; null before the first.</summary>
    public CredentialState? State => Volatile.Read(ref state);

    /// <summary>Whether the agent holds all of a request's body before it sends any, to sign it or to read it.</summary>
    public virtual bool HoldsBody => false;

    /// <summary>
    /// Whether a caller may have to connect an account first: the client's answer about that page is in the request's body.
    /// </summary>
    public virtual bool ConnectsCallers => false;

    public abstract ValueTask<CredentialHeader> GetAsync(Exchange exchange, CancellationToken cancellationToken);

    /// <summary>The header of the agent's own request, such as a probe; none if the credential needs a client.</summary>
    public virtual ValueTask<CredentialHeader> GetOwnAsync(CancellationToken cancellationToken) =>
        new(CredentialHeader.None);

    /// <summary>
    /// Whether the upstream rejects the agent's credential (A18): by a 401 (even without the challenge that it must
    /// have), or by a 403 with a challenge. Any other 403 is the server's own answer to the request.
    /// </summary>
    public virtual bool IsRefusal(HttpResponseMessage response) =>
        response.StatusCode == HttpStatusCode.Unauthorized
        || (
            response.StatusCode == HttpStatusCode.Forbidden
            && response.Headers.NonValidated.Contains("WWW-Authenticate")
        );

    /// <summary>Keeps <see cref="State"/> up to date. A failure because of the caller changes nothing.</summary>
    public void Note(in CredentialHeader obtained, DateTimeOffset now)
    {
        var known = State;
        if (obtained.Problem.Length > 0)
        {
            if (!obtained.IsCallersFailure && known?.Problem != obtained.Problem)
            {
                Volatile.Write(ref state, new(now, known?.Subject ?? "", known?.ExpiresAt, obtained.Problem));
            }
        }
        else if (obtained.Use is { } use)
        {
            var subject = use.IsCallers ? "" : use.Subject;
            if (known is not { Problem: "" } || known.ExpiresAt != use.ExpiresAt || known.Subject != subject)
            {
                Volatile.Write(ref state, new(now, subject, use.ExpiresAt, ""));
            }
        }
    }

    public virtual void Refused(Exchange exchange, CredentialHeader sent) { }
}
