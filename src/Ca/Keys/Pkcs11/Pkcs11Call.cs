using System.Runtime.ExceptionServices;

namespace Culvert.Ca.Keys.Pkcs11;

/// <summary>One piece of work for the HSM, and whether a caller still waits for it.</summary>
internal sealed class Pkcs11Call(Action<Pkcs11Call> work)
{
    // Guards the rest; waiting callers block on it.
    private readonly object gate = new();
    private bool hasBegun;
    private bool isDone;
    private bool isAbandoned;
    private ExceptionDispatchInfo? fault;

    /// <summary>No caller waits any more: objects that the call still created must be removed.</summary>
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

    /// <summary>The call reached the HSM: its effect is possible.</summary>
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
            // The root of the worker's thread: the waiting caller gets the exception.
            fault = ExceptionDispatchInfo.Capture(thrown);
        }

        lock (gate)
        {
            isDone = true;
            Monitor.Pulse(gate);
        }
    }

    /// <summary>False = the caller stopped waiting after that time; the call continues in the background.</summary>
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
