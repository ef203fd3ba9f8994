using System.IO.Pipelines;
using Culvert.Platform.Events;

namespace Culvert.Tunnel.Agent.Requests;

/// <summary>
/// Sends a comment to the client while an upstream's stream of events is silent (P2), so that no proxy on the path
/// closes the stream as idle. The timer runs only between complete events, and only while the copier waits, so that
/// both never write at the same time. Each connection reuses its keep-alive, because a start must not allocate memory.
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
    // The blank line ends the comment for parsers that read whole blocks. Between events it has no meaning.
    private static readonly ReadOnlyMemory<byte> Comment = ": keep-alive\n\n"u8.ToArray();

    private const int Idle = 0;
    private const int Waiting = 1;
    private const int Writing = 2;
    private const int Stopping = 3;

    private const uint Boundary = ('\n' << 8) | '\n';

    private readonly ITimer timer;
    private int state;
    private uint tail; // the last bytes that were passed on; the newest byte is the lowest
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

    /// <summary>Whether the bytes that were passed on end with a complete event. True before the first byte.</summary>
    public bool IsBetweenEvents => EventReader.IsEnd(tail);

    /// <summary>Prepares the keep-alive for a new stream.</summary>
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

    /// <summary>Allows comments. The caller must call <see cref="StopAsync"/> before it writes.</summary>
    public void Start()
    {
        Volatile.Write(ref state, Waiting);
        timer.Change(period, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Stops the comments. Returns when no comment is being written any more.</summary>
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
            // The comment was sent in the meantime, and the next one is not due yet.
            if (Interlocked.CompareExchange(ref state, Idle, Waiting) == Waiting)
            {
                return;
            }
        }

        await stopped.Task;
    }

    // A tick of an earlier stream does no harm: in the state Waiting a comment is always allowed.
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
            // The exchange is over, or the client is gone. The copier detects that itself.
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
