namespace Culvert.Platform.Tests;

/// <summary>Waits for what other threads bring about.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(2);

    public static Task UntilAsync(Func<bool> condition) => UntilAsync(condition, () => { });

    /// <summary>Looks again and again, and calls <paramref name="meanwhile"/> between two looks.</summary>
    public static async Task UntilAsync(Func<bool> condition, Action meanwhile)
    {
        var begin = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            if (TimeProvider.System.GetElapsedTime(begin) > Limit)
            {
                throw new TimeoutException("The condition did not come about.");
            }

            meanwhile();
            await Task.Delay(Poll, TimeProvider.System, Xunit.TestContext.Current.CancellationToken);
        }
    }
}
