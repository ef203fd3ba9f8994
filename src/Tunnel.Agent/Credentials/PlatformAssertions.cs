using Culvert.Machine.Client.Tokens;

namespace Culvert.Tunnel.Agent.Credentials;

/// <summary>
/// The identity token of the agent's own platform, read at each use. A platform that issues tokens on request issues one
/// with the audience; another token is used only if it names the audience, so that the one for the identity service never
/// leaves.
/// </summary>
internal sealed class PlatformAssertions(
    IdentityTokenOptions options,
    TimeProvider time,
    Func<string, string?>? environment = null
) : IAssertionSource
{
    public async ValueTask<IssuedToken> GetAsync(string audience, CancellationToken cancellationToken)
    {
        var source = new IdentityTokenSource(options with { Audience = audience }, time, environment);
        try
        {
            var token = await source.ReadAsync(cancellationToken);
            return TokenAudience.Names(token, audience)
                ? new IssuedToken(token, time.GetUtcNow(), "")
                : Failed($"The identity token's {source.Name} does not name the audience {audience} and was not sent.");
        }
        catch (IdentityTokenException e)
        {
            return Failed(e.Message);
        }
    }

    private IssuedToken Failed(string problem) => IssuedToken.Failed(problem, time.GetUtcNow());
}
