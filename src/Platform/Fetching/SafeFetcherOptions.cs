using Culvert.Platform.Addresses;
using Culvert.Platform.Net;

namespace Culvert.Platform.Fetching;

public sealed record SafeFetcherOptions
{
    /// <summary>From the start of name resolution to the last byte. Default 5 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The largest body, after decompression. Default 256 KiB.</summary>
    public int MaxBytes { get; init; } = 256 * 1024;

    /// <summary><c>private_issuer_networks</c>: bounds the private targets of records. Default: none.</summary>
    public IReadOnlyList<PrivateNetwork> PrivateNetworks { get; init; } = [];

    /// <summary>
    /// The <c>network</c> section. A proxy receives only public addresses; private ones are dialled directly.
    /// </summary>
    public NetworkOptions Network { get; init; } = NetworkOptions.Default;
}
