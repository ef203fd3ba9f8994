namespace Culvert.Tunnel.Agent.Authorization;

/// <summary>Which side authenticates the callers of a route.</summary>
internal enum OauthMode
{
    /// <summary>The agent: each request requires a token for the route.</summary>
    Required,

    /// <summary>The upstream: the client's credentials reach it unchanged.</summary>
    Passthrough,

    DangerousNone,
}
