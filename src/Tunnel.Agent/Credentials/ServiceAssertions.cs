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

    private readonly TokenStore assertions = new(time);

    public async ValueTask<IssuedToken> GetAsync(string audience, CancellationToken cancellationToken) =>
        await assertions.GetAsync(audience, () => RequestAsync(audience), cancellationToken);

    private Task<IssuedToken> RequestAsync(string audience)
    {
        var now = time.GetUtcNow();
        return ServiceRequest.SendAsync(
            token => request(new UpstreamAssertionRequest(Route: route, Audience: audience), token),
            answer =>
                IssuedToken.IsToken(answer.Assertion)
                    ? new IssuedToken(answer.Assertion, ServiceRequest.Earlier(answer.ExpiresAt, now + MaxLife), "")
                    : IssuedToken.Failed("The identity service answered with something that is not a JWT.", time),
            failure => IssuedToken.Failed(Describe(failure, audience), time),
            "assertion",
            time
        );
    }

    private string Describe(ApiFailure failure, string audience) =>
        failure.Code == "assertion.audience"
            ? $"The identity service refuses the audience {audience}: add it with "
                + $"\"culvert tunnel update {tunnelId} --assertion-audience {audience}\"."
            : $"The identity service gave no assertion: {failure}";
}
