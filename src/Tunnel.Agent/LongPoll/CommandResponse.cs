using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;

namespace Culvert.Tunnel.Agent.LongPoll;

/// <summary>
/// The response to a command's request. The application writes it, and the agent reads it at the other end of a pipe: who
/// writes faster than the control plane takes it waits.
/// </summary>
internal sealed class CommandResponse : IHttpResponseFeature, IHttpResponseBodyFeature
{
    // The agent reads on the thread that writes: each change of threads would add to the time of a call. A writer that had to
    // wait continues on another thread.
    private static readonly PipeOptions Options = new(
        readerScheduler: PipeScheduler.Inline,
        useSynchronizationContext: false
    );

    private readonly TaskCompletionSource started = new();
    private readonly List<(Func<object, Task> Callback, object State)> starting = [];
    private readonly List<(Func<object, Task> Callback, object State)> completing = [];

    // A call that waits for its response has none.
    private Pipe? pipe;
    private Stream? stream;
    private Stream? body;

    public CommandResponse() => Writer = new StartingWriter(this);

    public int StatusCode { get; set; } = StatusCodes.Status200OK;

    public string? ReasonPhrase { get; set; }

    public IHeaderDictionary Headers { get; set; } = new HeaderDictionary();

    public Stream Body
    {
        get => body ?? Stream;
        set => body = value;
    }

    public bool HasStarted { get; private set; }

    public Stream Stream => stream ??= Writer.AsStream(leaveOpen: true);

    public PipeWriter Writer { get; }

    /// <summary>
    /// Completes with status and headers, or with the application where that wrote none: also after the work was ended, which
    /// aborts the application. What waits for it continues on the application's thread.
    /// </summary>
    public Task Started => started.Task;

    /// <summary>The body, up to its end or to where it was cut off.</summary>
    public PipeReader Reader => Pipe.Reader;

    /// <summary>True once the application has left the response incomplete. Set before the body ends.</summary>
    public bool IsCut { get; private set; }

    /// <summary>Past the head: what is flushed there does not start the response.</summary>
    public PipeWriter Unstarted => Pipe.Writer;

    // Either side may be the first to need it.
    private Pipe Pipe => LazyInitializer.EnsureInitialized(ref pipe, static () => new Pipe(Options));

    public void OnStarting(Func<object, Task> callback, object state) => starting.Add((callback, state));

    public void OnCompleted(Func<object, Task> callback, object state) => completing.Add((callback, state));

    public void DisableBuffering()
    {
        // Each flush is readable at once.
    }

    public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default) =>
        SendFileFallback.SendFileAsync(Stream, path, offset, count, cancellationToken);

    public Task CompleteAsync() => Task.CompletedTask;

    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        if (HasStarted)
        {
            return;
        }

        // The last that was added runs first, as in the server.
        for (var i = starting.Count - 1; i >= 0; i--)
        {
            await starting[i].Callback(starting[i].State);
        }

        HasStarted = true;
        started.TrySetResult();
    }

    /// <summary>The application is done.</summary>
    /// <param name="isWhole">False: it cut the answer off.</param>
    public async Task EndAsync(bool isWhole)
    {
        if (isWhole)
        {
            await StartAsync(CancellationToken.None);
            await Pipe.Writer.FlushAsync(CancellationToken.None);
        }

        // Without an exception: what was written before the cut can still be read.
        IsCut = !isWhole;
        started.TrySetResult();
        await Pipe.Writer.CompleteAsync();
        for (var i = completing.Count - 1; i >= 0; i--)
        {
            await completing[i].Callback(completing[i].State);
        }
    }
}
