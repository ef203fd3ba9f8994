using System.Text.Json;
using Culvert.Platform.Mcp;
using Culvert.Platform.Programs;
using Culvert.Tunnel.Agent.Mcp;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Upstreams.Probing;

namespace Culvert.Tunnel.Agent.Upstreams.Stdio;

/// <summary>
/// A program that outlives single calls and sessions, started on demand and restarted after a failure. It cannot
/// distinguish its callers: its requests are refused, its notifications go to the call that they name.
/// </summary>
internal sealed class ChildSlot : IRpcOwner, IAsyncDisposable
{
    private const int MaxVersions = 32;
    private const int MaxVersionLength = 64;

    private readonly ChildPool pool;
    private readonly StdioSettings settings;
    private readonly TimeProvider time;
    private readonly Action<RpcChannel, McpMessage>? notifyAll;
    private readonly RestartGuard guard;
    private readonly Lock gate = new();
    private Task<(RpcChannel?, Failure?)>? starting; // guarded by the gate
    private volatile RpcChannel? latest; // it may not be initialized yet
    private volatile RpcChannel? channel;
    private volatile bool isOver;
    private DateTimeOffset started;
    private long usedTicks;

    /// <param name="notifyAll">Receives messages that concern every caller; null where callers do not listen.</param>
    public ChildSlot(
        ChildPool pool,
        StdioSettings settings,
        TimeProvider time,
        Action<RpcChannel, McpMessage>? notifyAll = null
    )
    {
        this.pool = pool;
        this.settings = settings;
        this.time = time;
        this.notifyAll = notifyAll;
        guard = new RestartGuard(settings, time);
        Touch();
    }

    public DateTimeOffset UsedAt => new(Volatile.Read(ref usedTicks), TimeSpan.Zero);

    public RpcChannel? Running => channel is { IsOpen: true } running ? running : null;

    /// <summary>The program's response to <c>initialize</c>; null before it, and in the modern era.</summary>
    public McpMessage? Initialized { get; private set; }

    public bool IsOver => isOver;

    /// <summary>The running program; it is started and initialized if necessary.</summary>
    /// <param name="legacyVersion">Null in the modern era, where the agent requests the program's revisions.</param>
    /// <param name="cancellationToken">Stops only this caller's wait.</param>
    public Task<(RpcChannel? Channel, Failure? Refusal)> GetAsync(
        string? legacyVersion,
        CancellationToken cancellationToken
    )
    {
        lock (gate)
        {
            if (isOver)
            {
                return Task.FromResult<(RpcChannel?, Failure?)>((null, ChildFailures.ChildExited));
            }

            Touch();
            if (channel is { IsOpen: true } running)
            {
                return Task.FromResult<(RpcChannel?, Failure?)>((running, null));
            }

            // One start serves all callers that wait for it, and none of them cancels it by leaving.
            if (starting is null or { IsCompleted: true })
            {
                starting = Task.Run(() => StartAsync(legacyVersion), CancellationToken.None);
            }

            return starting.WaitAsync(cancellationToken);
        }
    }

    public async Task ReceiveAsync(RpcChannel from, McpMessage message)
    {
        if (message.Kind == MessageKind.Request)
        {
            from.TrySend(
                message.Method == McpMethods.Ping
                    ? RpcText.EmptyResult(message.Id.Span)
                    : RpcText.Error(
                        message.Id.Span,
                        RpcText.MethodNotFound,
                        "This route does not pass requests of the server to clients."
                    )
            );
        }
        else if (message.Method.EndsWith("/list_changed", StringComparison.Ordinal))
        {
            notifyAll?.Invoke(from, message);
        }
        else if (
            message.Method == "notifications/message"
            && settings.Sharing == ChildSharing.Session
            && from.OnlyCall is { } call
        )
        {
            // M4: a log line does not name its request. In a shared program it may belong to another caller's request.
            await from.PostAsync(call, message.Bytes);
        }
        else
        {
            from.Discard("A notification that names no call, of a program that several callers may share.");
        }
    }

    public void Ended(RpcChannel ended, bool failed)
    {
        if (failed)
        {
            guard.Failed(time.GetUtcNow() - started);
        }
        else if (ended.HasAnswered)
        {
            guard.Succeeded();
        }
    }

