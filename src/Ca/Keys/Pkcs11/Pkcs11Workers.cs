namespace Culvert.Ca.Keys.Pkcs11;

/// <summary>
/// The few threads on which an HSM is called. A call into a vendor's library cannot be ended from outside: one that
/// hangs keeps only its own thread. Its caller gets an error after the limit; until a call has come back again only
/// one caller at a time waits for the HSM, and all others get an error at once.
/// </summary>
internal sealed class Pkcs11Workers(Func<TimeSpan> limit)
{
    // HSMs serialise what one session asks, and sessions are few.
    private const int MaxThreads = 8;

    // Each is a blocked thread of the program.
    private const int MaxWaiting = 256;

    // Guards the rest; idle threads sleep on it.
    private readonly object gate = new();
    private readonly Queue<Pkcs11Call> waiting = new();
    private int threads;
    private int idle;
    private bool isTried;

    // The last call that was waited for did not come back.
    private bool isSuspect;

    // Threads whose call was given up and has not come back.
    private int hung;

    // Guards the threads inside the library; threads that must wait for exclusive use block on it.
    private readonly object door = new();
    private int inside;
    private bool isAlone;

    /// <summary>
    /// No call can begin any more: every thread hangs in the library. What is inside it cannot be ended, so that a new
    /// process is the only way out.
    /// </summary>
    public bool IsStuck
    {
        get
        {
            lock (gate)
            {
                return hung >= MaxThreads;
            }
        }
    }

    /// <param name="work">What is called.</param>
    /// <param name="ownLimit">
    /// Of work that takes longer than others. It does not apply to the one call that tries an HSM which did not answer: the
    /// others wait for its end. Null: the limit of all.
    /// </param>
    /// <exception cref="Pkcs11Exception">It did not come back in time (late), or it was never begun.</exception>
    public T Run<T>(Func<Pkcs11Call, T> work, Func<TimeSpan>? ownLimit = null)
    {
        T? result = default;
        var call = new Pkcs11Call(self => result = Enter(self, work));
        var tries = Enqueue(call);
        try
        {
            if (call.Wait(tries || ownLimit is null ? limit() : ownLimit()))
            {
                // What the work threw is an answer, too.
                Suspect(false);
                call.ThrowIfFailed();
                return result!;
            }

            GiveUp(call);
            throw call.HasBegun
                ? new Pkcs11Exception("The HSM call timed out.") { IsLate = true }
                : new Pkcs11Exception("The HSM is busy with other calls that do not return.");
        }
        finally
        {
            if (tries)
            {
                lock (gate)
                {
                    isTried = false;
                }
            }
        }
    }

    /// <summary>
    /// For work that needs the library exclusively. False = another call is inside, or the work did not return in time:
    /// then no other call enters before it returns.
    /// </summary>
    public bool TryRunAlone(Action work)
    {
        lock (door)
        {
            if (inside > 0 || isAlone)
            {
                return false;
            }

            isAlone = true;
        }

        var call = new Pkcs11Call(_ =>
        {
            try
            {
                work();
            }
            finally
            {
                lock (door)
                {
                    isAlone = false;
                    Monitor.PulseAll(door);
                }
            }
        });
        new Thread(call.Run) { IsBackground = true, Name = "hsm restart" }.Start();
        if (!call.Wait(limit()))
        {
            return false;
        }

        call.ThrowIfFailed();
        return true;
    }

    private T Enter<T>(Pkcs11Call call, Func<Pkcs11Call, T> work)
    {
        lock (door)
        {
            while (isAlone)
            {
                Monitor.Wait(door);
            }

            inside++;
        }

        try
        {
            return work(call);
        }
        finally
        {
            lock (door)
            {
                inside--;
            }
        }
    }

    // True = it is the one that tries an HSM which did not answer.
    private bool Enqueue(Pkcs11Call call)
    {
        lock (gate)
        {
            if (isSuspect && isTried)
            {
                throw new Pkcs11Exception("The HSM does not respond; another call is testing it.");
            }

            if (waiting.Count >= MaxWaiting)
            {
                throw new Pkcs11Exception("Too many calls wait for the HSM.");
            }

            waiting.Enqueue(call);
            if (waiting.Count > idle && threads < MaxThreads)
            {
                threads++;
                new Thread(Work) { IsBackground = true, Name = "hsm" }.Start();
            }
            else
            {
                Monitor.Pulse(gate);
            }

            if (!isSuspect)
            {
                return false;
            }

            isTried = true;
            return true;
        }
    }

    private void Suspect(bool value)
    {
        lock (gate)
        {
            isSuspect = value;
        }
    }

    private void GiveUp(Pkcs11Call call)
    {
        lock (gate)
        {
            isSuspect = true;
            hung += call.HasBegun ? 1 : 0;
        }
    }

    private void Work()
    {
        while (true)
        {
            var call = Next();
            call.Run();
            if (call is { HasBegun: true, IsAbandoned: true })
            {
                lock (gate)
                {
                    hung--;
                }
            }
        }
    }

    private Pkcs11Call Next()
    {
        lock (gate)
        {
            idle++;
            while (waiting.Count == 0)
            {
                Monitor.Wait(gate);
            }

            idle--;
            return waiting.Dequeue();
        }
    }
}
