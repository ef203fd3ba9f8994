namespace Culvert.Tunnel.Agent.Upstreams.Cookies;

/// <summary>Who keeps the cookies of an upstream.</summary>
internal enum CookieHandling
{
    /// <summary>Clients where the upstream itself checks their tokens (<c>oauth.mode: passthrough</c>), else the agent.</summary>
    Automatic,

    /// <summary>The agent, for each session and principal: clients neither get nor send them.</summary>
    Keep,

    /// <summary>Clients: both directions pass.</summary>
    Pass,

    /// <summary>No one: neither direction passes.</summary>
    Drop,
}
