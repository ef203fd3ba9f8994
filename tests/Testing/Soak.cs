using System.Globalization;

namespace Culvert.Testing;

/// <summary>
/// The size of a long suite: short in <c>./test</c>, full in <c>./test --soak NAME</c>. A test that uses it carries
/// <c>[Trait(Soak.Name, "…")]</c> with the same name, so that the script finds it.
/// </summary>
public static class Soak
{
    /// <summary>The trait's name.</summary>
    public const string Name = "Soak";

    /// <summary>
    /// The seed of everything random in a test: <c>CULVERT_SOAK_SEED</c>, which <c>./test --soak</c> always sets and
    /// prints, else the test's own. Two runs of <c>./test</c> therefore try the same.
    /// </summary>
    public static int SeedOr(int own) =>
        int.TryParse(Variable("CULVERT_SOAK_SEED"), NumberStyles.None, CultureInfo.InvariantCulture, out var given)
            ? given
            : own;

    /// <summary>How many rounds this run makes.</summary>
    public static int Rounds(string suite, int shortForm, int full) => IsFull(suite) ? full : shortForm;

    /// <summary>
    /// Counts the rounds of a fuzzer: <paramref name="shortForm"/> of them, and in the full form as many as fit into
    /// <paramref name="full"/> or <c>CULVERT_SOAK_SECONDS</c>. Only the full form reads the clock, so the short one
    /// tries the same inputs on every machine.
    /// </summary>
    public static IEnumerable<long> FuzzRounds(string suite, int shortForm, TimeSpan full)
    {
        var began = TimeProvider.System.GetTimestamp();
        var (isFull, duration) = (IsFull(suite), Duration(suite, TimeSpan.Zero, full));
        for (var i = 0L; isFull ? TimeProvider.System.GetElapsedTime(began) < duration : i < shortForm; i++)
        {
            yield return i;
        }
    }

    /// <summary>How long this run takes. <c>CULVERT_SOAK_SECONDS</c> wins over the suite's own full length.</summary>
    public static TimeSpan Duration(string suite, TimeSpan shortForm, TimeSpan full)
    {
        if (!IsFull(suite))
        {
            return shortForm;
        }

        return int.TryParse(
            Variable("CULVERT_SOAK_SECONDS"),
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out var seconds
        )
            ? TimeSpan.FromSeconds(seconds)
            : full;
    }

    private static bool IsFull(string suite) => Variable("CULVERT_SOAK") == suite;

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name);
}
