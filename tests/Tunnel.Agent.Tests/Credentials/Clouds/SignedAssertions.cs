using Culvert.Tunnel.Agent.Credentials;
using Culvert.Tunnel.Agent.Tests.Support;

namespace Culvert.Tunnel.Agent.Tests.Credentials.Clouds;

/// <summary>An issuer that signs a real JWT for each audience, or fails as the test says.</summary>
internal sealed class SignedAssertions(TimeProvider time) : IAssertionSource
{
    private readonly TestIssuer issuer = new();

    /// <summary>Every audience that was requested, in order.</summary>
    public List<string> Audiences { get; } = [];

    /// <summary>Empty: none.</summary>
    public string Problem { get; set; } = "";

    public string Sign(string audience) => issuer.Token(audience, time.GetUtcNow());

    public ValueTask<IssuedToken> GetAsync(string audience, CancellationToken cancellationToken)
    {
        Audiences.Add(audience);
        return new(
            Problem.Length > 0
                ? IssuedToken.Failed(Problem, time.GetUtcNow() + TimeSpan.FromSeconds(1))
                : new IssuedToken(Sign(audience), time.GetUtcNow() + TimeSpan.FromMinutes(5), "")
        );
    }
}
