using System.Collections.Concurrent;
using System.Text;

namespace Culvert.Tunnel.Agent.Upstreams.Stdio;

/// <summary>One legacy session (L4): who it belongs to, its program unless that is shared, and what waits for its client.</summary>
internal sealed class StdioSession : IRpcOwner, IAsyncDisposable
{
    private const int MaxAsked = 256;

    private readonly TimeProvider time;
    private readonly ConcurrentDictionary<long, RpcCall> calls = new();

    // Requests of the program that its client has yet to answer, by their raw ids.
    private readonly ConcurrentDictionary<string, byte> asked = new(StringComparer.Ordinal);
    private readonly Lock gate = new();
    private CancellationTokenSource? listener; // guarded by the gate
    private RpcChannel? own;
    private long usedTicks;

    public StdioSession(string id, string owner, int maxBytes, TimeProvider time)
    {
        Id = id;
        Owner = owner;
        this.time = time;
        Inbox = new MessageQueue(maxBytes);
        Touch();
    }

    public string Id { get; }

    /// <summary>The identity of its principal; empty where nobody is asked who calls.</summary>
    public string Owner { get; }

    /// <summary>For the client's GET stream.</summary>
    public MessageQueue Inbox { get; }

    /// <summary>Its own program; null where it is shared.</summary>
    public RpcChannel? Own => own;

    /// <summary>Completes when the session is over.</summary>
    public Task Over => over.Task;

    private readonly TaskCompletionSource over = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Whether its program failed before it ever answered.</summary>
    public bool FailedAtStart { get; private set; }

    public void Use(RpcChannel program) => own = program;

    public void Touch() => Volatile.Write(ref usedTicks, time.GetUtcNow().UtcTicks);

    /// <summary>Whether nobody has called or listened for that long.</summary>
    public bool IsIdle(TimeSpan limit)
    {
        lock (gate)
        {
            return listener is null
                && calls.Values.All(c => c.IsAbandoned)
                && time.GetUtcNow().UtcTicks - Volatile.Read(ref usedTicks) >= limit.Ticks;
        }
    }

    public void Begin(RpcCall call) => calls[call.WireId] = call;

    public void End(RpcCall call)
    {
        calls.TryRemove(call.WireId, out _);
        Touch();
    }

    public bool Has(RpcCall call) => calls.TryGetValue(call.WireId, out var own) && own == call;

    /// <summary>A client listens from now on; who listened before is let go, as it may have lost its connection.</summary>
    public CancellationTokenSource Listen(CancellationToken cancellationToken)
    {
        lock (gate)
        {
            listener?.Cancel();
            return listener = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        }
    }

    public void Leave(CancellationTokenSource listening)
    {
        // It may still be waiting for a message, which it would swallow.
        listening.Cancel();
        lock (gate)
        {
            if (listener == listening)
            {
                listener = null;
            }

            listening.Dispose();
        }

        Touch();
    }

    /// <summary>Whether this answers something that its program asked, and was not answered yet.</summary>
    public bool TryAnswer(JsonRpcMessage response) => asked.TryRemove(Encoding.UTF8.GetString(response.Id.Span), out _);

    // A message goes to exactly one stream (L5): to the only running call, which it most likely belongs to, else to who
    // listens, else it waits.
    public async Task ReceiveAsync(RpcChannel channel, JsonRpcMessage message)
    {
        if (message.Kind == MessageKind.Request)
        {
            if (asked.Count >= MaxAsked)
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

            asked[Encoding.UTF8.GetString(message.Id.Span)] = 0;
        }

        if (Target() is not { } call || !await channel.PostAsync(call, message.Bytes))
        {
            Inbox.AddDroppingOldest(new QueuedMessage(message.Bytes));
        }
    }

    public void Ended(RpcChannel channel, bool failed)
    {
        FailedAtStart = failed && !channel.HasAnswered;
        Inbox.Close();
        over.TrySetResult();
    }

    /// <summary>Ends the session and its own program.</summary>
    public async ValueTask DisposeAsync()
    {
        Inbox.Close();
        over.TrySetResult();
        if (own is { } program)
        {
            await program.DisposeAsync();
        }
    }

    private RpcCall? Target()
    {
        var open = calls
            .Values.Where(c => c is { TakesMessages: true, IsAbandoned: false, Messages.IsClosed: false })
            .Take(2)
            .ToList();
        lock (gate)
        {
            return open.Count == 1 || (open.Count > 1 && listener is null) ? open[0] : null;
        }
    }
}
