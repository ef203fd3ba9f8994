using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Threading.Channels;
using Culvert.Jose.Json;
using Culvert.Tunnel.Agent.Mcp;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Telemetry;

namespace Culvert.Tunnel.Agent.Upstreams.Stdio;

/// <summary>
/// The JSON-RPC connection to one program; each line is a message. Requests get ids of the agent that are never reused,
/// so that callers may share a program and a late response belongs to no call.
/// </summary>
internal sealed class RpcChannel : IAsyncDisposable
{
    // A program that prints some text between its messages is tolerated; a program that prints only text is not.
    private const int MaxUnreadableLines = 1000;
    private const int MaxLogged = 5; // of each kind
    private const int MaxCalls = 1024;
    private const int MaxUnsent = 256;
    private static readonly TimeSpan OutputGrace = TimeSpan.FromSeconds(2);

    private static readonly JsonDocumentOptions BatchOptions = new() { MaxDepth = McpMessage.MaxDepth + 1 };

    private readonly ChildProcess child;
    private readonly StdioSettings settings;
    private readonly IRpcOwner owner;
    private readonly ILogger logger;
    private readonly ConcurrentDictionary<long, RpcCall> calls = new();
    private readonly Channel<ReadOnlyMemory<byte>> outgoing;
    private readonly CancellationTokenSource ended = new();
    private readonly TaskCompletionSource end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentDictionary<string, int> discarded = new(StringComparer.Ordinal);
    private readonly Task running;
    private long lastId;
    private long unsentBytes;
    private volatile Failure? failure; // null while the program runs
    private volatile bool wasAsked;

    public RpcChannel(ChildProcess child, StdioSettings settings, IRpcOwner owner, TimeProvider time, ILogger logger)
    {
        this.child = child;
        this.settings = settings;
        this.owner = owner;
        this.logger = logger;
        outgoing = Channel.CreateBounded<ReadOnlyMemory<byte>>(MaxUnsent);
        running = RunAsync(new ChildErrors(child, Name, settings.LogsErrors, time, logger));
    }

    private string Name => settings.Command[0];

    /// <summary>False once the program has ended, or must end.</summary>
    public bool IsOpen => failure is null && !wasAsked;

    public bool HasAnswered { get; private set; }

    public Task Ended => end.Task;

    public int Calls => calls.Count;

    public RpcCall? OnlyCall => calls.Values.Take(2).ToArray() is [var call] ? call : null;

    /// <summary>The revisions that the program has listed; empty if it does not know <c>server/discover</c>.</summary>
    public IReadOnlyList<string> Versions { get; set; } = [];

    /// <summary>Returns null, with the reason, if the request cannot be sent.</summary>
    /// <param name="begun">Called before the program can send any message about the call.</param>
    public RpcCall? TryBegin(
        McpMessage request,
        bool takesMessages,
        out Failure? refusal,
        Action<RpcCall>? begun = null
    )
    {
        refusal = failure ?? (wasAsked ? ChildFailures.ChildExited : null);
        if (refusal is null && calls.Count >= MaxCalls)
        {
            refusal = UpstreamFailures.Busy;
        }

        if (refusal is not null)
        {
            return null;
        }

        var id = Interlocked.Increment(ref lastId);
        var number = RpcText.Number(id);
        var call = new RpcCall(
            id,
            request.Id.ToArray(),
            request.Token.ToArray(),
            request.Method,
            takesMessages,
            new MessageQueue(settings.MaxMessageBytes)
        );
        calls[id] = call;
        begun?.Invoke(call);
        var line = request.Token.IsEmpty
            ? request.With((request.Id, number))
            : request.With((request.Id, number), (request.Token, number));
        if (!TrySend(line))
        {
            calls.TryRemove(id, out _);
            call.Abandon();
            refusal = failure ?? ChildFailures.ChildNotReading;
            return null;
        }

        // The program may have ended between the check and the insertion.
        if (failure is { } late && calls.TryRemove(id, out _))
        {
            call.Abandon();
            refusal = late;
            return null;
        }

        return call;
    }

    /// <summary>Sends a line unchanged. False if the program has ended, or reads too slowly.</summary>
    public bool TrySend(ReadOnlyMemory<byte> line)
    {
        if (
            Interlocked.Add(ref unsentBytes, line.Length) > Math.Max(line.Length, 2L * settings.MaxMessageBytes)
            || !outgoing.Writer.TryWrite(line)
        )
        {
            Interlocked.Add(ref unsentBytes, -line.Length);
            return false;
        }

        return true;
    }

    /// <summary>Why the program cannot receive this message of a modern client; null if it supports the revision.</summary>
    // A program that does not know server/discover supports no modern revision (M3); clients learn it from the answer.
    public Failure? FindVersionFailure(McpMessage message)
    {
        var isSpoken =
            Versions.Count == 0
                ? message.Method == McpMethods.Discover
                : McpRevision.IsModern(message.Version!) && Versions.Contains(message.Version!);
        return isSpoken
            ? null
            : McpFailures.VersionUnsupported with
            {
                Versions = new VersionsOffered(
                    Versions.Count == 0 ? [McpRevision.LastLegacy] : Versions,
                    message.Version!
                ),
            };
    }

