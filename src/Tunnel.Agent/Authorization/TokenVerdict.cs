using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Authorization;

/// <summary>Who a token speaks for, or why it was not accepted.</summary>
internal readonly record struct TokenVerdict(Principal? Principal, TokenError Error)
{
    public static TokenVerdict Refused(TokenError error) => new(null, error);
}
