namespace Culvert.Testing;

/// <summary>A peer or a program that takes a request and does not respond.</summary>
public static class Never
{
    /// <summary>Ends only when the caller gives up, as a cancelled task.</summary>
    public static Task RespondAsync(CancellationToken cancellationToken) =>
        Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
}
