namespace Culvert.Tunnel.Agent.Upstreams;

/// <summary>
/// Keeps one client's calls from standing in front of everybody else's. While others call, a client has
/// <see cref="Freely"/> calls unanswered as it likes; more of them begin when one of its own is answered, or one every
/// <see cref="Step"/>. So calls that come without a pause go no faster than they are answered, and many slow ones begin a
/// moment later; a stream of events counts until it begins. A client that is alone waits for nobody.
/// </summary>
internal sealed class ClientTurns(TimeProvider time)
{
    public const int Freely = 4;

    public static readonly TimeSpan Step = TimeSpan.FromMilliseconds(10);

    /// <summary>Whoever called so recently counts as calling.</summary>
    private static readonly TimeSpan Recently = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();

    // Guarded by gate.
    private readonly Dictionary<ClientKey, Calls> clients = [];
    private readonly HashSet<Calls> held = []; // those with calls that wait
    private ClientKey latest;
    private long? latestAt; // null = nobody has called
    private long? latestOtherAt; // of anybody else before latest; null = there was nobody
    private ITimer? stepping; // null = nobody waits

    /// <summary>Completes when the call may begin. Pair with <see cref="Leave"/>.</summary>
    /// <exception cref="OperationCanceledException">The client left while its call waited.</exception>
    public ValueTask<Calls> EnterAsync(ClientKey key, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            Note_NeedsLock(key);
            if (!clients.TryGetValue(key, out var calls))
            {
                clients[key] = calls = new Calls(key);
            }

            if (calls.Unanswered < Freely || !OthersCall_NeedsLock(key))
            {
                calls.Begin();
                return new ValueTask<Calls>(calls);
            }

            var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            calls.Waiting.Enqueue(turn);
            held.Add(calls);
            stepping ??= time.CreateTimer(static turns => ((ClientTurns)turns!).OnStep(), this, Step, Step);
            return WaitAsync(calls, turn, cancellationToken);
        }
    }

    /// <summary>The answer to a call begins, or the call ends without one. Once for each call.</summary>
    public void Answer(Calls calls)
    {
        lock (gate)
        {
            calls.Unanswered--;
            if (calls.Unanswered < Freely)
            {
                Begin_NeedsLock(calls);
            }
        }
    }

    /// <summary>A call is over, after <see cref="Answer"/>.</summary>
    public void Leave(Calls calls)
    {
        lock (gate)
        {
            calls.Running--;
            Forget_NeedsLock(calls);
        }
    }

    private static async ValueTask<Calls> WaitAsync(
        Calls calls,
        TaskCompletionSource turn,
        CancellationToken cancellationToken
    )
    {
        await using (
            cancellationToken.UnsafeRegister(
                static (waiting, token) => ((TaskCompletionSource)waiting!).TrySetCanceled(token),
                turn
            )
        )
        {
            await turn.Task;
        }

        return calls;
    }

    private void OnStep()
    {
        lock (gate)
        {
            foreach (var calls in held.ToArray())
            {
                var alone = !OthersCall_NeedsLock(calls.Client);
                do
                {
                    Begin_NeedsLock(calls);
                } while (alone && calls.Waiting.Count > 0);

                Forget_NeedsLock(calls);
            }

            if (held.Count == 0)
            {
                stepping?.Dispose();
                stepping = null;
            }
        }
    }

    /// <summary>The next call that still waits.</summary>
    private static void Begin_NeedsLock(Calls calls)
    {
        while (calls.Waiting.TryDequeue(out var turn))
        {
            if (turn.TrySetResult())
            {
                calls.Begin();
                return;
            }
        }
    }

    private void Forget_NeedsLock(Calls calls)
    {
        if (calls.Waiting.Count > 0)
        {
            return;
        }

        held.Remove(calls);
        if (calls.Running == 0)
        {
            clients.Remove(calls.Client);
        }
    }

    private void Note_NeedsLock(ClientKey key)
    {
        if (latest != key)
        {
            (latest, latestOtherAt) = (key, latestAt);
        }

        latestAt = time.GetTimestamp();
    }

    private bool OthersCall_NeedsLock(ClientKey key)
    {
        var at = latest == key ? latestOtherAt : latestAt;
        return at is { } moment && time.GetElapsedTime(moment) < Recently;
    }

    /// <summary>One client's calls.</summary>
    internal sealed class Calls(ClientKey client)
    {
        public ClientKey Client { get; } = client;

        /// <summary>Those under way, streams of events among them. Guarded by the turns' gate, as the others are.</summary>
        public int Running { get; set; }

        /// <summary>Of those, the ones whose answer has not begun.</summary>
        public int Unanswered { get; set; }

        public Queue<TaskCompletionSource> Waiting { get; } = new();

        public void Begin()
        {
            Running++;
            Unanswered++;
        }
    }
}
