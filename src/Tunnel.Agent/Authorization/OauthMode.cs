namespace Culvert.Tunnel.Agent.Authorization;

/// <summary>Who checks the callers of a route.</summary>
internal enum OauthMode
{
    /// <summary>The agent: no request passes without a token for the route.</summary>
    Required,

    /// <summary>The upstream: the client's credentials reach it untouched.</summary>
    Passthrough,

    /// <summary>No caller is authenticated.</summary>
    DangerousNone,
}