    public RpcCall? Find(ReadOnlyMemory<byte> clientsId, Func<RpcCall, bool> belongs) =>
        calls.Values.FirstOrDefault(c => belongs(c) && c.Id.Span.SequenceEqual(clientsId.Span));

    /// <summary>Notifies the program that the response is not wanted, and discards later messages of the call.</summary>
    public void Cancel(RpcCall call, string reason)
    {
        if (calls.TryRemove(call.WireId, out _))
        {
            TrySend(RpcText.Cancelled(call.WireId, reason));
            call.Abandon();
        }
    }

    /// <summary>
    /// Logs that a message reaches no client, a few times for each reason: programs may repeat it forever.
    /// </summary>
    /// <param name="reason">Constant text that describes the message.</param>
    public void Discard(string reason)
    {
        if (discarded.AddOrUpdate(reason, 1, static (_, count) => Math.Min(count + 1, MaxLogged + 1)) <= MaxLogged)
        {
            Log.ChildMessageDiscarded(logger, Name, child.Id, reason);
        }
    }

    public async ValueTask DisposeAsync()
    {
        wasAsked = true;
        await child.StopAsync();
        await running;
        await child.DisposeAsync();
        ended.Dispose();
    }

    private async Task RunAsync(ChildErrors errors)
    {
        // The task outlives the call that started it: later messages of the program belong to no trace.
        Activity.Current = null;
        using var output = new CancellationTokenSource();
        var (saying, hearing) = (errors.RunAsync(output.Token), WriteAsync());
        var watching = WatchAsync(output);
        var error = await ReadAsync(output.Token);

        // Whatever ended the reading, the program is no longer usable.
        failure = error ?? ChildFailures.ChildExited;
        await child.StopAsync();
        var status = await child.Exited;
        await ended.CancelAsync();
        outgoing.Writer.TryComplete();
        await watching;
        try
        {
            await Task.WhenAll(hearing, saying).WaitAsync(output.Token);
        }
        catch (OperationCanceledException)
        {
            // Another process still holds the other end of the pipes.
        }

        var isFailure = !wasAsked && (error is not null || status != 0 || !HasAnswered || !calls.IsEmpty);
        Log.ChildEnded(logger, Name, child.Id, status);
        owner.Ended(this, isFailure);
        foreach (var call in calls.Values)
        {
            call.Failure = failure;
            call.Messages.Close();
        }

        calls.Clear();
        end.TrySetResult();
    }

    // Processes that the program started, and that left its group, may hold its input, output and errors open forever.
    private async Task WatchAsync(CancellationTokenSource output)
    {
        await child.Exited;
        output.CancelAfter(OutputGrace);
    }

