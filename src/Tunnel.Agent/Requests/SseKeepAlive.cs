using System.IO.Pipelines;
using Culvert.Platform.Events;

namespace Culvert.Tunnel.Agent.Requests;

/// <summary>
/// Sends a comment to the client while an upstream's stream of events is silent (P2), so that nothing on the way takes
/// the stream for dead. Armed only between complete events, and only while the copier waits: so both never write at
/// once. Kept per connection, as arming must cost no allocation.
/// </summary>
/// <remarks>
/// | state \ event | Start | timer | comment sent | Stop |
/// | Idle | Waiting | ignored | - | - |
/// | Waiting | - | Writing | - | Idle |
/// | Writing | - | ignored | Waiting | Stopping |
/// | Stopping | - | ignored | Idle, Stop returns | - |
/// </remarks>
internal sealed class SseKeepAlive
{
    // The blank line ends the comment for parsers that look for whole blocks; between events it means nothing.
    private static readonly ReadOnlyMemory<byte> Comment = ": keep-alive\n\n"u8.ToArray();

    private const int Idle = 0;
    private const int Waiting = 1;
    private const int Writing = 2;
    private const int Stopping = 3;

    private const uint Boundary = ('\n' << 8) | '\n';

    private readonly ITimer timer;
    private int state;
    private uint tail; // the last bytes that were passed on, the newest lowest
    private TimeSpan period;
    private PipeWriter writer = null!;
    private CancellationToken token;
    private TaskCompletionSource? stopped;

    public SseKeepAlive(TimeProvider time) =>
        timer = time.CreateTimer(
            static s => ((SseKeepAlive)s!).OnTimer(),
            this,
            Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan
        );

    /// <summary>Whether everything passed on so far ends with a complete event, or nothing was.</summary>
    public bool IsBetweenEvents => EventReader.IsEnd(tail);

    /// <summary>A new stream begins.</summary>
    public SseKeepAlive For(TimeSpan silence, PipeWriter client, CancellationToken cancellationToken)
    {
        (period, writer, token, tail) = (silence, client, cancellationToken, Boundary);
        return this;
    }

    public void Passed(ReadOnlySpan<byte> bytes)
    {
        foreach (var value in bytes.Length > 3 ? bytes[^3..] : bytes)
        {
            tail = (tail << 8) | value;
        }
    }

    /// <summary>From now on comments may be sent. Pair with <see cref="StopAsync"/> before anything else is written.</summary>
    public void Start()
    {
        Volatile.Write(ref state, Waiting);
        timer.Change(period, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Returns when no comment is being sent any more.</summary>
    public ValueTask StopAsync()
    {
        timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        return Interlocked.CompareExchange(ref state, Idle, Waiting) == Waiting ? default : new(WaitForCommentAsync());
    }

    private async Task WaitForCommentAsync()
    {
        stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        while (Interlocked.CompareExchange(ref state, Stopping, Writing) != Writing)
        {
            // The comment was sent in between, and the next one is not due yet.
            if (Interlocked.CompareExchange(ref state, Idle, Waiting) == Waiting)
            {
                return;
            }
        }

        await stopped.Task;
    }

    // An early tick, set by a stream that has ended since, does no harm: a comment is allowed whenever one is awaited.
    private void OnTimer()
    {
        if (Interlocked.CompareExchange(ref state, Writing, Waiting) == Waiting)
        {
            _ = SendAsync();
        }
    }

    private async Task SendAsync()
    {
        try
        {
            await writer.WriteAsync(Comment, token);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or InvalidOperationException)
        {
            // The exchange is over, or the client gone: the copier detects that itself.
        }

        if (Interlocked.CompareExchange(ref state, Waiting, Writing) == Writing)
        {
            timer.Change(period, Timeout.InfiniteTimeSpan);
            return;
        }

        Volatile.Write(ref state, Idle);
        stopped!.SetResult();
    }
}
