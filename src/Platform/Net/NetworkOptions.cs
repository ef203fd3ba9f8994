using System.Net.Sockets;

namespace Culvert.Platform.Net;

/// <summary>The <c>network</c> section: how this program reaches the service and the edges.</summary>
public sealed record NetworkOptions
{
    /// <summary>A direct connection over any address family.</summary>
    public static readonly NetworkOptions Default = new();

    /// <summary>Null: no proxy.</summary>
    public HttpProxyOptions? Proxy { get; init; }

    /// <summary>A PEM file with roots that are trusted in addition to the system's; empty for none.</summary>
    public string CaBundle { get; init; } = "";

    /// <summary>The family of dialled addresses; <see cref="AddressFamily.Unspecified"/>: any.</summary>
    public AddressFamily Family { get; init; } = AddressFamily.Unspecified;
}
