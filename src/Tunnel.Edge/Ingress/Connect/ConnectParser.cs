using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using Culvert.Platform.Addresses;
using Culvert.Platform.Telemetry;
using Microsoft.Extensions.Primitives;

namespace Culvert.Tunnel.Edge.Ingress.Connect;

/// <summary>
/// Parses the head of one CONNECT request (RFC 9110 §9.3.6, RFC 9112), more strictly than they require: only HTTP/1.1, lines
/// end in CRLF, no folding, one Host that agrees with the target, no header that announces a body (S22).
/// </summary>
/// <remarks>
/// <code>
/// CONNECT docs.abc.tunnel.example.com:443 HTTP/1.1 CRLF
/// Host: docs.abc.tunnel.example.com:443 CRLF
/// *( name ":" OWS value OWS CRLF )
/// CRLF
/// </code>
/// </remarks>
internal static class ConnectParser
{
    public const int MaxHeadBytes = 8 * 1024;

    private const int MaxHeaders = 64;
    private const int MaxNameBytes = 253;

    private static readonly SearchValues<byte> NameBytes = SearchValues.Create(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_."u8
    );

    // tchar, RFC 9110 §5.6.2
    private static readonly SearchValues<byte> TokenBytes = SearchValues.Create(
        "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"u8
    );

    private static ReadOnlySpan<byte> HeadEnd => "\r\n\r\n"u8;

    /// <summary>Length of the received head, the empty line included; -1 = it is not complete yet.</summary>
    public static int HeadLength(ReadOnlySpan<byte> received) =>
        received.IndexOf(HeadEnd) is >= 0 and var at ? at + HeadEnd.Length : -1;

    /// <summary>Whether the received bytes can still become a request; if not, there is no need to wait for more.</summary>
    public static bool MayBegin(ReadOnlySpan<byte> received)
    {
        var method = "CONNECT "u8;
        var length = Math.Min(received.Length, method.Length);
        return received[..length].SequenceEqual(method[..length]);
    }

    /// <summary>Returns null for a request that gets a 400.</summary>
    /// <param name="head">A complete head, as <see cref="HeadLength"/> measured it.</param>
    public static ConnectRequest? Parse(ReadOnlySpan<byte> head)
    {
        var lineEnd = head.IndexOf("\r\n"u8);
        if (!TryReadTarget(head[..lineEnd], out var authority) || ReadAuthority(authority) is not { } request)
        {
            return null;
        }

        var hosts = 0;
        var rest = head[(lineEnd + 2)..];
        for (var count = 0; !rest.StartsWith("\r\n"u8); count++)
        {
            lineEnd = rest.IndexOf("\r\n"u8);
            if (count == MaxHeaders || !TryReadField(rest[..lineEnd], out var name, out var value))
            {
                return null;
            }

            rest = rest[(lineEnd + 2)..];
            if (Is(name, "host"u8))
            {
                hosts++;
                if (!IsOwnHost(request, value))
                {
                    return null;
                }
            }
            else if (AnnouncesBody(name, value))
            {
                return null;
            }
        }

        return hosts == 1 ? request : null; // RFC 9112 §3.2
    }

    /// <summary>Returns the trace that the client's request names; default if it names none.</summary>
    /// <param name="head">A head that <see cref="Parse"/> has accepted.</param>
    public static ActivityContext ReadTrace(ReadOnlySpan<byte> head)
    {
        StringValues parent = default;
        StringValues state = default;
        for (var rest = head[(head.IndexOf("\r\n"u8) + 2)..]; !rest.StartsWith("\r\n"u8); )
        {
            var lineEnd = rest.IndexOf("\r\n"u8);
            if (TryReadField(rest[..lineEnd], out var name, out var value))
            {
                if (Is(name, "traceparent"u8))
                {
                    parent = StringValues.Concat(parent, Encoding.ASCII.GetString(value));
                }
                else if (Is(name, "tracestate"u8))
                {
                    state = StringValues.Concat(state, Encoding.ASCII.GetString(value));
                }
            }

            rest = rest[(lineEnd + 2)..];
        }

        return TraceContext.Read(parent, state);
    }

    /// <summary>The target between method and version; the authority's parser rejects absolute and origin form.</summary>
    private static bool TryReadTarget(ReadOnlySpan<byte> line, out ReadOnlySpan<byte> authority)
    {
        authority = default;
        if (!line.StartsWith("CONNECT "u8) || !line.EndsWith(" HTTP/1.1"u8) || line.Length <= 17)
        {
            return false;
        }

        authority = line["CONNECT ".Length..^" HTTP/1.1".Length];
        return true;
    }

    /// <summary>Parses <c>name:port</c>; an address is refused, however it is spelled (WHATWG URL §3.5).</summary>
    private static ConnectRequest? ReadAuthority(ReadOnlySpan<byte> authority)
    {
        var colon = authority.IndexOf((byte)':');
        if (colon is <= 0 or > MaxNameBytes || authority[..colon].ContainsAnyExcept(NameBytes))
        {
            return null;
        }

        var port = authority[(colon + 1)..];
        if (
            port.Length is 0 or > 5
            || port[0] == (byte)'0'
            || !ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        )
        {
            return null;
        }

        var name = Encoding.ASCII.GetString(authority[..colon]).ToLowerInvariant();
        var last = name.TrimEnd('.').Split('.')[^1];
        var isAddress =
            last.Length == 0
            || last.All(char.IsAsciiDigit)
            || last.StartsWith("0x", StringComparison.Ordinal)
            || IPAddress.TryParse(name, out _);
        return isAddress ? null : new ConnectRequest(HostName.WithoutRootDot(name).ToString(), number);
    }

    private static bool TryReadField(ReadOnlySpan<byte> line, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        name = default;
        value = default;
        var colon = line.IndexOf((byte)':');
        if (colon <= 0 || line[..colon].ContainsAnyExcept(TokenBytes))
        {
            return false; // also obs-fold, and blanks before the colon (RFC 9112 §5.1, §5.2)
        }

        name = line[..colon];
        value = line[(colon + 1)..].Trim(" \t"u8);
        return !value.ContainsAnyInRange((byte)0, (byte)8) // RFC 9110 §5.5: no CR, LF, NUL or other control
            && !value.ContainsAnyInRange((byte)10, (byte)31)
            && !value.Contains((byte)127);
    }

    /// <summary>Host must equal the target (RFC 9110 §7.2); some clients omit its port.</summary>
    private static bool IsOwnHost(ConnectRequest request, ReadOnlySpan<byte> value)
    {
        var host = Encoding.ASCII.GetString(value).ToLowerInvariant();
        var port = string.Create(CultureInfo.InvariantCulture, $":{request.Port}");
        var name = host.EndsWith(port, StringComparison.Ordinal) ? host[..^port.Length] : host;
        return HostName.AreSame(name, request.ServerName);
    }

    private static bool AnnouncesBody(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) =>
        Is(name, "transfer-encoding"u8)
        || Is(name, "expect"u8)
        || (Is(name, "content-length"u8) && !value.SequenceEqual("0"u8));

    private static bool Is(ReadOnlySpan<byte> name, ReadOnlySpan<byte> lowerCase) =>
        Ascii.EqualsIgnoreCase(name, lowerCase);
}
