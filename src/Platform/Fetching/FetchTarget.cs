using System.Net;
using Culvert.Platform.Addresses;

namespace Culvert.Platform.Fetching;

/// <summary>A private target that one record may fetch from: addresses and a port (S27).</summary>
public readonly record struct FetchTarget(IPNetwork Range, int Port)
{
    public static bool TryCreate(string range, int port, out FetchTarget target)
    {
        var valid = AddressRanges.TryParse(range, out var parsed) && port is > 0 and <= 65535;
        target = valid ? new FetchTarget(parsed, port) : default;
        return valid;
    }
}
