using System.Globalization;
using System.Security.Cryptography;

namespace Culvert.Testing;

/// <summary>
/// The size of a long suite: short in <c>./test</c>, full in <c>./test --soak NAME</c>. A test that uses it carries
/// <c>[Trait(Soak.Name, "…")]</c> with the same name, so that the script finds it.
/// </summary>
public static class Soak
{
    /// <summary>The trait's name.</summary>
    public const string Name = "Soak";

    /// <summary>The seed of everything random in a long suite; printed with the result, given to repeat it.</summary>
    public static int Seed { get; } =
        int.TryParse(Variable("CULVERT_SOAK_SEED"), NumberStyles.None, CultureInfo.InvariantCulture, out var given)
            ? given
            : RandomNumberGenerator.GetInt32(int.MaxValue);

    /// <summary>The given seed, else one of the suite's own: for what is the same in each run unless told otherwise.</summary>
    public static int SeedOr(int own) => Variable("CULVERT_SOAK_SEED") is null ? own : Seed;

    /// <summary>How many rounds this run makes.</summary>
    public static int Rounds(string suite, int shortForm, int full) => IsFull(suite) ? full : shortForm;

    /// <summary>How long this run goes on. <c>CULVERT_SOAK_SECONDS</c> wins over the suite's own full length.</summary>
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
