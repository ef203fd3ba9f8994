using System.Net;
using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Credentials.Aws;

/// <summary>
/// Signs requests by a session of an AWS role, which the agent assumes with an assertion instead of a stored key. With
/// session tags there is one session for each distinct set of their values, and the role decides by them.
/// </summary>
internal sealed class AwsCredential(
    AwsSettings settings,
    string route,
    IAssertionSource assertions,
    SecurityTokenService sts,
    TimeProvider time
) : UpstreamCredential
{
    private const string OwnKey = "";
    private const string ErrorHeader = "x-amzn-ErrorType";

    private readonly TokenStore sessions = new(time);

    public override string Kind => "aws";

    public override bool HoldsBody => true;

    public override async ValueTask<CredentialHeader> GetAsync(Exchange exchange, CancellationToken cancellationToken)
    {
        var tags = SessionTags.Read(settings.SessionTags, exchange.Principal);
        if (tags.Problem.Length > 0)
        {
            return CredentialHeader.FailedForCaller(tags.Problem);
        }

        return tags.Values.Count == 0
            ? await GetOwnAsync(cancellationToken)
            : Use(await sessions.GetAsync(tags.CacheKey, () => AssumeAsync(tags), cancellationToken), tags);
    }

    /// <summary>Without tags, for which there is no caller.</summary>
    public override async ValueTask<CredentialHeader> GetOwnAsync(CancellationToken cancellationToken) =>
        Use(await sessions.GetAsync(OwnKey, AssumeAsync, cancellationToken));

    /// <summary>AWS refuses signatures and permissions with 403, and names the error in a header of its own.</summary>
    public override bool IsRefusal(HttpResponseMessage response) =>
        base.IsRefusal(response)
        || (response.StatusCode == HttpStatusCode.Forbidden && response.Headers.NonValidated.Contains(ErrorHeader));

    public override void Refused(Exchange exchange, CredentialHeader sent)
    {
        if (sent.Signer is AwsSigner signer)
        {
            sessions.Forget(
                SessionTags.Read(settings.SessionTags, exchange.Principal).CacheKey,
                signer.Session.SessionToken
            );
        }
    }

    // The name of a session with tags has their values, which are the caller's.
    private CredentialHeader Use(IssuedToken issued, SessionTags? tags = null) =>
        issued is AwsSession session
            ? CredentialHeader.None with
            {
                Name = "Authorization",
                Signer = new AwsSigner(session, settings.Region, settings.Service, time),
                Use = new CredentialUse(
                    tags is null ? settings.Role : $"{settings.Role}/{tags.NameSession(route)}",
                    session.EndsAt
                )
                {
                    IsCallers = tags is not null,
                },
            }
            : CredentialHeader.Failed(issued.Problem);

    private async Task<IssuedToken> AssumeAsync()
    {
        var assertion = await assertions.GetAsync(settings.Audience, CancellationToken.None);
        return assertion.Problem.Length > 0
            ? assertion
            : await sts.AssumeAsync(new SessionTags([], "").NameSession(route), assertion.Value);
    }

    private async Task<IssuedToken> AssumeAsync(SessionTags tags)
    {
        var own = await sessions.GetAsync(OwnKey, AssumeAsync, CancellationToken.None);
        return own is AwsSession session ? await sts.AssumeAsync(tags.NameSession(route), tags.Values, session) : own;
    }
}
