using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Pipeline;

/// <summary>
/// Keeps one client's calls from standing in front of everybody else's. While others call, a client has
/// <see cref="Freely"/> calls unanswered as it likes; more of them begin when one of its own is answered, or one every
/// <see cref="Step"/>. So calls that come without a pause go no faster than they are answered, and many slow ones begin a
/// moment later; a stream of events counts until it begins. A call with long headers counts as several
/// (<see cref="WeightOf"/>), and a client may always have one. A client that is alone waits for nobody. What ends or
/// steers calls waits in a lane of its own, which has as many places and goes first: it never stands behind the calls
/// that it is about.
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

    /// <summary>Null: the call has to wait (<see cref="EnterAsync"/>). Pair with <see cref="Leave"/>.</summary>
    /// <param name="key">Whose call.</param>
    /// <param name="weight">As how many it counts.</param>
    public Lane? TryEnter(ClientKey key, int weight)
    {
        lock (gate)
        {
            Note_NeedsLock(key);
            var lane = CallsOf_NeedsLock(key).Ordinary;
            if (!lane.HasRoomFor(weight) && OthersCall_NeedsLock(key))
            {
                return null;
            }

            lane.Begin(weight);
            return lane;
        }
    }

    /// <summary>Completes when the call may begin. Pair with <see cref="Leave"/>.</summary>
    /// <param name="key">Whose call.</param>
    /// <param name="weight">As how many it counts.</param>
    /// <param name="isControl">Whether it only ends or steers other calls.</param>
    /// <param name="cancellationToken">The client leaves.</param>
    /// <exception cref="OperationCanceledException">The client left while its call waited.</exception>
    public ValueTask<Lane> EnterAsync(ClientKey key, int weight, bool isControl, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            Note_NeedsLock(key);
            var calls = CallsOf_NeedsLock(key);
            var lane = isControl ? calls.Control : calls.Ordinary;
            if (lane.HasRoomFor(weight) || !OthersCall_NeedsLock(key))
            {
                lane.Begin(weight);
                return new ValueTask<Lane>(lane);
            }

            var turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            lane.Waiting.Enqueue((turn, weight));
            held.Add(calls);
            stepping ??= time.CreateTimer(static turns => ((ClientTurns)turns!).OnStep(), this, Step, Step);
            return WaitAsync(lane, turn, cancellationToken);
        }
    }

    /// <summary>The answer to a call begins, or the call ends without one. Once for each call.</summary>
    public void Answer(Lane lane, int weight)
    {
        lock (gate)
        {
            lane.Unanswered -= weight;
            while (lane.Waiting.TryPeek(out var next) && (next.Turn.Task.IsCompleted || lane.HasRoomFor(next.Weight)))
            {
                lane.Waiting.Dequeue();
                lane.TryBegin(next);
            }
        }
    }

    /// <summary>A call is over, after <see cref="Answer"/>.</summary>
    public void Leave(Lane lane)
    {
        lock (gate)
        {
            lane.Calls.Running--;
            Forget_NeedsLock(lane.Calls);
        }
    }

    private static async ValueTask<Lane> WaitAsync(
        Lane lane,
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

        return lane;
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
                } while (alone && calls.IsWaiting);

                Forget_NeedsLock(calls);
            }

            if (held.Count == 0)
            {
                stepping?.Dispose();
                stepping = null;
            }
        }
    }

    /// <summary>The next call that still waits: what steers before what is steered.</summary>
    private static void Begin_NeedsLock(Calls calls)
    {
        if (!calls.Control.BeginNext())
        {
            calls.Ordinary.BeginNext();
        }
    }

    private Calls CallsOf_NeedsLock(ClientKey key)
    {
        if (!clients.TryGetValue(key, out var calls))
        {
            clients[key] = calls = new Calls(key);
        }

        return calls;
    }

    private void Forget_NeedsLock(Calls calls)
    {
        if (calls.IsWaiting)
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

    /// <summary>One client's calls. Guarded by the turns' gate, as its lanes are.</summary>
    internal sealed class Calls
    {
        public Calls(ClientKey client) => (Client, Ordinary, Control) = (client, new Lane(this), new Lane(this));

        public ClientKey Client { get; }

        public Lane Ordinary { get; }

        /// <summary>For what only ends or steers calls.</summary>
        public Lane Control { get; }

        /// <summary>Those under way, streams of events among them.</summary>
        public int Running { get; set; }

        public bool IsWaiting => Ordinary.Waiting.Count > 0 || Control.Waiting.Count > 0;
    }

    /// <summary>Calls of one client that wait for one another.</summary>
    internal sealed class Lane(Calls calls)
    {
        public Calls Calls => calls;

        /// <summary>As how many those count whose answer has not begun.</summary>
        public int Unanswered { get; set; }

        public Queue<(TaskCompletionSource Turn, int Weight)> Waiting { get; } = new();

        public bool HasRoomFor(int weight) => Unanswered == 0 || Unanswered + weight <= Freely;

        public void Begin(int weight)
        {
            calls.Running++;
            Unanswered += weight;
        }

        /// <summary>False: nobody waits any more.</summary>
        public bool BeginNext()
        {
            while (Waiting.TryDequeue(out var next))
            {
                if (TryBegin(next))
                {
                    return true;
                }
            }

            return false;
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
