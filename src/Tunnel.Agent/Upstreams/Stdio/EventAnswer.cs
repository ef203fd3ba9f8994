using System.IO.Pipelines;

namespace Culvert.Tunnel.Agent.Upstreams.Stdio;

/// <summary>
/// An answer that becomes JSON or a stream of events (L2): JSON if the response is the first thing there is to say,
/// events as soon as there is anything before it, or nothing for so long that somebody might give up.
/// </summary>
/// <param name="exchange">What is answered.</param>
/// <param name="deadline">Of the exchange.</param>
/// <param name="takesEvents">Whether the client takes events.</param>
/// <param name="silence">After it a comment is sent; zero = never.</param>
/// <param name="time">Its clock.</param>
internal sealed class EventAnswer(
    Exchange exchange,
    ExchangeDeadline deadline,
    bool takesEvents,
    TimeSpan silence,
    TimeProvider time
)
{
    private static readonly byte[] EventStart = "event: message\ndata: "u8.ToArray();
    private static readonly byte[] EventEnd = "\n\n"u8.ToArray();
    private static readonly byte[] Comment = ": keep-alive\n\n"u8.ToArray();

    private PipeWriter Writer => exchange.ResponseBody.Writer;

    /// <summary>Whether the stream of events has begun.</summary>
    public bool HasStarted { get; private set; }

    /// <summary>Called when the stream begins.</summary>
    public Action? Starting { get; init; }

    /// <summary>The queue's next message; meanwhile comments keep the stream alive.</summary>
    public async Task<QueuedMessage?> NextAsync(MessageQueue queue, CancellationToken cancellationToken)
    {
        var reading = queue.ReadAsync(cancellationToken);
        while (true)
        {
            if (!takesEvents || silence <= TimeSpan.Zero)
            {
                return await reading;
            }

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

    public async Task EventAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        Start();
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

    /// <summary>Sends the head, so that the client sees that it is listened to.</summary>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        Start();
        await Writer.FlushAsync(cancellationToken);
    }

    /// <summary>Makes the answer a stream of events.</summary>
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
    }

    private async Task WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        var written = await Writer.WriteAsync(bytes, cancellationToken);
        if (written.IsCompleted || written.IsCanceled)
        {
            throw new OperationCanceledException("The client is gone.");
        }
    }
}
