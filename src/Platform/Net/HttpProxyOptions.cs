using Culvert.Platform.Addresses;
using Culvert.Platform.Secrets;

namespace Culvert.Platform.Net;

/// <summary>An HTTP proxy that is asked to CONNECT (RFC 9110 §9.3.6).</summary>
public sealed record HttpProxyOptions
{
    /// <summary>http or https, without user.</summary>
    public required Uri Url { get; init; }

    /// <summary>Empty: no credentials are sent.</summary>
    public string UserName { get; init; } = "";

    /// <summary>Read at each use.</summary>
    public SecretReference? Password { get; init; }

    /// <summary>The password of a URL in the environment; null when there is none.</summary>
    internal string? EnvironmentPassword { get; init; }

    /// <summary>Hosts that are dialled directly: names with all below them, addresses, ranges, or <c>*</c>.</summary>
    public IReadOnlyList<string> NoProxy { get; init; } = [];

    /// <summary>Whether the host is dialled through the proxy.</summary>
    public bool AppliesTo(string host)
    {
        ArgumentNullException.ThrowIfNull(host);
        var bare = host.Trim('[', ']');
        return !NoProxy.Any(entry => Names(entry.Trim(), bare));
    }

    private static bool Names(string entry, string host)
    {
        if (entry is "*")
        {
            return true;
        }

        if (System.Net.IPAddress.TryParse(host, out var address))
        {
            return AddressRanges.TryParse(entry.Trim('[', ']'), out var range)
                && range.Contains(AddressRanges.Normalise(address));
        }

        var name = entry.TrimStart('*').TrimStart('.');
        return name.Length > 0
            && (
                host.Equals(name, StringComparison.OrdinalIgnoreCase)
                || host.EndsWith("." + name, StringComparison.OrdinalIgnoreCase)
            );
    }

    public override string ToString() => Url.GetLeftPart(UriPartial.Authority);
}
