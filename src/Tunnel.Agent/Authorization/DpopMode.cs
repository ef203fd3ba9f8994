namespace Culvert.Tunnel.Agent.Authorization;

/// <summary>What a route thinks of tokens that are bound to a key (RFC 9449).</summary>
internal enum DpopMode
{
    /// <summary>A bound token is refused: its binding would not be checked.</summary>
    Off,

    /// <summary>A bound token needs its proof; a bearer token needs none.</summary>
    Optional,

    /// <summary>Bearer tokens are refused.</summary>
    Required,
}
