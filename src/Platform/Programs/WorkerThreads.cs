namespace Culvert.Platform.Programs;

/// <summary>The pool's threads, of a program that carries other people's bytes.</summary>
public static class WorkerThreads
{
    private const int Least = 6;

    /// <summary>
    /// A transfer that never has to wait keeps a thread for milliseconds. With no more of them than processors, as the pool
    /// begins, a small call waits behind two downloads; with more, the system shares the processors among them.
    /// </summary>
    public static void Reserve()
    {
        ThreadPool.GetMinThreads(out var workers, out var completions);
        ThreadPool.SetMinThreads(Math.Max(workers, Least), completions);
    }
}
