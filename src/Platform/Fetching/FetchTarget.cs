using System.Net;
using Culvert.Platform.Addresses;

namespace Culvert.Platform.Fetching;

/// <summary>A private place that one record is allowed to fetch from: these addresses, this port (S27).</summary>
/// <param name="Range">The addresses.</param>
/// <param name="Port">1 to 65535.</param>
public readonly record struct FetchTarget(IPNetwork Range, int Port)
{
    public static bool TryCreate(string range, int port, out FetchTarget target)
    {
        var valid = AddressRanges.TryParse(range, out var parsed) && port is > 0 and <= 65535;
        target = valid ? new FetchTarget(parsed, port) : default;
        return valid;
    }
}
