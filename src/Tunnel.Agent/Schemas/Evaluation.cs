namespace Culvert.Tunnel.Agent.Schemas;

/// <summary>
/// One comparison of a value with a schema: where it is, what failed first, and how much work is left. A comparison that is
/// given up fails, whatever <c>not</c> and <c>anyOf</c> make of it.
/// </summary>
internal sealed class Evaluation
{
    /// <summary>Schemas, values and comparisons that one evaluation may visit.</summary>
    internal const int MaxSteps = 200_000;

    // Schemas inside schemas, by reference too.
    private const int MaxDepth = 256;

    private readonly List<string> path = [];
    private int steps;
    private int depth;
    private int trials;

    /// <summary>The first that counts; null while there is none.</summary>
    public SchemaError? Error { get; private set; }

    /// <summary>Why the comparison was given up; null while it was not.</summary>
    public string? GivenUp { get; private set; }

    /// <summary>Counts work. False: it is too much.</summary>
    public bool TryCharge(int work = 1)
    {
        if ((steps += work) > MaxSteps)
        {
            GiveUp(SchemaError.TooMuch);
        }

        return GivenUp is null;
    }

    public bool TryEnter()
    {
        if (++depth > MaxDepth)
        {
            GiveUp(SchemaError.TooMuch);
        }

        return TryCharge();
    }

    public void Leave() => depth--;

    /// <summary>Notes a failure, unless one inside it was noted or another branch may succeed.</summary>
    public bool Fail(string keyword)
    {
        if (trials == 0)
        {
            Error ??= new SchemaError(string.Concat(path.Select(name => "/" + Escape(name))), keyword);
        }

        return false;
    }

    public bool GiveUp(string why)
    {
        GivenUp ??= why;
        return false;
    }

    /// <summary>Goes to a member or an element; <see cref="Return"/> goes back.</summary>
    public void GoTo(string name) => path.Add(name);

    public void Return() => path.RemoveAt(path.Count - 1);

    /// <summary>What fails from here to <see cref="EndTrial"/> does not make the value wrong.</summary>
    public void BeginTrial() => trials++;

    public void EndTrial() => trials--;

    // RFC 6901 §3.
    private static string Escape(string name) =>
        name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);
}
