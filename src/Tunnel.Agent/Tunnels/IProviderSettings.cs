namespace Culvert.Tunnel.Agent.Tunnels;

/// <summary>One validated entry of <c>tunnels</c>.</summary>
internal interface IProviderSettings
{
    /// <summary>All that the file says of it: a reload keeps a tunnel whose origin is the same. Empty = it is new.</summary>
    string Origin { get; }
}
