using System.Runtime.CompilerServices;

namespace Culvert.Testing;

/// <summary>
/// Waits for what other threads and programs do. A unit test that cannot await the event itself waits here and nowhere else.
/// </summary>
public static class Eventually
{
    /// <summary>
    /// How long a test waits for something that must happen. Only a test that fails takes as long, so the time is one that a
    /// busy machine needs.
    /// </summary>
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(2);

    // A condition that is asynchronous asks a server or reads files, which is work for the machine.
    private static readonly TimeSpan LongPause = TimeSpan.FromMilliseconds(10);

    // Counted in evaluations, because a machine that pauses lets time pass in which no other thread runs either.
    private const int SettledEvaluations = 60;

    /// <param name="condition">Is evaluated until it is true.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <param name="meanwhile">Runs between two evaluations: moves a fake clock, for example.</param>
    /// <param name="details">More for the message of a wait that fails.</param>
    /// <param name="awaited">The text of the condition, for the same message.</param>
    public static Task UntilAsync(
        Func<bool> condition,
        CancellationToken cancellationToken,
        Action? meanwhile = null,
        Func<string>? details = null,
        [CallerArgumentExpression(nameof(condition))] string awaited = ""
    ) => UntilAsync(() => Task.FromResult(condition()), Pause, meanwhile, details, awaited, cancellationToken);

    /// <inheritdoc cref="UntilAsync(Func{bool}, CancellationToken, Action?, Func{string}?, string)"/>
    public static Task UntilAsync(
        Func<Task<bool>> condition,
        CancellationToken cancellationToken,
        Action? meanwhile = null,
        Func<string>? details = null,
        [CallerArgumentExpression(nameof(condition))] string awaited = ""
    ) => UntilAsync(condition, LongPause, meanwhile, details, awaited, cancellationToken);

    /// <summary>
    /// Waits until a value no longer changes, which takes 600 ms: flow control that has stopped a sender shows nothing
    /// else.
    /// </summary>
    /// <param name="value">Is evaluated until it has been the same for many times.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <param name="awaited">The text of the value, for the message of a wait that fails.</param>
    public static Task SettlesAsync(
        Func<long> value,
        CancellationToken cancellationToken,
        [CallerArgumentExpression(nameof(value))] string awaited = ""
    )
    {
        var (last, same) = (value(), 0);
        return UntilAsync(
            () =>
            {
                var now = value();
                (last, same) = (now, now == last ? same + 1 : 0);
                return Task.FromResult(same == SettledEvaluations);
            },
            LongPause,
            meanwhile: null,
            details: null,
            awaited,
            cancellationToken
        );
    }

    private static async Task UntilAsync(
        Func<Task<bool>> condition,
        TimeSpan pause,
        Action? meanwhile,
        Func<string>? details,
        string awaited,
        CancellationToken cancellationToken
    )
    {
        var begin = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(begin) > Limit)
            {
                throw new TimeoutException($"Not true within {Limit}: {awaited} {details?.Invoke()}");
            }

            meanwhile?.Invoke();
            await Task.Delay(pause, TimeProvider.System, cancellationToken);
        }
    }
}
