using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Culvert.Tunnel.Agent.Mcp;
using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Upstreams.Stdio;

/// <summary>A legacy session (L4): its owner, its own program, and the messages that wait for its client.</summary>
internal sealed class StdioSession : IRpcOwner, IAsyncDisposable
{
    private const int MaxAsked = 256;

    /// <summary>For messages that may be replayed.</summary>
    internal const int MaxKeptBytes = 1024 * 1024;

    private readonly TimeProvider time;
    private readonly ConcurrentDictionary<long, RpcCall> calls = new();

    // Requests of the program that the client has not answered yet: their raw ids and times of arrival.
    private readonly ConcurrentDictionary<string, DateTimeOffset> requests = new(StringComparer.Ordinal);
    private RpcChannel? own;
    private long usedTicks;
    private bool failedAtStart;

    /// <param name="maxBytes">For messages that wait for the client.</param>
    /// <param name="stored">The budget for replays, shared by all sessions of the route.</param>
    public StdioSession(string id, string owner, int maxBytes, TimeProvider time, BodyBudget? stored = null)
    {
        Id = id;
        Owner = owner;
        this.time = time;
        Inbox = new MessageQueue(maxBytes);
        History = new SessionHistory(
            Math.Min(maxBytes, MaxKeptBytes),
            stored ?? new BodyBudget(),
            new ClientKey(owner, "", IPAddress.None)
        );
        Touch();
    }

    public string Id { get; }

    /// <summary>The identity of the principal; empty without authentication.</summary>
    public string Owner { get; }

    /// <summary>The person whose programs are counted; empty without authentication.</summary>
    public string Person { get; init; } = "";

    /// <summary>Messages for the client's GET stream.</summary>
    public MessageQueue Inbox { get; }

    /// <summary>Sent messages that the client may request again.</summary>
    public SessionHistory History { get; }

    /// <summary>The session's own program; null if the program is shared.</summary>
    public RpcChannel? Own => own;

    public Task Over => over.Task;

    private readonly TaskCompletionSource over = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Whether the program failed before it ever responded. Returns true only once.</summary>
    public bool TryTakeStartFailure() => Interlocked.Exchange(ref failedAtStart, false);

    public void Use(RpcChannel program) => own = program;

    public void Touch() => Volatile.Write(ref usedTicks, time.GetUtcNow().UtcTicks);

    public DateTimeOffset UsedAt => new(Volatile.Read(ref usedTicks), TimeSpan.Zero);

    /// <summary>Whether no client has called or listened for that long.</summary>
    public bool IsIdle(TimeSpan limit) =>
        !History.Listening.IsRead
        && calls.Values.All(c => c.IsAbandoned || c.IsUnattended)
        && time.GetUtcNow().UtcTicks - Volatile.Read(ref usedTicks) >= limit.Ticks;

    public void Begin(RpcCall call) => calls[call.WireId] = call;

    public void End(RpcCall call)
    {
        calls.TryRemove(call.WireId, out _);
        Touch();
    }

    public bool Has(RpcCall call) => calls.TryGetValue(call.WireId, out var own) && own == call;

    /// <summary>
    /// Stores messages while the stream has no reader, so that the program is not blocked and a client that reconnects
    /// finds them. Completes when the call is over, or its client has reconnected.
    /// </summary>
    /// <returns>False if the call's time limit has expired.</returns>
    public async Task<bool> StoreAsync(SessionStream stream)
    {
        var call = stream.Call!;
        call.IsUnattended = true;
        Touch(); // the idle time starts when the client leaves, however long ago it called
        using var reading = await stream.ReadAsync(CancellationToken.None);
        if (stream.EndsAt is { } end)
        {
            reading.LimitTo(end, time);
        }

        try
        {
            while (await call.Messages.ReadAsync(reading.Token) is { } message)
            {
                if (time.GetUtcNow() >= stream.EndsAt)
                {
                    return false; // later messages are too late
                }

                History.Add(stream, message);
            }

            if (call.Failure is null)
            {
                History.End(stream);
            }

            End(call);
            return true;
        }
        catch (OperationCanceledException)
        {
            return reading.IsReplaced;
        }
    }

