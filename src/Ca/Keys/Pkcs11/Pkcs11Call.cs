using System.Runtime.ExceptionServices;

namespace Culvert.Ca.Keys.Pkcs11;

/// <summary>One piece of work for the HSM, and whether somebody still waits for it.</summary>
internal sealed class Pkcs11Call(Action<Pkcs11Call> work)
{
    // Guards the rest; whoever waits sleeps on it.
    private readonly object gate = new();
    private bool hasBegun;
    private bool isDone;
    private bool isAbandoned;
    private ExceptionDispatchInfo? fault;

    /// <summary>Nobody waits any more: what the call still made must not stay.</summary>
    public bool IsAbandoned
    {
        get
        {
            lock (gate)
            {
                return isAbandoned;
            }
        }
    }

    /// <summary>It came to the HSM: what it was to do there may be done.</summary>
    public bool HasBegun
    {
        get
        {
            lock (gate)
            {
                return hasBegun;
            }
        }
    }

    /// <summary>On a worker's thread. What was given up before its turn is not begun.</summary>
    public void Run()
    {
        lock (gate)
        {
            if (isAbandoned)
            {
                return;
            }

            hasBegun = true;
        }

        try
        {
            work(this);
        }
        catch (Exception thrown)
        {
            // The root of the worker's thread: whoever waits gets it.
            fault = ExceptionDispatchInfo.Capture(thrown);
        }

        lock (gate)
        {
            isDone = true;
            Monitor.Pulse(gate);
        }
    }

    /// <summary>False = it was given up after that time, and goes on alone.</summary>
    public bool Wait(TimeSpan limit)
    {
        lock (gate)
        {
            if (!isDone && !Monitor.Wait(gate, limit) && !isDone)
            {
                isAbandoned = true;
                return false;
            }
        }

        return true;
    }

    /// <summary>Once it is done: throws what the work threw.</summary>
    public void ThrowIfFailed() => fault?.Throw();
}
