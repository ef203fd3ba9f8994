using System.Buffers;
using System.Diagnostics;
using System.IO.Pipelines;
using System.Net;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Telemetry;
using Culvert.Platform.Net;
using Culvert.Platform.Timing;
using Microsoft.AspNetCore.Connections;

namespace Culvert.Identity.Service.Hosting.Proxies;

/// <summary>
/// Reads the PROXY header with which a balancer begins each connection of one port, before TLS, and sets the
/// connection's remote address to the client's: limits, ranges, history and audit then count the client. Only
/// <see cref="ProxyProtocolOptions.TrustedProxies"/> may connect, and only with a header.
/// </summary>
/// <param name="readMost">The most connections without a complete header at the same time.</param>
internal sealed class ProxyHeaderReader(
    Listener listener,
    Func<ProxyProtocolOptions> readOptions,
    Func<int> readMost,
    TimeProvider time,
    ILogger logger
)
{
    // Each refusal is counted; a log line for each would be the next flood.
    private static readonly TimeSpan LogEvery = TimeSpan.FromMinutes(1);

    private const string Untrusted = "proxy_untrusted";
    private const string NoHeader = "proxy_header";
    private const string TooMany = "proxy_reading";

    private readonly Lock gate = new();
    private long? loggedAt; // guarded by gate
    private int reading;

    /// <summary>The connection middleware in front of the <see cref="ConnectionLimiter"/>.</summary>
    public async Task ServeAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        if (await ReadAsync(connection) is { } reason)
        {
            Refuse(connection, reason);
            return;
        }

        await next(connection);
    }

    private async ValueTask<string?> ReadAsync(ConnectionContext connection)
    {
        var options = readOptions();
        if (connection.RemoteEndPoint is not IPEndPoint peer || !options.TrustedProxies.Contains(peer.Address))
        {
            return Untrusted;
        }

        if (Interlocked.Increment(ref reading) > readMost())
        {
            Interlocked.Decrement(ref reading);
            return TooMany;
        }

        using var deadline = new TimeLimit(options.HeaderTimeout, time, connection.ConnectionClosed);
        try
        {
            var input = connection.Transport.Input;
            if (
                await ReadAsync(input, ProxyHeader.FixedBytes, deadline.Token) is not { } head
                || ProxyHeader.RestLength(head) is not (>= 0 and var length)
                || await ReadAsync(input, length, deadline.Token) is not { } rest
                || !ProxyHeader.TryRead(head, rest, out var client)
            )
            {
                return NoHeader;
            }

            // LOCAL names no client: the balancer itself connects, for a health check.
            connection.RemoteEndPoint = client ?? connection.RemoteEndPoint;
            return null;
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            return NoHeader;
        }
        finally
        {
            Interlocked.Decrement(ref reading);
        }
    }

    /// <summary>Exactly this number of bytes: those after it are the client's. Null if the peer closed before.</summary>
    private static async ValueTask<byte[]?> ReadAsync(PipeReader input, int bytes, CancellationToken cancellationToken)
    {
        if (bytes == 0)
        {
            return [];
        }

        var result = await input.ReadAtLeastAsync(bytes, cancellationToken);
        if (result.Buffer.Length < bytes)
        {
            input.AdvanceTo(result.Buffer.End);
            return null;
        }

        var read = result.Buffer.Slice(0, bytes);
        var copy = read.ToArray();
        input.AdvanceTo(read.End);
        return copy;
    }

    private void Refuse(ConnectionContext connection, string reason)
    {
        ServiceMeters.ConnectionsClosed.Add(
            1,
            new TagList { { "listener", listener.ToString().ToLowerInvariant() }, { "reason", reason } }
        );
        if (MayLog())
        {
            Log.ProxyHeaderRefused(logger, $"{connection.RemoteEndPoint}", listener, reason);
        }

        connection.Abort(new ConnectionAbortedException("The connection has no PROXY header that counts."));
    }

    private bool MayLog()
    {
        lock (gate)
        {
            if (loggedAt is { } last && time.GetElapsedTime(last) < LogEvery)
            {
                return false;
            }

            loggedAt = time.GetTimestamp();
            return true;
        }
    }
}
