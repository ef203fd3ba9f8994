namespace Culvert.Tunnel.Agent.Requests;

/// <summary>The verified token of a caller, for what outlives the call.</summary>
/// <param name="Live">Ends what a feed's revocations concern.</param>
/// <param name="Value">The token.</param>
/// <param name="Known">The revocations that were known before the token was verified.</param>
internal sealed record CallerToken(LiveRequests Live, string Value, IRefusedTokens Known)
{
    /// <summary>Null on routes that do not authenticate callers.</summary>
    public static CallerToken? From(Exchange exchange) =>
        exchange is { Live: { } live, ClientToken: { } token, KnownRevocations: { } known }
            ? new CallerToken(live, token, known)
            : null;

    /// <summary>Without the token, which is a secret.</summary>
    public override string ToString() => nameof(CallerToken);
}
