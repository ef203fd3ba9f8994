namespace Culvert.Tunnel.Agent.Tunnels;

/// <summary>A validated entry of <c>tunnels</c>.</summary>
internal interface IProviderSettings
{
    /// <summary>A reload keeps a tunnel whose origin is the same. Empty = always new.</summary>
    string Origin { get; }
}
