namespace Culvert.Tunnel.Agent.Credentials;

/// <summary>An authorization server's token endpoint; tests script one.</summary>
internal interface ITokenEndpoint
{
    /// <summary>Asks for a token. What goes wrong is said in the answer, which is good for a moment then.</summary>
    /// <param name="form">The grant's own parameters; the agent proves itself besides.</param>
    /// <param name="cancellationToken">Bounds the request.</param>
    Task<IssuedToken> RequestAsync(
        IReadOnlyList<KeyValuePair<string, string>> form,
        CancellationToken cancellationToken
    );
}