    /// <summary>Closes the slot if it was idle for that long. Later callers are refused.</summary>
    public bool TryClose(TimeSpan idle)
    {
        lock (gate)
        {
            if (
                channel is { Calls: > 0 }
                || starting is { IsCompleted: false }
                || time.GetUtcNow().UtcTicks - Volatile.Read(ref usedTicks) < idle.Ticks
            )
            {
                return false;
            }

            return isOver = true;
        }
    }

    public void Touch() => Volatile.Write(ref usedTicks, time.GetUtcNow().UtcTicks);

    public async ValueTask DisposeAsync()
    {
        Task? waiting;
        lock (gate)
        {
            waiting = starting;
        }

        isOver = true;
        if (latest is { } running)
        {
            await running.DisposeAsync();
        }

        if (waiting is not null)
        {
            await waiting;
        }
    }

    private async Task<(RpcChannel?, Failure?)> StartAsync(string? legacyVersion)
    {
        if (guard.Check() is { } wait)
        {
            return (null, wait);
        }

        started = time.GetUtcNow();
        if (pool.TryStart(this, out var refusal) is not { } fresh)
        {
            if (refusal == ChildFailures.ChildNotStarted)
            {
                guard.Failed(TimeSpan.Zero);
            }

            return (null, refusal);
        }

        latest = fresh;
        if (isOver)
        {
            await fresh.DisposeAsync();
            return (null, ChildFailures.ChildExited);
        }

        var failed = await (legacyVersion is null ? DiscoverAsync(fresh) : InitializeAsync(fresh, legacyVersion));
        if (failed is { } failure)
        {
            await fresh.DisposeAsync();
            guard.Failed(TimeSpan.Zero);
            return (null, failure);
        }

        channel = fresh;
        return (fresh, null);
    }

    // The program has a single client, the agent: one initialization serves all sessions.
    private async Task<Failure?> InitializeAsync(RpcChannel fresh, string version)
    {
        var client = ClientMessages.Describe("culvert", ProductVersion.Text);
        var (answer, failure) = await RequestAsync(fresh, ClientMessages.Initialize(client, version));
        if (answer is null)
        {
            return failure;
        }

        if (answer.ErrorCode is not null || MessageReader.ReadAnswer(answer.Bytes) is not { IsRelayable: true } read)
        {
            return ChildFailures.ChildBadOutput;
        }

        Initialized = read;
        fresh.TrySend(ClientMessages.Initialized.ToArray());
        return null;
    }

    // Sent before any client's message: a program chooses its era by the first message.
    private async Task<Failure?> DiscoverAsync(RpcChannel fresh)
    {
        var (answer, failure) = await RequestAsync(fresh, ClientMessages.Discover(OwnRequests.Name));
        if (answer is not null)
        {
            fresh.Versions = ReadVersions(answer);
        }

        return failure;
    }

    // The revisions in the result, or in the error with which a program refuses the agent's own revision.
    private static List<string> ReadVersions(QueuedMessage answer)
    {
        using var document = JsonDocument.Parse(answer.Bytes);
        var root = document.RootElement;
        var list = answer.ErrorCode switch
        {
            null => Member(Member(root, "result"), "supportedVersions"),
            RpcText.UnsupportedVersion => Member(Member(Member(root, "error"), "data"), "supported"),
            _ => default,
        };
        return list.ValueKind != JsonValueKind.Array
            ? []
            :
            [
                .. list.EnumerateArray()
                    .Where(v => v.ValueKind == JsonValueKind.String)
                    .Select(v => v.GetString()!)
                    .Where(v => v.Length <= MaxVersionLength)
                    .Take(MaxVersions),
            ];
    }

    private static JsonElement Member(JsonElement of, string name) =>
        of.ValueKind == JsonValueKind.Object && of.TryGetProperty(name, out var member) ? member : default;

    /// <summary>The program's response, a result or an error; null, with the reason, if there is none.</summary>
    private async Task<(QueuedMessage? Answer, Failure? Failure)> RequestAsync(RpcChannel fresh, byte[] text)
    {
        var question = MessageReader.Read(text);
        if (fresh.TryBegin(question, takesMessages: false, out var refusal) is not { } call)
        {
            return (null, refusal);
        }

        using var limit = new CancellationTokenSource(settings.Timeouts.ResponseHeaders, time);
        try
        {
            var answer = await call.Messages.ReadAsync(limit.Token);
            return answer is null ? (null, call.Failure ?? ChildFailures.ChildBadOutput) : (answer, null);
        }
        catch (OperationCanceledException)
        {
            return (null, UpstreamFailures.HeadersTimeout);
        }
    }
}
