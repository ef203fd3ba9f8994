namespace Culvert.Tunnel.Agent.Upstreams.Cookies;

internal enum CookieHandling
{
    /// <summary>Clients if the upstream checks their tokens (<c>oauth.mode: passthrough</c>), otherwise the agent.</summary>
    Automatic,

    /// <summary>The agent stores them for each session and principal: clients neither receive nor send them.</summary>
    Keep,

    /// <summary>Clients store them: cookies pass in both directions.</summary>
    Pass,

    Drop,
}
