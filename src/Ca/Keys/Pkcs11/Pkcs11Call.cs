using System.Runtime.ExceptionServices;

namespace Culvert.Ca.Keys.Pkcs11;

internal sealed class Pkcs11Call(Action<Pkcs11Call> work)
{
    // Guards the fields below; waiting callers block on it.
    private readonly object gate = new();
    private bool hasBegun;
    private bool isDone;
    private bool isAbandoned;
    private ExceptionDispatchInfo? failure;

    /// <summary>No caller waits any more: the call must remove objects that it still created.</summary>
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

    /// <summary>The call reached the HSM, so it may have had an effect.</summary>
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

    /// <summary>Runs on a worker's thread, unless the call was abandoned before.</summary>
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
            failure = ExceptionDispatchInfo.Capture(thrown);
        }

        lock (gate)
        {
            isDone = true;
            Monitor.Pulse(gate);
        }
    }

    /// <summary>Returns false when the limit has passed; the call continues in the background.</summary>
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

    public void ThrowIfFailed() => failure?.Throw();
}
