using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Authorization;

/// <summary>Who a token speaks for, or why it was not accepted.</summary>
internal readonly record struct TokenVerdict(Principal? Principal, TokenError Fault)
{
    public static TokenVerdict Refused(TokenError fault) => new(null, fault);
}
