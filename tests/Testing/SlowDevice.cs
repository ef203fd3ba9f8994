namespace Culvert.Testing;

/// <summary>A disk or an HSM that takes its time for an operation.</summary>
public static class SlowDevice
{
    /// <summary>Blocks the calling thread for as long as the operation takes.</summary>
    public static void Operate(TimeSpan time)
    {
        using var never = new ManualResetEventSlim();
        never.Wait(time, CancellationToken.None);
    }
}
