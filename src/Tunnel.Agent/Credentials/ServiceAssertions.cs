using Culvert.Machine.Client.Calls;
using Culvert.Platform.Wire;

namespace Culvert.Tunnel.Agent.Credentials;

/// <summary>
/// Assertions that the identity service signs for one route, cached by audience until shortly before they expire.
/// </summary>
/// <param name="request">Calls the machine API; null: the agent is not enrolled.</param>
internal sealed class ServiceAssertions(
    string route,
    string tunnelId,
    Func<UpstreamAssertionRequest, CancellationToken, Task<ApiResult<UpstreamAssertion>>?> request,
    TimeProvider time
) : IAssertionSource
{
    // The service's limit: a longer one would come from a clock that is behind the service's.
    private static readonly TimeSpan MaxLife = TimeSpan.FromMinutes(5);

    // Nothing waits longer for the service than a token request may take.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly TokenStore assertions = new(time);

    public async ValueTask<IssuedToken> GetAsync(string audience, CancellationToken cancellationToken) =>
        await assertions.GetAsync(audience, () => RequestAsync(audience), cancellationToken);

    private async Task<IssuedToken> RequestAsync(string audience)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        try
        {
            if (request(new UpstreamAssertionRequest(Route: route, Audience: audience), patience.Token) is not { } call)
            {
                return Failed("The agent is not enrolled, and has no assertion.");
            }

            var now = time.GetUtcNow();
            var answer = await call;
            return !answer.IsSuccess ? Failed(Describe(answer.Failure, audience))
                : !IsToken(answer.Value.Assertion)
                    ? Failed("The identity service answered with something that is not a JWT.")
                : new IssuedToken(answer.Value.Assertion, Earlier(answer.Value.ExpiresAt, now + MaxLife), "");
        }
        catch (Exception e) when (e is ObjectDisposedException or OperationCanceledException)
        {
            // The certificate was renewed meanwhile, or the service did not answer in time.
            return Failed("The identity service gave no assertion in time.");
        }
    }

    private string Describe(ApiFailure failure, string audience) =>
        failure.Code == "assertion.audience"
            ? $"The identity service refuses the audience {audience}: add it with "
                + $"\"culvert tunnel update {tunnelId} --assertion-audience {audience}\"."
            : $"The identity service gave no assertion: {failure}";

    // It is sent in a form, and as a header of a cloud.
    private static bool IsToken(string assertion) =>
        assertion.Length > 0 && !assertion.AsSpan().ContainsAnyExceptInRange('!', '~');

    private static DateTimeOffset Earlier(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;

    private IssuedToken Failed(string problem) => IssuedToken.Failed(problem, time);
}
