using System.Buffers;
using System.Text;
using Culvert.Jose.Json;
using Culvert.Platform.Events;

namespace Culvert.Tunnel.Agent.Upstreams.Addresses;

/// <summary>
/// Rewrites <c>endpoint</c>, the first event of MCP's HTTP with SSE transport before 2025-03-26: the URL that the
/// client posts to. Every byte after the first event with data passes as received.
/// </summary>
/// <param name="rewrite">Returns the URL to send instead; null if the URL must not pass.</param>
internal sealed class EndpointEvent(Func<string, string?> rewrite)
{
    // A longer first event is not an endpoint event.
    private const int MostBytes = 16 * 1024;

    // Empty while an idle stream has no event.
    private ReadOnlyMemory<byte> held;

    /// <summary>Whether the first event was seen. All bytes after it pass unchanged.</summary>
    public bool IsOver { get; private set; }

    /// <summary>Whether the event names an address that must not pass. No part of the event was returned then.</summary>
    public bool IsRefused { get; private set; }

    public ReadOnlyMemory<byte> Add(ReadOnlySpan<byte> bytes)
    {
        ReadOnlyMemory<byte> rest = (byte[])[.. held.Span, .. bytes];
        held = default;
        return Pass(rest, isAtEnd: false);
    }

    /// <summary>
    /// Returns the held bytes that may pass at the end of the stream. An incomplete event is dropped, as by every
    /// client (HTML Standard §9.2.6): it may be half of an event that names an address.
    /// </summary>
    public ReadOnlyMemory<byte> End()
    {
        var rest = held;
        held = default;
        var passed = rest.IsEmpty ? default : Pass(rest, isAtEnd: true);
        (held, IsOver) = (default, true);
        return passed;
    }

    private ReadOnlyMemory<byte> Pass(ReadOnlyMemory<byte> rest, bool isAtEnd)
    {
        var passed = new ArrayBufferWriter<byte>(rest.Length + 256);
        while (EventReader.GetFirstLength(rest.Span, isAtEnd) is > 0 and var length)
        {
            var (one, data) = (rest[..length], EventReader.GetData(rest[..length]));
            rest = rest[length..];
            if (data.IsEmpty)
            {
                passed.Write(one.Span);
                continue;
            }

            IsOver = true;
            if (!TryPass(one, data, passed))
            {
                IsRefused = true;
                return default;
            }

            passed.Write(rest.Span);
            return passed.WrittenMemory;
        }

        if (rest.Length > MostBytes)
        {
            IsOver = true;
            passed.Write(rest.Span);
        }
        else
        {
            held = rest;
        }

        return passed.WrittenMemory;
    }

    private bool TryPass(ReadOnlyMemory<byte> one, ReadOnlyMemory<byte> data, ArrayBufferWriter<byte> passed)
    {
        if (!IsEndpoint(one.Span))
        {
            passed.Write(one.Span);
            return true;
        }

        var written = Encoding.UTF8.GetString(data.Span);
        if (rewrite(written) is not { } rewritten)
        {
            return false;
        }

        passed.Write(rewritten == written ? one.Span : EventReader.With(one.Span, Encoding.UTF8.GetBytes(rewritten)));
        return true;
    }

    private static bool IsEndpoint(ReadOnlySpan<byte> one)
    {
        one = one[Utf8Text.FindStart(one)..];
        foreach (var range in one.SplitAny((byte)'\r', (byte)'\n'))
        {
            var line = one[range];
            if (line.StartsWith("event:"u8) && line[6..].Trim((byte)' ').SequenceEqual("endpoint"u8))
            {
                return true;
            }
        }

        return false;
    }
}
