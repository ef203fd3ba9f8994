namespace Culvert.Tunnel.Agent.Authorization;

/// <summary>How a route treats tokens that are bound to a key (RFC 9449).</summary>
internal enum DpopMode
{
    /// <summary>Bound tokens are refused: their binding would not be checked.</summary>
    Off,

    /// <summary>A bound token requires its proof; a bearer token requires none.</summary>
    Optional,

    Required,
}
