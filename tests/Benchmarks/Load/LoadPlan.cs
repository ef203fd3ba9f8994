using System.Globalization;

namespace Culvert.Benchmarks.Load;

/// <summary>
/// How long a load lasts. <c>CULVERT_BENCH_SECONDS</c> makes both parts that short, for trying something out: what
/// comes out of less than five seconds of warm-up measures the compiler.
/// </summary>
internal sealed record LoadPlan(TimeSpan WarmUp, TimeSpan Duration)
{
    /// <summary>More than the server can answer in a second on two cores.</summary>
    public const int RequestsPerSecond = 14_000;

    public int WarmUpRequests => (int)(WarmUp.TotalSeconds * RequestsPerSecond);

    public int Requests => (int)(Duration.TotalSeconds * RequestsPerSecond);

    public static LoadPlan FromEnvironment() =>
        int.TryParse(
            Environment.GetEnvironmentVariable("CULVERT_BENCH_SECONDS"),
            CultureInfo.InvariantCulture,
            out var seconds
        )
            ? new LoadPlan(TimeSpan.FromSeconds(seconds), TimeSpan.FromSeconds(seconds))
            : new LoadPlan(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(6));
}
