using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Pipeline;

/// <summary>
/// Prevents the calls of one client from delaying those of all others. While other clients call, a client may have
/// <see cref="MaxUnanswered"/> unanswered calls; the next one starts when one of its own is answered, or one every
/// <see cref="Step"/>. So calls without a pause run only as fast as they are answered, and many slow calls start
/// slightly later; a stream of events counts until it starts. A call with long headers counts as several
/// (<see cref="GetWeight"/>), and a client may always have one call. If only one client calls, its calls do not wait.
/// Messages that cancel or control calls wait in a separate lane with the same limit, which has priority: they never
/// wait for the calls that they are about.
/// </summary>
internal sealed class FairQueue(TimeProvider time)
{
    public const int MaxUnanswered = 4;

    public static readonly TimeSpan Step = TimeSpan.FromMilliseconds(10);

    /// <summary>Reading, checking and forwarding this many characters costs as much as a call without headers.</summary>
    private const int HeaderCharacters = 8 * 1024;

    /// <summary>A client whose last call is at most this old counts as calling.</summary>
    private static readonly TimeSpan Recently = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();

    // Guarded by gate.
    private readonly Dictionary<ClientKey, Calls> clients = [];
    private readonly HashSet<Calls> held = []; // clients with waiting calls
    private ClientKey latest;
    private long? latestAt; // null: no client has called
    private long? latestOtherAt; // the last call of a client other than latest; null: none
    private ITimer? stepping; // null: no call waits

    /// <summary>How many calls a call with these headers counts as; 1 to <see cref="MaxUnanswered"/>.</summary>
    public static int GetWeight(IHeaderDictionary headers)
    {
        var characters = 0;
        foreach (var (name, values) in headers)
        {
            foreach (var value in values)
            {
                characters += name.Length + (value?.Length ?? 0);
            }
        }

        return Math.Min(MaxUnanswered, 1 + (characters / HeaderCharacters));
    }

    /// <summary>Null if the call has to wait (<see cref="EnterAsync"/>). Pair with <see cref="Release"/>.</summary>
    public Lane? TryEnter(ClientKey key, int weight)
    {
        lock (gate)
        {
            RecordCall_NeedsLock(key);
            var lane = GetCalls_NeedsLock(key).Ordinary;
            if (!lane.HasRoomFor(weight) && OthersCall_NeedsLock(key))
            {
                return null;
            }

            lane.Begin(weight);
            return lane;
        }
    }

    /// <summary>Completes when the call may start. Pair with <see cref="Release"/>.</summary>
    /// <param name="isControl">Whether it only cancels or controls other calls.</param>
    /// <exception cref="OperationCanceledException">The client disconnected while its call waited.</exception>
    public ValueTask<Lane> EnterAsync(ClientKey key, int weight, bool isControl, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            RecordCall_NeedsLock(key);
            var calls = GetCalls_NeedsLock(key);
            var lane = isControl ? calls.Control : calls.Ordinary;
            if (lane.HasRoomFor(weight) || !OthersCall_NeedsLock(key))
            {
                lane.Begin(weight);
                return new ValueTask<Lane>(lane);
            }

            var admission = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            lane.Waiting.Enqueue((admission, weight));
            held.Add(calls);
            stepping ??= time.CreateTimer(static queue => ((FairQueue)queue!).OnStep(), this, Step, Step);
            return WaitAsync(lane, admission, cancellationToken);
        }
    }

    /// <summary>Reports that a call's answer starts, or that the call ends without one. Once for each call.</summary>
    public void Answer(Lane lane, int weight)
    {
        lock (gate)
        {
            lane.Unanswered -= weight;
            while (
                lane.Waiting.TryPeek(out var next) && (next.Admission.Task.IsCompleted || lane.HasRoomFor(next.Weight))
            )
            {
                lane.Waiting.Dequeue();
                lane.TryBegin(next);
            }
        }
    }

    /// <summary>Reports that a call is over, after <see cref="Answer"/>.</summary>
    public void Release(Lane lane)
    {
        lock (gate)
        {
            lane.Calls.Running--;
            Forget_NeedsLock(lane.Calls);
        }
    }

    private static async ValueTask<Lane> WaitAsync(
        Lane lane,
        TaskCompletionSource admission,
        CancellationToken cancellationToken
    )
    {
        await using (
            cancellationToken.UnsafeRegister(
                static (waiting, token) => ((TaskCompletionSource)waiting!).TrySetCanceled(token),
                admission
            )
        )
        {
            await admission.Task;
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

    /// <summary>Starts the client's next waiting call, from the control lane first.</summary>
    private static void Begin_NeedsLock(Calls calls)
    {
        if (!calls.Control.BeginNext())
        {
            calls.Ordinary.BeginNext();
        }
    }

    private Calls GetCalls_NeedsLock(ClientKey key)
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

    private void RecordCall_NeedsLock(ClientKey key)
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

    /// <summary>The calls of one client. Guarded by the queue's gate, as are its lanes.</summary>
    internal sealed class Calls
    {
        public Calls(ClientKey client) => (Client, Ordinary, Control) = (client, new Lane(this), new Lane(this));

        public ClientKey Client { get; }

        public Lane Ordinary { get; }

        public Lane Control { get; }

        /// <summary>The number of running calls, including streams of events.</summary>
        public int Running { get; set; }

        public bool IsWaiting => Ordinary.Waiting.Count > 0 || Control.Waiting.Count > 0;
    }

    internal sealed class Lane(Calls calls)
    {
        public Calls Calls => calls;

        /// <summary>The weight of the calls whose answer has not started.</summary>
        public int Unanswered { get; set; }

        public Queue<(TaskCompletionSource Admission, int Weight)> Waiting { get; } = new();

        public bool HasRoomFor(int weight) => Unanswered == 0 || Unanswered + weight <= MaxUnanswered;

        public void Begin(int weight)
        {
            calls.Running++;
            Unanswered += weight;
        }

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

        /// <summary>False if the client disconnected while its call waited.</summary>
        public bool TryBegin((TaskCompletionSource Admission, int Weight) next)
        {
            if (!next.Admission.TrySetResult())
            {
                return false;
            }

            Begin(next.Weight);
            return true;
        }
    }
}
