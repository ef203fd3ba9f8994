using System.Collections.Concurrent;
using Culvert.Machine.Client.Calls;
using Culvert.Platform.Wire;
using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Credentials;

/// <summary>
/// The caller's own access token for the upstream, of the grant that the identity service keeps for them. A caller without a
/// grant gets the page where they connect their account.
/// </summary>
/// <param name="request">Calls the machine API; null: the agent is not enrolled.</param>
internal sealed class PersonGrantCredential(
    string route,
    Func<ConnectionTokenRequest, CancellationToken, Task<ApiResult<ConnectionTokenAnswer>>?> request,
    TimeProvider time
) : UpstreamCredential
{
    /// <summary>A token is used no longer without asking whether the person's grant still exists.</summary>
    public static readonly TimeSpan LongestUse = TimeSpan.FromMinutes(5);

    /// <summary>An upstream that refuses every token causes one refresh of a person's grant in this time.</summary>
    public static readonly TimeSpan RefusalPause = TimeSpan.FromSeconds(30);

    private readonly TokenStore tokens = new(time);

    // By person: the last token that the upstream refused.
    private readonly ConcurrentDictionary<string, (string Hash, DateTimeOffset At)> refusals = new(
        StringComparer.Ordinal
    );

    public override string Kind => "person_grant";

    public override bool HoldsBody => true;

    public override bool ConnectsCallers => true;

    public override async ValueTask<CredentialHeader> GetAsync(Exchange exchange, CancellationToken cancellationToken)
    {
        if (exchange.Principal is not { Subject.Length: > 0 } person)
        {
            return CredentialHeader.FailedForCaller("The caller's token names no person.");
        }

        var token = await tokens.GetAsync(GetKey(person), () => RequestAsync(person), cancellationToken);
        return token is MissingGrant missing
                ? CredentialHeader.FailedForCaller(token.Problem) with
                {
                    ConnectPage = missing.Page,
                }
            : token.Problem.Length > 0 ? CredentialHeader.Failed(token.Problem)
            : time.GetUtcNow() >= person.EndsAt ? CredentialHeader.FailedForCaller("The caller's token has expired.")
            : CredentialHeader.Bearer(
                token.Value,
                new CredentialUse(person.Subject, token.EndsAt) { IsCallers = true }
            );
    }

    public override void Refused(Exchange exchange, CredentialHeader sent)
    {
        if (exchange.Principal is not { } person)
        {
            return;
        }

        var (key, now) = (GetKey(person), time.GetUtcNow());
        if (refusals.TryGetValue(key, out var last) && now < last.At + RefusalPause)
        {
            return;
        }

        Prune(now);
        refusals[key] = (ConnectionTokenRequest.HashToken(sent.BearerToken), now);
        tokens.Forget(key, sent.BearerToken);
    }

    private Task<IssuedToken> RequestAsync(Principal person)
    {
        var refused = refusals.TryGetValue(GetKey(person), out var last) ? last.Hash : null;
        var until = time.GetUtcNow() + LongestUse;
        return ServiceRequest.SendAsync(
            token => request(new ConnectionTokenRequest(route, person.Issuer, person.Subject, refused), token),
            answer => Read(answer, refused, until),
            Describe,
            "token of the person",
            time
        );
    }

    private IssuedToken Read(ConnectionTokenAnswer answer, string? refused, DateTimeOffset until) =>
        !IssuedToken.IsToken(answer.AccessToken)
            ? IssuedToken.Failed("The identity service answered with something that is not a token.", time)
        : refused is null || refused != ConnectionTokenRequest.HashToken(answer.AccessToken)
            ? new IssuedToken(answer.AccessToken, ServiceRequest.Earlier(answer.ExpiresAt, until), "")
        : WebPage.Find(answer.ConnectUrl) is { } page
            ? Missing(page, "The upstream refuses the person's token, and the service has no other one.")
        : IssuedToken.Failed("The upstream refuses the person's token.", time);

    private IssuedToken Describe(ApiFailure failure) =>
        failure is { Code: "connection.grant_missing" or "connection.grant_ended", ConnectUrl: { } page }
            ? Missing(page, $"The person has not connected their account: {failure}")
            : IssuedToken.Failed($"The identity service gave no token of the person: {failure}", time);

    // Not kept: the person may connect at any moment, and repeats the call at once.
    private MissingGrant Missing(Uri page, string problem) => new(page, problem, time.GetUtcNow());

    // Bounded: an entry is of no use once the refused token would have left the cache.
    private void Prune(DateTimeOffset now)
    {
        var excess = refusals.Count - TokenStore.MaxTokens + 1;
        if (excess <= 0)
        {
            return;
        }

        foreach (var (key, refusal) in refusals)
        {
            if ((excess > 0 || now >= refusal.At + LongestUse) && refusals.TryRemove(key, out _))
            {
                excess--;
            }
        }
    }

    private static string GetKey(Principal person) => $"{person.Issuer}\0{person.Subject}";
}
