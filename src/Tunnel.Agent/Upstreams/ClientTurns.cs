namespace Culvert.Tunnel.Agent.Upstreams;

/// <summary>
/// Keeps one client's calls from standing in front of everybody else's. While others call, a client has
/// <see cref="Freely"/> calls unanswered as it likes; more of them begin when one of its own is answered, or one every
/// <see cref="Step"/>. So calls that come without a pause go no faster than they are answered, and many slow ones begin a
/// moment later; a stream of events counts until it begins. A call with long headers counts as several
/// (<see cref="WeightOf"/>), and a client may always have one. A client that is alone waits for nobody.
/// </summary>
internal sealed class ClientTurns(TimeProvider time)
{
    public const int Freely = 4;

    public static readonly TimeSpan Step = TimeSpan.FromMilliseconds(10);

    /// <summary>Reading, checking and passing on so much costs as much as a call without headers.</summary>
    private const int HeaderCharacters = 8 * 1024;

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

    /// <summary>As how many calls one with such headers counts; 1 to <see cref="Freely"/>.</summary>
    public static int WeightOf(IHeaderDictionary headers)
    {
        var characters = 0;
        foreach (var (name, values) in headers)
        {
            foreach (var value in values)
            {
                characters += name.Length + (value?.Length ?? 0);
            }
        }

        return Math.Min(Freely, 1 + (characters / HeaderCharacters));
    }

    /// <summary>Completes when the call may begin. Pair with <see cref="Leave"/>.</summary>
    /// <param name="key">Whose call.</param>
    /// <param name="weight">As how many it counts.</param>
    /// <param name="cancellationToken">The client leaves.</param>
    /// <exception cref="OperationCanceledException">The client left while its call waited.</exception>
    public ValueTask<Calls> EnterAsync(ClientKey key, int weight, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            Note_NeedsLock(key);
            if (!clients.TryGetValue(key, out var calls))
            {
                clients[key] = calls = new Calls(key);
            }

            if (calls.HasRoomFor(weight) || !OthersCall_NeedsLock(key))
            {
                calls.Begin(weight);
                return new ValueTask<Calls>(calls);
            }

            var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            calls.Waiting.Enqueue((turn, weight));
            held.Add(calls);
            stepping ??= time.CreateTimer(static turns => ((ClientTurns)turns!).OnStep(), this, Step, Step);
            return WaitAsync(calls, turn, cancellationToken);
        }
    }

    /// <summary>The answer to a call begins, or the call ends without one. Once for each call.</summary>
    public void Answer(Calls calls, int weight)
    {
        lock (gate)
        {
            calls.Unanswered -= weight;
            while (calls.Waiting.TryPeek(out var next) && (next.Turn.Task.IsCompleted || calls.HasRoomFor(next.Weight)))
            {
                calls.Waiting.Dequeue();
                calls.TryBegin(next);
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
        while (calls.Waiting.TryDequeue(out var next) && !calls.TryBegin(next)) { }
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

        /// <summary>As how many those count whose answer has not begun.</summary>
        public int Unanswered { get; set; }

        public Queue<(TaskCompletionSource Turn, int Weight)> Waiting { get; } = new();

        public bool HasRoomFor(int weight) => Unanswered == 0 || Unanswered + weight <= Freely;

        public void Begin(int weight)
        {
            Running++;
            Unanswered += weight;
        }

        /// <summary>False when the client left while its call waited.</summary>
        public bool TryBegin((TaskCompletionSource Turn, int Weight) next)
        {
            if (!next.Turn.TrySetResult())
            {
                return false;
            }

            Begin(next.Weight);
            return true;
        }
    }
}
