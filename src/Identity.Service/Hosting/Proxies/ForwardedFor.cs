using System.Globalization;
using System.Net;
using System.Text;
using Culvert.Platform.Addresses;
using Microsoft.Extensions.Primitives;

namespace Culvert.Identity.Service.Hosting.Proxies;

/// <summary>
/// Finds the client's address in the headers that HTTP balancers add: <c>Forwarded</c> (RFC 7239) and
/// <c>X-Forwarded-For</c>. Each balancer appends the address that it saw, so the client is the rightmost address that
/// is not a trusted proxy; a client can write anything to the left of it.
/// </summary>
internal static class ForwardedFor
{
    /// <summary>
    /// False if the headers do not determine the address: one of them cannot be read up to the client, or they name
    /// different clients. A balancer that sets one header may pass the other on as the client wrote it.
    /// </summary>
    /// <param name="client">Null with true: neither header is present.</param>
    public static bool TryFind(
        StringValues forwarded,
        StringValues forwardedFor,
        AddressRanges proxies,
        out IPAddress? client
    )
    {
        client = null;
        IPAddress? standard = null;
        if (
            forwarded.Count > 0
            && !(TryReadElements(forwarded, out var nodes) && TryFindClient(nodes, proxies, out standard))
        )
        {
            return false;
        }

        if (forwardedFor.Count == 0)
        {
            client = standard;
            return true;
        }

        var addresses = forwardedFor
            .SelectMany(line => (line ?? "").Split(',', StringSplitOptions.TrimEntries))
            .ToList<string?>();
        if (!TryFindClient(addresses, proxies, out client))
        {
            return false;
        }

        return standard is null || standard.Equals(client);
    }

    private static bool TryFindClient(List<string?> nodes, AddressRanges proxies, out IPAddress? client)
    {
        client = null;
        for (var i = nodes.Count - 1; i >= 0; i--)
        {
            if (!TryReadNode(nodes[i], out client))
            {
                client = null;
                return false;
            }

            if (!proxies.Contains(client))
            {
                return true;
            }
        }

        // Every address is a proxy's: the first of them sent the request itself.
        return client is not null;
    }

    /// <summary>An address, with or without a port; IPv6 in brackets, or bare without a port (RFC 7239 §6).</summary>
    private static bool TryReadNode(string? node, out IPAddress address)
    {
        address = IPAddress.None;
        if (node is not { Length: > 0 } || node.Contains('/', StringComparison.Ordinal))
        {
            return false;
        }

        var (host, port) = (node, "");
        if (node[0] == '[')
        {
            var end = node.IndexOf(']', StringComparison.Ordinal);
            if (end < 0)
            {
                return false;
            }

            (host, port) = (node[1..end], node[(end + 1)..]);
            if (!host.Contains(':', StringComparison.Ordinal))
            {
                return false;
            }
        }
        else if (node.IndexOf(':', StringComparison.Ordinal) is >= 0 and var colon && colon == node.LastIndexOf(':'))
        {
            (host, port) = (node[..colon], node[colon..]);
        }

        if (
            port.Length > 0
            && (port[0] != ':' || !ushort.TryParse(port[1..], NumberStyles.None, CultureInfo.InvariantCulture, out _))
        )
        {
            return false;
        }

        if (!AddressRanges.TryParse(host, out var range))
        {
            return false;
        }

        address = range.BaseAddress;
        return true;
    }

    /// <summary>
    /// The <c>for</c> of each element; null if an element has none. Each line must be complete on its own: a quote that
    /// a client opens in its line must not include the line that the balancer adds.
    /// </summary>
    private static bool TryReadElements(StringValues lines, out List<string?> nodes)
    {
        nodes = [];
        foreach (var line in lines)
        {
            if (line is null || !TryReadLine(line, nodes))
            {
                return false;
            }
        }

        return true;
    }

    // forwarded-element = forwarded-pair *( ";" forwarded-pair ), a list by commas (RFC 7239 §4). Empty pairs and
    // elements, which the grammar allows, are refused: no balancer writes them.
    private static bool TryReadLine(string line, List<string?> nodes)
    {
        var (at, node) = (0, (string?)null);
        while (true)
        {
            SkipSpace(line, ref at);
            if (
                !TryReadToken(line, ref at, out var name)
                || !TryRead(line, ref at, '=')
                || !TryReadValue(line, ref at, out var value)
            )
            {
                return false;
            }

            if (name.Equals("for", StringComparison.OrdinalIgnoreCase))
            {
                if (node is not null)
                {
                    return false; // at most once (§4)
                }

                node = value;
            }

            SkipSpace(line, ref at);
            if (at == line.Length)
            {
                nodes.Add(node);
                return true;
            }

            switch (line[at++])
            {
                case ';':
                    break;
                case ',':
                    nodes.Add(node);
                    node = null;
                    break;
                default:
                    return false;
            }
        }
    }

    private static bool TryReadValue(string line, ref int at, out string value)
    {
        if (at == line.Length || line[at] != '"')
        {
            return TryReadToken(line, ref at, out value);
        }

        var text = new StringBuilder();
        for (at++; at < line.Length; at++)
        {
            switch (line[at])
            {
                case '"':
                    at++;
                    value = text.ToString();
                    return true;
                case '\\' when at + 1 < line.Length:
                    text.Append(line[++at]);
                    break;
                default:
                    text.Append(line[at]);
                    break;
            }
        }

        value = "";
        return false;
    }

    // RFC 9110 §5.6.2
    private static bool TryReadToken(string line, ref int at, out string token)
    {
        var start = at;
        while (
            at < line.Length
            && (char.IsAsciiLetterOrDigit(line[at]) || "!#$%&'*+-.^_`|~".Contains(line[at], StringComparison.Ordinal))
        )
        {
            at++;
        }

        token = line[start..at];
        return token.Length > 0;
    }

    private static bool TryRead(string line, ref int at, char expected)
    {
        if (at == line.Length || line[at] != expected)
        {
            return false;
        }

        at++;
        return true;
    }

    private static void SkipSpace(string line, ref int at)
    {
        while (at < line.Length && line[at] is ' ' or '\t')
        {
            at++;
        }
    }
}
