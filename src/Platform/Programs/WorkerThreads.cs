namespace Culvert.Platform.Programs;

/// <summary>Thread-pool settings of a program that forwards traffic.</summary>
public static class WorkerThreads
{
    private const int Least = 6;

    /// <summary>
    /// Sets the minimum number of pool threads. A transfer that never waits occupies a thread for milliseconds. With
    /// one thread per processor, the default, a small call waits behind two downloads.
    /// </summary>
    public static void Reserve()
    {
        ThreadPool.GetMinThreads(out var workers, out var completions);
        ThreadPool.SetMinThreads(Math.Max(workers, Least), completions);
    }
}
