using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Culvert.Tunnel.Agent.Mcp;
using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Upstreams.Stdio;

/// <summary>
/// An answer that becomes JSON or a stream of events (L2): JSON if the response is the first message; events if another
/// message precedes it, or if nothing arrives for a long time.
/// </summary>
/// <param name="silence">A comment is sent after this time without an event; zero for never.</param>
internal sealed class EventAnswer(
    Exchange exchange,
    ExchangeDeadline deadline,
    bool takesEvents,
    TimeSpan silence,
    TimeProvider time
)
{
    // The first revision in which an event without data only marks a position (MCP 2025-11-25, transports).
    private const string FirstPrimed = "2025-11-25";

    private static readonly byte[] EventStart = "event: message\ndata: "u8.ToArray();
    private static readonly byte[] EventEnd = "\n\n"u8.ToArray();
    private static readonly byte[] Comment = ": keep-alive\n\n"u8.ToArray();

    private PipeWriter Writer => exchange.ResponseBody.Writer;

    public bool HasStarted { get; private set; }

    public Action? Starting { get; init; }

    /// <summary>Null if the events are not stored.</summary>
    public SessionHistory? History { get; init; }

    /// <summary>Null if no client can resume the events.</summary>
    public SessionStream? Stream { get; init; }

    /// <summary>The position in the stream where this answer starts.</summary>
    public string FirstId { get; init; } = "";

    /// <summary>The queue's next message. Until it arrives, comments keep the stream alive.</summary>
    public async Task<QueuedMessage?> NextAsync(MessageQueue queue, CancellationToken cancellationToken)
    {
        if (!takesEvents || silence <= TimeSpan.Zero)
        {
            return await queue.ReadAsync(cancellationToken);
        }

        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var reading = queue.ReadAsync(leaving.Token);
        try
        {
            while (true)
            {
                try
                {
                    return await reading.WaitAsync(silence, time, cancellationToken);
                }
                catch (TimeoutException)
                {
                    Start();
                    await WriteAsync(Comment, cancellationToken);
                }
            }
        }
        catch
        {
            // A message may have arrived during the cancellation; the next reader must find it.
            await leaving.CancelAsync();
            await ((Task)reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (reading is { IsCompletedSuccessfully: true, Result: { } message })
            {
                queue.PutBack(message);
            }

            throw;
        }
    }

    public async Task EventAsync(QueuedMessage message, CancellationToken cancellationToken)
    {
        Start();

        // The event is stored before it is sent, because an interrupted event is requested again.
        await EventAsync(Stream is null ? "" : History!.Add(Stream, message), message.Bytes, cancellationToken);
    }

    /// <summary>Sends an event again under its own id.</summary>
    public async Task EventAsync(string id, ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        Start();
        if (id.Length > 0)
        {
            WriteId(id);
        }

        await Writer.WriteAsync(EventStart, cancellationToken);
        await Writer.WriteAsync(message, cancellationToken);
        await WriteAsync(EventEnd, cancellationToken);
        deadline.AwaitTransfer();
    }

    public async Task JsonAsync(int status, ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        var response = exchange.Response;
        response.StatusCode = status;
        response.Headers.ContentType = "application/json";
        response.Headers.ContentLength = message.Length;
        await WriteAsync(message, cancellationToken);
    }

    /// <summary>Sends the head, so that the client sees that the stream is open.</summary>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        Start();
        await Writer.FlushAsync(cancellationToken);
    }

    public void Start()
    {
        if (HasStarted)
        {
            return;
        }

        HasStarted = true;
        Starting?.Invoke();
        var headers = exchange.Response.Headers;
        exchange.Response.StatusCode = StatusCodes.Status200OK;
        headers.ContentType = "text/event-stream";
        headers.CacheControl = "no-cache";
        headers["X-Accel-Buffering"] = "no";

        // L7: a client that loses the connection before the first event can still resume.
        if (
            FirstId.Length > 0
            && string.CompareOrdinal(exchange.Request.Headers[McpHeaders.ProtocolVersion].ToString(), FirstPrimed) >= 0
        )
        {
            WriteId(FirstId);
            Writer.Write("data:\n\n"u8);
        }
    }

    private void WriteId(string id)
    {
        Writer.Write("id: "u8);
        Encoding.ASCII.GetBytes(id, Writer);
        Writer.Write("\n"u8);
    }

    private async Task WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        var written = await Writer.WriteAsync(bytes, cancellationToken);
        if (written.IsCompleted || written.IsCanceled)
        {
            throw new OperationCanceledException("The client disconnected.");
        }
    }
}