    private async Task WriteAsync()
    {
        try
        {
            await foreach (var line in outgoing.Reader.ReadAllAsync(ended.Token))
            {
                await child.Input.WriteAsync(line, ended.Token);
                await child.Input.WriteAsync("\n"u8.ToArray(), ended.Token);
                await child.Input.FlushAsync(ended.Token);
                Interlocked.Add(ref unsentBytes, -line.Length);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The program no longer reads; the reader of its output detects its exit.
        }
    }

    // Reads until the program closes its output. Returns null, or the program's error.
    private async Task<Failure?> ReadAsync(CancellationToken cancellationToken)
    {
        var lines = new LineReader(child.Output, settings.MaxMessageBytes);
        var unreadable = 0;
        var isFirst = true;
        try
        {
            while (await lines.ReadAsync(cancellationToken) is { } line)
            {
                if (isFirst)
                {
                    line = line[Utf8Text.FindStart(line)..];
                    isFirst = false;
                }

                if (line.AsSpan().Trim(" \t\r"u8).IsEmpty)
                {
                    continue;
                }

                if (await TryHandleAsync(line))
                {
                    continue;
                }

                unreadable++;
                if (unreadable <= MaxLogged)
                {
                    Log.ChildUnreadable(logger, Name, child.Id, line.Length);
                }

                if (unreadable > MaxUnreadableLines)
                {
                    return ChildFailures.ChildBadOutput;
                }
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // Handled like the end of the output.
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Whatever the cause, no call may wait for further output.
            Log.ChildUnreadable(logger, Name, child.Id, 0);
            return ChildFailures.ChildBadOutput;
        }

        return lines.IsOverrun ? ChildFailures.ChildOverrun : null;
    }

    // False if the line, or a message of its batch, cannot be read.
    private async Task<bool> TryHandleAsync(byte[] line)
    {
        var message = MessageReader.ReadAnswer(line);
        var messages = message.Has(MessageErrors.Batch) ? ReadBatch(line) : [message];
        foreach (var one in messages)
        {
            if (one.IsRelayable)
            {
                await HandleMessageAsync(one);
            }
            else if (one.Kind == MessageKind.Response && Find(one.Id) is { } call)
            {
                Discard("A response that cannot be read; its call fails.");
                Fail(call, ChildFailures.ChildBadOutput); // no other response will arrive
            }
        }

        return messages.Count > 0 && messages.All(m => m.IsRelayable);
    }

    // JSON-RPC 2.0 §6: programs of the revision 2025-03-26 may respond to several calls in one array.
    private static List<McpMessage> ReadBatch(byte[] line)
    {
        try
        {
            using var batch = JsonDocument.Parse(line, BatchOptions);
            return
            [
                .. batch
                    .RootElement.EnumerateArray()
                    .Select(m => MessageReader.ReadAnswer(JsonMarshal.GetRawUtf8Value(m).ToArray())),
            ];
        }
        catch (JsonException)
        {
            return [];
        }
    }

    private async Task HandleMessageAsync(McpMessage message)
    {
        switch (message.Kind)
        {
            case MessageKind.Response:
                HasAnswered = true;
                Complete(message);
                break;
            case MessageKind.Notification when !message.Token.IsEmpty && message.Method == McpMethods.Progress:
                if (Find(message.Token) is { Token.IsEmpty: false } call)
                {
                    await PostAsync(call, message.With((message.Token, call.Token)));
                }
                else
                {
                    Discard("Progress of no call that is under way.");
                }

                break;
            case MessageKind.Notification when Find(message.Subscription) is { } listener:
                await PostAsync(listener, message.With((message.Subscription, listener.Id)));
                break;
            case MessageKind.Notification when message.Method == McpMethods.Cancelled:
                // A server may end only a subscription without a request (MCP 2026-07-28, cancellation).
                if (Find(message.Cancelled) is { Method: McpMethods.Listen } ending)
                {
                    calls.TryRemove(ending.WireId, out _);
                    ending.Messages.Close();
                }
                else
                {
                    await owner.ReceiveAsync(this, message);
                }

                break;
            default:
                await owner.ReceiveAsync(this, message);
                break;
        }
    }

    private void Complete(McpMessage message)
    {
        if (Find(message.Id) is { } call)
        {
            Answer(call, message.With((message.Id, call.Id)), message.ErrorCode);
        }
        else if (MessageId.TryReadNumber(message.Id.Span, out var id) && id > 0 && id <= Volatile.Read(ref lastId))
        {
            Discard("A response to a call that was answered or cancelled before.");
        }
        else
        {
            CompleteUnmatched(message);
        }
    }

    // The id is not the agent's. If exactly one call is running, it will get no other response: it fails now.
    private void CompleteUnmatched(McpMessage message)
    {
        var isUnread = message.Id.IsEmpty && message.ErrorCode is RpcText.ParseError or RpcText.InvalidRequest;
        if (!message.Id.IsEmpty && OnlyCall is { } only)
        {
            Discard("A response with an id that no call has; the only call under way fails.");
            Fail(only, ChildFailures.ChildUnmatched);
        }
        else if (isUnread && OnlyCall is { } unread)
        {
            // JSON-RPC 2.0 §5: the error has no id if the program could not read the request.
            Answer(unread, RpcText.WithError(unread.Id.Span, message.Bytes), message.ErrorCode);
        }
        else
        {
            // Without an id the error may concern a notification. With an id, the calls wait for their time limits.
            Discard(
                message.Id.IsEmpty ? "An error without the id of a call." : "A response with an id that no call has."
            );
        }
    }

    private void Answer(RpcCall call, byte[] message, int? errorCode)
    {
        if (calls.TryRemove(call.WireId, out _))
        {
            call.Messages.Force(new QueuedMessage(message, IsLast: true, errorCode));
            call.Messages.Close();
        }
    }

    private void Fail(RpcCall call, Failure why)
    {
        if (calls.TryRemove(call.WireId, out _))
        {
            call.Failure = why;
            call.Messages.Close();
        }
    }

    /// <summary>Queues a message that precedes the call's response. A slow client delays only its own program.</summary>
    /// <returns>False if the call is over; the message then belongs to no call.</returns>
    public async Task<bool> PostAsync(RpcCall call, ReadOnlyMemory<byte> message)
    {
        if (!call.TakesMessages)
        {
            Discard("A message for a client that accepts no event stream.");
            return true;
        }

        var queued = new QueuedMessage(message);
        while (!call.Messages.TryAdd(queued))
        {
            if (call.Messages.IsClosed)
            {
                return false;
            }

            if (settings.Sharing != ChildSharing.Session || child.Exited.IsCompleted)
            {
                Discard("A message for a client that reads too slowly.");
                return true;
            }

            await Task.WhenAny(call.Messages.WaitForRoomAsync(), child.Exited);
        }

        return true;
    }

    private RpcCall? Find(ReadOnlyMemory<byte> wireId) =>
        MessageId.TryReadNumber(wireId.Span, out var id) ? calls.GetValueOrDefault(id) : null;
}