    /// <summary>Whether the program waits for this answer. At most one caller gets true.</summary>
    public bool TryAnswer(ReadOnlyMemory<byte> id) => requests.TryRemove(Encoding.UTF8.GetString(id.Span), out _);

    /// <summary>False if the program does not read; the client may then send the answer again.</summary>
    public bool TryPassAnswer(RpcChannel channel, McpMessage answer)
    {
        var id = Encoding.UTF8.GetString(answer.Id.Span);
        if (!requests.TryRemove(id, out var since))
        {
            channel.Discard("A client's response to no request of the program.");
            return true;
        }

        if (channel.TrySend(answer.With()))
        {
            return true;
        }

        requests[id] = since;
        return false;
    }

    /// <summary>Answers the program's requests that the client has not answered for that long with an error.</summary>
    public void EndUnanswered(TimeSpan limit)
    {
        foreach (var (id, since) in requests)
        {
            if (time.GetUtcNow() - since >= limit && own is { } program)
            {
                RefuseAsked(program, id, "The client did not respond in time.");
            }
        }
    }

    // A message goes to exactly one stream (L5): the only running call's, else the listening client's or the inbox.
    public async Task ReceiveAsync(RpcChannel channel, McpMessage message)
    {
        if (message.Kind == MessageKind.Request)
        {
            if (requests.Count >= MaxAsked)
            {
                channel.TrySend(
                    RpcText.Error(
                        message.Id.Span,
                        RpcText.ServerError,
                        "The client has not answered many requests yet."
                    )
                );
                return;
            }

            requests[Encoding.UTF8.GetString(message.Id.Span)] = time.GetUtcNow();
        }

        if (Target() is not { } call || !await channel.PostAsync(call, message.Bytes))
        {
            Discard(channel, Inbox.AddDroppingOldest(new QueuedMessage(message.Bytes)));
        }
    }

    public void Notify(RpcChannel channel, ReadOnlyMemory<byte> message) =>
        Discard(channel, Inbox.AddDroppingOldest(new QueuedMessage(message)));

    public void Ended(RpcChannel channel, bool failed)
    {
        failedAtStart = failed && !channel.HasAnswered;
        Inbox.Close();
        over.TrySetResult();
    }

    public async ValueTask DisposeAsync()
    {
        Inbox.Close();
        over.TrySetResult();
        History.Dispose();
        if (own is { } program)
        {
            await program.DisposeAsync();
        }
    }

    // A program may wait for the answer to a request that its client will never read, so it gets an error.
    private void Discard(RpcChannel channel, IReadOnlyList<QueuedMessage> dropped)
    {
        foreach (var message in dropped)
        {
            channel.Discard("A message for a client that listens to no stream.");
            if (MessageReader.ReadAnswer(message.Bytes) is { Kind: MessageKind.Request } request)
            {
                RefuseAsked(channel, Encoding.UTF8.GetString(request.Id.Span), "The client reads no requests.");
            }
        }
    }

    private void RefuseAsked(RpcChannel channel, string id, string why)
    {
        if (requests.TryRemove(id, out _))
        {
            channel.Discard("A request that the client did not answer.");
            channel.TrySend(RpcText.Error(Encoding.UTF8.GetBytes(id), RpcText.ServerError, why));
        }
    }

    private RpcCall? Target()
    {
        var open = calls
            .Values.Where(c =>
                c is { TakesMessages: true, IsAbandoned: false, IsUnattended: false, Messages.IsClosed: false }
            )
            .Take(2)
            .ToList();
        return open.Count == 1 || (open.Count > 1 && !History.Listening.IsRead) ? open[0] : null;
    }
}
