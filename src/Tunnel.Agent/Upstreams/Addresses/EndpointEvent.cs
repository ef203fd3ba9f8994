using System.Buffers;
using System.Text;
using Culvert.Jose.Json;
using Culvert.Platform.Events;

namespace Culvert.Tunnel.Agent.Upstreams.Addresses;

/// <summary>
/// Rewrites the first event of the transport that MCP had before 2025-03-26 (HTTP with SSE): <c>endpoint</c>, the URL that the
/// client posts to. The first event with data decides; behind it each byte passes as it comes.
/// </summary>
/// <param name="rewrite">Of the URL; null: it must not pass.</param>
internal sealed class EndpointEvent(Func<string, string?> rewrite)
{
    // A longer first event is none of those.
    private const int MostBytes = 16 * 1024;

    // An idle stream without an event holds nothing.
    private ReadOnlyMemory<byte> held;

    /// <summary>Whether the first event was seen: what follows passes untouched.</summary>
    public bool IsOver { get; private set; }

    /// <summary>Whether the event names an address that must not pass; then nothing of it was returned.</summary>
    public bool IsRefused { get; private set; }

    /// <summary>Adds what came, and returns what may pass.</summary>
    public ReadOnlyMemory<byte> Add(ReadOnlySpan<byte> bytes)
    {
        ReadOnlyMemory<byte> rest = (byte[])[.. held.Span, .. bytes];
        held = default;
        return Pass(rest, isAtEnd: false);
    }

    /// <summary>
    /// What of the held may pass at the end of the stream. An event that never ended is dropped, as by every client (HTML
    /// Standard §9.2.6): it may be half of the one that names an address.
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
