namespace Culvert.Tunnel.Agent.Credentials;

/// <summary>
/// The exchanges that follow the first token (RFC 8693): the result of one is the subject of the next. The caller's token
/// goes into none of them.
/// </summary>
internal sealed class TokenChain
{
    /// <summary>The longest chain after the first token.</summary>
    public const int MaxLinks = 2;

    public static readonly TokenChain Empty = new([]);

    private readonly IReadOnlyList<(TokenSettings Settings, TokenEndpoint Endpoint)> links;

    public TokenChain(IReadOnlyList<(TokenSettings Settings, TokenEndpoint Endpoint)> links) => this.links = links;

    /// <param name="first">The first token, or its failure, which is returned.</param>
    /// <param name="callers">The caller's token, which no server may give back; null: there is none.</param>
    public async Task<IssuedToken> ContinueAsync(IssuedToken first, string? callers)
    {
        var token = RefuseCallers(first, callers);
        for (var i = 0; i < links.Count && token.Problem.Length == 0; i++)
        {
            var (settings, endpoint) = links[i];
            using var request = TokenExchangeCredential.CreateRequest(settings, token.Value);
            var next = ClientCredentialsCredential.Check(
                await endpoint.RequestAsync(request, CancellationToken.None),
                settings
            );
            token =
                next.Problem.Length > 0
                    ? IssuedToken.Failed($"Exchange {i + 1} of token.then failed: {next.Problem}", next.EndsAt)
                    : RefuseCallers(next, callers);
        }

        return token;
    }

    private static IssuedToken RefuseCallers(IssuedToken token, string? callers) =>
        callers is not null && token.Value == callers
            ? IssuedToken.Failed("The exchange gave the caller's own token back.", token.EndsAt)
            : token;
}
