namespace Culvert.Ca.Keys.Pkcs11;

/// <summary>
/// The threads on which an HSM is called. A call into a vendor's library cannot be cancelled, so a hanging call keeps only
/// its own thread. Its caller gets an error after the limit; until a call has returned again, only one caller at a time
/// waits for the HSM, and all others get an error at once.
/// </summary>
internal sealed class Pkcs11Workers(Func<TimeSpan> limit)
{
    // HSMs serialise the calls of a session, and sessions are few.
    private const int MaxThreads = 8;

    // Each one blocks a thread of the program.
    private const int MaxWaiting = 256;

    // Guards the fields below; idle threads wait on it.
    private readonly object gate = new();
    private readonly Queue<Pkcs11Call> waiting = new();
    private int threads;
    private int idle;
    private bool isTried;

    // The last awaited call did not return.
    private bool isSuspect;

    // Threads whose call was abandoned and has not returned.
    private int hung;

    // Guards the count of threads inside the library; threads that need exclusive use wait on it.
    private readonly object door = new();
    private int inside;
    private bool isAlone;

    /// <summary>Every thread hangs in the library, so no call can start. Only a new process can use the HSM again.</summary>
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

    /// <param name="ownLimit">A longer limit for this work; null = the common one. It does not apply to the call that tries
    /// an HSM after a hang, because other callers wait for its result.</param>
    /// <exception cref="Pkcs11Exception">The call did not return in time (late), or never started.</exception>
    public T Run<T>(Func<Pkcs11Call, T> work, Func<TimeSpan>? ownLimit = null)
    {
        T? result = default;
        var call = new Pkcs11Call(self => result = Enter(self, work));
        var tries = Enqueue(call);
        try
        {
            if (call.Wait(tries || ownLimit is null ? limit() : ownLimit()))
            {
                // An exception of the work is an answer, too.
                Suspect(false);
                call.ThrowIfFailed();
                return result!;
            }

            Abandon(call);
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
    /// Runs work that needs the library exclusively. False = another call is inside, or the work did not return in time;
    /// then no other call starts before it returns.
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

    // Returns true for the call that tries an HSM after a hang.
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

    private void Abandon(Pkcs11Call call)
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
