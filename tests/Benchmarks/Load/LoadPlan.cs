using System.Globalization;

namespace Culvert.Benchmarks.Load;

/// <summary>
/// How long a load lasts. <c>CULVERT_BENCH_SECONDS</c> makes both parts that short, for trying something out: what
/// comes out of less than five seconds of warm-up measures the compiler. <c>CULVERT_BENCH_WARM_UP</c> sets that part
/// alone: where others compile as well, fifteen seconds are short.
/// </summary>
/// <param name="WarmUp">Of each server.</param>
/// <param name="Round">One of <paramref name="Turns"/> turns of each server.</param>
/// <param name="Turns">How often each server is loaded.</param>
internal sealed record LoadPlan(TimeSpan WarmUp, TimeSpan Round, int Turns = LoadPlan.Rounds)
{
    /// <summary>Turns of each server: what is printed is the middle one.</summary>
    public const int Rounds = 3;

    /// <summary>
    /// Most of the work of the compiler: a warm-up ends when it is done, or after the time limit on a slow machine. What is
    /// left of it then ends in rounds that are not counted (<see cref="QuietRounds"/>).
    /// </summary>
    public const int WarmUpRequests = 80_000;

    // Running out of requests would count as waiting.
    private const double Faster = 1.5;

    /// <summary>What a server that answered so many in a second may need for one of its turns.</summary>
    public int RequestsAt(double perSecond) => Math.Max(1, (int)(perSecond * Faster * Round.TotalSeconds));

    public static LoadPlan FromEnvironment()
    {
        var both = Seconds("CULVERT_BENCH_SECONDS");
        return new LoadPlan(
            Seconds("CULVERT_BENCH_WARM_UP") ?? both ?? TimeSpan.FromSeconds(15),
            both ?? TimeSpan.FromSeconds(3)
        );
    }

    private static TimeSpan? Seconds(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var seconds)
            ? TimeSpan.FromSeconds(seconds)
            : null;
}
