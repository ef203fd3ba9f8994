using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Upstreams.Addresses;

namespace Culvert.Tunnel.Agent.Upstreams;

/// <summary>
/// Copies a response body, and flushes when the upstream has no more bytes ready (P1). While it waits it holds no
/// buffer: ten thousand idle streams of events need none.
/// </summary>
internal static class ResponseCopier
{
    // The connection's buffers hold one TLS record each: a request for that much gets a new buffer for every read, and
    // leaves the one before it unfilled.
    private const int LeastChunkBytes = 4 * 1024;

    // Flushed at this size even if the upstream is always faster than the client: this is the backpressure.
    private const int MostUnflushedBytes = 64 * 1024;

    private static readonly CopyError Gone = new(CopySide.Client, "The client disconnected.");

    /// <summary>Returns null when the whole body was copied.</summary>
    public static async ValueTask<CopyError?> CopyAsync(
        HttpResponseMessage response,
        Exchange exchange,
        ExchangeDeadline deadline,
        SseKeepAlive? keepAlive = null,
        EndpointEvent? endpoint = null,
        BoundEventIds? ids = null
    )
    {
        var side = CopySide.Upstream;
        var token = deadline.Token;
        var writer = exchange.ResponseBody.Writer;
        try
        {
            var source = await response.Content.ReadAsStreamAsync(token);
            var unflushed = 1; // the head
            var written = false; // body bytes since the last flush
            deadline.AwaitTransfer();
            while (true)
            {
                // A read of zero bytes waits for data without holding a buffer.
                var ready = source.ReadAsync(Memory<byte>.Empty, token);
                if (unflushed > MostUnflushedBytes || (unflushed > 0 && !ready.IsCompleted))
                {
                    side = CopySide.Client;
                    var flushed = await writer.FlushAsync(token);
                    if (flushed.IsCompleted || flushed.IsCanceled)
                    {
                        return Gone;
                    }

                    side = CopySide.Upstream;
                    unflushed = 0;
                    written = false;
                    deadline.AwaitTransfer();
                }

                await (keepAlive is null || ready.IsCompleted ? ready : WaitAsync(ready, keepAlive));
                var memory = writer.GetMemory(LeastChunkBytes);
                var count = await source.ReadAsync(memory, token);
                if (count == 0)
                {
                    written |= WriteEnd(writer, endpoint, ids);
                    return endpoint is { IsRefused: true }
                        ? new CopyError(side, UpstreamFailures.InnerAddress.Reason)
                        : await FlushRestAsync(writer, written, token);
                }

                ReadOnlyMemory<byte>? changed = null;
                if (endpoint is { IsOver: false })
                {
                    changed = endpoint.Add(memory.Span[..count]);
                    if (endpoint.IsRefused)
                    {
                        return new CopyError(side, UpstreamFailures.InnerAddress.Reason);
                    }
                }

                if (ids is not null)
                {
                    changed = ids.Add(changed is { } before ? before.Span : memory.Span[..count]) ?? changed;
                    if (ids.IsRefused)
                    {
                        return new CopyError(side, "The id of an event is too long.");
                    }
                }

                if (changed is { } passed)
                {
                    keepAlive?.Passed(passed.Span);
                    writer.Write(passed.Span);
                    count = passed.Length;
                }
                else
                {
                    keepAlive?.Passed(memory.Span[..count]);
                    writer.Advance(count);
                }

                unflushed += count;
                written |= count > 0;
            }
        }
        catch (Exception e) when (e is IOException or HttpRequestException or OperationCanceledException)
        {
            if (side == CopySide.Upstream && !exchange.ClientGone.IsCancellationRequested)
            {
                await writer.FlushAsync(CancellationToken.None);
            }

            // Deadlines, resets and truncation come from the peer and end only this answer.
            var detail =
                e is not OperationCanceledException ? e.Message
                : deadline.IsRevoked ? "The token of its request was revoked."
                : deadline.IsPastEnd || deadline.IsBodyPastEnd ? "The token of its request has expired."
                : "Nothing arrived for the route's stream_idle.";
            return new CopyError(side, detail);
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private static async ValueTask<int> WaitAsync(ValueTask<int> ready, SseKeepAlive keepAlive)
    {
        if (!keepAlive.IsBetweenEvents)
        {
            return await ready;
        }

        keepAlive.Start();
        try
        {
            return await ready;
        }
        finally
        {
            await keepAlive.StopAsync();
        }
    }

    private static bool WriteEnd(PipeWriter writer, EndpointEvent? endpoint, BoundEventIds? ids)
    {
        var rest = endpoint?.End() ?? default;
        rest = ids?.End(rest) ?? rest;
        if (!rest.IsEmpty)
        {
            writer.Write(rest.Span);
        }

        return !rest.IsEmpty;
    }

    // The server flushes a head automatically, but not the bytes after it.
    private static async ValueTask<CopyError?> FlushRestAsync(PipeWriter writer, bool written, CancellationToken token)
    {
        if (!written)
        {
            return null;
        }

        var flushed = await writer.FlushAsync(token);
        return flushed.IsCompleted || flushed.IsCanceled ? Gone : null;
    }
}
