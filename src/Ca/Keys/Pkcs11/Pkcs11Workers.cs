namespace Culvert.Ca.Keys.Pkcs11;

/// <summary>
/// The few threads on which an HSM is called. A call into a vendor's library cannot be ended from outside: one that
/// hangs keeps its thread, and nobody else's. Its caller is told after the limit; until a call has succeeded again only
/// one caller at a time waits for the HSM, and all others are told at once.
/// </summary>
internal sealed class Pkcs11Workers(TimeSpan limit)
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

    /// <exception cref="Pkcs11Exception">It did not come back in time, or there is no room.</exception>
    public T Run<T>(Func<Pkcs11Call, T> work)
    {
        T? result = default;
        var call = new Pkcs11Call(self => result = work(self));
        var tries = Enqueue(call);
        try
        {
            if (!call.Wait(limit))
            {
                Suspect(true);
                throw Late("The HSM did not answer in time.");
            }

            Suspect(false);
            return result!;
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

    // True = it is the one that tries an HSM which did not answer.
    private bool Enqueue(Pkcs11Call call)
    {
        lock (gate)
        {
            if (isSuspect && isTried)
            {
                throw Late("The HSM does not answer; another call tries it.");
            }

            if (waiting.Count >= MaxWaiting)
            {
                throw Late("Too many calls wait for the HSM.");
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

    private void Work()
    {
        while (true)
        {
            Next().Run();
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

    private static Pkcs11Exception Late(string message) => new(message) { IsLate = true };
}
