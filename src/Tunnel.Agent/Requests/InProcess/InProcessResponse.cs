using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;

namespace Culvert.Tunnel.Agent.Requests.InProcess;

/// <summary>
/// The application writes the response to a pipe, and the agent reads from it: an application that writes faster than
/// the agent reads must wait.
/// </summary>
internal sealed class InProcessResponse : IHttpResponseFeature, IHttpResponseBodyFeature
{
    // The agent reads on the thread that writes: each change of threads would delay a call.
    private static readonly PipeOptions Options = new(
        readerScheduler: PipeScheduler.Inline,
        useSynchronizationContext: false
    );

    private readonly TaskCompletionSource started = new();
    private readonly List<(Func<object, Task> Callback, object State)> starting = [];
    private readonly List<(Func<object, Task> Callback, object State)> completing = [];

    // Null while a call waits for its response.
    private Pipe? pipe;
    private Stream? stream;
    private Stream? body;

    public InProcessResponse() => Writer = new StartingWriter(this);

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
    /// Completes with status and headers, or when the application ends without them or is aborted. Continuations run on
    /// the application's thread.
    /// </summary>
    public Task Started => started.Task;

    public PipeReader Reader => Pipe.Reader;

    /// <summary>True if the application has left the response incomplete. Set before the body ends.</summary>
    public bool IsCut { get; private set; }

    /// <summary>Bypasses the head: a flush here does not start the response.</summary>
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

        // The last callback added runs first, as in the server.
        for (var i = starting.Count - 1; i >= 0; i--)
        {
            await starting[i].Callback(starting[i].State);
        }

        HasStarted = true;
        started.TrySetResult();
    }

    /// <param name="isWhole">False if the application cut the answer off.</param>
    public async Task EndAsync(bool isWhole)
    {
        if (isWhole)
        {
            await StartAsync(CancellationToken.None);
            await Pipe.Writer.FlushAsync(CancellationToken.None);
        }

        // Completed without an exception, so that bytes written before the cut can still be read.
        IsCut = !isWhole;
        started.TrySetResult();
        await Pipe.Writer.CompleteAsync();
        for (var i = completing.Count - 1; i >= 0; i--)
        {
            await completing[i].Callback(completing[i].State);
        }
    }
}
