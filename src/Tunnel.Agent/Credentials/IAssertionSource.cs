namespace Culvert.Tunnel.Agent.Credentials;

/// <summary>Gives short-lived JWTs that prove the route to an upstream's authorization server or cloud.</summary>
internal interface IAssertionSource
{
    /// <param name="audience">The receiver, as it must be in <c>aud</c>.</param>
    /// <returns>The JWT, or the problem; never throws for an unreachable service.</returns>
    ValueTask<IssuedToken> GetAsync(string audience, CancellationToken cancellationToken);
}
